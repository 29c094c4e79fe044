"""JSON lines with a request id; never a comment's body, a token or an address."""
