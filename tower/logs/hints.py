"""Hints: where in a segment some of its entries start, about one each 64 kB. They are never synced nor relied on."""

from contextlib import suppress

from tower.logs.disk import Disk, write_all
from tower.logs.segment import HEAD, HINT_BYTES, PAIR


class Hints:
    """Written beside the newest segment; a disk that takes no more costs speed here and nothing else."""

    def __init__(self, disk: Disk, path: str) -> None:
        self.due = HEAD.size + HINT_BYTES
        self._disk, self._fd = disk, -1
        self._size, self._new = 0, b""
        with suppress(OSError):
            self._fd = disk.open(path)

    def note(self, number: int, position: int) -> None:
        """Entry `number` starts at `position`; the next one worth a hint is 64 kB further."""
        self._new += PAIR.pack(number, position)
        self.due = position + HINT_BYTES

    def flush(self) -> None:
        """Write what was noted."""
        if self._new:
            with suppress(OSError):
                write_all(self._disk, self._fd, self._new, self._size)
                self._size += len(self._new)
            self._new = b""

    def clear(self) -> None:
        """Forget the hints that a former writer left."""
        with suppress(OSError):
            self._disk.ftruncate(self._fd, 0)

    def close(self) -> None:
        """Free the file. Twice is fine."""
        if self._fd >= 0:
            self._disk.close(self._fd)
            self._fd = -1
