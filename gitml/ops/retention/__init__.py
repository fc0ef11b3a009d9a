"""Retention: which raw copies stay within a budget, which go, and why."""
