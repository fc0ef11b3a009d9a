"""Files: the spool, parts, the fold, cursors, locks. Knows nothing of git, agents or redaction."""
