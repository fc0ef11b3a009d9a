"""Entries in agents' settings: added without disturbing anything, taken out byte for byte."""

from __future__ import annotations

import json
import os
import stat
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as trying
from hypothesis import strategies as st

from gitml.ops.setup import settings, settings_plan
from gitml.ops.setup.apply import apply
from gitml.ops.setup.clients import CLAUDE, CLIENTS, CURSOR, GEMINI, Client
from gitml.ops.setup.inserts import put
from gitml.ops.setup.memory import Memory
from gitml.ops.setup.paths import Refused

OTHERS = {"type": "command", "command": "./other.sh"}
ODD = {
    "nothing in it": "",
    "blanks": " \n",
    "an object": "{}",
    "an object and a newline": "{}\n",
    "a spread object": "{\n}\n",
    "one line": '{"model":"x","permissions":{"allow":["Bash(ls)"]}}',
    "one line with gaps": '{"model": "x", "hooks": {}}\n',
    "tabs": '{\n\t"model": "x",\n\t"hooks": {\n\t\t"Stop": []\n\t}\n}\n',
    "four blanks": '{\n    "env": {\n        "A": "b"\n    }\n}',
    "CRLF": '{\r\n  "model": "x",\r\n  "hooks": {\r\n  }\r\n}\r\n',
    "no newline at the end": '{\n  "model": "x"\n}',
    "a byte order mark": '\ufeff{\n  "model": "x"\n}\n',
    "non-ASCII and escapes": '{\n  "ключ": "värde \\u00e9 \\ud800 \U0001f600",\n  "z": 1.0e5, "a": 1E+2\n}\n',
    "others' hooks": json.dumps({"hooks": {"Stop": [{"hooks": [OTHERS]}], "Notification": [{"hooks": [OTHERS]}]}}),
    "others' hooks, spread": json.dumps(
        {"hooks": {"Stop": [{"matcher": "", "hooks": [OTHERS]}], "SessionEnd": []}}, indent=3
    ),
    "odd white space": '\n\n { "a" :[ 1 , 2 ] ,\n"hooks" : { "Stop":[ ] , "x" : [{"hooks":[]}]}\n}\n\n',
}
REFUSED = {
    "a comment": ('{\n  // mine\n  "a": 1\n}', "line 2, column 3"),
    "a trailing comma": ('{\n  "a": 1,\n}', "line 3, column 1"),
    "cut short": ('{"a": ', "line 1"),
    "NaN": ('{"a": NaN}', "NaN"),
    "a list": ("[]", "must hold an object"),
    "hooks a list": ('{\n "hooks": []\n}', "line 2, column 11"),
    "an event an object": ('{"hooks": {"Stop": {}}}', "hooks.Stop"),
    "nested too deep": ('{"a":' + "[" * 100_000 + "]" * 100_000 + "}", "nested too deep"),
}


EACH = pytest.mark.parametrize("client", CLIENTS, ids=[client.name for client in CLIENTS])


def install(folder: Path | str, path: Path | str, client: Client = CLAUDE) -> None:
    memory = Memory(os.path.join(folder, "local"), None)
    apply(settings_plan.install(str(folder), str(path), memory, client), memory)


def remove(folder: Path | str, path: Path | str, client: Client = CLAUDE) -> None:
    memory = Memory(os.path.join(folder, "local"), None)
    apply(settings_plan.remove(str(folder), str(path), memory, client), memory)


def own_commands(path: Path) -> dict[str, list[str]]:
    """Event to the commands of ours registered for it."""
    hooks = json.loads(path.read_text(encoding="utf-8-sig"))["hooks"]
    found = {
        event: [handler.get("command", "") for group in groups for handler in group.get("hooks", [group])]
        for event, groups in hooks.items()
        if isinstance(groups, list)
    }
    ours = {event: [one for one in commands if "gitml hook" in one] for event, commands in found.items()}
    return {event: commands for event, commands in ours.items() if commands}


@EACH
@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_merging_keeps_what_is_there_and_taking_out_restores_it(tmp_path: Path, text: str, client: Client) -> None:
    """One entry an event, everything else as it was; a second run changes nothing; removal gives the bytes back."""
    path = tmp_path / "settings.json"
    path.write_bytes(text.encode("utf-8"))
    install(tmp_path, path, client)
    once = path.read_bytes()
    assert {event: len(commands) for event, commands in own_commands(path).items()} == dict.fromkeys(
        settings.wanted(client), 1
    )
    if text.strip("\ufeff \n"):
        merged = json.loads(once.decode("utf-8-sig"))
        kept = json.loads(text.lstrip("\ufeff"))
        around = {"version": 1} if client is CURSOR else {}
        assert {key: value for key, value in merged.items() if key != "hooks"} == {
            **around,
            **{key: value for key, value in kept.items() if key != "hooks"},
        }
        for event, groups in kept.get("hooks", {}).items():
            assert merged["hooks"][event][: len(groups)] == groups
    install(tmp_path, path, client)
    assert path.read_bytes() == once
    remove(tmp_path, path, client)
    assert path.read_bytes() == text.encode("utf-8")
    assert not (tmp_path / "local" / "setup.json").exists()


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_the_style_of_the_file_is_kept(tmp_path: Path, text: str) -> None:
    """Tabs stay tabs, CRLF stays CRLF, one line stays one line."""
    path = tmp_path / "settings.json"
    path.write_bytes(text.encode("utf-8"))
    install(tmp_path, path)
    after = path.read_bytes().decode()
    if "\t" in text:
        assert "\n  " not in after
    assert after.count("\r\n") == (after.count("\n") if "\r\n" in text else 0)
    if "\n" not in text.strip() and text.strip("\ufeff \n") not in ("", "{}"):
        assert "\n" not in after.strip()


@pytest.mark.parametrize(("text", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_settings_file_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    """Nothing is written, and the message names file, line and column."""
    path = tmp_path / "settings.json"
    path.write_text(text)
    with pytest.raises(Refused) as refused:
        install(tmp_path, path)
    assert said in str(refused.value) and str(path) in str(refused.value)
    assert path.read_text() == text


def test_bytes_that_are_no_utf8_are_refused(tmp_path: Path) -> None:
    """They could not be written back as they were."""
    path = tmp_path / "settings.json"
    path.write_bytes(b'{"a": "\xff"}')
    with pytest.raises(Refused):
        install(tmp_path, path)
    assert path.read_bytes() == b'{"a": "\xff"}'


@pytest.mark.parametrize("mode", [0o600, 0o664, 0o444])
def test_the_mode_is_kept(tmp_path: Path, mode: int) -> None:
    """Neither widened nor narrowed, whatever the umask."""
    path = tmp_path / "settings.json"
    path.write_text("{}")
    path.chmod(mode)
    install(tmp_path, path)
    assert stat.S_IMODE(path.stat().st_mode) == mode
    remove(tmp_path, path)
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_a_file_gitml_made_goes_with_its_folder(tmp_path: Path) -> None:
    """And one in which something else stands by now stays, with that."""
    path = tmp_path / ".claude" / "settings.json"
    install(tmp_path, path)
    remove(tmp_path, path)
    assert not path.parent.exists()
    install(tmp_path, path)
    path.write_text(path.read_text().replace('{\n  "hooks"', '{\n  "model": "x",\n  "hooks"', 1))
    remove(tmp_path, path)
    assert json.loads(path.read_text()) == {"model": "x"}


def test_symlinks_are_not_followed(tmp_path: Path) -> None:
    """Neither the file nor its folder: what they lead to is not the repository's."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "settings.json").write_text("{}")
    repo = tmp_path / "repo"
    repo.mkdir()
    (repo / ".claude").symlink_to(outside)
    with pytest.raises(Refused, match="symbolic link"):
        install(repo, repo / ".claude" / "settings.json")
    (repo / ".claude").unlink()
    (repo / ".claude").mkdir()
    (repo / ".claude" / "settings.json").symlink_to(outside / "settings.json")
    with pytest.raises(Refused, match="symbolic link"):
        install(repo, repo / ".claude" / "settings.json")
    assert (outside / "settings.json").read_text() == "{}"


def test_duplicates_and_old_entries_become_one(tmp_path: Path) -> None:
    """Entries of other versions, doubled ones, ones beside others' in one group: exactly one is left an event."""
    path = tmp_path / "settings.json"
    old = {"type": "command", "command": "gitml hook claude --old"}
    path.write_text(
        json.dumps(
            {
                "hooks": {
                    "Stop": [{"hooks": [old, OTHERS, old]}, {"matcher": "x", "hooks": [old]}],
                    "Notification": [{"hooks": [old]}],
                }
            },
            indent=2,
        )
    )
    install(tmp_path, path)
    hooks = json.loads(path.read_text())["hooks"]
    assert "Notification" not in hooks
    assert hooks["Stop"][0] == {"hooks": [OTHERS]}
    assert len(own_commands(path)["Stop"]) == 1 and len(hooks["Stop"]) == 2


def test_edits_around_our_entries_survive_their_removal(tmp_path: Path) -> None:
    """Somebody adds a key and another hook after init; taking ours out leaves exactly that."""
    path = tmp_path / "settings.json"
    path.write_text('{\n  "model": "x"\n}\n')
    install(tmp_path, path)
    value = json.loads(path.read_text())
    value["hooks"]["Stop"].append({"hooks": [OTHERS]})
    value["late"] = True
    path.write_text(json.dumps(value, indent=4))
    remove(tmp_path, path)
    assert json.loads(path.read_text()) == {"model": "x", "hooks": {"Stop": [{"hooks": [OTHERS]}]}, "late": True}


@EACH
def test_another_clone_removes_what_it_did_not_install(tmp_path: Path, client: Client) -> None:
    """Without any memory the file gitml writes on its own disappears whole."""
    path = tmp_path / "settings.json"
    path.write_text(settings.created(client))
    remove(tmp_path, path, client)
    assert not path.exists()


def test_a_file_of_cursor_that_was_there_keeps_its_version(tmp_path: Path) -> None:
    """Without any memory, too: what is left then may be the person's."""
    path = tmp_path / "hooks.json"
    path.write_text('{"version": 1, "hooks": {"stop": [{"command": "./other.sh"}]}}\n')
    before = path.read_bytes()
    install(tmp_path, path, CURSOR)
    assert own_commands(path)["stop"] and json.loads(path.read_text())["hooks"]["stop"][0] == {"command": "./other.sh"}
    (tmp_path / "local" / "setup.json").unlink()
    remove(tmp_path, path, CURSOR)
    assert path.read_bytes() == before


def test_switches_among_geminis_events_are_no_events(tmp_path: Path) -> None:
    """Older settings of Gemini CLI have "enabled" and "disabled" there."""
    path = tmp_path / "settings.json"
    path.write_text('{"hooks": {"enabled": true, "disabled": ["x"], "AfterAgent": []}}')
    before = path.read_bytes()
    install(tmp_path, path, GEMINI)
    assert settings.healthy(settings.read(path.read_text()), GEMINI)
    remove(tmp_path, path, GEMINI)
    assert path.read_bytes() == before


json_values: Any = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**20) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
handlers = st.fixed_dictionaries({"type": st.just("command"), "command": st.sampled_from(["a", "b c", "x && y"])})
groups = st.lists(
    st.fixed_dictionaries({"hooks": st.lists(handlers, max_size=2)}, optional={"matcher": st.text()}), max_size=2
)
events = st.sampled_from(["Stop", "SessionStart", "SessionEnd", "AfterAgent", "stop", "PreToolUse", "Ω"])
documents = (
    st.dictionaries(st.text(max_size=6), json_values, max_size=4)
    .flatmap(
        lambda plain: st.one_of(
            st.just(plain), st.dictionaries(events, groups, max_size=3).map(lambda hooks: {**plain, "hooks": hooks})
        )
    )
    .filter(
        lambda value: (
            isinstance(value.get("hooks", {}), dict)
            and all(isinstance(member, list) for member in value.get("hooks", {}).values())
        )
    )
)


@trying(deadline=None)
@given(
    documents,
    st.sampled_from([None, 0, 1, 2, 4, "\t"]),
    st.booleans(),
    st.sampled_from(["", "\n", "\r\n"]),
    st.sampled_from(CLIENTS),
)
def test_any_settings_come_back_byte_for_byte(
    value: Any, indent: Any, ascii_only: bool, ending: str, client: Client
) -> None:
    """Whatever the file holds and however it is laid out: init, init again, uninstall, and it is what it was."""
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only) + ending
    raw = text.encode("utf-8", "replace") if not ascii_only else text.encode()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "settings.json"
        path.write_bytes(raw)
        install(folder, path, client)
        once = path.read_bytes()
        assert settings.healthy(settings.read(once.decode()), client)
        install(folder, path, client)
        assert path.read_bytes() == once
        remove(folder, path, client)
        assert path.read_bytes() == raw


@trying(deadline=None)
@given(documents, st.sampled_from([None, 1, 2, "\t"]), st.sampled_from([None, 3, "\t"]))
def test_a_reformatted_file_loses_our_entries_and_nothing_else(value: Any, indent: Any, again: Any) -> None:
    """The file was laid out anew since init, so nothing stands where it was: what is not ours stays, by meaning."""
    text = json.dumps(value, indent=indent)
    made = put(text, settings.insertions(text))
    after = settings.stripped(json.dumps(json.loads(made), indent=again))
    assert not settings.own(settings.read(after))
    kept = json.loads(after)
    kept_hooks = {event: groups for event, groups in kept.pop("hooks", {}).items() if groups}
    want = dict(value)
    want_hooks = {event: groups for event, groups in want.pop("hooks", {}).items() if groups}
    assert (kept, kept_hooks) == (want, want_hooks)
