"""Tail: the newest segment, open for writing. Only here can a crash leave half an entry."""

import errno
from collections.abc import Sequence

from tower.logs.cursor import Cursor
from tower.logs.disk import Disk, write_all
from tower.logs.hints import Hints
from tower.logs.segment import FOREVER, HEAD, entry_bytes, hints_path, pack_entries, pack_head, segment_path


class Tail:
    """Ends with entry `number` at byte `size`; what is written behind that does not count until `size` says so."""

    def __init__(self, disk: Disk, folder: str, first: int) -> None:
        self.first, self.number, self.size = first, first - 1, HEAD.size
        self._disk, self._folder, self._path = disk, folder, segment_path(folder, first)
        self._out = disk.open(self._path)
        self._hints = Hints(disk, hints_path(folder, first))

    def begin(self, log_id: str) -> None:
        """Start the segment with its head, on disk and with its name when this returns."""
        write_all(self._disk, self._out, pack_head(self.first, log_id), 0)
        self.undo()
        self._hints.clear()
        self.sync()
        self._disk.fsync_folder(self._folder)

    def mend(self, log_id: str) -> None:
        """Cut what a crash left behind the last whole append; the rest is on disk, with its name, when this returns."""
        self.sync()
        self._disk.fsync_folder(self._folder)
        self._disk.uncache(self._out)
        cursor = Cursor(self._folder, self.first)
        if not cursor.enter():
            return self.begin(log_id)
        self._hints.clear()
        while entries := cursor.take(4096, FOREVER):
            self._accept([entry_bytes(len(data)) for _, data in entries])
        self.number, self.size = cursor.whole
        cursor.close()
        self.undo()
        return self.sync()

    def append(self, entries: Sequence[bytes], durable: bool) -> None:
        """Add entries behind the last; synced, if durable, when this returns. After an error, `undo`."""
        block, sizes = pack_entries(self.number + 1, entries)
        write_all(self._disk, self._out, block, self.size)
        if durable:
            self.sync()
        self._accept(sizes)

    def undo(self) -> None:
        """Cut off whatever lies behind `size`, or it would pass for entries behind a later, shorter append."""
        self._disk.ftruncate(self._out, self.size)

    def sync(self) -> None:
        """What the segment holds is on disk when this returns; a sync that fails for want of room is no better."""
        try:
            self._disk.fdatasync(self._out)
        except OSError as cause:
            raise OSError(errno.EIO, f"sync: {cause.strerror}") from cause

    def close(self) -> None:
        """Free the files. Twice is fine."""
        if self._out >= 0:
            self._disk.close(self._out)
            self._hints.close()
            self._out = -1

    def _accept(self, sizes: Sequence[int]) -> None:
        number, size = self.number, self.size
        for grown in sizes:
            number += 1
            if size >= self._hints.due:
                self._hints.note(number, size)
            size += grown
        self.number, self.size = number, size
        self._hints.flush()
