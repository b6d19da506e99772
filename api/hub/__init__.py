"""Hub: the feed. Reads OUTCOMES, keeps what screens and tools look at, and tells whoever listens what has changed."""
