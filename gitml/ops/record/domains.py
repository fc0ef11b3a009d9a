"""``[domains]`` of the config: which part of a business a repository belongs to."""

import fnmatch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def domain_of(repo: str, domains: "Mapping[str, str]") -> str:
    """The domain of a repository name; patterns as in a shell (``octo/*``), the first that fits, "" for none."""
    for pattern, domain in domains.items():
        if pattern == repo or fnmatch.fnmatchcase(repo, pattern):
            return str(domain)
    return ""
