"""The flows: one file each, a sentence of steps; and the adapters through which the world speaks to them."""
