"""What is played: the prompts, tool calls and answers of the demonstration's one session."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass

from gitml.ops.demo.tools import Call, bash, edit, write

GREETING = 'name=${1:-you}\necho "Hello, $name."\n'


@dataclass
class Turn:
    """One prompt, what the agent does about it, and what it finally says."""

    prompt: str
    calls: list[Call]
    answer: str


def made_up_token() -> str:
    """A token of the form GitHub's have, new each time, good for nothing."""
    return "ghp_" + "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(36))


def turns(token: str) -> list[Turn]:
    """The session. One prompt holds ``token``, as a person pastes one by mistake; one ends in an ordinary commit."""
    return [
        Turn(
            "Write a script greet.sh that greets whoever is named, and try it.",
            [
                write("I write the script.", "greet.sh", GREETING),
                bash("Let me try it.", "sh greet.sh Ada"),
            ],
            "greet.sh is there. `sh greet.sh Ada` says: Hello, Ada.",
        ),
        Turn(
            f"Make it say good morning. You may need GITHUB_TOKEN={token} for the release.",
            [edit("A small change.", "greet.sh", "Hello", "Good morning"), bash("Once more.", "sh greet.sh Ada")],
            "It says: Good morning, Ada. I did not need the token.",
        ),
        Turn(
            "Commit it.",
            [bash("I commit it.", "git add greet.sh && git commit -m 'greet: say good morning'")],
            "Committed as `greet: say good morning`.",
        ),
        Turn(
            "What does it say when nobody is named?",
            [bash("I look.", "sh greet.sh")],
            "Without a name it says: Good morning, you.",
        ),
    ]
