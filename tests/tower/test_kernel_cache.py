"""A kernel is found again where all that it can see says the same, and nowhere else."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tower import kernel_cache
from tower.kernel_cache import KEPT, OneAtATime, closure, drop_old, imports, name_of

HEAD = "from tower.compiled import kernel\nfrom tower.{} import {}\n\n\n@kernel\ndef {}(n):\n    return {}\n"
ASK = (
    "from tower.user import four; print(four(5)); from tower.apart import one; one(1);"
    "print(len(four.stats.cache_hits), len(one.stats.cache_hits))"
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree of its own with two kernels in two files, a constant in a third, and a kernel that sees none of them."""
    (tmp_path / "tower").mkdir()
    for name in ("__init__", "compiled", "compiling", "kernel_cache"):
        (tmp_path / "tower" / f"{name}.py").write_bytes((kernel_cache.ROOT / "tower" / f"{name}.py").read_bytes())
    (tmp_path / "tower" / "user.py").write_text(HEAD.format("other", "twice", "four", "2 * twice(n)"))
    (tmp_path / "tower" / "other.py").write_text(HEAD.format("plain", "FACTOR", "twice", "FACTOR * n"))
    (tmp_path / "tower" / "plain.py").write_text("FACTOR = 2\n")
    (tmp_path / "tower" / "apart.py").write_text(HEAD.format("compiled", "off", "one", "n"))
    return tmp_path


def ask(tree: Path, more: str = "") -> list[str]:
    """What four(5) is, and how often it and the kernel apart were found compiled; and more."""
    env = {**os.environ, "NUMBA_CACHE_DIR": str(tree / "cache"), "PYTHONPATH": str(tree),
           "PYTHONDONTWRITEBYTECODE": "1"}  # fmt: skip # bytecode goes by the second in which a file was written
    ran = subprocess.run([sys.executable, "-c", ASK + more], cwd=tree, env=env, check=True, capture_output=True,
                         text=True)  # fmt: skip
    return ran.stdout.split()


def test_a_kernel_is_compiled_once_and_again_only_when_what_it_sees_has_changed(tree: Path) -> None:
    assert ask(tree) == ["20", "0", "0"]
    assert ask(tree) == ["20", "1", "1"]
    (tree / "tower" / "plain.py").write_text("FACTOR = 3\n")
    assert ask(tree) == ["30", "0", "1"]
    (tree / "tower" / "plain.py").write_text("FACTOR = 2\n")
    assert ask(tree) == ["20", "1", "1"]


def test_trees_that_say_the_same_share_what_they_compiled(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    ask(tree)
    twin = tmp_path_factory.mktemp("twin")
    (twin / "tower").symlink_to(tree / "tower")
    (twin / "cache").symlink_to(tree / "cache")
    assert ask(twin) == ["20", "1", "1"]


def test_what_many_keep_of_one_kernel_at_once_is_found_by_what_it_was_compiled_for(tmp_path: Path) -> None:
    kept_at: Any = OneAtATime

    def keep(writer: int) -> None:
        for number in range(10):
            kept_at(str(tmp_path), "kernel", "state").save((writer, number), f"{writer} {number}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(keep, range(8)))
    kept = kept_at(str(tmp_path), "kernel", "state")
    found = {(writer, number): kept.load((writer, number)) for writer in range(8) for number in range(10)}
    assert found == {(writer, number): f"{writer} {number}" for writer, number in found}


def test_numba_keeps_kernels_so(tree: Path) -> None:
    assert ask(tree, "; print(type(one._cache._cache_file).__name__)")[-1] == "OneAtATime"


def test_imports_are_seen_in_every_form(tmp_path: Path) -> None:
    file = tmp_path / "f.py"
    file.write_text(
        "import tower.clock\nfrom tower import ids, nothing\nfrom tower.table import (\n    Table,\n    put,\n)\n"
        "def f():\n    from operators import legs\n    import numpy\n",
    )
    names = {name_of(path) for path in imports(file)} - {"tower.__init__", "operators.__init__"}
    assert names == {"tower.clock", "tower.ids", "tower.table", "operators.legs"}


def test_a_file_that_imports_in_a_circle_is_walked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel_cache, "ROOT", tmp_path)
    kernel_cache.file_of.cache_clear()
    (tmp_path / "tower").mkdir()
    a, b = tmp_path / "tower" / "a.py", tmp_path / "tower" / "b.py"
    a.write_text("import tower.b\n")
    b.write_text("import tower.a\n")
    assert closure(a) == closure(b) == {a, b}
    kernel_cache.file_of.cache_clear()


def test_only_the_newest_states_of_a_file_are_kept(tmp_path: Path) -> None:
    for number in range(KEPT + 2):
        for name in ("tower.table", "tower.table_x"):
            folder = tmp_path / f"{name}-{number}"
            folder.mkdir()
            os.utime(folder, (number, number))
    drop_old(tmp_path / "tower.table-0")
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == [f"tower.table-{n}" for n in range(2, KEPT + 2)] + [f"tower.table_x-{n}" for n in range(KEPT + 2)]
