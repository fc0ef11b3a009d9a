"""Short stable hashes for ids and for telling whether something changed. Not for security.

``hashlib`` loads OpenSSL, which costs the hook path up to 10 ms; CPython's own blake2 module does not.
"""

try:
    from _blake2 import blake2b
except ImportError:  # an interpreter built without it
    from hashlib import blake2b


def hexhash(data: "bytes | memoryview | str", length: int = 16) -> str:
    """The first ``length`` hexadecimal digits (at most 128) of the data's BLAKE2b-512."""
    if isinstance(data, str):
        data = data.encode("utf-8", "surrogatepass")
    return blake2b(data).hexdigest()[:length]
