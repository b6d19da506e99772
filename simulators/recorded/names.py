"""Names: whole columns of text to ids, each text hashed once."""

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tower import ids


class Names:
    """What was named, both ways: `texts` is a batch's `names`."""

    def __init__(self) -> None:
        self.texts: dict[int, str] = {}

    def of(self, kind: str, texts: pa.Array) -> np.ndarray:
        """The ids of a column of names of things of that kind; UNKNOWN where there is none."""
        coded = pc.dictionary_encode(texts)
        coded = coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded
        known = coded.dictionary.to_pylist()
        codes = np.append(hashed(kind, (text.encode() for text in known)), ids.UNKNOWN)
        self.texts.update(zip(codes.tolist(), known, strict=False))
        return codes[coded.indices.fill_null(len(known)).to_numpy(zero_copy_only=False)]

    def one(self, kind: str, text: str) -> int:
        """The id of one name."""
        code = ids.of(kind, text)
        self.texts[code] = text
        return code


def hashed(kind: str, texts: Iterable[bytes], tail: bytes = b"") -> np.ndarray:
    """ids.of(kind, text + tail) of each text.

    >>> int(hashed("site", [b"EW"], b"R")[0]) == ids.of("site", "EWR")
    True
    """
    head = f"{kind}\0".encode()
    codes = np.frombuffer(b"".join([blake2b(head + text + tail, digest_size=8).digest() for text in texts]), "<u8")
    return codes - (codes == ids.UNKNOWN)


def event_ids(source: str, texts: Iterable[bytes], tail: str = "") -> np.ndarray:
    """The ids of the events that a source calls `text + tail`."""
    return hashed(f"event\0{source}", texts, tail.encode())
