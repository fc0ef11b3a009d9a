"""Git that writes refs or talks to a remote, behind the back of a person: no hook of theirs, no prompt, no upkeep.

A password, a passphrase or a touch that only a person can give makes it fail at once instead of waiting.
"""

import os

from gitml.git.run import TIMEOUT, run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.git.asked import Settings
    from gitml.git.run import Done

OPTIONS = ("-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0", "-c", "maintenance.auto=false")

NOBODY: "dict[str, str | None]" = {
    "GIT_ASKPASS": "",
    "SSH_ASKPASS": None,
    "SSH_ASKPASS_REQUIRE": "never",
    "GCM_INTERACTIVE": "never",
    "GIT_EDITOR": ":",
    "GPG_TTY": None,
    "DISPLAY": None,
    "WAYLAND_DISPLAY": None,
}
"""``GIT_ASKPASS`` empty keeps ``core.askPass`` and ``SSH_ASKPASS`` from being asked; without a display and a terminal
gpg's pinentry fails instead of standing in the middle of a screen."""

BATCH = " -o BatchMode=yes"


def quietly(
    root: str,
    *arguments: str,
    input: bytes = b"",
    index: str = "",
    timeout: float = TIMEOUT,
    check: bool = True,
    more: "dict[str, str | None] | None" = None,
) -> "Done":
    """As ``run``. Raises GitFailed as that does."""
    return run(
        root, *arguments, input=input, index=index, timeout=timeout, check=check,
        reading=False, options=OPTIONS, more={**NOBODY, **(more or {})},
    )  # fmt: skip


def ssh(settings: "Settings") -> "dict[str, str | None]":
    """What makes ssh ask nobody. A command that is not ssh itself may know no ``-o``: it stays as it is."""
    command = os.environ.get("GIT_SSH_COMMAND") or settings.get("core.sshcommand")
    if not command and (os.environ.get("GIT_SSH") or settings.get("ssh.variant") not in ("", "ssh", "auto")):
        return {}
    command = command or "ssh"
    return {"GIT_SSH_COMMAND": command + BATCH} if os.path.basename(command.split()[0]) == "ssh" else {}
