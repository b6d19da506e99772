"""Keys: what the live views are called in Redis, and which rows are live.

    tower:networks               set of network names
    tower:<network>:<table>      hash: id (u8, little-endian) -> number of the row's layout (u2), packed row
    tower:<network>:names        hash: id (u8) -> text
    tower:<network>:position     hash: number, mark (16 hex digits), now (ms): the record of OUTCOMES it all is after
"""

from typing import Final

import numpy as np

from tower.ids import of
from tower.outcomes import DEVIATION_STATUS, STANDING

NETWORKS: Final = b"tower:networks"
LIVE: Final[dict[str, str]] = {**dict.fromkeys(STANDING, "key"), "deviations": "id", "ledger": "source"}
"""The tables whose newest rows are kept, and which column tells their rows apart."""

OVER: Final[dict[str, tuple[str, tuple[int, ...]]]] = {
    "deviations": ("status", tuple(DEVIATION_STATUS.index(s) for s in ("closed", "withdrawn"))),
}
"""What ends a row besides table `gone`: a column that says one of these."""

BY_ID: Final = {of("table", name): name for name in LIVE}


def key_of(network: str, part: str) -> bytes:
    """The Redis key of a table, of `names` or of `position`."""
    return f"tower:{network}:{part}".encode()


def is_over(table: str, rows: np.ndarray) -> np.ndarray:
    """Which of the rows say that their thing is over."""
    if table not in OVER:
        return np.zeros(rows.size, "?")
    column, words = OVER[table]
    return np.isin(rows[column], words)
