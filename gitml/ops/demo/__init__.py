"""The demonstration: a scripted agent session on real files, with the real hooks and real git."""
