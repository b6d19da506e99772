"""The bundle's promises: small, of our own making, nothing from elsewhere; typed; and in the wheel."""

import gzip
import html
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from api import bundle
from tests.dashboards.conftest import DASHBOARDS, ROOT

pytestmark = pytest.mark.full
MOST_KB = 150.0


def compressed(path: Path) -> int:
    """Bytes on the wire: a face is compressed already."""
    content = path.read_bytes()
    return len(content) if path.suffix == ".woff2" else len(gzip.compress(content))


def files(dist: Path, page: str) -> list[Path]:
    """All that a page loads: its html, and what that and its sheets name, and so on."""
    found, wanted = [dist / f"{page}.html"], [(dist / f"{page}.html").read_text("utf-8")]
    while wanted:
        names = re.findall(r"[\w.-]+-[\w-]{8}\.(?:js|css|woff2)", wanted.pop())
        fresh = [path for name in names if (path := dist / "assets" / name).exists() and path not in found]
        found += dict.fromkeys(fresh)
        wanted += [path.read_text("utf-8") for path in dict.fromkeys(fresh) if path.suffix != ".woff2"]
    return found


@pytest.mark.parametrize("page", ["wall", "desk", "replay"])
def test_a_page_with_its_face_is_small(dist: Path, page: str) -> None:
    loaded = files(dist, page)
    assert sum(path.suffix == ".woff2" for path in loaded) >= 2
    assert sum(map(compressed, loaded)) / 1000 <= MOST_KB


def test_no_file_of_the_bundle_names_another_server(dist: Path) -> None:
    """Names of XML namespaces are no addresses that anybody asks."""
    found = {
        url
        for path in dist.rglob("*.*")
        if path.suffix in {".js", ".css", ".html"}
        for url in re.findall(r"https?://[^\s\"'`)]+", path.read_text("utf-8"))
    }
    assert {url for url in found if not url.startswith("http://www.w3.org/")} == set()


@pytest.mark.parametrize("page", ["wall", "desk", "replay"])
def test_a_page_carries_a_strict_policy_and_nothing_inline(dist: Path, page: str) -> None:
    text = html.unescape((dist / f"{page}.html").read_text("utf-8"))
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)
    assert policy is not None
    assert "default-src 'none'" in policy[1]
    assert "unsafe" not in policy[1]
    assert not re.search(r"<style|style=|<script(?![^>]*src=)", text)


def test_names_carry_what_is_in_them(dist: Path) -> None:
    assert [path.name for path in (dist / "assets").iterdir() if not re.search(r"-[\w-]{8}\.\w+$", path.name)] == []


def test_the_sources_are_typed(dist: Path) -> None:
    """tsc --noEmit, strict."""
    node = bundle.on_machine() or bundle.brought(ROOT)
    command = [node.node, "node_modules/typescript/bin/tsc", "--noEmit"]
    checked = subprocess.run(command, cwd=DASHBOARDS, capture_output=True, text=True, check=False)
    assert checked.stdout == ""
    assert checked.returncode == 0


def test_the_lock_names_no_registry() -> None:
    lock = (DASHBOARDS / "package-lock.json").read_text("utf-8")
    assert '"resolved"' not in lock
    assert lock.count('"integrity"') > 20


def test_the_wheel_holds_the_bundle(dist: Path, tmp_path: Path) -> None:
    brought = ROOT / ".tower" / "uv" / "bin" / "uv"
    uv = shutil.which("uv") or (str(brought) if brought.exists() else "")
    build: list[str | Path] = (
        [uv, "build", "--wheel", "-o", tmp_path]
        if uv
        else [sys.executable, "-m", "pip", "wheel", "--no-deps", "-w", tmp_path]
    )
    subprocess.run([*build, ROOT], check=True, capture_output=True, env=os.environ | {"PYTHONPATH": ""})
    names = set(zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist())
    built = {f"dashboards/dist/{path.relative_to(dist)}" for path in dist.rglob("*.*") if path.is_file()}
    assert built <= names
    assert {"dashboards/dist/wall.html", "api/cli.py", "tower/record.py"} <= names
    assert not any("node_modules" in name for name in names)
