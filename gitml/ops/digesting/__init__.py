"""Digests: which sessions need one, from what it is made, and whether the one there is can be relied on."""
