"""The registry of running sessions: numbers, roles, signs of life. docs/sessions.md says what counts as what."""
