"""`python -m sinks.clickhouse.embedded --path DIR --port N`: serve a folder until SIGTERM.

Ends with 0 after finishing what runs; with 1 and one line that names the fix if it cannot start.
"""

import argparse
import faulthandler
import fcntl
import importlib.metadata
import os
import shutil
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Final

from sinks.clickhouse.embedded import sandbox
from sinks.clickhouse.embedded.engine import Engine
from sinks.clickhouse.embedded.grants import write_grants
from sinks.clickhouse.embedded.server import HOST, Server
from tower import saying
from tower.errors import SettingError, TowerError, UsageError

KEY: Final = "TOWER_CLICKHOUSE_PASSWORD"
FORM: Final = "TOWER_LOG_FORMAT"
KEY_CHARACTERS: Final = 16
UNBOUND: Final = "Warning: this kernel has no Landlock: only grants and the list of statements hold the engine back"


def main(words: Sequence[str] | None = None) -> int:
    """Serve; the exit code."""
    arguments = parser().parse_args(words)
    saying.speak(os.environ.get(FORM, "text"), "clickhouse")
    faulthandler.enable()  # the engine is not ours: if it dies of a signal, say where
    try:
        serve(Path(arguments.path).resolve(), arguments.port)
    except TowerError as error:
        say(f"Error: {error.what}. Try: {error.try_}")
        return 1
    return 0


def parser() -> argparse.ArgumentParser:
    """What can be said on the command line; the key is not among it, as others can read that."""
    made = argparse.ArgumentParser("python -m sinks.clickhouse.embedded", description=__doc__)
    made.add_argument("--path", required=True, help="the folder to keep everything in")
    made.add_argument("--port", type=int, default=8123, help="on 127.0.0.1; 0 takes a free one")
    return made


def serve(path: Path, port: int) -> None:
    """Serve a folder until SIGTERM or Ctrl-C; raises TowerError if it cannot start."""
    key = writers_key()
    with told_to_stop() as stop, bound(port, key) as server, hold(path):
        abi = shut_in(path)
        server.engine = opened(path)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        version = importlib.metadata.version("chdb")
        say(f"clickhouse ready on http://{HOST}:{server.server_port} (chDB {version}, Landlock abi {abi})")
        stop.recv(1)
        server.drain()
        server.engine.close()


def told_to_stop() -> socket.socket:
    """A socket that SIGTERM and Ctrl-C write to; a lock could miss one that comes just before it is waited for."""
    reads, written = socket.socketpair()
    written.setblocking(False)
    signal.set_wakeup_fd(written.detach())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    return reads


def writers_key() -> str:
    """The key from the environment, which forgets it, or its file; raises SettingError."""
    key = os.environ.pop(KEY, "") or from_file(os.environ.get(f"{KEY}_FILE", ""))
    if len(key) < KEY_CHARACTERS:
        what = f"{KEY}: the writer's key needs {KEY_CHARACTERS} characters (got {len(key)})"
        raise SettingError(what, f"export {KEY}=$(openssl rand -hex 16)")
    return key


def from_file(path: str) -> str:
    """What a file holds, "" for no path; raises SettingError."""
    try:
        return Path(path).read_text("utf-8").strip() if path else ""
    except OSError as cause:
        what = f"{KEY}_FILE: cannot read {path}: {cause.strerror}"
        raise SettingError(what, f"{KEY}_FILE=/run/secrets/key") from None


def bound(port: int, key: str) -> Server:
    """A server on the port; raises UsageError if that is taken or not ours."""
    try:
        return Server(port, key)
    except (OSError, OverflowError) as cause:
        words = getattr(cause, "strerror", None) or str(cause)
        raise UsageError(f"--port: cannot listen on {HOST}:{port}: {words}", f"--port {port % 65535 + 1}") from None


def hold(path: Path) -> IO[str]:
    """The folder's lock, held while it is open; raises UsageError that names who holds it."""
    lock = made(path)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        who = lock.read().strip()
        raise UsageError(f"--path: {path} is served by process {who}", f"kill {who}, or another --path") from None
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    sweep(path / "engine" / "tmp")
    return lock


def sweep(folder: Path) -> None:
    """Empty a folder of what an engine left there that was killed."""
    for left in folder.iterdir():
        shutil.rmtree(left, ignore_errors=True)


def made(path: Path) -> IO[str]:
    """The folder, made if there is none, by its open lock; raises UsageError."""
    try:
        (path / "engine" / "tmp").mkdir(parents=True, exist_ok=True)
        return (path / "lock").open("a+")
    except OSError as cause:
        raise UsageError(f"--path: cannot write {path}: {cause.strerror}", "--path with a folder of yours") from None


def opened(path: Path) -> Engine:
    """The engine over the folder; raises TowerError if it finds there what it cannot read."""
    try:
        return Engine(path / "engine", path / "config.xml")
    except RuntimeError as cause:
        what = f"--path: the engine cannot open {path}: {str(cause).splitlines()[0]}"
        raise TowerError(what, "another --path; history is made again from the log") from None


def shut_in(path: Path) -> int:
    """Leave this process nothing but the folder; Landlock's version, 0 and a warning if the kernel has none."""
    config = write_grants(path)
    os.environ |= {"TMPDIR": str(path / "engine" / "tmp"), "TZ": "UTC"}
    abi = sandbox.restrict(path / "engine", [config, path / "users.xml"])
    if not abi:
        say(UNBOUND)
    return abi


def say(line: str) -> None:
    """A line for whoever started this."""
    saying.say(line)


if __name__ == "__main__":
    sys.exit(main())
