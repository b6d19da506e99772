"""The few calls by which a log's writer changes a disk: one object, so that a test can fail any of them."""

import os
from typing import Protocol


class Disk(Protocol):
    """What a writer asks of a disk. Each call may raise OSError; nothing else changes files."""

    def folder(self, path: str, /) -> None:
        """Make the folder, if there is none."""

    def open(self, path: str, /) -> int:
        """A descriptor to read and write the file, which is made if there is none."""

    def close(self, fd: int, /) -> None:
        """Free the descriptor."""

    def pwrite(self, fd: int, data: bytes | memoryview, at: int, /) -> int:
        """Write at a position; how many bytes were taken, perhaps not all."""

    def ftruncate(self, fd: int, size: int, /) -> None:
        """Cut the file to this size, or fill it up with zeros."""

    def fdatasync(self, fd: int, /) -> None:
        """Return once what the file holds would survive a power cut; its name may still not."""

    def uncache(self, fd: int, /) -> None:
        """Let the next read see what the disk holds, not what memory remembers."""

    def rename(self, old: str, new: str, /) -> None:
        """Put the file in the other's place."""

    def unlink(self, path: str, /) -> None:
        """Take the file's name away."""

    def fsync_folder(self, path: str, /) -> None:
        """Return once the folder's names would survive a power cut."""


class RealDisk:
    """The operating system's calls as they are."""

    close = staticmethod(os.close)
    pwrite = staticmethod(os.pwrite)
    ftruncate = staticmethod(os.ftruncate)
    fdatasync = staticmethod(os.fdatasync)
    unlink = staticmethod(os.unlink)

    @staticmethod
    def folder(path: str, /) -> None:
        """Make the folder and those above it, and sync the one above, so that the name lasts."""
        if not os.path.isdir(path):
            os.makedirs(path, exist_ok=True)
            RealDisk.fsync_folder(os.path.dirname(os.path.abspath(path)))

    @staticmethod
    def open(path: str, /) -> int:
        """Open or make the file; the descriptor is not inherited by programs that are started."""
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)

    @staticmethod
    def uncache(fd: int, /) -> None:
        """Drop the file's clean pages: after a failed sync they may differ from the disk."""
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)

    @staticmethod
    def rename(old: str, new: str, /) -> None:
        """Put the file in the other's place."""
        os.replace(old, new)

    @staticmethod
    def fsync_folder(path: str, /) -> None:
        """Sync the folder through a descriptor of its own."""
        fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


def write_all(disk: Disk, fd: int, data: bytes, at: int) -> None:
    """Write every byte, however many calls that takes."""
    rest = memoryview(data)
    while rest:
        done = disk.pwrite(fd, rest, at)
        rest, at = rest[done:], at + done
