"""Adapters: one an agent. Each turns that agent's own files into SessionEvents and knows nothing of the rest."""
