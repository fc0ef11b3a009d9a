"""gitml: git-native JSONL records of coding agents.

Deliberately empty of imports: the hook path pays for every one of them.
"""

__version__ = "0.1.0"
