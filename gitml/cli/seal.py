"""``gitml seal``"""

from __future__ import annotations

import click

from gitml.cli.options import Run, common


@click.command()
@common
def command(run: Run) -> None:
    """Put what waits in the spool below .git-ml/tracked/live and stage it.

    For who commits with hooks off: the next commit carries it. With the hooks in place this is never needed.
    """
    from gitml.ops.context import open_store
    from gitml.ops.riding.seal import seal

    published = seal(open_store(run.folder))
    run.emit({"parts": published.parts, "bytes": published.bytes, "held": published.held})
    if published.held:
        run.warn(f"{len(published.held)} part(s) held back, something may be a secret in them: gitml redact --scan")
    if not published.parts:
        run.say("nothing waits")
        return
    count = len(published.parts)
    run.say(f"staged {count} part{'s' if count > 1 else ''}, {published.bytes:,} bytes; the next commit carries them")
