"""Derive: from the raw recorded sets to the tables that scenarios bundle. Runs when the data is built, never later."""
