"""Raw copies of transcripts: redacted, cut into pieces, compressed, each piece kept once. See docs/raw.md."""
