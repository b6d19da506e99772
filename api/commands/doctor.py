"""`towerctl doctor`: what this machine lacks, each line with its fix.

A `fail` keeps the tower from running; a `note` limits it, or only the tests.
"""

import argparse
import importlib.metadata
import json
import re
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

NAME = "doctor"
HELP = "Check this machine and say what to mend"

ROOT = Path(__file__).resolve().parents[2]
INOTIFY = Path("/proc/sys/fs/inotify")
NEEDED_GB = 2.0
NEEDED_INOTIFY = {"max_user_instances": 128, "max_user_watches": 8192}
TEST_PROGRAMS = {
    "java": "apt-get install openjdk-17-jre-headless",
    "mvn": "apt-get install maven",
    "strace": "apt-get install strace",
    "chromium": "apt-get install chromium",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: `ok`, `note` or `fail`, what was found, and the fix where one is due."""

    name: str
    state: str
    found: str
    fix: str = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Only how to say it."""
    parser.add_argument("--json", action="store_true", help="as a JSON array")


def run(arguments: argparse.Namespace) -> int:
    """Print every check; 1 if one fails."""
    found = list(checks())
    if arguments.json:
        print(json.dumps([asdict(check) for check in found]))
    else:
        print("\n".join(map(line, found)))
    return int(any(check.state == "fail" for check in found))


def line(check: Check) -> str:
    """A check as a person reads it."""
    return f"{check.state:<5} {check.name:<12} {check.found}" + (f"  Try: {check.fix}" if check.fix else "")


def checks() -> Iterator[Check]:
    """Every check, those that can stop the tower first."""
    yield python(sys.version_info[:3])
    yield disk(shutil.disk_usage(Path.cwd()).free / 1e9)
    yield packages(ROOT / "requirements" / "product.txt")
    yield settings()
    yield from servers()
    yield from (port(number) for number in (8080, 8081))
    yield from (inotify(name, least) for name, least in NEEDED_INOTIFY.items())
    yield from (program(name, fix) for name, fix in TEST_PROGRAMS.items())


def python(version: tuple[int, ...]) -> Check:
    """3.11 or 3.12: Bytewax has no wheel for another."""
    found = ".".join(map(str, version))
    if version[:2] in {(3, 11), (3, 12)}:
        return Check("python", "ok", found)
    return Check("python", "fail", found, "apt-get install python3.11, then rm -r .venv and ./towerctl doctor")


def disk(free_gb: float) -> Check:
    """Room for logs and state in the folder that one starts in."""
    found = f"{free_gb:.1f} GB free"
    if free_gb >= NEEDED_GB:
        return Check("disk", "ok", found)
    return Check("disk", "fail", found, f"free {NEEDED_GB:.0f} GB, or --data a folder on another disk")


def packages(lock: Path) -> Check:
    """The installed packages are the ones in the lock; an installed wheel has no lock to compare with."""
    if not lock.exists():
        return Check("packages", "ok", "an installed package")
    other = [f"{name} {have or 'missing'}, not {' or '.join(want)}" for name, want, have in strangers(pins(lock))]
    if not other:
        return Check("packages", "ok", "as in requirements/product.txt")
    return Check("packages", "fail", "; ".join(other), "rm .venv/.tower-product, then ./towerctl doctor")


def pins(lock: Path) -> dict[str, set[str]]:
    """The versions that a lock allows, by name; "" among them where a condition may leave the package out."""
    allowed: dict[str, set[str]] = {}
    for name, version, condition in re.findall(r"^([\w.-]+)==(\S+)( ;)?", lock.read_text("utf-8"), re.MULTILINE):
        allowed.setdefault(name, set()).update({version, ""} if condition else {version})
    return allowed


def strangers(allowed: dict[str, set[str]]) -> Iterator[tuple[str, list[str], str]]:
    """Packages with another version than the lock allows, or missing."""
    for name, versions in allowed.items():
        if (have := installed(name)) not in versions:
            yield name, sorted(versions), have


def installed(name: str) -> str:
    """A package's version; empty if there is none."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def settings() -> Check:
    """The settings can be read."""
    from tower import settings as told
    from tower.errors import SettingError

    try:
        told.load()
    except SettingError as error:
        return Check("settings", "fail", error.what, error.try_)
    return Check("settings", "ok", "towerctl config show --origin")


def servers() -> Iterator[Check]:
    """Each server that the settings name answers at its port."""
    from tower import settings as told
    from tower.errors import SettingError

    try:
        found = told.load()
    except SettingError:
        return
    for name in ("logs", "kafka_in", "redis_url", "clickhouse_url"):
        where = urlsplit(str(getattr(found, name)))
        if where.hostname:
            yield server(name, where.hostname, where.port or 8123)


def server(name: str, host: str, number: int) -> Check:
    """Somebody answers there."""
    try:
        socket.create_connection((host, number), 3).close()
    except OSError as error:
        fix = f"start it, or TOWER_{name.upper()} with another address"
        return Check(name, "fail", f"{host}:{number} does not answer: {error.strerror or error}", fix)
    return Check(name, "ok", f"{host}:{number} answers")


def port(number: int) -> Check:
    """A door's port is free; if it is not, the tower takes the next."""
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind(("127.0.0.1", number))
        except OSError:
            return Check(f"port {number}", "note", "taken", "--port another, or let the tower take the next")
    return Check(f"port {number}", "ok", "free")


def inotify(name: str, least: int) -> Check:
    """Readers of file logs wake by inotify; too few mean that they wake late."""
    path = INOTIFY / name
    have = int(path.read_text("utf-8")) if path.exists() else 0
    if have >= least:
        return Check(name, "ok", str(have))
    return Check(name, "note", str(have), f"sysctl fs.inotify.{name}={least}")


def program(name: str, fix: str) -> Check:
    """A program that only `towerctl test --all` needs."""
    path = shutil.which(name)
    return Check(name, "ok", path) if path else Check(name, "note", "missing; only tests need it", fix)
