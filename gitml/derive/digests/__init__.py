"""A digest: what a session was worth, in four kilobytes. Pure: events or records in, a record out."""
