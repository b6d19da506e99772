"""Yards: which visit is to come to which door and when, proposed through the log and taken in by the chain."""
