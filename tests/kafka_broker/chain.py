"""A writer to kill: `python -m tests.kafka_broker.chain BOOTSTRAP TOPIC PARTITION WHO LARGEST SECONDS PATIENCE_S`.

Each entry holds its number, its writer and the checksum of the entry before it, so that a reader sees any that is lost,
doubled or out of order. Prints `ack NUMBER CHECKSUM` for each append of up to LARGEST entries, and how it ended.
Waits out a broker for PATIENCE_S, as on a busy machine one takes longer to come back than a tower would wait.
"""

import sys
from random import Random
from time import monotonic
from zlib import crc32

from tower.errors import LogError
from tower.logs import kafka_sender
from tower.logs.kafka import KafkaWriter


def main(bootstrap: str, topic: str, partition: str, who: str, largest: str, seconds: str, patience: str) -> None:
    """Append until told to stop, killed or refused."""
    vars(kafka_sender)["PATIENCE_S"] = float(patience)
    until = monotonic() + float(seconds)
    writer = KafkaWriter(bootstrap, topic, int(partition))
    number, newest = writer.last()
    print("open", number, flush=True)
    draw = Random(who)
    while monotonic() < until:
        batch = chain(number, bytes(newest), who, draw.randint(1, int(largest)))
        writer.append(number + 1, batch)
        number, newest = number + len(batch), batch[-1]
        print("ack", number, crc32(newest), flush=True)


def chain(number: int, newest: bytes, who: str, count: int) -> list[bytes]:
    """The next `count` entries."""
    batch = []
    for following in range(number + 1, number + 1 + count):
        newest = b"%d|%s|%d|" % (following, who.encode(), crc32(newest)) + b"." * (following % 200)
        batch.append(newest)
    return batch


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except LogError as error:
        print("end", type(error).__name__, error, flush=True)
