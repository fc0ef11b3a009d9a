"""Where older layouts keep records, one module a kind of place."""
