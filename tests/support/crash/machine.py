"""A machine that can be broken: a home, a repository that gitml records, processes that die when they are told to."""

from __future__ import annotations

import fcntl
import os
import resource
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from support.crash.faults import VARIABLE, arm

from gitml.ops.context import Context, open_at

BEACON = 1100
"""A descriptor every process of an operation has, also one that closed all it knows: who has it is still at work."""

LONGEST = 60.0
"""Seconds an operation may take before it counts as hung."""

LAUNCHER = """\
#!{python}
import sys
sys.path[:0] = {paths!r}
from support.crash.faults import arm
arm()
from gitml.__main__ import main
main()
"""


class Ended:
    """How an operation ended: ``code`` (negative: the signal), what it printed, whether the fault was ``met``."""

    def __init__(self, code: int, out: str, err: str, met: str) -> None:
        self.code = code
        self.out = out
        self.err = err
        self.met = met

    def __str__(self) -> str:
        return f"exit {self.code}, printed {self.out!r} {self.err!r}, fault {self.met!r}"


class Hung(Exception):
    """An operation, or what it left running, did not come to an end."""


class Machine:
    """``home`` and ``repo`` below one folder, which can be saved and put back with all in it."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.folder = base / "machine"
        self.home = self.folder / "home"
        self.repo = self.folder / "repo"
        self.fault = base / "fault"
        self.bin = base / "bin"
        self.limit = 0
        """Bytes a file may have that an operation writes; 0: no limit."""
        for folder in (self.home, self.repo, self.fault, self.bin):
            folder.mkdir(parents=True)
        self._install()

    def _install(self) -> None:
        paths = [str(Path(__file__).parents[2]), *(path for path in sys.path if path)]
        launcher = self.bin / "gitml"
        launcher.write_text(LAUNCHER.format(python=sys.executable, paths=paths))
        launcher.chmod(0o755)

    @property
    def local(self) -> Path:
        return self.repo / ".git" / "gitml"

    @property
    def context(self) -> Context:
        return open_at(str(self.repo))

    def environ(self, fault: str = "", **more: str) -> dict[str, str]:
        """The environment of every process there."""
        made = {
            "PATH": f"{self.bin}:{os.environ['PATH']}", "HOME": str(self.home), "TZ": "UTC", "LC_ALL": "C.UTF-8",
            "CLAUDE_CONFIG_DIR": str(self.home / ".claude"), "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
        }  # fmt: skip
        return made | ({VARIABLE: f"{fault}:{self.fault}"} if fault else {}) | more

    # -- saving and putting back ---------------------------------------------------------------------------------------

    def save(self, name: str) -> None:
        """Keep a copy of everything as it is."""
        self._copy(self.folder, self.base / f"saved-{name}")

    def put_back(self, name: str) -> None:
        """Make everything as it was when it was saved. Same paths, new inodes."""
        self._copy(self.base / f"saved-{name}", self.folder)

    @staticmethod
    def _copy(source: Path, target: Path) -> None:
        target.mkdir(exist_ok=True)
        for entry in target.iterdir():  # the folder itself may be where a disk is mounted
            shutil.rmtree(entry)
        subprocess.run(["cp", "-a", f"{source}/.", str(target)], check=True)

    # -- running -------------------------------------------------------------------------------------------------------

    def gitml(self, *arguments: str, stdin: bytes = b"", fault: str = "", **more: str) -> Ended:
        """Run a command of gitml in a fork of this process, which saves it the interpreter's start."""

        def work() -> None:
            from gitml.__main__ import main

            arm()
            sys.argv = ["gitml", *arguments]
            main()

        return self._run(lambda: self._fork(work, stdin, self.environ(fault, **more)))

    def git(self, *arguments: str, fault: str = "", **more: str) -> Ended:
        """Run git; its hooks find the launcher on PATH."""
        return self._run(lambda: self._spawn(["git", *arguments], self.environ(fault, **more)))

    def must(self, *arguments: str) -> str:
        """Run git where it has to work; what it printed."""
        ended = self.git(*arguments)
        if ended.code:
            raise AssertionError(f"git {' '.join(arguments)}: {ended}")
        return ended.out

    def _run(self, start: Callable[[], int]) -> Ended:
        (self.fault / "met").unlink(missing_ok=True)
        (self.fault / "count").unlink(missing_ok=True)
        ours, theirs = os.pipe()
        beacon = fcntl.fcntl(theirs, fcntl.F_DUPFD, BEACON)
        os.close(theirs)
        try:
            pid = start()
        finally:
            os.close(beacon)
        try:
            self.during(ours)
            if not select.select([ours], [], [], LONGEST)[0]:
                self.kill_holders(ours, whole=True)
                raise Hung("still at work after a minute")
        finally:
            os.close(ours)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        out, err = ((self.fault / name).read_text(errors="replace") for name in ("out", "err"))
        return Ended(code, out, err, self.met())

    def met(self) -> str:
        """What the fault says of having happened, "" where it has not."""
        try:
            return (self.fault / "met").read_text()
        except FileNotFoundError:
            return ""

    def count(self) -> int:
        """How many calls the fault counted in the last operation."""
        return int.from_bytes((self.fault / "count").read_bytes(), "little")

    def during(self, beacon: int) -> None:
        """What happens while an operation runs: nothing, unless somebody puts another function in this place."""

    def kill_holders(self, beacon: int, whole: bool, choose: Callable[[Sequence[int]], int] = min) -> None:
        """SIGKILL to the processes of the running operation: all of them, or the one that ``choose`` takes."""
        pipe = os.readlink(f"/proc/self/fd/{beacon}")
        found = [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if _holds(pid, pipe)]
        for pid in found if whole else [choose(found)] if found else []:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def _files(self, stdin: bytes) -> list[int]:
        (self.fault / "in").write_bytes(stdin)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        return [
            os.open(self.fault / "in", os.O_RDONLY),
            os.open(self.fault / "out", flags, 0o600),
            os.open(self.fault / "err", flags, 0o600),
        ]

    def _fork(self, work: Callable[[], None], stdin: bytes, environ: dict[str, str]) -> int:
        files = self._files(stdin)
        pid = os.fork()
        if pid:
            for descriptor in files:
                os.close(descriptor)
            return pid
        code = 70
        try:
            os.chdir(self.repo)
            self._set_limit()
            for number, descriptor in enumerate(files):
                os.dup2(descriptor, number)
            os.environ.clear()
            os.environ.update(environ)
            work()
            code = 0
        except SystemExit as ending:
            code = ending.code if isinstance(ending.code, int) else 1
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _set_limit(self) -> None:
        if self.limit:
            resource.setrlimit(resource.RLIMIT_FSIZE, (self.limit, self.limit))

    def _spawn(self, command: list[str], environ: dict[str, str]) -> int:
        files = self._files(b"")
        try:
            inherited = subprocess.Popen(
                command, cwd=self.repo, env=environ, stdin=files[0], stdout=files[1], stderr=files[2], close_fds=False
            )
            inherited.returncode = 0  # reaped by number, see ``_run``
            return inherited.pid
        finally:
            for descriptor in files:
                os.close(descriptor)


def _holds(pid: int, pipe: str) -> bool:
    if pid == os.getpid():
        return False
    try:
        return os.readlink(f"/proc/{pid}/fd/{BEACON}") == pipe
    except OSError:
        return False


def age(folder: Path, seconds: float) -> None:
    """Make every file below a folder older."""
    then = time.time() - seconds
    for path in folder.rglob("*"):
        os.utime(path, (then, then), follow_symlinks=False)
