"""Writes small made-up Claude Code transcripts, line by line, in the shape of 2.1.x."""

from __future__ import annotations

import json
import random
import uuid
from pathlib import Path
from typing import Any


class Transcript:
    """One growing session. ``lines`` are the bytes of its main file; ``agents`` those of its sub-agents' files."""

    def __init__(self, session_id: str, cwd: str = "/work/app", seed: int = 1, version: str = "2.1.40") -> None:
        self.session_id = session_id
        self.cwd = cwd
        self.random = random.Random(f"{session_id}{seed}")
        self.version = version
        self.lines: list[bytes] = []
        self.agents: dict[str, list[bytes]] = {}
        self.clock = 1_767_000_000_000
        self.parent: str | None = None

    def time(self, ahead: int = 1000) -> str:
        """The next timestamp."""
        from datetime import UTC, datetime

        self.clock += ahead
        return datetime.fromtimestamp(self.clock / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def uuid(self) -> str:
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def record(self, type: str, agent: str = "", **rest: Any) -> dict[str, Any]:
        """Add a record with the common envelope."""
        made = {
            "parentUuid": self.parent,
            "isSidechain": bool(agent),
            "userType": "external",
            "cwd": self.cwd,
            "sessionId": self.session_id,
            "version": self.version,
            "gitBranch": "main",
            "type": type,
            "uuid": self.uuid(),
            "timestamp": self.time(),
            **rest,
        }
        if agent:
            made["agentId"] = agent
        self.add(made, agent)
        self.parent = made["uuid"]
        return made

    def add(self, record: Any, agent: str = "") -> None:
        """Add any value as one line."""
        where = self.agents.setdefault(agent, []) if agent else self.lines
        where.append(json.dumps(record, ensure_ascii=False).encode() + b"\n")

    def prompt(self, text: str, agent: str = "", **rest: Any) -> dict[str, Any]:
        return self.record("user", agent, message={"role": "user", "content": text}, **rest)

    def says(self, text: str, agent: str = "", **rest: Any) -> dict[str, Any]:
        return self.response([{"type": "text", "text": text}], agent, **{"stop_reason": "end_turn", **rest})[0]

    def response(
        self, blocks: list[dict[str, Any]], agent: str = "", stop_reason: str | None = None, output: int = 5
    ) -> list[dict[str, Any]]:
        """One response of a model: a record a block, the usage repeated on each."""
        message_id = "msg_" + self.uuid().replace("-", "")[:24]
        request = "req_" + self.uuid().replace("-", "")[:24]
        made = []
        for index, block in enumerate(blocks):
            last = index == len(blocks) - 1
            usage = {
                "input_tokens": 3,
                "cache_creation_input_tokens": 7,
                "cache_read_input_tokens": 11,
                "output_tokens": output if last else 1,
            }
            message = {
                "id": message_id,
                "type": "message",
                "role": "assistant",
                "model": "claude-opus-4-6",
                "content": [block],
                "stop_reason": stop_reason if last else None,
                "usage": usage,
            }
            made.append(self.record("assistant", agent, message=message, requestId=request))
        return made

    def uses(self, *calls: tuple[str, dict[str, Any]], agent: str = "", say: str = "") -> list[str]:
        """A response that calls tools; returns the calls' ids."""
        ids = ["toolu_" + self.uuid().replace("-", "")[:24] for _ in calls]
        blocks: list[dict[str, Any]] = [{"type": "text", "text": say}] if say else []
        blocks += [
            {"type": "tool_use", "id": made, "name": name, "input": given}
            for made, (name, given) in zip(ids, calls, strict=True)
        ]
        self.response(blocks, agent, stop_reason="tool_use")
        return ids

    def result(self, tool_id: str, text: str = "ok", agent: str = "", error: bool = False, **rest: Any) -> None:
        block: dict[str, Any] = {"type": "tool_result", "tool_use_id": tool_id, "content": text}
        if error:
            block["is_error"] = True
        self.record("user", agent, message={"role": "user", "content": [block]}, **rest)

    def write(self, projects: Path, upto: int | None = None, agents: bool = True) -> Path:
        """Write the session below a projects folder; only the first ``upto`` lines of the main file if given."""
        folder = projects / self.cwd.replace("/", "-")
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.session_id}.jsonl"
        path.write_bytes(b"".join(self.lines[:upto]))
        for agent, lines in self.agents.items() if agents else ():
            below = folder / self.session_id / "subagents"
            below.mkdir(parents=True, exist_ok=True)
            (below / f"agent-{agent}.jsonl").write_bytes(b"".join(lines))
        return path


def varied(session_id: str, turns: int = 6, cwd: str = "/work/app", seed: int = 1) -> Transcript:
    """A session with a little of everything: tools, failures, sub-agents, an interrupt, a late result, odd lines."""
    made = Transcript(session_id, cwd, seed)
    made.add({"type": "file-history-snapshot", "messageId": made.uuid(), "snapshot": {}, "isSnapshotUpdate": False})
    for turn in range(turns):
        made.prompt(f"do step {turn} é\u2028 please")
        shape = made.random.randrange(6)
        if shape == 0:
            (one,) = made.uses(("Edit", {"file_path": f"{cwd}/src/m{turn}.py", "old_string": "a"}), say="I will")
            made.result(one, "done", toolUseResult={"filePath": f"{cwd}/src/m{turn}.py"})
        elif shape == 1:
            one, two = made.uses(("Bash", {"command": "ls"}), ("Read", {"file_path": f"{cwd}/b.py"}))
            made.result(two, "body")
            made.result(one, "Exit code 2\nno", error=True, toolUseResult="Error: Exit code 2")
        elif shape == 2:
            _with_agent(made, turn)
        elif shape == 3:
            (one,) = made.uses(("Bash", {"command": "sleep 9"}))
            made.prompt(f"meanwhile {turn}")
            made.result(one, "late")
        elif shape == 4:
            made.uses(("Bash", {"command": "make"}))
            stopped = [{"type": "text", "text": "[Request interrupted by user]"}]
            made.record("user", message={"role": "user", "content": stopped})
            continue
        else:
            (one,) = made.uses(("Bash", {"command": "git commit -qm x"}))
            said = f"[main {made.random.getrandbits(28):07x}] x\n 1 file changed"
            made.result(one, said, toolUseResult={"stdout": said})
            made.clock -= 50_000  # time goes backwards in real files, too
        made.says(f"step {turn} is done")
        made.add({"type": "some-new-record", "value": turn})
    made.add({"type": "ai-title", "aiTitle": "A varied session", "sessionId": session_id})
    return made


def _with_agent(made: Transcript, turn: int) -> None:
    agent = f"a{made.random.getrandbits(28):07x}"
    (task,) = made.uses(("Task", {"prompt": f"look {turn}", "subagent_type": "Explore", "description": "look"}))
    main_parent = made.parent
    made.prompt(f"look {turn}", agent)
    (grep,) = made.uses(("Grep", {"pattern": "x"}), agent=agent)
    made.result(grep, "found", agent)
    made.says("it is there", agent)
    made.parent = main_parent
    stated = {"status": "completed", "agentId": agent, "totalToolUseCount": 1, "totalDurationMs": 5}
    made.result(task, "it is there", toolUseResult=stated)
