"""Sandbox: from here on this process opens files in one folder, connects to nothing, and cannot take that back.

Landlock binds the calling thread and those it starts. So it comes before the engine is imported, which starts
threads, and after the port is bound, so that no other one can be. Reading is open for Python's and the system's
libraries and for the few files in which the kernel describes this process; `environ`, with the key, is not among them.
"""

import ctypes
import os
import struct
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path
from typing import Final

CREATE, ADD, RESTRICT = 444, 445, 446  # the same on every architecture
NO_NEW_PRIVILEGES: Final = 38
VERSION: Final = 1
BENEATH: Final = 1

EXECUTE, WRITE, READ, LIST, REMOVE_DIR, REMOVE, MAKE_DIR, MAKE_FILE, TRUNCATE = 1, 2, 4, 8, 16, 32, 128, 256, 1 << 14
READING: Final = EXECUTE | READ | LIST
WRITING: Final = WRITE | READ | LIST | REMOVE_DIR | REMOVE | MAKE_DIR | MAKE_FILE | (1 << 12) | (1 << 13) | TRUNCATE
OF_FILES: Final = EXECUTE | WRITE | READ | TRUNCATE

LIBRARIES: Final = ("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/etc/ld.so.cache")
ZONES: Final = ("/usr/share/zoneinfo", "/etc/localtime")
KERNEL: Final = ("/proc/meminfo", "/proc/cpuinfo", "/sys/fs/cgroup", "/sys/devices/system/cpu", "/dev/urandom")
ITSELF: Final = tuple(f"/proc/self/{name}" for name in ("auxv", "maps", "stat", "statm", "status"))


def restrict(writable: Path, readable: Iterable[Path] = ()) -> int:
    """Shut this thread and its children in; the kernel's Landlock ABI, 0 if it has none and nothing is restricted."""
    version = abi()
    if version < 1:
        return 0
    rules = ruleset(version)
    for path in (*python(), *LIBRARIES, *ZONES, *KERNEL, *ITSELF, *readable):
        allow(rules, str(path), READING, version)
    allow(rules, str(writable), WRITING, version)
    allow(rules, os.devnull, READ | WRITE, version)
    enter(rules)
    return version


def abi() -> int:
    """The version of Landlock that the kernel speaks; 0 or less if none."""
    return call(CREATE, None, 0, VERSION) if sys.platform == "linux" else 0


def python() -> list[str]:
    """Where Python and its packages lie."""
    return [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")] + [libpython()]


def libpython() -> str:
    """The folder of Python's own library."""
    return str(sysconfig.get_config_var("LIBDIR") or Path(sys.base_prefix) / "lib")


def ruleset(version: int) -> int:
    """A descriptor of rules that handle all that this version knows: files, TCP, signals and sockets of others."""
    tcp = 3 if version >= 4 else 0
    others = 3 if version >= 6 else 0
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    attributes = struct.pack("QQQ", known(version), tcp, others)[:size]
    return done(call(CREATE, attributes, size, 0), "make rules")


def known(version: int) -> int:
    """The rights on files that a version of Landlock knows."""
    return (1 << (13 + (version >= 2) + (version >= 3) + (version >= 5))) - 1 if version < 5 else (1 << 16) - 1


def allow(rules: int, path: str, rights: int, version: int) -> None:
    """Let these rights through beneath a path, if there is such a path."""
    try:
        beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    rights &= known(version) if os.path.isdir(path) else known(version) & OF_FILES
    try:
        done(call(ADD, rules, BENEATH, struct.pack("=Qi", rights, beneath), 0), f"allow {path}")
    finally:
        os.close(beneath)


def enter(rules: int) -> None:
    """Put the rules in force."""
    ctypes.CDLL(None).prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    done(call(RESTRICT, rules, 0), "restrict this process")
    os.close(rules)


def call(number: int, *arguments: bytes | int | None) -> int:
    """One system call, as C's library makes it."""
    return int(ctypes.CDLL(None, use_errno=True).syscall(number, *arguments))


def done(result: int, verb: str) -> int:
    """The result of a call; raises OSError if it failed."""
    if result < 0:
        raise OSError(ctypes.get_errno(), f"{verb}: {os.strerror(ctypes.get_errno())}")
    return result
