"""Identity: which log lies in a folder, remembered from first sight.

A log that is emptied and written again has the same path and the same numbers, but it is another log.
"""

import os

from tower.errors import Lost
from tower.logs.disk import Disk, write_all

RESET = "remove what was derived from the old log (states, views), or put the old log back"


class Identity:
    """The id of the log at a path; raises Lost once it is another one, or gone."""

    def __init__(self, folder: str) -> None:
        self.id = ""
        self._folder = folder
        self._seen: tuple[int, int, int] | None = None
        self.check()

    def check(self) -> str:
        """The id, empty while there is none; a look at the file's dates unless they changed."""
        seen = self._look()
        if seen is None and self.id:
            raise Lost(f"{self._folder}: log {self.id} was removed", RESET)
        if seen != self._seen:
            self.meet(read_id(self._folder))
            self._seen = seen
        return self.id

    def changed(self) -> bool:
        """Whether `check` has something new to say."""
        return self._look() != self._seen

    def meet(self, log_id: str) -> None:
        """Remember an id, or compare it with the one that is known."""
        if self.id and log_id != self.id:
            raise Lost(f"{self._folder} holds log {log_id or 'without an id'}, it was {self.id}", RESET)
        self.id = log_id

    def _look(self) -> tuple[int, int, int] | None:
        try:
            stat = os.stat(f"{self._folder}/id")
        except (FileNotFoundError, NotADirectoryError):
            return None
        return stat.st_ino, stat.st_mtime_ns, stat.st_size


def read_id(folder: str) -> str:
    """The id in the folder, empty if there is none."""
    try:
        with open(f"{folder}/id", encoding="ascii") as file:
            return file.read().strip()
    except (FileNotFoundError, NotADirectoryError):
        return ""


def write_id(disk: Disk, folder: str, log_id: str) -> None:
    """Put the id into the folder, whole or not at all, so that it survives a power cut."""
    fd = disk.open(f"{folder}/id.new")
    try:
        disk.ftruncate(fd, 0)
        write_all(disk, fd, f"{log_id}\n".encode(), 0)
        disk.fdatasync(fd)
    finally:
        disk.close(fd)
    disk.rename(f"{folder}/id.new", f"{folder}/id")
    disk.fsync_folder(folder)
