"""Every example in the pages runs, in the order of its page, and prints what the page says it prints."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from support.examples import Example, examples, fits
from support.scripted_session import environ, session

from gitml.ops.demo.tools import bash, write

ROOT = Path(__file__).parents[2]
PAGES = [page for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))] if examples(page)]


def run(example: Example, folder: Path, home: Path) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", example.command],
        cwd=folder,
        env=environ(home),
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
    )
    assert done.returncode == 0, f"$ {example.command}\n{done.stdout}{done.stderr}"
    printed = done.stdout.splitlines()
    if example.shown:
        assert len(printed) == len(example.shown), f"$ {example.command}\n{done.stdout}"
        for shown, line in zip(example.shown, printed, strict=True):
            assert fits(shown, line), f"$ {example.command}\nthe page: {shown}\nprinted:  {line}"


def work(folder: Path, home: Path) -> None:
    """What a reader has done by then: one short session in which a file was made and committed."""
    agent = session(folder, home)
    agent.start()
    calls = [write("I write it.", "b.txt", "two\n"), bash("I commit it.", "git add b.txt && git commit -m 'b: a file'")]
    agent.turn("Make b.txt and commit it.", calls, "b.txt is committed.")
    agent.end()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_examples(page: Path, repo: Path, home: Path) -> None:
    """Each page's examples in a fresh repository; once gitml is set up there, an agent works in it."""
    worked = False
    for example in examples(page):
        run(example, repo, home)
        if not worked and (repo / ".claude" / "settings.json").exists() and "init" not in example.command:
            work(repo, home)
            worked = True


def test_the_readme_has_examples() -> None:
    """A page whose fences were misspelt would pass unseen."""
    assert ROOT / "README.md" in PAGES


def test_links_lead_somewhere() -> None:
    """Every relative link of a page names a file of the repository."""
    for page in [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("**/*.md")]:
        for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
