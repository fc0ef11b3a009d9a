"""Raw copies: capturing transcripts, redacted and compressed, before their clients delete them."""
