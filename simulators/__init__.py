"""Simulators: recorded days, made-up worlds, and what drives them."""
