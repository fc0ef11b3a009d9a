"""Commands: one file each. The only place that imports click."""
