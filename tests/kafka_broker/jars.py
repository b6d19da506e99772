"""The broker's class path: resolved by Maven once per content of pom.xml, from then on taken from the cache."""

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

POM = Path(__file__).with_name("pom.xml")
TOOLS = ("java", "mvn")
RESOLVE_S = 300


def missing() -> list[str]:
    """The tools that a broker needs and this machine does not have."""
    return [tool for tool in TOOLS if not shutil.which(tool)]


def jars() -> list[Path]:
    """All jars of the broker; the first call on a machine fetches them."""
    home = cache() / hashlib.sha256(POM.read_bytes()).hexdigest()[:16]
    with locked(cache()):
        if not home.is_dir():
            resolve(home)
    return sorted(home.glob("*.jar"))


def cache() -> Path:
    """Where jars and class archives are kept."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tower-kafka-broker"
    home.mkdir(parents=True, exist_ok=True)
    return home


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Alone among processes: of several test workers one resolves and the others wait."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def resolve(home: Path) -> None:
    """Let Maven, with the user's own settings, bring the jars to `home`: all or none."""
    partial = home.with_suffix(".partial")
    goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={partial}"]
    maven = ["mvn", "-B", "-ntp", "-q", "-f", str(POM)]
    subprocess.run([*maven, *goal], check=True, timeout=RESOLVE_S, stdin=subprocess.DEVNULL)
    partial.rename(home)
