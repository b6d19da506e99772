"""Clone: from a bare copy of the source, with nothing in any cache, to the first outcome of the demo.

It sets up a whole environment in a folder of its own, through a proxy that counts what is fetched: minutes, and the
package index must answer.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from simulators.bench.counting import Counting
from simulators.bench.figures import Row, busy, row
from streams import names
from tower import clock
from tower.errors import TowerError
from tower.logs import urls

ROOT: Final = Path(__file__).parents[2]
LEFT_OUT: Final = (".git", ".venv", ".tower", "run", "node_modules", "dist", "__pycache__", ".*_cache")
OWN_CACHES: Final = ("UV_CACHE_DIR", "PIP_CACHE_DIR", "XDG_CACHE_HOME", "npm_config_cache")
NOT_OURS: Final = ("PYTHONPATH", "NUMBA_CACHE_DIR", "VIRTUAL_ENV")
TARGET_S: Final = 180.0
AGAIN_S: Final = 1.0
LONGEST_S: Final = 900.0
SCENARIO: Final = "blizzard"


def rows() -> list[Row]:
    """Time and megabytes; none, and a line on stderr, where an environment cannot be made."""
    if not (ROOT / "towerctl").exists():
        return []
    with tempfile.TemporaryDirectory(prefix="tower-clone-") as folder, Counting() as counting:
        start = clock.steady_s()
        try:
            set_up(Path(folder), counting)
        except TowerError as error:
            sys.stderr.write(f"{error.what}\n")
            return []
        took = clock.steady_s() - start
        again = min(handed_over(Path(folder), counting) for _ in range(3))
    load = f"bare copy, empty caches, {busy()}"
    return [
        row("start", "bare clone: first outcome", took, "s", "low", load, target=TARGET_S),
        row("start", "bare clone: downloaded", counting.received / 1e6, "MB", "low", load),
        row("start", "set up before: towerctl version", again, "s", "low", f"best of 3, {busy()}", target=AGAIN_S),
    ]


def set_up(folder: Path, counting: Counting) -> None:
    """Copy, start the demo there, wait for its first outcome, end it. Raises TowerError with its last words."""
    copy = folder / "clone"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
    words = [f"{sys.base_prefix}/bin/python3", str(copy / "towerctl"), "demo", "--scenario", SCENARIO,
             "--data", str(folder / "data"), "--port", "21080"]  # fmt: skip
    with (folder / "said.txt").open("wb") as out:
        demo = subprocess.Popen(words, cwd=copy, env=environment(folder, counting), stdout=out, stderr=out,
                                start_new_session=True)  # fmt: skip
    try:
        until_outcome(f"file:{folder}/data/logs", demo, folder / "said.txt")
    finally:
        demo.terminate()
        with suppress(subprocess.TimeoutExpired):
            demo.wait(60)
        demo.kill()
        demo.wait()


def handed_over(folder: Path, counting: Counting) -> float:
    """Seconds of a command that has nothing to do, where everything is set up. Raises TowerError if it fails."""
    words = [f"{sys.base_prefix}/bin/python3", str(folder / "clone" / "towerctl"), "version"]
    start = clock.steady_s()
    done = subprocess.run(words, check=False, cwd=folder / "clone", env=environment(folder, counting),
                          capture_output=True)  # fmt: skip
    if done.returncode:
        raise TowerError(f"bench: a second start ended with {done.returncode}", "./towerctl doctor")
    return clock.steady_s() - start


def environment(folder: Path, counting: Counting) -> Mapping[str, str]:
    """Ours, but for caches, and through the proxy."""
    kept = {name: value for name, value in os.environ.items() if name not in NOT_OURS and not name.startswith("TOWER_")}
    caches = {name: str(folder / "cache") for name in OWN_CACHES}
    proxies = dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"), counting.url)
    return kept | caches | proxies


def until_outcome(root: str, demo: "subprocess.Popen[bytes]", said: Path) -> None:
    """Wait for the first outcome. Raises TowerError if the demo ends before, or takes a quarter of an hour."""
    end = clock.steady_s() + LONGEST_S
    while demo.poll() is None and clock.steady_s() < end:
        with suppress(TowerError), closing(urls.reader(names.outcomes(root, SCENARIO))) as log:
            if log.last()[0]:
                return
        clock.sleep(0.02)
    last = said.read_text("utf-8", "replace").strip().splitlines()[-1:]
    raise TowerError(f"bench: a bare clone did not start: {' '.join(last)}", "./towerctl doctor")
