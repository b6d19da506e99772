"""Build: which version of the tower this is, as bug reports, outcomes and `build.activated` name it."""

import importlib.metadata
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def build() -> str:
    """The build's id: version, and the commit where the checkout says it, `0.1.0+7e24ec31c5b7`."""
    return "+".join(filter(None, (version(), commit()[:12])))


def version() -> str:
    """The version in this checkout, else the installed package's."""
    try:
        return str(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"])
    except OSError:
        return importlib.metadata.version("control-tower")


def commit() -> str:
    """The checkout's commit, read without git; empty outside a checkout."""
    head = text(git_folder() / "HEAD")
    if not head.startswith("ref: "):
        return head
    name = head.removeprefix("ref: ")
    packed = (line.split() for line in text(shared_folder() / "packed-refs").splitlines())
    return text(shared_folder() / name) or next((line[0] for line in packed if line[1:] == [name]), "")


def git_folder() -> Path:
    """Where this checkout keeps its HEAD; a linked work tree has a file that says so."""
    link = text(ROOT / ".git")
    return ROOT / link.removeprefix("gitdir: ") if link else ROOT / ".git"


def shared_folder() -> Path:
    """Where the checkout's branches are kept; linked work trees share it."""
    return git_folder() / (text(git_folder() / "commondir") or ".")


def text(path: Path) -> str:
    """A small file's text; empty if there is no such file."""
    try:
        return path.read_text("utf-8").strip()
    except OSError:
        return ""
