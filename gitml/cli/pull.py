"""``gitml pull``"""

from __future__ import annotations

import click

from gitml.cli.options import Run, common


@click.command()
@click.argument("remote", required=False)
@click.option("--prune", is_flag=True, help="Forget side branches that the remote no longer has.")
@common
def command(run: Run, remote: str | None, prune: bool) -> None:
    """Fetch the side branches and fold them in.

    Afterwards every command reads their records, too. REMOTE is where this branch is pushed to, if not given.
    """
    from gitml.cli.render.text import count, one_line
    from gitml.ops.context import open_store
    from gitml.ops.persist.pull import pull

    done = pull(open_store(run.folder), remote, prune)
    run.emit(done.to_dict())
    if not done.remote:
        run.say("no remote to fetch from; side branches of this clone alone")
    for name in done.branches:
        run.say(one_line(name))
    run.say(f"{count(len(done.branches), 'side branch', 'side branches')}, {count(done.files, 'new file')}")
    if done.missing:
        run.warn(f"{count(done.missing, 'file')} of them this partial clone could not fetch")
