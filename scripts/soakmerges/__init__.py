"""Random histories with real git over several clones: whatever is done to them, no record is lost."""
