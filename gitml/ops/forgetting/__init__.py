"""Forgetting: records out of every view and file, for good."""
