"""Which repository a session works in when it began in none: told by the paths its tools name."""

import os
import re

from gitml.git import where as locations

LOOK_BACK = 256 * 1024
_PATHS = re.compile(rb'"(?:cwd|workdir|(?:file_|notebook_|absolute_|dir_)?path)\\?": ?\\?"(/[^"\\]{1,4096})\\?"')
"""Some agents keep a call's arguments as text: there the quotes are escaped."""


def worked_in(transcript: str) -> str:
    """The folder of the newest path named in the transcript's last 256 KiB that lies in a repository, or ""."""
    with open(transcript, "rb") as file:
        file.seek(max(0, os.fstat(file.fileno()).st_size - LOOK_BACK))
        tail = file.read()
    for path in reversed(_PATHS.findall(tail)):
        folder = os.path.dirname(os.fsdecode(path))
        if locations.find(folder) is not None:
            return folder
    return ""
