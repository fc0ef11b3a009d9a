"""What agents and git call. Every path ends in exit 0."""
