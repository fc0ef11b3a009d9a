"""The adapter keeps the contract of all adapters: ``pip install -e '.[test]' && pytest``."""

import json

import pytest

pytest.register_assert_rewrite("gitml.agents.contract")

from gitml_example import ADAPTER  # noqa: E402

from gitml.agents.contract import LinesContract  # noqa: E402

SESSION = "a-session"


def record(number, kind, **own):
    return {"kind": kind, "at": f"2026-03-01T10:00:{number:02d}Z", **own}


RECORDS = [
    record(0, "start", folder="/home/me/app", branch="main", version="1.4"),
    record(1, "person", id="p1", text="please mend the parser and commit it"),
    record(2, "model", answer="a1", model="example-1", text="I look into it first.", tokens={"in": 800, "out": 60}),
    record(3, "call", answer="a1", id="c1", tool="shell", given={"command": "git commit -am 'mend it'"}),
    record(4, "result", id="c1", exit=0, printed="[main 9a558b6] mend it\n 1 file changed"),
    record(5, "call", answer="a1", id="c2", tool="shell", given={"command": "pytest -q"}),
    record(6, "result", id="c2", exit=1, printed="one of the tests has failed"),
    record(7, "model", answer="a2", text="It is mended and committed.", tokens={"in": 900, "out": 20}),
    record(8, "person", id="p2", text="and thank you very much"),
    record(9, "model", answer="a3", model="example-1", text="You are most welcome."),
]


class TestExample(LinesContract):
    @pytest.fixture
    def adapter(self):
        return ADAPTER

    @pytest.fixture
    def root(self, tmp_path):
        root = tmp_path / "sessions"
        root.mkdir()
        return root

    @pytest.fixture
    def place(self):
        def put(root, data):
            path = root / f"{SESSION}.jsonl"
            path.write_bytes(data)
            return path

        return put

    @pytest.fixture
    def sample(self):
        return b"".join(json.dumps(one).encode() + b"\n" for one in RECORDS)

    @pytest.fixture
    def total(self):
        """By hand, of the records above."""
        return {"input": 1700, "output": 80, "cache_read": 0, "cache_write_5m": 0, "cache_write_1h": 0}
