"""What a repository is called, from its config file. The hook path imports this."""

import os
import re

_SECTION = re.compile(r'\s*\[\s*([^\s"\]]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]')
_HOST_AND_PATH = re.compile(r"[^/\\]{2,}:(?!\\)")
"""user@host:path; one letter before the colon is a drive."""

_URL = re.compile(r"\s*url\s*=\s*\"?([^\"#;\n]*)", re.IGNORECASE)


def repo_name(common_dir: str, root: str) -> str:
    """ "owner/name" of the remote called origin, or of the only one; else the name of the folder that holds the clone.

    Never a host, a user or a password.
    """
    urls = _urls(os.path.join(common_dir, "config"))
    url = urls.get("origin") or (next(iter(urls.values())) if len(urls) == 1 else "")
    return reduced(url) or _folder(common_dir, root)


def reduced(url: str) -> str:
    """The last two parts of a remote's path, without ``.git``: "owner/name". "" where the address holds no name.

    Of a path on this machine the last part alone: the folders above it name people, not owners.
    """
    path, parts_told = _path(url.strip())
    path = re.split(r"[?#]", path)[0].replace("\\", "/").rstrip("/").removesuffix(".git").rstrip("/")
    parts = [part for part in path.split("/") if part not in ("", ".", "..", "~")]
    return "/".join(parts[-parts_told:])


def _path(url: str) -> "tuple[str, int]":
    """A remote's path, and how many of its parts are the repository's name."""
    scheme, separator, rest = url.partition("://")
    if separator:
        return rest.partition("/")[2], 1 if scheme.lower() == "file" else 2
    if _HOST_AND_PATH.match(url):
        return url.split(":", 1)[1], 2
    return url, 1


def _urls(config: str) -> "dict[str, str]":
    try:
        with open(config, encoding="utf-8", errors="replace") as file:
            text = file.read()
    except OSError:
        return {}
    urls: dict[str, str] = {}
    remote = ""
    for line in text.split("\n"):
        section = _SECTION.match(line)
        if section is not None:
            remote = section[2] or "" if section[1].lower() == "remote" else ""
            line = line[section.end() :]
        url = _URL.match(line)
        if remote and url is not None:
            urls.setdefault(remote, url[1].strip())
    return urls


def _folder(common_dir: str, root: str) -> str:
    """A linked work tree is called as its clone is, not as its own folder."""
    if os.path.basename(common_dir) == ".git":
        return os.path.basename(os.path.dirname(common_dir))
    return os.path.basename(root)
