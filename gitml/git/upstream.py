"""Where a branch is pushed to: which remote, which branch there, and which ref here says where that was last seen."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.git.asked import Settings

HEADS = "refs/heads/"


class Upstream:
    """``ref`` (refs/heads/…) at the ``remote``; ``tracking``: the ref that follows it here, "" where none does.

    ``known``: the branch's own setting says so, else it was guessed from there being one remote.
    """

    __slots__ = ("known", "ref", "remote", "tracking")

    def __init__(self, remote: str, ref: str, tracking: str, known: bool) -> None:
        self.remote = remote
        self.ref = ref
        self.tracking = tracking
        self.known = known

    def __repr__(self) -> str:
        return f"Upstream({self.remote!r}, {self.ref!r}, {self.tracking!r}, {self.known!r})"


def of(settings: "Settings", branch: str) -> "Upstream | None":
    """The upstream of a branch, where ``git push`` would use it.

    ``git checkout -b feature origin/main`` makes main feature's upstream: nobody means to push there, nor does git,
    unless ``push.default`` says ``upstream``.
    """
    remote, ref = settings.get(f"branch.{branch}.remote"), settings.get(f"branch.{branch}.merge")
    if remote not in settings.remotes() or not ref.startswith(HEADS):
        return None
    if ref != HEADS + branch and settings.get("push.default") not in ("upstream", "tracking"):
        return None
    return Upstream(remote, ref, tracking(settings, remote, ref), True)


def same_name(settings: "Settings", branch: str) -> "Upstream | None":
    """The branch of the same name at the only remote, or at ``origin``; None where nobody can tell which is meant."""
    remotes = settings.remotes()
    remote = "origin" if "origin" in remotes else remotes[0] if len(remotes) == 1 else ""
    if not remote:
        return None
    ref = HEADS + branch
    return Upstream(remote, ref, tracking(settings, remote, ref), False)


def tracking(settings: "Settings", remote: str, ref: str) -> str:
    """The ref that ``git fetch`` keeps a remote's ref in; "" where its refspecs leave it out."""
    for spec in settings.all(f"remote.{remote}.fetch"):
        source, _, target = spec.removeprefix("+").partition(":")
        before, star, after = source.partition("*")
        if not target or not ref.startswith(before) or not ref.endswith(after):
            continue
        if star and len(ref) >= len(before) + len(after):
            return target.replace("*", ref[len(before) : len(ref) - len(after)], 1)
        if ref == source:
            return target
    return ""


def unusual(settings: "Settings", branch: str, remote: str) -> str:
    """The setting that sends pushes elsewhere than to the branch's upstream, "" where none does."""
    for key in (f"branch.{branch}.pushremote", "remote.pushdefault", f"remote.{remote}.push"):
        if settings.get(key) and settings.get(key) != remote:
            return key
    several = len(settings.all(f"remote.{remote}.pushurl")) > 1 or len(settings.all(f"remote.{remote}.url")) > 1
    if several or settings.says(f"remote.{remote}.mirror"):
        return f"remote.{remote}.{'url' if several else 'mirror'}"
    return ""
