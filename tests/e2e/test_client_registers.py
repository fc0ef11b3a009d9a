"""The real client, offline: its sessions register by themselves, and its shell's commands are about its session."""

from __future__ import annotations

import json
from pathlib import Path

from support import claude_client
from support.model_server import ModelServer, Turn
from support.scripted_session import run, set_up

REGISTER = "gitml session register --role backend --goal 'make it whole' --json > $OUT/own"
LOOK = f"""gitml session list --json > $OUT/before; echo $PPID ${{CLAUDE_PID:-0}} > $OUT/pid
cat /proc/$PPID/comm > $OUT/comm; {REGISTER}; gitml session list --json > $OUT/list"""


def test_a_session_of_the_real_client(repo: Path, home: Path, tmp_path: Path) -> None:
    """While it runs it is active, with the client's own process; what it says from its shell is about itself; over,
    its number is free."""
    claude_client.client()
    set_up(repo, home)
    turns = [Turn(tools=[("Bash", {"command": LOOK.replace("$OUT", str(tmp_path))})]), Turn(text="Done.")]
    with ModelServer(turns) as model:
        claude_client.ask(repo, home, model.url, "Please look who is here")
    (before,) = json.loads((tmp_path / "before").read_text())
    own, (listed,) = (json.loads((tmp_path / name).read_text()) for name in ("own", "list"))
    assert (before["number"], before["state"], before["role"], before["agent"]) == (1, "active", "main", "claude")
    parent, stated = map(int, (tmp_path / "pid").read_text().split())
    assert before["pid"] in (parent, stated), (tmp_path / "comm").read_text()
    assert (own["number"], own["what"]) == (1, "changed")
    assert (listed["role"], listed["goal"], listed["pid"]) == ("backend", "make it whole", before["pid"])
    (after,) = json.loads(run(repo, home, "gitml", "session", "list", "--json").stdout)
    assert (after["number"], after["state"], after["session_id"]) == (1, "inactive", before["session_id"])
    assert after["ended_at"]
