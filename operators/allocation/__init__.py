"""Allocation: what goes where and when, at least cost, with prices and a proof."""
