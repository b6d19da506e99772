"""Copy: a log's entries into another log, number by number; how a log moves between files and Kafka.

    python -m streams.copy file:/srv/tower/logs/east/log kafka://host:9092/tower.east.log/0
"""

import sys
from contextlib import closing
from typing import Final
from urllib.parse import urlsplit

from tower.errors import Diverged, TowerError
from tower.logs import LogReader, LogWriter, urls

READ: Final = 64
OTHER: Final = "copy into a log that nobody has written yet"


def copy(source: LogReader, target: LogWriter) -> int:
    """Append what the target does not have; how many entries that were.

    Stopped anywhere, it goes on where the target ends. Raises Diverged if the target's newest entry is not the
    source's.
    """
    start, newest = target.last()
    if start and (there := source.read(start - 1, 1)) != [(start, newest)]:
        found = "another one" if there else "none"
        raise Diverged(f"entry {start} of the target is not the source's, which has {found} there", OTHER)
    after = start
    while entries := source.read(after, READ):
        target.append(after + 1, [bytes(data) for _, data in entries])
        after = entries[-1][0]
    return after - start


def main() -> int:
    """Copy from one URL to another; a topic that is missing is made."""
    if len(sys.argv) != 3:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    try:
        make(sys.argv[2])
        with closing(urls.reader(sys.argv[1])) as source, closing(urls.writer(sys.argv[2])) as target:
            sys.stdout.write(f"{copy(source, target)} entries copied\n")
    except TowerError as error:
        sys.stderr.write(f"Error: {error.what}\nTry: {error.try_}\n")
        return 1
    return 0


def make(url: str) -> None:
    """See that a log can be written there; elsewhere than on Kafka its writer makes it."""
    parts = urlsplit(url)
    if parts.scheme == "kafka":
        from tower.logs.kafka_topics import create_topics

        create_topics(parts.netloc, [parts.path.split("/")[1]], 1)


if __name__ == "__main__":
    raise SystemExit(main())
