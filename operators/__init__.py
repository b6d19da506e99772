"""Steps: facts into tables, one file a step."""
