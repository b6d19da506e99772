"""The file `writer`: one writer holds its lock, says in it who it is, and puts there how far readers may see.

That the number is written, after the sync, is also what wakes the readers. It is not synced itself: after a power cut
it may be too low until the log's writer has started.
"""

import fcntl
import os
import sys
from struct import Struct

from tower.errors import Refused
from tower.logs.disk import Disk, write_all

NUMBER = Struct("<q")
UNKNOWN = -1
NAME_BYTES = 120


class Commit:
    """The writer's side: holds the lock until it is closed; raises Refused, naming who has it."""

    def __init__(self, disk: Disk, folder: str) -> None:
        self._disk = disk
        self._fd = disk.open(f"{folder}/writer")
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.pread(self._fd, NAME_BYTES, NUMBER.size).decode(errors="replace").strip("\0 ")
            self.close()
            what = f"{folder} is written by {owner or 'another process'}"
            raise Refused(what, "stop that one first, or open the log for reading") from None
        try:
            self._sign()
        except OSError:
            self.close()
            raise

    def show(self, number: int) -> None:
        """Let readers see the entries up to `number`, and wake them."""
        self._disk.pwrite(self._fd, NUMBER.pack(number), 0)

    def removed(self) -> bool:
        """Whether the file was taken away, so that another writer may have begun."""
        return os.fstat(self._fd).st_nlink == 0

    def close(self) -> None:
        """Let go of the lock. Twice is fine."""
        if self._fd >= 0:
            self._disk.close(self._fd)
            self._fd = -1

    def _sign(self) -> None:
        """Say who writes; in a file that had no number yet, say that none is known."""
        name = f"{os.path.basename(sys.argv[0]) or 'python'} pid {os.getpid()}"
        number = os.pread(self._fd, NUMBER.size, 0)
        known = number if len(number) == NUMBER.size else NUMBER.pack(UNKNOWN)
        write_all(self._disk, self._fd, known + name.encode()[:NAME_BYTES].ljust(NAME_BYTES), 0)


class Committed:
    """The readers' side."""

    def __init__(self, folder: str) -> None:
        self._path, self._fd = f"{folder}/writer", -1

    def number(self) -> int | None:
        """The last number that readers may see; None in an archive, where that is all that is whole."""
        if self._fd < 0 and not self._open():
            return None
        raw = os.pread(self._fd, NUMBER.size, 0)
        number: int = NUMBER.unpack(raw)[0] if len(raw) == NUMBER.size else UNKNOWN
        return None if number == UNKNOWN else number

    def close(self) -> None:
        """Free the file. Twice is fine."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    __del__ = close

    def _open(self) -> bool:
        try:
            self._fd = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError):
            return False
        return True
