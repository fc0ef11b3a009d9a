"""Whatever happened before, in any order: a cleaning takes what may go, and never anything else.

Real files, real work trees, a model that knows to the byte what must survive. ``CLEAN_ROUNDS=500 pytest`` on this file
is the long run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from support.cleaned_model import HOUR, Talk, Tree, contents
from support.digesting import digested
from support.grove import Grove, cleaned, git, planned
from support.ingesting import fresh_repo
from support.kills import killed_at
from support.spoken import projects
from support.sweeping import name
from support.transcript import Transcript

from gitml.ops import silence
from gitml.ops.cleaning.apply import apply
from gitml.ops.cleaning.kinds import KINDS
from gitml.ops.cleaning.plan import Plan
from gitml.ops.context import Context, open_at
from gitml.ops.lifecycle import marking
from gitml.ops.record.sync import sync_all
from gitml.ops.registry import register as registering
from gitml.ops.registry.caller import Caller
from gitml.store.heartbeats import moment_at

ROUNDS = int(os.environ.get("CLEAN_ROUNDS") or 4)
STEPS = int(os.environ.get("CLEAN_STEPS") or 20)
NUMBERS = st.integers(0, 2)
"""Session 2 is another repository's."""
NAMES = st.sampled_from(["a", "b"])
HARMS = st.sampled_from(["changed", "untracked", "staged", "hidden", "locked", "bisecting", "settings", "repository"])
MORE = st.sampled_from(["commit", "merge", "push", "process", "registered", "by hand"])
SPOILS = st.sampled_from(["speak", "ask", "raw", "undigested", "touch", "tear", "silence", "replace", "active"]) | (
    st.sampled_from(["note", "link", "folder link", "shared"])
)
SOME_SPOILS = st.lists(SPOILS, min_size=2, max_size=5, unique=True)
SOME_HARMS = st.lists(HARMS | MORE, min_size=2, max_size=5, unique=True)
BUSY = 2 * HOUR
"""For so long a registered session without a sign counts as active."""


class Cleaning(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(os.path.realpath(tempfile.mkdtemp()))
        self.grove = Grove(self.folder)
        self.context = self.grove.context
        self.other = fresh_repo(self.folder / "other")
        self.outside = self.folder / "outside"
        self.outside.mkdir()
        (self.outside / "mine.jsonl").write_text("mine\n")
        self.before = os.environ["CLAUDE_CONFIG_DIR"]
        os.environ["CLAUDE_CONFIG_DIR"] = str(self.folder / "agent")
        projects().mkdir(parents=True)
        self.now = time.time()
        self.ticks = 0
        self.talks: dict[int, Talk] = {}
        self.trees: dict[str, Tree] = {}
        self.signs: dict[str, float] = {}
        self.landed, self.pushed = self.landed_by_ancestry(), self.landed_by_ancestry()
        self.mine = self.grove.tree("mine", self.folder / "mine")
        self.plan: Plan | None = None

    def teardown(self) -> None:
        for tree in self.trees.values():
            self._ended(tree)
        os.environ["CLAUDE_CONFIG_DIR"] = self.before
        shutil.rmtree(self.folder)

    # -- sessions --------------------------------------------------------------------------------------------------

    @initialize()
    def one_of_each(self) -> None:
        """So that most runs have something that may go."""
        self.speak(0, True)
        self.grow_tree("a")
        self.commit("a", "add")

    @rule(number=NUMBERS, agent=st.booleans())
    def speak(self, number: int, agent: bool) -> None:
        talk = self.talks.setdefault(number, Talk(Transcript(name(number), self._root(number))))
        made = talk.made
        made.prompt(f"step {len(made.lines)}")
        if agent:
            parent = made.parent
            made.prompt("look", f"a{number:07x}")
            made.says("found", f"a{number:07x}")
            made.parent = parent
        made.says(f"done {len(made.lines)}")
        talk.unfinished = False
        self._write(talk)

    @rule(number=NUMBERS)
    def ask_and_leave(self, number: int) -> None:
        if number in self.talks:
            self.talks[number].made.prompt("are you there")
            self.talks[number].unfinished = True
            self._write(self.talks[number])

    @rule(number=NUMBERS, what=st.sampled_from(["touch", "tear", "silence", "replace"]))
    def meddle(self, number: int, what: str) -> None:
        talk = self._here(number)
        if talk is None or talk.path is None:
            return
        if what == "touch":
            self._touch(talk)
        elif what == "tear":
            with talk.path.open("ab") as file:
                file.write(b'{"type":"user","half')
            talk.torn = True
            self._touch(talk)
        elif what == "silence":
            silence.add_session(self._context(number).layout, name(number))
            talk.silent = True
        else:
            shutil.copy2(talk.path, f"{talk.path}.new")
            os.replace(f"{talk.path}.new", talk.path)

    @rule(number=NUMBERS, what=st.sampled_from(["note", "link", "folder link", "hard link", "result", "elsewhere"]))
    def plant(self, number: int, what: str) -> None:
        talk = self._here(number)
        if talk is None or talk.path is None:
            return
        own = talk.path.with_suffix("")
        if what == "elsewhere":
            (projects() / "linked").unlink(missing_ok=True)
            (projects() / "linked").symlink_to(self.outside)
            return
        (own / "tool-results").mkdir(parents=True, exist_ok=True)
        if what == "note":
            (own / "notes.txt").write_text("mine")
        elif what == "link" and not (own / "linked.jsonl").is_symlink():
            (own / "linked.jsonl").symlink_to(self.outside / "mine.jsonl")
        elif what == "folder link" and not (own / "memory").is_symlink():
            (own / "memory").symlink_to(self.outside)
        elif what == "hard link" and not (own / "tool-results" / "b.txt").exists():
            os.link(self.outside / "mine.jsonl", own / "tool-results" / "b.txt")
        elif what == "result":
            (own / "tool-results" / "a.txt").write_text("long")

    @rule()
    def sync(self) -> None:
        for context in (self.context, self.other):
            sync_all(context)
        for number in self.talks:
            talk = self._here(number)
            if talk is not None and not talk.silent:
                talk.stamps, talk.read = talk.marks(), talk.content()

    @rule()
    def sync_everything(self) -> None:
        """Somebody records the other repository's session here, too."""
        sync_all(self.context, source_dir=str(projects()))
        if self._here(2) is not None and self.talks[2].read:
            self.mark(2, "implemented", self.context)

    @rule()
    def digest(self) -> None:
        for context in (self.context, self.other):
            digested(context, self.now)
        for talk in self.talks.values():
            if self.now >= talk.active_until:  # of what may go on nothing final is said
                talk.digested = talk.read

    @rule(number=NUMBERS, stage=st.sampled_from(["implemented", "implemented", "raw"]))
    def mark(self, number: int, stage: str, context: Context | None = None) -> None:
        talk = self.talks.get(number)
        if talk is None or not talk.read:
            return
        context = context or self._context(number)
        record = marking.plan(context, name(number), stage, self._tick(), force=True, by="a person")
        if record is not None:
            marking.apply(context, record)
        talk.stage = stage

    @rule(number=NUMBERS)
    def finish(self, number: int) -> None:
        """All that makes one fit to go."""
        if number in self.talks:
            self.speak(number, False)
            self.sync()
            self.digest()
            self.mark(number, "implemented")
            self.wait(30)

    def all_but_one(self, number: int, hows: list[str]) -> None:
        """One that could go but for one thing, when all is cleaned; and the next thing."""
        for how in hows:
            if number in self.talks and not self.talks[number].silent:
                self._all_but(number, how)

    one_thing = rule(number=st.integers(0, 1), hows=SOME_SPOILS)(all_but_one)
    another_thing = rule(number=st.integers(0, 1), hows=SOME_SPOILS)(all_but_one)
    one_of_others = rule(number=NUMBERS, hows=SOME_SPOILS)(all_but_one)

    def _all_but(self, number: int, how: str) -> None:
        self.finish(number)
        if how in ("speak", "undigested"):
            self.speak(number, True)
        elif how == "ask":
            self.ask_and_leave(number)
        elif how == "raw":
            self.mark(number, "raw")
        elif how == "active":
            self.register(number)
        elif how in ("note", "link", "folder link"):
            self.plant(number, how)
        elif how == "shared":
            self.sync_everything()
        else:
            self.meddle(number, how)
        if how in ("ask", "undigested", "tear", "touch"):
            self.sync()
        if how in ("ask", "tear", "shared"):
            self.digest()
        if how not in ("touch", "active"):
            self.wait(30)
        self.clean(("sessions",))
        self.finish(number)
        self.clean(("sessions",))

    @rule(number=NUMBERS)
    def register(self, number: int) -> None:
        if number in self.talks:
            self._register(self._context(number), name(number))
            self.talks[number].active_until = self.now + BUSY

    @rule(hours=st.sampled_from([1, 1, 3, 30]))
    def wait(self, hours: int) -> None:
        self.now += hours * HOUR

    # -- work trees ------------------------------------------------------------------------------------------------

    @rule(name=NAMES)
    def grow_tree(self, name: str) -> None:
        if name in self.trees:
            return
        path = self.grove.root / ".claude" / "worktrees" / name
        git(self.grove.root, "worktree", "prune")
        git(self.grove.root, "worktree", "add", "-q", "-f", "-B", f"worktree-{name}", str(path))
        self.trees[name] = Tree(path, set(self.landed_by_ancestry()))
        self.trees[name].active_until = self.signs.get(name, 0.0)  # of who was active in an earlier one of the name

    def landed_by_ancestry(self) -> set[str]:
        return set(git(self.grove.root, "rev-list", "main").split())

    @rule(name=NAMES, how=st.sampled_from(["add", "detached"]))
    def commit(self, name: str, how: str) -> None:
        tree = self._whole(name)
        if tree is None or tree.works & {"bisecting", "hidden"}:
            return
        if how == "detached":
            git(tree.path, "checkout", "-q", "--detach")
            tree.detached = True
        (tree.path / f"{name}{self._number()}.txt").write_text(f"{self.ticks}\n")
        git(tree.path, "add", "-A")
        git(tree.path, "commit", "-q", "-m", "work")
        tree.works -= {"changed", "untracked", "staged"}
        tree.staged = False
        tree.commits.add(git(tree.path, "rev-parse", "HEAD").strip())

    @rule(name=NAMES, squash=st.booleans())
    def merge(self, name: str, squash: bool) -> None:
        tree = self._whole(name)
        if tree is None:
            return
        head = git(tree.path, "rev-parse", "HEAD").strip()
        if tree.commits <= self.landed:
            return
        if squash:
            ahead = git(self.grove.root, "rev-list", "--count", f"main..{head}").strip()
            tree.odd |= ahead != "1"
            git(self.grove.root, "merge", "-q", "--squash", head)
            if git(self.grove.root, "status", "--porcelain", "--untracked-files=no").strip():
                git(self.grove.root, "commit", "-q", "-m", "squashed")
        else:
            git(self.grove.root, "merge", "-q", "--no-ff", "--no-edit", head)
            tree.odd = False
        self._landed(tree.commits)

    @rule()
    def push(self) -> None:
        git(self.grove.root, "push", "-q", "origin", "main")
        self.pushed |= self.landed

    @rule(name=NAMES)
    def push_branch(self, name: str) -> None:
        tree = self._whole(name)
        if tree is not None:
            git(tree.path, "push", "-q", "-f", "origin", f"HEAD:refs/heads/{name}{self._number()}")
            self.pushed |= tree.commits

    @rule(name=NAMES, what=HARMS)
    def harm(self, name: str, what: str) -> None:
        tree = self._whole(name)
        if tree is None or what in tree.works or "hidden" in tree.works or "bisecting" in tree.works:
            return
        if what in ("changed", "hidden"):
            if what == "hidden":
                git(tree.path, "update-index", "--assume-unchanged", "a.txt")
            (tree.path / "a.txt").write_text("mine")
        elif what == "untracked":
            (tree.path / "new").write_text("mine")
        elif what == "staged":
            (tree.path / "new staged").write_text("mine")
            git(tree.path, "add", "new staged")
            tree.staged = True
        elif what == "locked":
            git(tree.path, "worktree", "lock", ".")
        elif what == "bisecting":
            git(tree.path, "bisect", "start")
        elif what == "settings":
            (tree.path / ".env").write_text("KEY=1")
        else:
            git(tree.path, "init", "-q", "build/lib")
        tree.works.add(what)

    @rule(name=NAMES)
    def mend(self, name: str) -> None:
        tree = self._whole(name)
        if tree is None:
            return
        self._ended(tree)
        if "hidden" in tree.works:
            git(tree.path, "update-index", "--no-assume-unchanged", "a.txt")
        if "bisecting" in tree.works:
            git(tree.path, "bisect", "reset")
        if "locked" in tree.works:
            git(tree.path, "worktree", "unlock", ".")
        git(tree.path, "reset", "-q", "--hard")
        git(tree.path, "clean", "-q", "-ffdx")
        tree.works, tree.staged = set(), False

    @rule(name=NAMES, what=st.sampled_from(["link", "hard link", "big"]))
    def build(self, name: str, what: str) -> None:
        tree = self._whole(name)
        if tree is None:
            return
        (tree.path / "build").mkdir(exist_ok=True)
        place = tree.path / "build" / what
        if place.is_symlink() or place.exists():
            return
        if what == "link":
            place.symlink_to(self.outside)
        elif what == "hard link":
            os.link(self.outside / "mine.jsonl", place)
        else:
            place.write_bytes(b"x" * 10_000)

    @rule(name=NAMES, how=st.sampled_from(["process", "registered"]))
    def enter(self, name: str, how: str) -> None:
        tree = self._whole(name)
        if tree is None:
            return
        if how == "process" and tree.process is None:
            tree.process = subprocess.Popen(["sleep", "600"], cwd=tree.path)
        elif how == "registered":
            self._register(open_at(str(tree.path)), f"in-{name}")
            tree.active_until = self.signs[name] = self.now + BUSY

    @precondition(lambda self: self.trees)
    @rule(name=NAMES)
    def delete_by_hand(self, name: str) -> None:
        tree = self._whole(name)
        if tree is not None:
            self._ended(tree)
            shutil.rmtree(tree.path)
            tree.gone = True

    @rule(on=st.booleans())
    def hide_untracked(self, on: bool) -> None:
        """A setting with which git itself passes over what is untracked."""
        git(self.grove.root, "config", "status.showUntrackedFiles", "no" if on else "all")

    @rule(name=NAMES)
    def finish_tree(self, name: str) -> None:
        """All that makes one fit to go."""
        self.mend(name)
        if name in self.trees and not self.trees[name].gone:
            self.merge(name, False)
            self.push()

    def all_but_one_thing(self, name: str, whats: list[str]) -> None:
        """One that could go but for one thing, when all is cleaned; and the next thing."""
        for what in whats:
            self.grow_tree(name)
            self._all_but_thing(name, what)

    one_harm = rule(name=NAMES, whats=SOME_HARMS)(all_but_one_thing)
    another_harm = rule(name=NAMES, whats=SOME_HARMS)(all_but_one_thing)

    def _all_but_thing(self, name: str, what: str) -> None:
        self.finish_tree(name)
        tree = self._whole(name)
        if tree is None:
            return
        if what in ("commit", "merge", "push"):
            self.commit(name, "detached" if self.ticks % 2 else "add")
            if what == "merge":
                self.merge(name, False)
            if what == "push":
                self.push_branch(name)
        elif what in ("process", "registered"):
            self.enter(name, what)
        elif what == "by hand":
            self.harm(name, "staged") if self.ticks % 2 else self.commit(name, "detached")
            self.delete_by_hand(name)
        else:
            self.hide_untracked(bool(self.ticks % 2))
            self.harm(name, what)
        self.clean(("worktrees",))
        self.finish_tree(name)
        self.clean(("worktrees",))

    # -- cleaning --------------------------------------------------------------------------------------------------

    @rule(kinds=st.sampled_from([tuple(KINDS), ("sessions",), ("worktrees",), ("worktrees", "sessions")]))
    def clean(self, kinds: tuple[str, ...]) -> None:
        before = self._everything()
        stays = self._stays()
        refs = self._refs()
        self._cleaned(kinds)
        self._check(before, stays, refs, kinds)

    @rule()
    def think_about_it(self) -> None:
        """A plan that waits for an answer."""
        self.plan = planned(self.context, tuple(KINDS), 0.0, self.now)

    @precondition(lambda self: self.plan is not None)
    @rule()
    def say_yes(self) -> None:
        """What came in between is noticed."""
        before, stays, refs = self._everything(), self._stays(), self._refs()
        assert self.plan is not None
        apply(self.context, self.plan, "gitml clean", lambda kind, done, all: None)
        self.plan = None
        self._check(before, stays, refs, ())

    @rule(step=st.integers(0, 60))
    def clean_killed(self, step: int) -> None:
        before, stays, refs = self._everything(), self._stays(), self._refs()
        killed_at(step, lambda: cleaned(self.context, tuple(KINDS), 0.0, self.now))
        self._intact(before, stays, refs)
        self._cleaned(tuple(KINDS))
        self._check(before, stays, refs, tuple(KINDS))

    def _cleaned(self, kinds: tuple[str, ...]) -> None:
        """Of the other types some go by the machine's clock, and not by the model's."""
        failures = cleaned(self.context, kinds, 0.0, self.now).failures
        assert [failure for failure in failures if failure[0].kind in ("sessions", "worktrees")] == []

    def _stays(self) -> dict[str, bool]:
        found = {f"session {number}": number == 2 or talk.stays(self.now) for number, talk in self._heres()}
        for each, tree in self.trees.items():
            found[f"tree {each}"] = tree.stays(self.landed, self.pushed, self.now)
        return found

    def _everything(self) -> dict[str, bytes]:
        records = [
            tree / name for tree in (self.grove.root / ".git" / "worktrees").glob("*") for name in ("HEAD", "index")
        ]
        return contents([projects(), self.outside, self.grove.root / "a.txt", self.mine, *self._tree_paths(), *records])

    def _tree_paths(self) -> list[Path]:
        return [tree.path for tree in self.trees.values() if not tree.gone]

    def _refs(self) -> dict[str, str]:
        lines = git(self.grove.root, "for-each-ref", "--format=%(refname) %(objectname)", "refs/heads").splitlines()
        return dict(line.split() for line in lines)

    def _intact(self, before: dict[str, bytes], stays: dict[str, bool], refs: dict[str, str]) -> None:
        """Whatever must survive is there, to the byte."""
        after = self._everything()
        for path, data in before.items():
            if self._must(Path(path), stays):
                assert after.get(path) == data, f"{path} must survive: {stays}"
        merged, now = self.landed_by_ancestry(), self._refs()
        for ref, commit in refs.items():
            assert now.get(ref) == commit or commit in merged, f"{ref} was not merged"

    def _must(self, path: Path, stays: dict[str, bool]) -> bool:
        for number, talk in self._talked():
            assert talk.path is not None
            own = talk.path.with_suffix("")
            if path in (talk.path, own) or own in path.parents:
                known = path == talk.path or path == own or path.parent.name == "subagents" or path.name == "subagents"
                known |= path.name in ("a.txt", "b.txt", "tool-results")
                return stays[f"session {number}"] or not known
        for each, tree in self.trees.items():
            record = self.grove.root / ".git" / "worktrees" / each
            if tree.path in (path, *path.parents) or record in path.parents:
                return stays[f"tree {each}"]
        return True

    def _check(
        self, before: dict[str, bytes], stays: dict[str, bool], refs: dict[str, str], kinds: tuple[str, ...]
    ) -> None:
        self._intact(before, stays, refs)
        for number, talk in self._talked():
            assert talk.path is not None
            if "sessions" in kinds and not stays[f"session {number}"]:
                assert not talk.path.exists(), f"session {number} may go"
            if not talk.path.exists():
                assert not (talk.path.with_suffix("") / "subagents").exists()
                talk.path, talk.stamps = None, []
        for each, tree in list(self.trees.items()):
            left = os.path.lexists(tree.path), (self.grove.root / ".git" / "worktrees" / each).exists()
            if "worktrees" in kinds and not stays[f"tree {each}"]:
                assert tree.odd or left == (False, False), f"tree {each} may go"
            if left == (False, False):
                self._ended(tree)
                del self.trees[each]

    # -- helpers ---------------------------------------------------------------------------------------------------

    def _context(self, number: int) -> Context:
        return self.other if number == 2 else self.context

    def _root(self, number: int) -> str:
        return self._context(number).where.root

    def _tick(self) -> float:
        self.ticks += 1
        return self.now + self.ticks

    def _number(self) -> int:
        self.ticks += 1
        return self.ticks

    def _here(self, number: int) -> Talk | None:
        talk = self.talks.get(number)
        return talk if talk is not None and talk.path is not None else None

    def _heres(self) -> list[tuple[int, Talk]]:
        return [(number, talk) for number, talk in self.talks.items() if talk.path is not None]

    _talked = _heres

    def _whole(self, name: str) -> Tree | None:
        tree = self.trees.get(name)
        return tree if tree is not None and not tree.gone else None

    def _write(self, talk: Talk) -> None:
        talk.path = talk.made.write(projects())
        talk.torn = False
        self._touch(talk)

    def _touch(self, talk: Talk) -> None:
        for path in talk.files():
            os.utime(path, (self.now, self.now + self._number() / 1000))
        talk.touched = self.now

    def _landed(self, commits: set[str]) -> None:
        self.landed |= commits | self.landed_by_ancestry()

    def _register(self, context: Context, session: str) -> None:
        asked = registering.Asked("a test", context.where.root)
        registering.register(context, Caller("claude", session), asked, now=moment_at(self.now))

    def _ended(self, tree: Tree) -> None:
        if tree.process is not None:
            tree.process.kill()
            tree.process.wait()
            tree.process = None


TestCleaning = Cleaning.TestCase
Cleaning.TestCase.settings = settings(
    max_examples=ROUNDS, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck),
    phases=(Phase.reuse, Phase.generate),  # to shrink a story of real work trees takes minutes
)  # fmt: skip
