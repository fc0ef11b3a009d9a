"""git: where repositories are, what they hold, how to change their index safely. Knows nothing of stores or agents."""
