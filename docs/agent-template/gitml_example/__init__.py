"""An adapter for an agent that is made up: begin with a copy of this and put your agent's own in.

Example keeps a session a file, ``~/.example/sessions/<id>.jsonl``, a record a line:

    {"kind": "start", "at": "2026-03-01T10:00:00Z", "folder": "/home/me/app", "branch": "main", "version": "1.4"}
    {"kind": "person", "at": …, "id": "p1", "text": "Mend the parser."}
    {"kind": "model", "at": …, "answer": "a1", "model": "example-1", "text": "…", "tokens": {"in": 812, "out": 64}}
    {"kind": "call", "at": …, "answer": "a1", "id": "c1", "tool": "shell", "given": {"command": "pytest -q"}}
    {"kind": "result", "at": …, "id": "c1", "exit": 1, "printed": "1 failed"}
"""

import os

from gitml.agents import parse
from gitml.agents.base import Source
from gitml.agents.commands import operations, outcome
from gitml.agents.fields import count, known, mapping, text
from gitml.agents.files import head
from gitml.agents.folders import below, inside
from gitml.agents.lines import lines
from gitml.agents.memory import Memory
from gitml.agents.names import is_plain
from gitml.agents.reader import LineReader
from gitml.agents.texts import all_but
from gitml.model.events import SessionEvent
from gitml.model.times import normal

SUFFIX = ".jsonl"
NO_WORDS = frozenset({"kind", "at", "id", "answer", "model", "version"})
"""Keys that no secret stands in. Everything else is searched."""

REMEMBERED = {"seq": 0, "branch": "", "git": {}}
"""What a reader carries from line to line: ids, hashes, numbers and names; bounded, and never what was said."""

CALLS = 256
PREVIEW = 2000


class Example:
    """``gitml.agents.base.Adapter``; docs/agents.md says what each of its methods is for."""

    name = "example"
    lines = staticmethod(lines)
    records = staticmethod(parse.objects)

    def roots(self, environ):
        home = environ.get("EXAMPLE_HOME") or os.path.join(environ.get("HOME", os.sep), ".example")
        return [os.path.join(home, "sessions")]

    def discover(self, root):
        paths = below(os.path.realpath(root), 3, lambda name: name.endswith(SUFFIX) and is_plain(name))
        yield from filter(None, map(self._source, paths))

    def locate(self, session_id, root):
        if not is_plain(session_id):
            return None
        return next((found for found in self.discover(root) if found.session_id == session_id), None)

    def at(self, path, root):
        real = inside(path, root)
        return self._source(real) if real.endswith(SUFFIX) else None

    def cwds(self, source, maybe=()):
        found, _ = parse.objects(head(source.path, 65536).partition(b"\n")[0])
        return [text(record["folder"]) for record in found if text(record.get("folder"))]

    def _source(self, path):
        """The session in a file. Its first line says whether it is one: other agents write JSONL, too."""
        found, _ = parse.objects(head(path, 65536).partition(b"\n")[0])
        session_id = os.path.basename(path)[: -len(SUFFIX)]
        if not is_plain(session_id) or not found or found[0].get("kind") != "start":
            return None
        return Source(self.name, session_id, path, [])

    def read(self, source, path, offset=0, state=None):
        if path != source.path:
            raise ValueError(f"not a file of session {source.session_id}: {path}")
        memory = Memory(state, REMEMBERED)
        return LineReader(
            path, offset, memory, Making(source, memory), lambda data, _: parse.objects(data), all_but(NO_WORDS)
        )


class Making:
    """Turns records into events. A value of the wrong type is one that is not there: nothing here may raise."""

    def __init__(self, source, memory):
        self.source = source
        self.memory = memory

    def events(self, record, place):
        handler = KINDS.get(text(record.get("kind")))
        if handler is None:  # kinds nobody has heard of make nothing
            return []
        kind, payload = handler(self, record)
        uuid = text(record.get("id")) if kind == "user" else ""
        shared = known(branch=self.memory.now["branch"])
        event = (self.source.uid, self.memory.next_seq(), kind, normal(record.get("at")), uuid, "", False)
        return [SessionEvent(*event, {**payload, **shared})]

    def _start(self, record):
        self.memory.now["branch"] = text(record.get("branch"))[:250]
        return "system", {
            "subtype": "session_start",
            **known(cwd=text(record.get("folder")), version=text(record.get("version"))),
        }

    def _person(self, record):
        return "user", {"text": text(record.get("text")), "origin": "prompt", "images": 0}

    def _model(self, record):
        tokens = mapping(record.get("tokens"))
        usage = {"input": count(tokens.get("in")) or 0, "output": count(tokens.get("out")) or 0}
        usage |= {"cache_read": 0, "cache_write_5m": 0, "cache_write_1h": 0}
        answer = text(record.get("answer"))
        paid = {"usage": usage, "final": True} if answer and tokens else {}
        return "assistant", {"text": text(record.get("text")), **self._response(record), **paid}

    def _call(self, record):
        call, given = text(record.get("id")), mapping(record.get("given"))
        git = operations(text(given.get("command")))
        if git and is_plain(call):  # the memory's values are replaced, never changed
            self.memory.now["git"] = dict([*self.memory.now["git"].items(), (call, git)][-CALLS:])
        return "tool_use", {
            "tool_id": call,
            "name": text(record.get("tool")),
            "input": given,
            **self._response(record),
        }

    def _result(self, record):
        call, printed, code = text(record.get("id")), text(record.get("printed")), count(record.get("exit"))
        return "tool_result", {
            "tool_id": call,
            "status": "error" if code else "ok",
            "text": printed[:PREVIEW],
            **known(exit_code=code or None),
            **outcome(None, printed, text(self.memory.now["git"].get(call))),
        }

    def _response(self, record):
        return known(response=text(record.get("answer")), model=text(record.get("model")))


KINDS = {
    "start": Making._start,
    "person": Making._person,
    "model": Making._model,
    "call": Making._call,
    "result": Making._result,
}

ADAPTER = Example()
