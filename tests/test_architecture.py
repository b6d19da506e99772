"""The house's shape: imports go down, time and chance come in by one door, files and functions stay small."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAYERS = (("api",), ("simulators",), ("streams",), ("detectors", "sinks"), ("operators",), ("tower",))
PACKAGES = [name for layer in LAYERS for name in layer if (ROOT / name).is_dir()]
FILE_LINES, FUNCTION_LINES = 400, 60

CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}
CLOCKS |= {f"time.{name}{unit}" for name in ("monotonic", "perf_counter", "process_time") for unit in ("", "_ns")}
CHANCES = {"random", "numpy.random"}
DOORS = ("tower/clock.py", "simulators/")


def sources(*folders: str) -> list[str]:
    """Every Python file in these folders, as paths from the root."""
    return [str(path.relative_to(ROOT)) for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def everything() -> list[str]:
    return [*sources(*PACKAGES, "tests"), "towerctl"]


def tree(source: str) -> ast.Module:
    return ast.parse((ROOT / source).read_text("utf-8"))


def imported(source: str) -> Iterator[str]:
    """Every module that a file imports, wherever in it."""
    for node in ast.walk(tree(source)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{name.name}" for name in node.names)


def forbidden(package: str) -> set[str]:
    """What a package must not import: its neighbours, everything above, and tests."""
    depth = next(i for i, layer in enumerate(LAYERS) if package in layer)
    return {name for layer in LAYERS[: depth + 1] for name in layer} - {package} | {"tests"}


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_only_go_down(package: str) -> None:
    up = {(source, name) for source in sources(package) for name in imported(source)}
    assert [f"{source} imports {name}" for source, name in sorted(up) if name.split(".")[0] in forbidden(package)] == []


def test_time_and_chance_come_in_by_one_door() -> None:
    steps = [source for source in sources(*PACKAGES) if not source.startswith(DOORS)]
    used = {(source, name) for source in steps for name in (*called(source), *imported(source))}
    assert [f"{source} uses {name}" for source, name in sorted(used) if name in CLOCKS | CHANCES] == []


def called(source: str) -> Iterator[str]:
    """Every `module.name` that a file speaks of, with np as numpy."""
    for node in ast.walk(tree(source)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}".replace("np.", "numpy.")


def test_no_file_holds_more_than_one_idea() -> None:
    lines = {source: len((ROOT / source).read_text("utf-8").splitlines()) for source in everything()}
    assert {source: count for source, count in lines.items() if count > FILE_LINES} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    found = [(source, node) for source in everything() for node in functions(source)]
    assert [f"{source}:{node.lineno} {node.name}" for source, node in found if size(node) > FUNCTION_LINES] == []


def functions(source: str) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree(source)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def size(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_every_package_folder_says_what_lives_in_it() -> None:
    folders = {str(Path(source).parent) for source in sources(*PACKAGES)}
    assert sorted(folder for folder in folders if not (ROOT / folder / "README.md").exists()) == []


def test_every_module_begins_with_its_promise() -> None:
    assert [source for source in [*sources(*PACKAGES), "towerctl"] if not ast.get_docstring(tree(source))] == []


def test_tests_are_no_package() -> None:
    assert [source for source in sources("tests") if source.endswith("__init__.py")] == []


def project() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def pins(name: str) -> list[str]:
    lines = (ROOT / "requirements" / name).read_text("utf-8").splitlines()
    return [line.split("#")[0].strip() for line in lines if re.match(r"[a-z]", line)]


def test_the_package_and_the_lock_want_the_same() -> None:
    assert project()["project"]["dependencies"] == pins("product.in")


@pytest.mark.parametrize("name", ["product", "test", "installer", "node"])
def test_every_pin_has_its_reason_and_stands_in_the_lock_by_hash(name: str) -> None:
    lines = (ROOT / "requirements" / f"{name}.in").read_text("utf-8").splitlines()
    lock = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
    assert all("  #" in line for line in lines if re.match(r"[a-z]", line))
    assert [pin for pin in pins(f"{name}.in") if f"\n{pin} " not in lock] == []
    assert not re.search(r"^[a-z](?:(?!\\\n).)*$", lock, re.MULTILINE), "a package without a hash"


def test_no_lock_names_an_index() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        assert not re.search(r"://|^--(?:extra-)?index", path.read_text("utf-8"), re.MULTILINE), path.name
