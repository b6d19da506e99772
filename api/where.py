"""Where: which tower a command speaks of: its settings, its networks, its SQL door."""

from pathlib import Path

from streams import names
from tower import settings
from tower.errors import UsageError
from tower.settings import Settings

DEMO = "demo"
URL_FILE = "clickhouse.url"
"""In the data folder of an embedded tower: where its SQL door is."""


def told(data: str | None) -> Settings:
    """The settings in force. Where they name no tower and none lies in the data folder, that of the demo inside it."""
    found = settings.load({"data": data})
    demo = found.data / DEMO
    if data is None and not found.logs and not (found.data / "logs").exists() and (demo / "logs").exists():
        return settings.load({"data": str(demo)})
    return found


def networks_of(root: str, asked: str | None) -> list[str]:
    """The network that is asked for, or all. Raises UsageError if there is none."""
    there = names.networks(root)
    if not there:
        raise UsageError(f"no network has a log under {root}", "towerctl demo, or --data DIR")
    if asked is not None and asked not in there:
        raise UsageError(f"--network: no such network (got {asked})", f"--network {there[0]}")
    return there if asked is None else [asked]


def sql_door(found: Settings) -> str:
    """The URL of ClickHouse: the setting, or what an embedded tower has written into its data folder."""
    path = Path(found.data) / URL_FILE
    if found.clickhouse_url:
        return found.clickhouse_url
    if path.exists():
        return path.read_text("utf-8").strip()
    raise UsageError(f"sql: no ClickHouse is named, and {path} is not there", "towerctl demo, or TOWER_CLICKHOUSE_URL")
