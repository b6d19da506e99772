"""Predict: what is likely, how sure that is, and why, learned one label at a time."""
