"""The agents gitml can put hooks in place for, and the settings files that hold them.

Where each reads its hooks: code.claude.com/docs/en/hooks; developers.openai.com/codex/hooks; docs/hooks of
google-gemini/gemini-cli; docs.x.ai/build/features/hooks; cursor.com/docs/hooks.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gitml.errors import BadUsage


@dataclass(frozen=True, slots=True)
class Client:
    """``asset``: the file of ``hooks/`` that says what to register · ``project``: its files in a repository, the shared
    one first · ``folder``: its folder, in a repository and in a home · ``homes``: variables that move that folder, or
    what holds it · ``unasked``: hooks are put in where a repository has that folder."""

    name: str
    title: str
    asset: str
    project: tuple[str, ...]
    folder: str
    moved: str = ""
    rehomed: str = ""
    unasked: bool = False

    @property
    def within(self) -> list[str]:
        """The files as seen from the folder."""
        return [name.removeprefix(f"{self.folder}/") for name in self.project]

    def home(self, environ: Mapping[str, str]) -> str:
        """The person's own folder of that agent."""
        if self.moved and environ.get(self.moved):
            return os.path.abspath(environ[self.moved])
        home = (self.rehomed and environ.get(self.rehomed)) or environ.get("HOME", "")
        return os.path.join(os.path.abspath(home), self.folder)

    def user_file(self, environ: Mapping[str, str]) -> str:
        """The settings file of the person, for all repositories."""
        return os.path.join(self.home(environ), self.within[0])

    def files(self, root: str, environ: Mapping[str, str], user: bool) -> list[str]:
        """Absolute paths of the files to write to: the person's, or those of the repository at ``root``."""
        return [self.user_file(environ)] if user else [os.path.join(root, name) for name in self.project]


CLAUDE = Client(
    "claude",
    "Claude Code",
    "claude-settings.json",
    (".claude/settings.json", ".claude/settings.local.json"),
    ".claude",
    moved="CLAUDE_CONFIG_DIR",
)
"""Both files: the first is shared, but read only from the folder the client starts in; the second is found from
subdirectories and work trees as well. Identical commands run once."""

CODEX = Client("codex", "Codex", "codex-hooks.json", (".codex/hooks.json",), ".codex", moved="CODEX_HOME", unasked=True)
GEMINI = Client(
    "gemini",
    "Gemini CLI",
    "gemini-settings.json",
    (".gemini/settings.json",),
    ".gemini",
    rehomed="GEMINI_CLI_HOME",
    unasked=True,
)
GROK = Client(
    "grok", "Grok CLI", "grok-hooks.json", (".grok/hooks/gitml.json",), ".grok", moved="GROK_HOME", unasked=True
)
"""A file of gitml's own: Grok reads all that lie there."""

CURSOR = Client("cursor", "Cursor", "cursor-hooks.json", (".cursor/hooks.json",), ".cursor")
"""Not without being asked: gitml reads none of its transcripts."""

CLIENTS = (CLAUDE, CODEX, GEMINI, GROK, CURSOR)


def named(names: Iterable[str]) -> list[Client]:
    """The clients of these names, each once. Raises BadUsage for a name that is none."""
    known = {client.name: client for client in CLIENTS}
    for name in names:
        if name not in known:
            hint = f"one of {', '.join(known)}; gitml sync --agent reads others"
            raise BadUsage(f"gitml knows no hooks of an agent {name!r}", hint=hint)
    return [known[name] for name in dict.fromkeys(names)]
