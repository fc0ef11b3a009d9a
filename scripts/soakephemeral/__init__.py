"""Machines made and destroyed around one remote, by each way to persist."""
