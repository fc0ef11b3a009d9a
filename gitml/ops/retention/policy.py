"""What raw copies may take, and which stay in any case: the knobs of ``[retention]``, checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gitml.errors import BadUsage, GitmlError
from gitml.ops.lifecycle.stages import configured

if TYPE_CHECKING:
    from gitml.config import Config

DAY = 86_400


class Policy(NamedTuple):
    """``max_age`` in seconds, ``soft_cap`` and ``hard_cap`` in bytes; None: there is no such limit. ``keep_last``
    sessions, the newest of ``keep_daily`` days and ``keep_weekly`` weeks, and those at a ``keep_stage`` stay."""

    max_age: float | None = None
    soft_cap: int | None = None
    hard_cap: int | None = None
    keep_last: int = 0
    keep_daily: int = 0
    keep_weekly: int = 0
    keep_stage: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing in it ever evicts; rules that keep evict nothing by themselves."""
        return self.max_age is None and self.soft_cap is None and self.hard_cap is None

    @property
    def total(self) -> bool:
        """Whether it says of itself that nothing may be kept."""
        return 0 in (self.max_age, self.soft_cap, self.hard_cap)


def of_config(config: Config) -> Policy:
    """The policy of a repository. A limit of 0 is none there. Raises BadUsage for a stage that is none."""
    said = config.get("retention")
    days, soft, hard = (said[f"raw_{name}"] or None for name in ("max_age_days", "soft_cap_bytes", "hard_cap_bytes"))
    stages = tuple(configured(config, "retention.keep_stage"))
    age = None if days is None else float(days * DAY)
    return Policy(age, soft, hard, said["keep_last"], said["keep_daily"], said["keep_weekly"], stages)


def check(policy: Policy, *, keep_all: bool = False, remove_all: bool = False) -> None:
    """Raises BadUsage where the caps contradict each other, or nothing limits anything and that was not asked for by
    ``keep_all``; GitmlError where it would leave nothing and that was not asked for by ``remove_all``."""
    soft, hard = policy.soft_cap, policy.hard_cap
    if soft is not None and hard is not None and soft > hard:
        raise BadUsage(f"the soft cap ({soft:,} bytes) is above the hard cap ({hard:,} bytes)")
    if policy.empty and not keep_all:
        hint = "--soft-cap SIZE, or [retention] in config.toml, or --keep-all to evict nothing"
        raise BadUsage("the policy is empty: no age and no cap says what may go", hint=hint)
    if policy.total and not remove_all:
        raise GitmlError("an age or a cap of 0 would remove every raw copy", hint="--remove-all if that is meant")
