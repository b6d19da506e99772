"""Another machine says the same: here one that knows nothing of what this one's processor can do beyond the oldest."""

import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.determinism.evening import straight

COMPILE_S = 1500  # a limit for what hangs: it begins beside others that start whole towers
umath: Any = import_module("numpy._core._multiarray_umath")  # where numpy keeps what it knows of the processor


def extras() -> str:
    """What numpy would use of this processor beyond what it needs."""
    return " ".join(name for name in umath.__cpu_dispatch__ if umath.__cpu_features__[name])


@pytest.mark.full
@pytest.mark.timeout(COMPILE_S)
def test_a_processor_without_vectors_gives_the_same_hashes(tmp_path: Path) -> None:
    poorer = {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": "", "NUMBA_CACHE_DIR": str(tmp_path)}
    environment = {**os.environ, **poorer, "NPY_DISABLE_CPU_FEATURES": extras()}
    command = [sys.executable, "-m", "tests.determinism.evening"]
    out = subprocess.run(command, check=True, capture_output=True, env=environment).stdout
    assert json.loads(out) == straight().hashes()
    assert list(tmp_path.rglob("*.nbi")) != [], "nothing was compiled for that processor"
