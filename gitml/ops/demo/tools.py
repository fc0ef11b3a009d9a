"""The tools of the scripted agent. They do what they say: files are written and commands run."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

COMMITTED = re.compile(r"^\[(?P<branch>\S+)(?: \(root-commit\))? (?P<sha>[0-9a-f]{7,40})\] ", re.MULTILINE)
"""What git prints when it has committed."""


@dataclass
class Call:
    """One use of a tool: what the agent says first, the tool's name, what the tool is given."""

    text: str
    name: str
    given: dict[str, Any]


@dataclass
class Result:
    """What came of it: as the model sees it, in the client's richer form, and whether it failed."""

    text: str
    rich: dict[str, Any] | str
    failed: bool = False


def write(text: str, path: str, content: str) -> Call:
    """A call that writes a file, ``path`` relative to the agent's folder."""
    return Call(text, "Write", {"file_path": path, "content": content})


def edit(text: str, path: str, old: str, new: str) -> Call:
    """A call that replaces the first ``old`` in a file by ``new``."""
    return Call(text, "Edit", {"file_path": path, "old_string": old, "new_string": new})


def bash(text: str, command: str) -> Call:
    """A call that runs a command through sh in the agent's folder."""
    return Call(text, "Bash", {"command": command})


def use(call: Call, folder: str, environ: Mapping[str, str]) -> Result:
    """Do what the call asks for. Raises KeyError for a tool there is none of."""
    return {"Write": _write, "Edit": _edit, "Bash": _bash}[call.name](call.given, folder, environ)


def _write(given: dict[str, Any], folder: str, environ: Mapping[str, str]) -> Result:
    path = given["file_path"]
    with open(os.path.join(folder, path), "w", encoding="utf-8") as file:
        file.write(given["content"])
    rich = {"type": "create", "filePath": path, "content": given["content"], "structuredPatch": []}
    return Result(f"File created successfully at: {path}", rich)


def _edit(given: dict[str, Any], folder: str, environ: Mapping[str, str]) -> Result:
    path, old, new = given["file_path"], given["old_string"], given["new_string"]
    with open(os.path.join(folder, path), encoding="utf-8") as file:
        before = file.read()
    if old not in before:
        return Result("<tool_use_error>String to replace not found in file.</tool_use_error>", "Error: not found", True)
    with open(os.path.join(folder, path), "w", encoding="utf-8") as file:
        file.write(before.replace(old, new, 1))
    rich = {"filePath": path, "oldString": old, "newString": new, "originalFile": before, "replaceAll": False}
    return Result(f"The file {path} has been updated.", rich)


def _bash(given: dict[str, Any], folder: str, environ: Mapping[str, str]) -> Result:
    done = subprocess.run(
        ["/bin/sh", "-c", given["command"]],
        cwd=folder,
        env=dict(environ),
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    output = (done.stdout + done.stderr).rstrip("\n")
    if done.returncode:
        return Result(f"Exit code {done.returncode}\n{output}", f"Error: Exit code {done.returncode}\n{output}", True)
    rich: dict[str, Any] = {"stdout": done.stdout, "stderr": done.stderr, "interrupted": False, "isImage": False}
    if found := COMMITTED.search(done.stdout):
        rich["gitOperation"] = {"commit": {"sha": found["sha"], "kind": "committed", "branch": found["branch"]}}
    return Result(output, rich)
