"""Tool results, in each of the four shapes that real files have. None says by itself whether the call failed."""

import re

from gitml.agents.codex.memory import TOOLS
from gitml.agents.codex.records import decoded
from gitml.agents.commands import outcome
from gitml.agents.fields import count, items, known, mapping, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.agents.memory import Memory

    Fact = tuple[str, dict[str, Any]]

PREVIEW = 2000
"""Characters of a result's text that are kept."""

SECONDS = 1000
HEAD = 1000
"""Characters at the start of an output in which its own words are looked for; what a program printed comes after."""

PRINTED = re.compile(r"^(?:Aggregated output|Output):\n", re.MULTILINE)
EXIT = re.compile(r"^(?:Exit code: |Process exited with code )(-?\d{1,10})$", re.MULTILINE)
WALL = re.compile(r"^Wall time: (\d{1,9}(?:\.\d{1,9})?) seconds?$", re.MULTILINE)
RUNNING = re.compile(r"^Process running with session ID (\d{1,18})$", re.MULTILINE)
FORM = re.compile(r"(?:Exit code: -?\d|Chunk ID: |Wall time: \d)")

TIMED_OUT = re.compile(r"(?:command )?timed out after \d+")
TIMEOUT_CODE = 124
WORDS = (
    ("rejected", re.compile(r"(?:exec command |patch |command )?rejected by user|user rejected", re.IGNORECASE)),
    ("interrupted", re.compile(r"aborted by user|aborted\Z|Operation aborted", re.IGNORECASE)),
    ("timeout", TIMED_OUT),
    (
        "error",
        re.compile(
            r"execution error|apply_patch verification failed|failed to |failed in sandbox|failed for |unsupported c"
            r"|err: |error: |exec_command failed|write_stdin failed|unable to |invalid patch",
            re.IGNORECASE,
        ),
    ),
)
"""How an output without an exit code begins that tells of no success."""


def result(item: "dict[str, Any]", memory: "Memory") -> "list[Fact]":
    """A ``function_call_output`` or ``custom_tool_call_output``."""
    tool_id = text(item.get("call_id"))
    done = text(memory.now["tools"].get(tool_id))
    said, code, seconds = _read(item.get("output"))
    status = _status(said, code)
    running = RUNNING.search(_own(text(item.get("output"))))
    if running and done:
        kept = {**memory.now["shells"], running[1]: done}
        memory.now["shells"] = dict(list(kept.items())[-TOOLS:])
    payload = {
        "tool_id": tool_id,
        "status": status,
        "text": said[:PREVIEW],
        **known(duration_ms=round(seconds * SECONDS) if seconds is not None else None),
        **known(exit_code=code if status != "ok" else None),
        **outcome(None, said, done),
    }
    return [("tool_result", payload)]


def _read(output: object) -> "tuple[str, int | None, float | None]":
    """(what was printed, exit code, seconds); None for what is not told."""
    told = decoded(output)
    if "output" in told or "content" in told:
        meta = mapping(told.get("metadata"))
        code = meta.get("exit_code")
        if code is None and told.get("success") is False:
            code = 1
        said = text(told.get("output")) or text(told.get("content"))
        return said, _integer(code), _number(meta.get("duration_seconds"))
    if not isinstance(output, str):
        parts = [text(mapping(part).get("text")) for part in items(output)]
        return "\n".join(part for part in parts if part), None, None
    return _plain(output)


def _plain(output: str) -> "tuple[str, int | None, float | None]":
    """The two shapes with lines of their own above what was printed, and the one without."""
    if not FORM.match(output):
        return output, None, None
    own = _own(output)
    code, wall, printed = EXIT.search(own), WALL.search(own), PRINTED.search(output[:HEAD])
    said = output[printed.end() :] if printed else output
    seconds = float(wall[1]) if wall else None
    if printed and not (code or RUNNING.search(own)):  # a patch that a shell command held: its own result is within
        inner, status, _ = _read(said)
        return inner, status, seconds
    return said, int(code[1]) if code else None, seconds


def _own(output: str) -> str:
    """The lines above what was printed."""
    return PRINTED.split(output[:HEAD], maxsplit=1)[0]


def _status(said: str, code: "int | None") -> str:
    """One of STATUSES."""
    if code == 0:
        return "ok"
    if code is not None:
        return "timeout" if code == TIMEOUT_CODE and TIMED_OUT.match(said.lstrip()) else "error"
    return next((status for status, pattern in WORDS if pattern.match(said.lstrip())), "ok")


def _integer(value: object) -> "int | None":
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31 else None


def _number(value: object) -> "float | None":
    whole = count(value)
    return float(whole) if whole is not None else value if isinstance(value, float) and 0 <= value < 1e9 else None
