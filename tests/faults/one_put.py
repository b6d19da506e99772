"""Puts one message into an inbox and then says so: `python -m tests.faults.one_put ROOT`."""

import os
import sys

from streams.inbox import InboxWriter
from tower.envelope import Envelope


def main(root: str) -> None:
    door = InboxWriter(root, "east", "gate")
    door.put(Envelope("gate", 1_000, "application/json", b"[1]"))
    os.write(2, b"the inbox is open\n")
    door.put(Envelope("gate", 2_000, "application/json", b"[2]"))
    os.write(2, b"the message is in\n")


if __name__ == "__main__":
    main(sys.argv[1])
