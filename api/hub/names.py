"""Names: what ids mean, as far as anybody has told."""

from collections.abc import Mapping

from streams.words import OURS


class Names:
    """Texts by id. They grow with the log: each id is told once."""

    def __init__(self) -> None:
        self.texts: dict[int, str] = dict(OURS)

    def learn(self, texts: Mapping[int, str]) -> None:
        """Take in what a record tells."""
        self.texts.update(texts)

    def get(self, code: int, /) -> str | None:
        """The text of an id; None if nobody has told."""
        return self.texts.get(code)

    def of(self, code: int) -> str | None:
        """The text of an id, or # and its digits; None if the id is unknown."""
        return None if code == (1 << 64) - 1 else self.texts.get(code) or f"#{code:016x}"
