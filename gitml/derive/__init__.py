"""Derivation: SessionEvents in, records out. Pure; no files, no clock, nothing random."""
