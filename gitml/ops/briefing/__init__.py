"""What the agent is told at the start of a session of those before it: ``[context]`` in the config."""
