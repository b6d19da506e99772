"""Debian's Chromium, for tests that open pages."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

import pytest

CHROMIUM: Final = "/usr/bin/chromium"
INSTALL: Final = ["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"]


def chromium() -> str:
    """Its path; installed if it is missing and we may, by one worker at a time, or the test is skipped."""
    with Path(tempfile.gettempdir(), "tower-chromium.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not Path(CHROMIUM).exists() and os.geteuid() == 0 and shutil.which("apt-get"):
            subprocess.run(INSTALL, check=True, capture_output=True)
    if not Path(CHROMIUM).exists():
        pytest.skip(f"{CHROMIUM} is not here: apt-get install chromium")
    return CHROMIUM
