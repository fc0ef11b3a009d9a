"""Riding along: the spool goes into ordinary commits, and comes back when history loses it."""
