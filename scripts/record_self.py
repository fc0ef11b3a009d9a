"""Records the commits of a repository that keeps no other stream, without hooks: `scripts/record-self` runs it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from gitml.errors import GitmlError
from gitml.ops.context import Context, open_at
from gitml.ops.riding.commits import backfill
from gitml.ops.riding.seal import seal
from gitml.ops.riding.settle import settle
from gitml.ops.setup import stage, store_files
from gitml.ops.setup.apply import apply
from gitml.ops.setup.init import remembered
from gitml.store.files import make_dirs

ALL = sys.maxsize
CONFIG = """\
# This repository records its commits; sessions stay with who had them.
default_branch = "{branch}"

[record]
streams = ["commits"]
"""


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(description="Record this repository's own commits below .git-ml/ and stage them.")
    parser.add_argument("-C", dest="folder", default=str(Path(__file__).resolve().parents[1]), metavar="DIR")
    try:
        print(record(parser.parse_args().folder))
    except GitmlError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    return 0


def record(folder: str) -> str:
    """Do it, and say what was done. Raises GitmlError."""
    context = prepared(folder)
    settle(context)
    made = backfill(context, ALL)
    seal(context)
    return f"{made} commits recorded and staged" if made else "every commit is recorded already"


def prepared(folder: str) -> Context:
    """The repository with its tracked files in place and staged. No hook and no setting of an agent is touched."""
    context = open_at(folder)
    make_dirs(context.layout.local)
    config = Path(context.layout.config)
    if not config.exists():
        config.parent.mkdir(exist_ok=True)
        config.write_text(CONFIG.format(branch=store_files.default_branch(context.where.root)))
    memory = remembered(context)
    plan = store_files.install(context.layout, None)
    apply(plan, memory)
    stage.put(context.where.root, store_files.relative(context.layout))
    return open_at(folder)


if __name__ == "__main__":
    sys.exit(main())
