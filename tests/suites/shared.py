"""Shared: what is made once in a run of tests, by the worker that wants it first, and read by all of them."""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """The folder of this name, which `make` has filled, in this worker or in another one. Nobody writes into it."""
    own = factory.getbasetemp()
    base = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    with (base / f"{name}.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        whole = base / name
        if not whole.exists():
            begun = base / f"{name}.begun"
            shutil.rmtree(begun, ignore_errors=True)  # of one who failed
            begun.mkdir()
            make(begun)
            begun.rename(whole)
        return whole
