"""What git's hooks call. Whatever happens here, the commit goes on."""

import os

from gitml.ops import hooklog
from gitml.ops.context import open_at


def run(name: str, arguments: "list[str]") -> None:
    """Do what the hook ``name`` is for. The first argument is the number of the process that runs the hook: git.

    Raises what its steps raise; the caller swallows it.
    """
    context = open_at(os.getcwd())
    if not context.set_up or context.paused or context.taken_out:
        return
    if name == "pre-commit":
        from gitml.ops.riding.carry import before_commit

        before_commit(context, int(arguments[0]) if arguments[:1] and arguments[0].isdigit() else os.getppid())
    elif name == "post-commit":
        from gitml.ops.riding.takeback import after_commit

        after_commit(context)
    else:
        from gitml.ops.riding.settle import settle

        settle(context)
    hooklog.worked(context.layout, "git")
