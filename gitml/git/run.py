"""Starting git. Every call of the hook path goes through here: a clean environment, a time limit, no prompt.

``os.posix_spawn`` by hand, because importing subprocess costs 10 ms, three times what git itself takes to start.
"""

import os
import select
import time

from gitml.errors import GitmlError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LOCAL_NAMES = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
)
"""What ``git rev-parse --local-env-vars`` lists. With them ``git -C other`` would still find the hook's repository."""

PATHSPEC_NAMES = ("GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS")
"""``git --literal-pathspecs commit`` hands these to its hooks, where ``:(exclude)`` would then be a file's name."""

ALWAYS = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",  # a partial clone must not reach for its remote because gitml looks at something
    "LC_ALL": "C",
}
TIMEOUT = 10.0
"""Seconds after which git is killed where the caller does not say: a file system that hangs must not hang a commit."""

CHUNK = 65536
NOT_STARTED = 127
SIGPIPE, SIGKILL, SIGTERM = 13, 9, 15  # the module signal costs 4 ms, for these numbers

GRACE = 0.5
"""Seconds a git has to take its lock files away once it is told to end; then it is killed."""


class Done:
    """How a git ended: exit ``code`` (negative: killed by that signal), ``out`` and ``error`` as bytes."""

    __slots__ = ("code", "error", "out")

    def __init__(self, code: int, out: bytes, error: bytes) -> None:
        self.code = code
        self.out = out
        self.error = error


class GitFailed(GitmlError):
    """A git that gitml started did not do what it was asked. ``code`` is its exit status."""

    def __init__(self, arguments: "Sequence[str]", done: Done, root: str) -> None:
        said = done.error.decode("utf-8", "replace").strip().split("\n")[0]
        mend = f"git config --global --add safe.directory '{root}'" if "dubious ownership" in said else None
        super().__init__(f"git {arguments[0]} failed: {said or done.code}", where=root, hint=mend)
        self.code = done.code


def environment(
    *, reading: bool = True, index: str = "", more: "Mapping[str, str | None] | None" = None
) -> "dict[str, str]":
    """This process's environment, fit for a git in any repository; ``index`` names the index file to use.

    ``more`` is set besides; what it has None for is left out.
    """
    made = {name: value for name, value in os.environ.items() if name not in LOCAL_NAMES + PATHSPEC_NAMES}
    made.update(ALWAYS)
    for name, value in (more or {}).items():
        made.pop(name, None)
        if value is not None:
            made[name] = value
    if reading:
        made["GIT_OPTIONAL_LOCKS"] = "0"
    if index:
        made["GIT_INDEX_FILE"] = index
    return made


def run(
    root: str,
    *arguments: str,
    input: bytes = b"",
    index: str = "",
    reading: bool = True,
    timeout: float = TIMEOUT,
    check: bool = True,
    output: int = -1,
    options: "Sequence[str]" = (),
    more: "Mapping[str, str | None] | None" = None,
) -> Done:
    """Run git in ``root`` and wait for it, at most ``timeout`` seconds. ``output``: a descriptor that takes what it
    writes, in place of ``Done.out``; ``options`` are git's own, before the command; ``more`` goes into its environment.

    Raises GitFailed where git fails and ``check`` is set, and always where it took too long or cannot be started.
    """
    command = ["git", "--no-replace-objects", "-C", root, *options, *arguments]
    try:
        environ = environment(reading=reading, index=index, more=more)
        done = _talk(command, environ, input, time.monotonic() + timeout, output)
    except TimeoutError:
        done = Done(-SIGKILL, b"", f"no answer within {timeout:g} s".encode())
    except OSError as error:
        done = Done(NOT_STARTED, b"", str(error).encode())
    if done.code and (check or done.code in (-SIGKILL, NOT_STARTED)):
        raise GitFailed(arguments, done, root)
    return done


def _talk(command: "list[str]", environ: "dict[str, str]", input: bytes, deadline: float, output: int = -1) -> Done:
    out, their_out = os.pipe()
    error, their_error = os.pipe()
    stdin = _readable(input)
    try:
        ends = (stdin, their_out if output < 0 else output, their_error)
        actions = [(os.POSIX_SPAWN_DUP2, end, number) for number, end in enumerate(ends)]
        pid = os.posix_spawnp(command[0], command, environ, file_actions=actions, setsigdef=[SIGPIPE])
        for end in (stdin, their_out, their_error):
            os.close(end)
        stdin = their_out = their_error = -1
        return _collected(pid, out, error, deadline)
    finally:
        for end in (out, error, stdin, their_out, their_error):
            if end >= 0:
                os.close(end)


def _readable(input: bytes) -> int:
    """A descriptor that gives the input to whoever reads it. A file, not a pipe: nobody has to feed it."""
    if not input:
        return os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("gitml")
    else:
        import tempfile

        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    rest = memoryview(input)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _collected(pid: int, out: int, error: int, deadline: float) -> Done:
    """Read both pipes to their ends and reap the process. Past the deadline it is killed: raises TimeoutError."""
    pieces: dict[int, list[bytes]] = {out: [], error: []}
    ended = False
    try:
        _read_all(pieces, deadline)
        ended = True
    finally:
        status = os.waitpid(pid, 0)[1] if ended else stopped(pid)
    return Done(os.waitstatus_to_exitcode(status), b"".join(pieces[out]), b"".join(pieces[error]))


def stopped(pid: int) -> int:
    """End a child that takes too long; its status. One that is killed at once leaves the refs it writes locked."""
    os.kill(pid, SIGTERM)
    deadline = time.monotonic() + GRACE
    while time.monotonic() < deadline:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return status
        time.sleep(0.01)
    os.kill(pid, SIGKILL)
    return os.waitpid(pid, 0)[1]


def _read_all(pieces: "dict[int, list[bytes]]", deadline: float) -> None:
    poll = select.poll()
    for descriptor in pieces:
        poll.register(descriptor, select.POLLIN)
    left = len(pieces)
    while left:
        ready = poll.poll(max(0.0, deadline - time.monotonic()) * 1000)
        if not ready:
            raise TimeoutError
        for descriptor, _ in ready:
            data = os.read(descriptor, CHUNK)
            pieces[descriptor].append(data)
            if not data:
                poll.unregister(descriptor)
                left -= 1
