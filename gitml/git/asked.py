"""What git is configured to, and who commits. The hook path imports this."""

import os

from gitml.git.run import run

NOBODY = "gitml <gitml@localhost> "
"""In place of a person where git knows none: records are not to be lost for that."""


class Settings:
    """git's configuration and the two identities, from one ``git var -l``. Names as git lists them."""

    __slots__ = ("several", "values")

    def __init__(self, pairs: "list[tuple[str, str]]") -> None:
        self.values = dict(pairs)
        self.several: dict[str, list[str]] = {}
        for name, value in pairs:
            self.several.setdefault(name, []).append(value)

    def get(self, name: str) -> str:
        """The last value of that name; "" where there is none."""
        return self.values.get(name, "")

    def all(self, name: str) -> "list[str]":
        """All values of a setting that may have several."""
        return list(self.several.get(name, []))

    def says(self, name: str) -> bool:
        """Whether a setting is on."""
        return self.get(name).lower() in ("true", "yes", "on", "1")

    @property
    def digits(self) -> int:
        """How long the repository's ids are."""
        return 64 if self.get("extensions.objectformat") == "sha256" else 40

    def identity(self, role: str, now: int) -> str:
        """Who is "AUTHOR" or "COMMITTER", as a commit says it: name, mail address, time, zone. What git would make up
        from this machine's name is nobody's."""
        known = any(self.get(f"{section}.email") for section in ("user", role.lower()))
        known = known or any(os.environ.get(name) for name in (f"GIT_{role}_EMAIL", "EMAIL"))
        return (known and self.get(f"GIT_{role}_IDENT")) or f"{NOBODY}{now} +0000"

    def remotes(self) -> "list[str]":
        """The names of all remotes with an address."""
        found = [name[len("remote.") : -len(".url")] for name in self.values if name.endswith(".url")]
        return sorted(name for name in found if f"remote.{name}.url" in self.values)

    def remote_for(self, branch: str) -> str:
        """Where that branch is pushed to: as configured, else origin, else the only one; "" where there is none."""
        known = self.remotes()
        asked = (f"branch.{branch}.pushremote", "remote.pushdefault", f"branch.{branch}.remote")
        named = [self.get(name) for name in asked] + ["origin", *known[: len(known) == 1]]
        return next((name for name in named if name in known), "")


def settings(root: str) -> Settings:
    """Ask git. About 2 ms. Raises GitFailed."""
    text = run(root, "var", "-l", check=False).out.decode("utf-8", "surrogateescape")
    pairs = (line.partition("=") for line in text.split("\n"))
    return Settings([(name, value) for name, equals, value in pairs if equals])
