"""Logs by URL: `file:/path`, `memory:name` (this process only), `kafka://host:port/topic/partition`."""

from importlib import import_module
from typing import Any
from urllib.parse import SplitResult, urlsplit

from tower.errors import SettingError
from tower.logs import LogReader, LogWriter
from tower.logs.files import SEGMENT_BYTES, FileReader, FileWriter
from tower.logs.memory import MemoryLog

FORMS = "file:/path, memory:name or kafka://host:port/topic/partition"

_memory: dict[str, MemoryLog] = {}


def reader(url: str) -> LogReader:
    """A reader of the log; raises SettingError if the URL is none of the three."""
    parts = _split(url)
    if parts.scheme == "file":
        return FileReader(parts.path)
    if parts.scheme == "memory":
        return _memory.setdefault(parts.path, MemoryLog()).reader()
    opened: LogReader = _kafka().KafkaReader(*_partition(url, parts))
    return opened


def writer(url: str, durable: bool = True, segment_bytes: int = SEGMENT_BYTES) -> LogWriter:
    """The writer of the log; what a kind of log has no choice about is not asked of it (Kafka is always durable)."""
    parts = _split(url)
    if parts.scheme == "file":
        return FileWriter(parts.path, durable, segment_bytes)
    if parts.scheme == "memory":
        return _memory.setdefault(parts.path, MemoryLog()).writer()
    opened: LogWriter = _kafka().KafkaWriter(*_partition(url, parts))
    return opened


def in_memory() -> list[str]:
    """The URLs of the logs that this process has in memory."""
    return [f"memory:{path}" for path in _memory]


def _split(url: str) -> SplitResult:
    parts = urlsplit(url)
    local = parts.scheme in ("file", "memory") and parts.path and not parts.netloc
    if not local and parts.scheme != "kafka":
        raise _unusable(url)
    return parts


def _partition(url: str, parts: SplitResult) -> tuple[str, str, int]:
    """Bootstrap, topic and partition."""
    match parts.path.split("/"):
        case ["", topic, partition] if ":" in parts.netloc and topic and partition.isdecimal():
            return parts.netloc, topic, int(partition)
    raise _unusable(url)


def _unusable(url: str) -> SettingError:
    return SettingError(f"the log's URL is {url!r}: expected {FORMS}", "write it in one of these forms")


def _kafka() -> Any:
    """Imported when used, so that embedded towers start without a Kafka client."""
    return import_module("tower.logs.kafka")
