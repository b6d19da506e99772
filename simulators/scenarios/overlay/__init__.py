"""Overlay: what the records do not have and a network needs, drawn from a seed. Everything in here is simulated."""
