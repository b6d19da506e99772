"""Kernels are compiled where they run; processes that only read start without a compiler."""

import importlib
import os
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


ALONE = """
import numpy as np
from tower.compiled import lean

@lean
def twice(n):
    return 2 * n

@lean
def sums(n):
    return twice(n) + twice(1) + twice(2)

print(sums(3), [len(kernel.overloads) for kernel in (sums, twice)], twice(4), len(twice.overloads))
"""


def test_a_kernel_that_others_call_with_constants_is_compiled_once(tmp_path: Path) -> None:
    (tmp_path / "alone.py").write_text(ALONE)
    env = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "kernels"), "PYTHONPATH": str(ROOT)}
    for _ in range(2):
        ran = subprocess.run([sys.executable, "alone.py"], cwd=tmp_path, env=env, check=True, capture_output=True,
                             text=True)  # fmt: skip
        assert ran.stdout == "12 [1, 0] 8 1\n"
    kept = [path.name.partition("-")[0] for path in (tmp_path / "kernels").rglob("*.nbc")]
    assert sorted(kept) == ["alone.sums", "alone.twice", "alone.twice.inner"]


def test_a_lean_kernel_that_makes_an_array_says_so(tmp_path: Path) -> None:
    greedy = "import numpy as np\nfrom tower.compiled import lean\n\n@lean\ndef zeros():\n    return np.zeros(2)[0]\n"
    (tmp_path / "greedy.py").write_text(greedy)
    env = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "kernels"), "PYTHONPATH": str(ROOT)}
    ran = subprocess.run([sys.executable, "-c", "import greedy; greedy.zeros()"], cwd=tmp_path, env=env,
                         check=False, capture_output=True, text=True)  # fmt: skip
    assert "resolving callee type: Function(<built-in function zeros>)" in ran.stderr
