"""A session of each agent that gitml reads, where that agent would keep it below a home."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from support import codex_files, gemini_files, grok_files
from support.transcript import Transcript

from gitml.agents import registry

Maker = Callable[[Path, Path, str, int], str]


def _claude(home: Path, cwd: Path, words: str, number: int) -> str:
    made = Transcript(f"11111111-2222-4333-8444-{number:012d}", cwd=str(cwd))
    made.prompt(words)
    made.says(f"done: {words}")
    made.write(home / ".claude" / "projects")
    return made.session_id


def _codex(home: Path, cwd: Path, words: str, number: int) -> str:
    made = codex_files.Rollout(f"019c4b43-1451-7af3-be4c-{number:012x}", str(cwd))
    made.turn(words)
    made.says(f"done: {words}")
    made.put(home / ".codex" / "sessions")
    return made.session


def _gemini(home: Path, cwd: Path, words: str, number: int) -> str:
    session = f"{number:08x}-7425-40de-944b-e07fc1f90ae7"
    records = [
        gemini_files.head(session, str(cwd)),
        gemini_files.user(number, [{"text": words}]),
        gemini_files.answer(number + 1, f"done: {words}"),
    ]
    root = home / ".gemini" / "tmp"
    (root / cwd.name).mkdir(parents=True, exist_ok=True)
    (root / cwd.name / ".project_root").write_text(str(cwd))
    gemini_files.put(root, gemini_files.rows(records), name=cwd.name, session=session)
    return session


def _grok(home: Path, cwd: Path, words: str, number: int) -> str:
    session = f"019e0000-0000-7000-8000-{number:012d}"
    scribe = grok_files.Scribe(session)
    records = [scribe.user(words, 0), *scribe.answer(f"done: {words}"), scribe.done()]
    grok_files.put(home / ".grok" / "sessions", grok_files.rows(records), cwd=str(cwd), session=session)
    return session


MAKERS: dict[str, Maker] = {"claude": _claude, "codex": _codex, "gemini": _gemini, "grok": _grok}
"""Agent -> writes a session of one turn below a home, begun in a folder; ``number`` tells it from others. Its id."""

assert set(MAKERS) == set(registry.BUILT_IN), "every agent has a session here"
