"""Drop: a message as a file in a folder, named after its id: it is there whole or not at all, and once."""

import os
from pathlib import Path

from sinks.webhooks.courier import Publish
from sinks.webhooks.outbox import Message
from sinks.webhooks.post import Tried


def dropper(root: Path) -> Publish:
    """What puts messages into folders under `root`, as `<folder>/<id>.json`; sent again, a file is written again."""

    def drop(folder: str, message: Message) -> Tried:
        there = root / folder
        draft = there / f".{message.id}.new"
        try:
            there.mkdir(parents=True, exist_ok=True)
            with draft.open("wb") as file:
                file.write(message.body)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(there / f"{message.id}.json")
            synced(there)
        except OSError as error:
            return Tried(why=str(error)[:200])
        return Tried(status=200)

    return drop


def synced(folder: Path) -> None:
    """Have a folder's names survive a power cut."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
