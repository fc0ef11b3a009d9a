"""Codex since 0.15x tells what was typed by ``item_completed``, and no longer by ``user_message``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from support.codex_files import Rollout, events

TURN = "01a1fa2e-d9cc-7641-b2b1-5649530b5ba1"


def newer(words: str, typed_as_well: bool = False, **block: Any) -> Rollout:
    """A turn as Codex 0.169 writes it."""
    made = Rollout()
    made.told("task_started", turn_id=TURN, model_context_window=272_000)
    made.message("developer", "<skills_instructions>")
    made.message("user", "<environment_context>\n</environment_context>")
    made.add("turn_context", {"turn_id": TURN, "cwd": made.cwd, "model": "gpt-5", "summary": "auto"})
    made.message("user", words)
    content = [{"type": "text", "text": words, "text_elements": []}, *([block] if block else [])]
    made.told("item_completed", turn_id=TURN, item={"type": "UserMessage", "id": "u1", "content": content})
    if typed_as_well:
        made.told("user_message", message=words, images=[])
    made.told("item_completed", turn_id=TURN, item={"type": "AgentMessage", "id": "m1", "content": []})
    made.message("assistant", "done")
    made.told("task_complete", turn_id=TURN, duration_ms=268, last_agent_message="done")
    return made


def prompts(root: Path, made: Rollout) -> list[tuple[str, int, str]]:
    found = events(root, made)
    return [(one.payload["text"], one.payload["images"], one.uuid) for one in found if one.kind == "user"]


def test_the_prompt_of_a_newer_rollout(tmp_path: Path) -> None:
    """Once, with what was attached and with the turn's id."""
    assert prompts(tmp_path, newer("say hello")) == [("say hello", 0, TURN)]
    image = {"type": "local_image", "path": "/x.png"}
    assert prompts(tmp_path, newer("look", **image)) == [("look", 1, TURN)]


def test_a_prompt_that_is_told_both_ways_counts_once(tmp_path: Path) -> None:
    """Whichever comes first."""
    assert prompts(tmp_path, newer("say hello", typed_as_well=True)) == [("say hello", 0, TURN)]
