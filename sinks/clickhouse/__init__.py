"""History in ClickHouse: a server, or the embedded engine behind the same interface."""
