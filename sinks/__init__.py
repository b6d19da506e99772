"""Sinks: the systems that the tower writes to, each with its read side."""
