"""``gitml push``"""

from __future__ import annotations

import click

from gitml.cli.options import Run, common


@click.command()
@common
def command(run: Run) -> None:
    """Take what waits into history by the way in force, and to the remote.

    Hooks do this after each turn; by hand it is for when the remote was not there, or no agent runs. With
    with-commits, `git commit` and `git push` do it.
    """
    from gitml.cli.render.text import count, one_line
    from gitml.errors import DoneInPart
    from gitml.ops.context import open_store
    from gitml.ops.persist.push import push

    done = push(open_store(run.folder))
    run.emit(done.to_dict())
    if done.parts:
        run.say(f"committed {count(done.parts, 'part')}")
    for name in done.branches:
        run.say(f"pushed {one_line(name)}")
    if done.failed:
        failures = [f"{name}: {why}" for name, why in done.failed.items()]
        raise DoneInPart("not everything is at the remote", failures, hint="gitml push, when it can be reached")
    if not done.parts and not done.branches:
        run.say(
            "nothing waits" if done.way != "with-commits" else "nothing waits; git commit and git push carry records"
        )
