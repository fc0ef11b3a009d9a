"""Where sessions and their agents lie on disk, version by version, and what is none of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.claude_files import SESSION, Scribe, put, source, to_bytes
from support.hook_path import DEAR

from gitml.agents.registry import adapter

CLAUDE = adapter("claude")
OTHER = "99999999-aaaa-4bbb-8ccc-dddddddddddd"


def line(**own: object) -> bytes:
    return to_bytes([Scribe().user("x", **own)])


def ids(root: Path) -> list[str]:
    return [found.session_id for found in CLAUDE.discover(str(root))]


def test_roots_are_where_the_client_looks() -> None:
    """The configured folder alone where there is one, else the two defaults; nothing without a home."""
    assert CLAUDE.roots({"CLAUDE_CONFIG_DIR": "/c", "HOME": "/h"}) == ["/c/projects"]
    assert CLAUDE.roots({"HOME": "/h"}) == ["/h/.claude/projects", "/h/.config/claude/projects"]
    assert CLAUDE.roots({"HOME": "/h", "XDG_CONFIG_HOME": "/x"})[1] == "/x/claude/projects"
    assert CLAUDE.roots({}) == []


def test_discovery_takes_any_folder_around(tmp_path: Path) -> None:
    """The projects folder, one project's, one above, a backup of several machines: the same sessions."""
    projects = tmp_path / "backup" / "laptop" / ".claude" / "projects"
    put(projects, line(), "b")
    put(projects, line(), "a", slug="-work-other")
    for root in (tmp_path, tmp_path / "backup", projects.parent, projects):
        assert ids(root) == ["a", "b"]
    assert ids(projects / "-work-app") == ["b"]
    assert ids(tmp_path / "nowhere") == []


def test_what_is_no_session(tmp_path: Path) -> None:
    """Lists of prompts, journals, agents, indexes, memories and results are none; nor is a folder or a pipe."""
    path = put(tmp_path, line())
    own = path.with_suffix("")
    for name in (
        "subagents/workflows/wf_0a1b2c3d-e4f/journal.jsonl",
        "tool-results/b.jsonl",
        "subagents/agent-a1.jsonl",
    ):
        (own / name).parent.mkdir(parents=True, exist_ok=True)
        (own / name).write_bytes(line())
    for name in ("history.jsonl", "agent-a2.jsonl", "sessions-index.json", "a b.jsonl", ".hidden.jsonl", "-.jsonl.bak"):
        (path.parent / name).write_bytes(line())
    (path.parent / "folder.jsonl").mkdir()
    os.mkfifo(path.parent / "pipe.jsonl")
    assert ids(tmp_path) == [SESSION]
    for name in ("history", "folder", "pipe", "agent-a2", "journal"):
        assert CLAUDE.locate(name, str(tmp_path)) is None
    assert CLAUDE.at(str(path.parent / "agent-a2.jsonl"), str(tmp_path)) is None
    assert CLAUDE.at(str(path.parent), str(tmp_path)) is None


def test_a_session_that_moved(tmp_path: Path) -> None:
    """Of two files of one session the newer one is it, however it is looked for."""
    old, new = put(tmp_path, line(), slug="-a"), put(tmp_path, line(), slug="-b")
    for path, age in ((old, 200), (new, 100)):
        os.utime(path, (path.stat().st_mtime - age,) * 2)
    located = CLAUDE.locate(SESSION, str(tmp_path))
    assert located is not None and located.path == str(new)
    assert [found.path for found in CLAUDE.discover(str(tmp_path))] == [str(new)]
    os.utime(old)
    assert [found.path for found in CLAUDE.discover(str(tmp_path))] == [str(old)]


def test_the_file_names_the_session(tmp_path: Path) -> None:
    """A file whose records name other sessions, or none, is still the session its name says."""
    put(tmp_path, line(sessionId=OTHER))
    put(tmp_path, b'{"type":"summary","summary":"x","leafUuid":"y"}\n', "only-summaries")
    assert ids(tmp_path) == [SESSION, "only-summaries"]


def test_agents_of_every_version(tmp_path: Path) -> None:
    """Beside the session (2.0.x), in its folder (2.1.x), of workflows, forks of the client's own: by id, each once."""
    path = put(tmp_path, line())
    below = path.with_suffix("") / "subagents"
    flow = below / "workflows" / "wf_0a1b2c3d-e4f"
    flow.mkdir(parents=True)
    (path.parent / "agent-a0fa1c7.jsonl").write_bytes(line(agentId="a0fa1c7"))
    (path.parent / "agent-a0000ff.jsonl").write_bytes(line(agentId="a0000ff", sessionId=OTHER))
    (path.parent / "agent-empty.jsonl").write_bytes(b"")
    for name in ("agent-a1b2c3d4e5f6a7b8c", "agent-acompact-1f", "agent-aprompt_suggestion-2f", "agent-a0fa1c7"):
        (below / f"{name}.jsonl").write_bytes(line())
    (flow / "agent-af10.jsonl").write_bytes(line())
    (flow / "journal.jsonl").write_bytes(b'{"type":"started","key":"k","agentId":"af10"}\n')
    (below / "agent-acompact-1f.meta.json").write_text("[not json")
    (flow / "agent-af10.meta.json").write_text(json.dumps({"agentType": "worker", "toolUseId": "../../x y"}))
    found = {agent.agent_id: (agent.type, agent.parent_tool_id) for agent in source(path, tmp_path).agents}
    assert list(found.items()) == [
        ("a0fa1c7", ("", "")),
        ("a1b2c3d4e5f6a7b8c", ("", "")),
        ("acompact-1f", ("acompact", "")),
        ("af10", ("worker", "")),
        ("aprompt_suggestion-2f", ("aprompt_suggestion", "")),
    ]
    own = {agent.agent_id: agent.path for agent in source(path, tmp_path).agents}
    assert own["a0fa1c7"] == str(below / "agent-a0fa1c7.jsonl")
    assert [[agent.path for agent in each.agents] for each in CLAUDE.discover(str(tmp_path))] == [list(own.values())]


def test_a_long_first_record_beside(tmp_path: Path) -> None:
    """An agent beside is told by the head of its first record, even where that is longer than what is read."""
    path = put(tmp_path, line())
    long = {"sessionId": SESSION, "type": "user", "message": {"content": 'x \\"sessionId\\":\\"no\\"' * 9000}}
    (path.parent / "agent-a1.jsonl").write_bytes(to_bytes([long]))
    assert [agent.agent_id for agent in source(path, tmp_path).agents] == ["a1"]


def test_no_link_leads_to_agents_outside(tmp_path: Path) -> None:
    """A link in the place of the session's folder, of ``subagents``, of an agent's file is not followed."""
    root, outside = tmp_path / "root", tmp_path / "outside"
    (outside / "subagents").mkdir(parents=True)
    (outside / "subagents" / "agent-a1.jsonl").write_bytes(line())
    path = put(root, line())
    own = path.with_suffix("")
    own.symlink_to(outside, target_is_directory=True)
    assert source(path, root).agents == []
    own.unlink()
    own.mkdir()
    (own / "subagents").symlink_to(outside / "subagents", target_is_directory=True)
    assert source(path, root).agents == []
    (own / "subagents").unlink()
    (own / "subagents").mkdir()
    (own / "subagents" / "agent-a1.jsonl").symlink_to(outside / "subagents" / "agent-a1.jsonl")
    (own / "subagents" / "workflows").symlink_to(outside / "subagents", target_is_directory=True)
    assert source(path, root).agents == []


def test_a_root_that_is_a_link(tmp_path: Path) -> None:
    """The root itself may be a link, as where dot folders are kept elsewhere: paths are the real ones."""
    path = put(tmp_path / "real", line())
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "real", target_is_directory=True)
    found = [
        CLAUDE.at(str(link / "-work-app" / path.name), str(link)),
        CLAUDE.locate(SESSION, str(link)),
        *CLAUDE.discover(str(link)),
    ]
    assert [each.path for each in found if each] == [str(path)] * 3


def test_a_file_replaced_by_a_link(tmp_path: Path) -> None:
    """A session whose file has become a link since it was found is not read through it."""
    path = put(tmp_path / "root", line())
    session = source(path, tmp_path / "root")
    path.unlink()
    path.symlink_to(put(tmp_path / "outside", line()))
    with pytest.raises(OSError):
        list(CLAUDE.read(session, session.path))
    assert CLAUDE.cwds(session) == []


def test_cwds(tmp_path: Path) -> None:
    """Each folder near the start, once, in order, from a bounded read; even where the first line is longer."""
    scribe = Scribe()
    folders = ["/w", "/w/sub", "/w", "C:\\w\\\u00e9"]
    records = [{"type": "summary"}, *(scribe.user("x", cwd=folder) for folder in folders)]
    padding = scribe.user("x" * 300_000, cwd="/w/far")
    session = source(put(tmp_path, to_bytes([*records, padding, scribe.user("x", cwd="/w/farther")])), tmp_path)
    assert CLAUDE.cwds(session) == [
        "/w",
        "/w/sub",
        "C:\\w\\\u00e9",
    ]
    long = {"type": "user", "cwd": '/w/"é', "message": {"content": 'x "cwd":"/no" ' * 30_000}}
    session = source(put(tmp_path, to_bytes([long])), tmp_path)
    assert CLAUDE.cwds(session) == ['/w/"é']
    assert CLAUDE.cwds(source(put(tmp_path, b"\xff\n{}\n"), tmp_path)) == []


def test_what_the_hook_path_loads() -> None:
    """Importing the adapter loads none of the modules that cost a hook its budget."""
    code = "import sys; import gitml.agents.claude; print(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert not DEAR & set(done.stdout.split()) - preloaded()


def preloaded() -> set[str]:
    """What an interpreter of this environment loads by itself (an editable install's finder, say)."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", "import sys; print(' '.join(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())
