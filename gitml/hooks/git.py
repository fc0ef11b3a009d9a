"""What git's hooks call. Whatever happens here, the commit goes on."""

import os

from gitml.ops.context import open_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.ops.context import Context


def run(name: str, arguments: "list[str]") -> None:
    """Do what the hook ``name`` is for. The first argument is the number of the process that runs the hook: git.

    Raises what its steps raise; the caller swallows it.
    """
    context = open_at(os.getcwd())
    if not context.set_up or context.paused:
        return
    if name == "pre-commit":
        parent = int(arguments[0]) if arguments[:1] and arguments[0].isdigit() else os.getppid()
        _before_commit(context, parent)
    elif name == "post-commit":
        from gitml.ops.takeback import repair

        repair(context, patience=1.0)
    else:
        from gitml.ops.settle import settle

        settle(context)


def _before_commit(context: "Context", parent: int) -> None:
    from gitml.git.process import committing
    from gitml.ops import carry, takeback

    session = os.environ.get("CLAUDE_CODE_SESSION_ID", "")
    if session:
        carry.sync_first(context, session)
    named = os.environ.get("GIT_INDEX_FILE", "")
    index = os.path.abspath(named) if named else ""
    git = committing(parent)
    try:
        carry.carry(context, index, git)
    finally:
        if carry.is_whole(context, index):
            takeback.take_back(context, index)
        takeback.watch(context, git)
