"""Running demo: the command, run as a person would in a terminal of their own."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Demo:
    """`towerctl demo` on a data folder; `err` and `out`: files with what it says."""

    def __init__(self, data: Path, *words: str, port: int = 28_080) -> None:
        env = {"NUMBA_CACHE_DIR": str(ROOT / ".tower" / "numba"), **os.environ, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "api.cli", "demo", "--data", str(data), "--port", str(port), *words]
        self.out, self.err = data.parent / "out.txt", data.parent / "err.txt"
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True
            )

    def until(self, words: str, seconds: float = 180) -> None:
        """Wait until it says so; AssertionError if it ends before, or takes longer."""
        end = time.monotonic() + seconds
        while words not in self.err.read_text():
            assert self.process.poll() is None, self.err.read_text()[-2000:]
            assert time.monotonic() < end, self.err.read_text()[-2000:]
            time.sleep(0.05)

    def pids(self) -> list[int]:
        """Of every program that it has started, the newest last."""
        return [int(pid) for pid in re.findall(r" up, pid (\d+)", self.err.read_text())]

    def pid(self, program: str) -> int:
        """Of a program, as it was started last."""
        return int(re.findall(rf"^{program} .*?pid (\d+)", self.err.read_text(), re.MULTILINE)[-1])

    def door(self, name: str) -> str:
        """The address that it tells for `wall`, `desk` or `what if`, with its key."""
        found = re.search(rf"^{name} +(http\S+)$", self.err.read_text(), re.MULTILINE)
        assert found, self.err.read_text()[-2000:]
        return found[1]

    def ended(self, seconds: float = 240) -> int:
        """Wait for its end; the exit code."""
        return self.process.wait(seconds)
