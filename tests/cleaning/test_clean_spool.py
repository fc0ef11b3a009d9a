"""A work tree that goes holds the only copy of a record: nothing is lost."""

from __future__ import annotations

from pathlib import Path

from support.grove import cleaned, items
from support.riding import Clone, opted_in
from support.stores import files_below

from gitml.store import spool
from gitml.store.fold import fold


def agents_tree(main: Clone) -> Path:
    """Where an agent makes its own, ignored."""
    with (main.root / ".git" / "info" / "exclude").open("a") as file:
        file.write("/.claude/\n")
    path = main.root / ".claude" / "worktrees" / "agent"
    main.git("worktree", "add", "-q", "-b", "agent", str(path))
    return path


def test_the_spools_only_copy_rides_with_the_next_commit_elsewhere(repo: Path) -> None:
    """An agent's work tree is cleaned away while its spool holds the only copy of records: they stay readable, and the
    next commit in another work tree carries them, byte for byte, on its branch."""
    main = opted_in(repo)
    path = agents_tree(main)
    theirs = Clone(path)
    theirs.change("b.txt", "b\n")
    theirs.git("commit", "-q", "-m", "work")
    main.git("merge", "-q", "agent")
    known = [theirs.chat(1), theirs.chat(2, input="é\u2028 odd")]
    folder = Path(theirs.context.layout.spool)
    lines = [
        line
        for name, data in files_below(folder).items()
        if name.endswith("chats.jsonl")
        for line in data.splitlines(True)
    ]
    assert items(main.context)["agent"].goes
    done = cleaned(main.context)
    assert done.failures == [] and [item.subject for item in done.gone] == ["agent"] and not path.exists()
    assert spool.parts(main.context.layout.of("agent")) != [], "the spool does not go with the work tree"
    assert len(fold(main.context.layout, "chats").lines) == 2
    main.change("c.txt", "c\n")
    main.git("commit", "-q", "-m", "next")
    main.settled()
    assert main.ids() == sorted(known)
    carried = [main.git("show", f"HEAD:{name}") for name in main.carried() if name.endswith("chats.jsonl")]
    assert "".join(carried).encode() == b"".join(lines)
    assert main.waiting() == 0 and main.status() == ""


def test_a_tree_made_again_under_the_name_takes_the_spool_over(repo: Path) -> None:
    """Before that commit comes a new work tree of the same name is made: the records ride with whoever commits first,
    once."""
    main = opted_in(repo)
    path = agents_tree(main)
    known = Clone(path).chat(1)
    assert cleaned(main.context).failures == [] and not path.exists()
    main.git("worktree", "add", "-q", "-b", "agent2", str(path))
    again = Clone(path)
    again.change("b.txt", "b\n")
    again.git("commit", "-q", "-m", "work")
    again.settled()
    assert again.ids() == [known]
    main.change("c.txt", "c\n")
    main.git("commit", "-q", "-m", "next")
    main.settled()
    assert main.ids() == []
