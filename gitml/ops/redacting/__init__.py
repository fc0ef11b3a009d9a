"""Redaction as a project sees it: its rules, looking for secrets in what is stored, the check before a commit."""
