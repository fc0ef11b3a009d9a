"""What became of a session: stages, who moved it, and when it is safe to clean away."""
