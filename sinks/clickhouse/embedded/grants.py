"""Grants: the engine's one user, who may touch database `tower` and nothing else, not even for the writer.

The engine honours `grants` for its user, but knows only one user however a handle is opened; so what tells readers
from the writer is `readonly`, set on each reader's handle, where it cannot be taken back.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from sinks.clickhouse.schema import TOLD

READ: Final = "GRANT SHOW, SELECT ON tower.*"
MAKE: Final = "GRANT CREATE DATABASE, CREATE TABLE, CREATE VIEW, DROP TABLE, DROP VIEW, ALTER ON tower.*"
FILL: Final = "GRANT INSERT, OPTIMIZE, TRUNCATE ON tower.*"
GRANTS: Final = (READ, MAKE, FILL, "GRANT SELECT ON system.settings")

TABLES: Final = (*TOLD, "progress")
"""Every table with rows of networks; views read these."""
SEEN: Final = "log_comment"
"""The setting that carries which networks a handle may see: the engine takes none that it does not know, a reader can
change none, and a handle that was told nothing sees no row.
"""
ALL: Final = "*"
POLICY: Final = f"getSetting('{SEEN}') = '{ALL}' OR has(splitByChar(',', getSetting('{SEEN}')), network)"

CONFIG: Final = """<clickhouse>
  <user_directories><users_xml><path>{users}</path></users_xml></user_directories>
  <user_files_path>{files}</user_files_path>
</clickhouse>
"""
USERS: Final = """<clickhouse>
  <profiles><default/></profiles>
  <quotas><default/></quotas>
  <users><default>
    <password></password>
    <networks><ip>127.0.0.1</ip><ip>::1</ip></networks>
    <profile>default</profile><quota>default</quota>
    <grants>{grants}</grants>
    <databases><tower>{policies}</tower></databases>
  </default></users>
</clickhouse>
"""


def write_grants(folder: Path) -> Path:
    """Write the engine's configuration into a folder; the file to start it with."""
    queries = "".join(f"<query>{escape(grant)}</query>" for grant in GRANTS)
    config, users = folder / "config.xml", folder / "users.xml"
    write(users, USERS.format(grants=queries, policies=policies(TABLES)))
    write(config, CONFIG.format(users=escape(str(users)), files=escape(str(folder / "engine" / "user_files")) + os.sep))
    return config


def policies(tables: Iterable[str]) -> str:
    """A row policy a table. The engine applies it before any condition, so what a statement lets fail tells nothing."""
    return "".join(f"<{table}><filter>{escape(POLICY)}</filter></{table}>" for table in tables)


def write(path: Path, text: str) -> None:
    """A file whose place is taken at once, whatever was there."""
    fresh = path.with_suffix(".new")
    fresh.write_text(text, "utf-8")
    fresh.replace(path)
