"""Sessions of Codex, Gemini CLI and Grok CLI: what goes with one, and what is another's or nobody knows."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from support import codex_files, gemini_files, grok_files
from support.digesting import LATER
from support.every_agent import MAKERS
from support.ingesting import folded, fresh_repo
from support.kills import killed_at
from support.over import Over, tree

from gitml.agents.base import Source
from gitml.agents.belongings import Belongings
from gitml.errors import AdapterFailed
from gitml.store import cursors

ROOTS = {"codex": ".codex/sessions", "gemini": ".gemini/tmp", "grok": ".grok/sessions"}
OTHERS = sorted(ROOTS)


@pytest.fixture
def over(tmp_path: Path) -> Over:
    return Over(tmp_path / "repo")


def put(over: Over, agent: str, number: int, cwd: Path | None = None, words: str = "") -> tuple[str, Path]:
    """(id, main file) of a session of one turn."""
    before = set(over.home.rglob("*"))
    session_id = MAKERS[agent](over.home, cwd or over.root, words or f"do {number} with {agent}", number)
    made = set(over.home.rglob("*")) - before
    (main,) = [path for path in made if path.name != "summary.json" and path.suffix in (".jsonl", ".json")]
    return session_id, main


def ready(over: Over, agent: str, number: int = 1) -> tuple[str, Path]:
    made = put(over, agent, number)
    over.ready(made[0])
    return made


@pytest.mark.parametrize("agent", OTHERS)
def test_goes_whole_and_alone(over: Over, agent: str, tmp_path: Path) -> None:
    """What is recorded, digested, implemented and over goes; another one, not implemented, stays, and so do what all
    sessions share, and those of another repository whose ids begin alike."""
    session_id, path = ready(over, agent)
    other = fresh_repo(tmp_path / "other")
    put(over, agent, 2)
    put(over, agent, 3, Path(other.where.root), "in another one")
    shared = [".codex/history.jsonl", ".codex/session_index.jsonl", ".gemini/projects.json"]
    shared += [".gemini/tmp/repo/logs.json", ".grok/sessions/session_search.sqlite", ".grok/active.json"]
    for name in shared:
        if (over.home / name).parent.exists():
            (over.home / name).write_text(f'{{"session_id":"{session_id}"}}\n')
    over.sync()
    before = tree(over.home)
    assert over.gone() == [session_id] and not path.exists()
    left = set(before) - set(tree(over.home))
    own = {os.path.relpath(path, over.home)}
    if agent == "grok":
        own |= {os.path.relpath(path.parent, over.home), os.path.relpath(path.parent / "summary.json", over.home)}
    assert left == own, "the folder of a day, of a project, of a group stays: it is not the session's"
    assert over.gone() == []


@pytest.mark.parametrize("agent", OTHERS)
def test_recorded_for_good(over: Over, agent: str) -> None:
    """After it went, a sync finds nothing new, and every record reads as before."""
    session_id, _ = ready(over, agent)
    before = folded(over.context)
    assert over.gone() == [session_id]
    over.sync()
    assert folded(over.context) == before


@pytest.mark.parametrize("agent", OTHERS)
@pytest.mark.parametrize("harm", ["touched", "grown", "unread", "link"])
def test_stays(over: Over, agent: str, harm: str) -> None:
    """What was touched within a day, went on since, was never read, or is a link stays."""
    session_id, path = ready(over, agent)
    if harm == "touched":
        os.utime(path, (LATER - 60, LATER - 60))
    elif harm == "grown":
        path.write_bytes(path.read_bytes() + b"{}\n")
    elif harm == "unread":
        cursors.forget(over.context.layout, agent, session_id)
    else:
        os.rename(path, over.home / "elsewhere")
        path.symlink_to(over.home / "elsewhere")
    before = tree(over.home)
    assert over.gone() == [] and tree(over.home) == before


# -- Codex -----------------------------------------------------------------------------------------------------------


def test_an_archived_rollout_goes(over: Over) -> None:
    """Where the client puts what a person archived the same holds."""
    session_id, path = put(over, "codex", 1)
    there = over.home / ".codex" / "archived_sessions" / path.name
    there.parent.mkdir()
    path.rename(there)
    over.ready(session_id)
    assert over.gone() == [session_id] and not there.exists()


def test_two_rollouts_of_one_id(over: Over) -> None:
    """A copy of a rollout is read as that session, too: one of them goes, and nothing recorded changes after that."""
    session_id, path = put(over, "codex", 1)
    copy = path.parent.parent / "02" / path.name
    copy.parent.mkdir()
    shutil.copy(path, copy)
    over.ready(session_id)
    before = folded(over.context)
    assert len(over.gone()) == 1 and path.exists() != copy.exists()
    over.sync()
    assert folded(over.context) == before


def test_a_fork_outlives_what_it_forked(over: Over) -> None:
    """A fork has a copy of what it was made of: it reads as before once that one is gone."""
    first = codex_files.Rollout(cwd=str(over.root))
    first.turn("one")
    first.says("done")
    path = first.put(over.home / ".codex" / "sessions")
    fork = codex_files.Rollout(codex_files.SESSION[:-8] + "369bf1bb", str(over.root), forked_from_id=first.session)
    fork.lines += first.lines[1:]
    fork.turn("two")
    fork.says("done, too")
    other = fork.put(over.home / ".codex" / "sessions")
    over.ready(first.session)
    before = folded(over.context)
    assert over.gone() == [first.session] and not path.exists() and other.exists()
    over.sync()
    assert folded(over.context) == before


# -- Gemini CLI ------------------------------------------------------------------------------------------------------


def chat(over: Over, *messages: gemini_files.Record, lines: bool = True, minute: str = gemini_files.MINUTE) -> Path:
    told = gemini_files.head(project=str(over.root))
    data = gemini_files.rows([told, *messages]) if lines else gemini_files.document(list(messages), **told)
    root = over.home / ".gemini" / "tmp"
    (root / "app").mkdir(parents=True, exist_ok=True)
    (root / "app" / ".project_root").write_text(str(over.root))
    return gemini_files.put(root, data, minute=minute)


def turn(number: int) -> list[gemini_files.Record]:
    return [gemini_files.user(number, [{"text": f"do {number}"}]), gemini_files.answer(number + 1, f"done {number}")]


def test_a_document_goes(over: Over) -> None:
    path = chat(over, *turn(1), lines=False)
    over.ready(gemini_files.SESSION)
    assert over.gone() == [gemini_files.SESSION] and not path.exists()


def test_a_cut_document_stays(over: Over) -> None:
    """A save that was cut off can be read by nobody: whether it said more than what is recorded is not known."""
    path = chat(over, *turn(1), lines=False)
    over.ready(gemini_files.SESSION)
    path.write_bytes(path.read_bytes()[:-40])
    over.ready()
    assert over.why(path) == f"the end of {path.name} is cut off, or goes on"


def test_the_document_before_goes_with_its_lines(over: Over) -> None:
    """A chat that went on as JSONL: what it was before goes first, if all of that stands in the lines."""
    document = chat(over, *turn(1), lines=False)
    lines = chat(over, *turn(1), *turn(5))
    over.ready(gemini_files.SESSION)
    assert over.gone() == [gemini_files.SESSION] and not (document.exists() or lines.exists())


def test_a_document_that_went_on_by_itself_stays(over: Over) -> None:
    """An older client went on with the document: what it says there is in no record."""
    document = chat(over, *turn(1), *turn(9), lines=False)
    lines = chat(over, *turn(1), *turn(5))
    over.ready(gemini_files.SESSION)
    assert over.why(lines) == f"{document.name} says what {lines.name} does not"


def test_a_namesake_of_another_session_stays(over: Over) -> None:
    """A file's name has eight characters of the id and a minute: another session's can be called the same."""
    lines = chat(over, *turn(1))
    namesake = lines.with_suffix(".json")
    namesake.write_bytes(gemini_files.document(turn(3), sessionId=gemini_files.SESSION[:-1] + "0"))
    over.ready(gemini_files.SESSION)
    assert over.gone() == [gemini_files.SESSION] and namesake.exists()


def test_what_goes_on_in_a_further_file(over: Over) -> None:
    """The first file of an id gives the others their names: it goes last, with the sub-agents that all of them name,
    and no record is told under another id meanwhile."""
    first = chat(over, *turn(1))
    second = chat(over, *turn(5), minute="2026-03-01T11-00")
    agents = first.parent / gemini_files.SESSION
    agents.mkdir()
    told = gemini_files.head("sub", str(over.root), kind="subagent")
    (agents / "sub.jsonl").write_bytes(gemini_files.rows([told, *turn(3)]))
    later = f"{gemini_files.SESSION}.2026-03-01T11-00"
    over.ready(gemini_files.SESSION, later)
    assert over.why(first) == f"it goes on in {second.name}, which has to go first"
    before = folded(over.context)
    assert over.gone() == [later] and first.exists() and (agents / "sub.jsonl").exists()
    over.sync()
    assert folded(over.context) == before
    assert over.gone() == [gemini_files.SESSION] and not first.exists() and not agents.exists()
    over.sync()
    assert folded(over.context) == before


def test_what_is_not_known_among_sub_agents_stays(over: Over) -> None:
    """The folder of sub-agents: a link in it is not followed, and what is no file of theirs is named and left."""
    path = chat(over, *turn(1))
    agents = path.parent / gemini_files.SESSION
    agents.mkdir()
    (over.home / "precious").write_text("p")
    (agents / "notes.txt").write_text("n")
    (agents / "linked.jsonl").symlink_to(over.home / "precious")
    over.ready(gemini_files.SESSION)
    (item,) = over.items().values()
    assert item.goes and f"not known and left: {gemini_files.SESSION}/linked.jsonl" in item.why
    over.clean()
    assert tree(agents) == ["linked.jsonl", "notes.txt"] and (over.home / "precious").exists()
    assert (over.home / ".gemini/tmp/app/.project_root").exists()


def test_a_linked_folder_of_sub_agents_stays(over: Over) -> None:
    """Whatever a link in the folder's place leads to is nobody's here."""
    path = chat(over, *turn(1))
    (over.home / "precious").mkdir()
    (over.home / "precious" / "sub.jsonl").write_text("{}\n")
    (path.parent / gemini_files.SESSION).symlink_to(over.home / "precious")
    over.ready(gemini_files.SESSION)
    over.clean()
    assert not path.exists() and tree(over.home / "precious") == ["sub.jsonl"]


# -- Grok CLI --------------------------------------------------------------------------------------------------------

AGENT = "019e0000-0000-7000-8000-00000000aaaa"
SIDES = ("chat_history.jsonl", "chat_history.jsonl.lock", "events.jsonl", "usage.json", "terminal/call-1.log")


def grok(over: Over, session: str = grok_files.SESSION, **summary: str) -> Path:
    scribe = grok_files.Scribe(session)
    records = [scribe.user("do it", 0), *scribe.answer("done"), scribe.done()]
    root = over.home / ".grok" / "sessions"
    path = grok_files.put(root, grok_files.rows(records), cwd=str(over.root), session=session, **summary)
    for name in SIDES:
        (path.parent / name).parent.mkdir(exist_ok=True)
        (path.parent / name).write_text("{}\n")
    return path


def with_agent(path: Path) -> None:
    """The session names a sub-agent."""
    notes = path.parent / "subagents" / AGENT
    notes.mkdir(parents=True)
    (notes / "meta.json").write_text(json.dumps({"subagent_id": AGENT, "subagent_type": "explore"}))


def test_a_session_goes_with_its_sub_agent(over: Over) -> None:
    """Everything the client has in the folder, and the folder of the sub-agent, whose session lies among the others."""
    path, agent = grok(over), grok(over, AGENT, session_kind="subagent")
    with_agent(path)
    over.ready(grok_files.SESSION)
    group = path.parent.parent
    (group / "prompt_history.jsonl").write_text("{}\n")
    assert over.gone() == [grok_files.SESSION] and not agent.exists()
    assert tree(group) == ["prompt_history.jsonl"]


def test_a_strange_file_stays_and_is_named(over: Over) -> None:
    path = grok(over)
    (path.parent / "my notes.md").write_text("n")
    (over.home / "precious").write_text("p")
    (path.parent / "usage.json").unlink()
    (path.parent / "usage.json").symlink_to(over.home / "precious")
    over.ready(grok_files.SESSION)
    (item,) = over.items().values()
    assert item.goes and item.why.endswith("not known and left: my notes.md, usage.json")
    over.clean()
    assert tree(path.parent) == ["my notes.md", "usage.json"] and (over.home / "precious").exists()


@pytest.mark.parametrize("whose", ["a fork's, too", "a session of its own", "one that started others"])
def test_a_sub_agent_that_is_not_its_alone_stays(over: Over, whose: str) -> None:
    """A fork may name the same sub-agent; a session that is no sub-agent's is a person's; of one that started others
    those were not read."""
    kind = {} if whose == "a session of its own" else {"session_kind": "subagent"}
    path, agent = grok(over), grok(over, AGENT, **kind)
    with_agent(path)
    if whose == "a fork's, too":
        with_agent(grok(over, grok_files.SESSION[:-1] + "9"))
    if whose == "one that started others":
        with_agent(agent)
    over.ready(grok_files.SESSION)
    before = tree(agent.parent)
    assert grok_files.SESSION in over.gone() and tree(agent.parent) == before


def test_a_last_message_that_may_go_on_stays(over: Over) -> None:
    """A log that ends within an answer: that was not told yet, so it is in no record and in no copy."""
    scribe = grok_files.Scribe()
    records = [scribe.user("do it", 0), *scribe.answer("done"), scribe.done(), *scribe.answer("and one more word")]
    path = grok_files.put(over.home / ".grok" / "sessions", grok_files.rows(records), cwd=str(over.root))
    over.ready(grok_files.SESSION)
    assert over.why(path) == "the end of updates.jsonl is cut off, or goes on"


def test_one_that_is_open_stays(over: Over) -> None:
    """The client notes which sessions it has open, however long nobody says anything."""
    path = grok(over)
    (over.home / ".grok" / "active_sessions.json").write_text(json.dumps([{"session_id": grok_files.SESSION}]))
    over.ready(grok_files.SESSION)
    assert over.why(path) == "Grok has it open"


def test_one_that_was_opened_again_stays(over: Over) -> None:
    """Opening a session writes beside its log before anybody says anything."""
    path = grok(over)
    over.ready(grok_files.SESSION)
    os.utime(path.parent / "chat_history.jsonl", (LATER - 60, LATER - 60))
    assert over.why(path) == "touched 1m ago, it may be resumed"


def test_two_sessions_of_one_folder_do_not_share(over: Over) -> None:
    """One goes, with its own; the other one's files are as they were."""
    path, other = grok(over), grok(over, grok_files.SESSION[:-1] + "2")
    over.ready(grok_files.SESSION)
    before = tree(other.parent)
    assert over.gone() == [grok_files.SESSION] and not path.parent.exists() and tree(other.parent) == before


def test_an_adapter_of_another_package_may_say_so(over: Over) -> None:
    """Held, it says no more and no less than it does by itself; what it raises is an error that everybody knows."""
    from gitml.agents.codex.adapter import Codex
    from gitml.agents.guarded import Guarded

    class Silent(Codex):
        belongings = None  # type: ignore[assignment]

    class Broken(Codex):
        def belongings(self, source: Source) -> Belongings:
            raise KeyError("no such thing")

    _, path = put(over, "codex", 1)
    source = codex_files.source(path, over.home / ".codex/sessions")
    assert Guarded(Silent()).belongings is None
    saying, broken = Guarded(Codex()).belongings, Guarded(Broken()).belongings
    assert saying is not None and saying(source).files == []
    with pytest.raises(AdapterFailed, match="no such thing"):
        broken(source)  # type: ignore[misc]


def test_one_whose_adapter_fails_stays(over: Over, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another package's adapter that does not come to an answer: its sessions stay, the others go."""
    from gitml.agents.codex.adapter import Codex
    from gitml.agents.guarded import Guarded

    class Odd(Codex):
        def belongings(self, source: Source) -> Belongings:
            made = Belongings()
            made.unsure = lambda: {}["no"]
            return made

    _, path = ready(over, "codex")
    session_id, _ = put(over, "grok", 2)
    over.ready(session_id)
    monkeypatch.setattr("gitml.agents.codex.ADAPTER", Guarded(Odd()))
    assert "it cannot be looked at: agent 'codex' cannot be read: KeyError" in over.why(path)
    assert over.gone() == [session_id] and path.exists()


# -- cut off ---------------------------------------------------------------------------------------------------------


def _grok_whole(over: Over) -> tuple[str, Path]:
    path = grok(over)
    grok(over, AGENT, session_kind="subagent")
    with_agent(path)
    return grok_files.SESSION, path


def _gemini_whole(over: Over) -> tuple[str, Path]:
    chat(over, *turn(1), lines=False)
    path = chat(over, *turn(1), *turn(5))
    agents = path.parent / gemini_files.SESSION
    agents.mkdir()
    told = gemini_files.head("sub", str(over.root), kind="subagent")
    (agents / "sub.jsonl").write_bytes(gemini_files.rows([told, *turn(3)]))
    return gemini_files.SESSION, path


@pytest.mark.parametrize("made", [_grok_whole, _gemini_whole])
def test_a_killed_cleaning_is_gone_on_with(over: Over, made: Callable[[Over], tuple[str, Path]]) -> None:
    """Killed anywhere: what is left is of that session and no other, no record changes, and the next one takes the
    rest; but for what tells whose the main file was, if that was the last to go."""
    session_id, path = made(over)
    over.ready(session_id)
    before = folded(over.context)
    whole = over.home.parent / "whole"
    shutil.copytree(over.home, whole, copy_function=os.link, symlinks=True)
    for step in range(0, 300, 2):
        if not killed_at(step, over.clean):
            break
        was_found = path.exists()
        over.sync()
        assert folded(over.context) == before, step
        assert over.clean().failures == []
        left = [each.name for each in over.home.rglob("*") if each.is_file() and each.name not in KEPT]
        assert left == [] or (not was_found and left == ["summary.json"]), (step, left)
        _put_back(whole, over.home)
        over.sync()
    else:
        raise AssertionError("never done")
    assert step >= 10 and not path.exists()


KEPT = (".gitconfig", ".project_root")


def _put_back(whole: Path, place: Path) -> None:
    for each in sorted(whole.rglob("*")):
        there = place / each.relative_to(whole)
        if each.is_dir():
            there.mkdir(exist_ok=True)
        elif not there.exists():
            os.link(each, there)
