"""Expect: what is usual at a site, and sums that notice early when that changes."""
