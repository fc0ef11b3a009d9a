"""Taking sessions in: what is new of a transcript becomes records in the spool."""
