"""Taking made-up sessions into quick repositories, and what they fold to."""

from __future__ import annotations

import os
from pathlib import Path

from support.transcript import Transcript

from gitml.agents import registry
from gitml.ops.context import Context, open_at
from gitml.ops.record.ingest import Result, sync_session
from gitml.store.fold import fold

STREAMS = ("sessions", "chats", "actions", "orchestration")
SESSION = "11111111-2222-4333-8444-555555555555"
OTHER = "99999999-2222-4333-8444-555555555555"


def fresh_repo(folder: Path) -> Context:
    """A work tree with nothing but what gitml looks at; starting git for each example would take all the time."""
    for inside in ("objects", "refs"):  # with HEAD all that git asks of a repository
        (folder / ".git" / inside).mkdir(parents=True)
    (folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (folder / ".git" / "config").write_text("")
    return open_at(str(folder))


def take(context: Context, projects: Path, session_id: str = SESSION, full: bool = False) -> Result:
    adapter = registry.adapter("claude")
    source = adapter.locate(session_id, str(projects))
    assert source is not None
    return sync_session(context, adapter, source, full=full)


def forked(context: Context, tmp_path: Path) -> int:
    """Take the session in, in another process; its id. Whatever happens there, it never returns into the tests."""
    pid = os.fork()
    if pid == 0:
        try:
            take(context, tmp_path / "projects")
            os._exit(0)
        finally:
            os._exit(1)
    return pid


def folded(context: Context) -> dict[str, list[bytes]]:
    return {stream: fold(context.layout, stream).lines for stream in STREAMS}


def whole(tmp_path: Path, made: Transcript) -> dict[str, list[bytes]]:
    """What one run over all of it folds to."""
    context = fresh_repo(tmp_path / "whole")
    made.write(tmp_path / "whole-projects")
    take(context, tmp_path / "whole-projects", made.session_id)
    return folded(context)
