"""A scripted session of an agent: on disk, towards the hooks and towards git it behaves as Claude Code does."""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from gitml.ops.demo import firing, tools
from gitml.ops.demo.transcript import Transcript


class Session:
    """One session in ``folder``. ``environ`` is the machine it runs on: PATH, HOME, CLAUDE_CONFIG_DIR.

    Hooks are those of the settings in ``project``, where that is another folder (a work tree's main repository).
    Those that ran are kept in ``fired``, in order.
    """

    def __init__(
        self, folder: str, environ: Mapping[str, str], session_id: str | None = None, project: str | None = None
    ) -> None:
        self.folder = folder
        self.project = project or folder
        self.id = session_id or str(uuid.uuid4())
        self.transcript = Transcript(environ["CLAUDE_CONFIG_DIR"], folder, self.id)
        self.environ = {**environ, "CLAUDECODE": "1", "CLAUDE_CODE_SESSION_ID": self.id}
        self.fired: list[firing.Fired] = []

    def start(self, source: str = "startup") -> None:
        """The session begins; as in the real client there is no transcript yet."""
        self.fire("SessionStart", source=source)

    def turn(self, prompt: str, calls: Sequence[tools.Call], answer: str) -> None:
        """One prompt, the tool calls it leads to, the final answer, and the Stop hook."""
        self.fire("UserPromptSubmit", prompt=prompt, permission_mode="default")
        self.transcript.prompt(prompt)
        for call in calls:
            self._use(call)
        self.transcript.answer(answer)
        self.fire("Stop", stop_hook_active=False, last_assistant_message=answer, permission_mode="default")
        self.transcript.after_stop(prompt)

    def end(self, reason: str = "prompt_input_exit") -> None:
        """The session ends in good order."""
        self.fire("SessionEnd", reason=reason)

    def fire(self, event: str, **more: Any) -> list[firing.Fired]:
        """Fire one event's hooks, with what the event adds to the payload."""
        payload = {"session_id": self.id, "transcript_path": self.transcript.path, "cwd": self.folder, **more}
        environ = {**self.environ, "CLAUDE_PROJECT_DIR": os.path.realpath(self.folder)}
        fired = firing.fire(self.project, event, payload, environ)
        self.fired += fired
        return fired

    def _use(self, call: tools.Call) -> None:
        given = dict(call.given)
        if "file_path" in given:  # the real client's tools name files by their whole path
            given["file_path"] = os.path.join(os.path.realpath(self.folder), given["file_path"])
        call_id = self.transcript.call(call.text, call.name, given)
        result = tools.use(tools.Call(call.text, call.name, given), self.folder, self.environ)
        self.transcript.result(call_id, result.text, result.rich, result.failed)
