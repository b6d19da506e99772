"""The embedded warehouse: one chDB folder behind ClickHouse's HTTP interface, for clients that know no difference.

`python -m sinks.clickhouse.embedded --path DIR --port N`. Whoever brings the key may write database `tower`; everyone
else on this machine may read it. What a statement may do is held three times over: by what is let through
(statements.py), by what the engine's one user is granted (grants.py), by what the kernel lets this process open and
call (sandbox.py).
"""
