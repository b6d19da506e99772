"""Kernels are compiled where they run; processes that only read start without a compiler."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from tower import compiled

ROOT = Path(__file__).parents[2]


def imported(module: str, said: str) -> str:
    """What a new process says after importing a module where kernels are off."""
    code = f"import sys; from tower import compiled; compiled.off('a test'); import {module}; {said}"
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("module", ["streams.views", "streams.record", "streams.ingest", "streams.words"])
def test_a_flow_that_only_reads_starts_without_a_compiler(module: str) -> None:
    assert imported(module, "print('numba' in sys.modules)") == "False\n"


def test_a_kernel_that_is_called_where_there_are_none_says_so_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "_off", ["the hub only reads"])
    for declare in (compiled.kernel, compiled.intrinsic):
        refuses = declare(lambda a, b: a + b)
        with pytest.raises(RuntimeError, match=r"kernel .*<lambda> called where there are none: the hub only reads"):
            refuses(1, 2)


def test_what_is_hidden_cannot_be_imported_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "this", raising=False)
    with compiled.without("this"), pytest.raises(ImportError):
        importlib.import_module("this")
    assert "this" not in sys.modules


def test_no_kernel_brings_scipy_in() -> None:
    code = "import streams.control, sys; streams.control.make({}); print('scipy' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert ran.stdout == "False\n"
