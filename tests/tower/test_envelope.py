"""An envelope comes back as it was put away, and says so if it cannot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tower.envelope import VERSION, Envelope
from tower.errors import FormatError

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
envelopes = st.builds(
    Envelope, texts, st.integers(-(1 << 63), (1 << 63) - 1), texts, st.binary(max_size=100),
    st.dictionaries(texts, texts, max_size=4),
)  # fmt: skip


@given(envelopes)
def test_what_is_put_away_comes_back(envelope: Envelope) -> None:
    assert Envelope.decode(envelope.encode()) == envelope
    assert Envelope.decode(memoryview(envelope.encode())) == envelope


def test_the_bytes_of_an_envelope_never_change() -> None:
    golden = bytes.fromhex(
        "01 e803000000000000 04000000 10000000 01000000 68747470 6170706c69636174696f6e2f6a736f6e"
        "02000000 01000000 6365 78 7b7d"
    )
    assert Envelope("http", 1000, "application/json", b"{}", {"ce": "x"}).encode() == golden


@pytest.mark.parametrize("data", [b"", bytes([VERSION + 1]) + b"x" * 40, b"\x00", b"\xff"])
def test_an_envelope_of_a_newer_build_is_told_by_its_version(data: bytes) -> None:
    with pytest.raises(FormatError, match="envelope has format"):
        Envelope.decode(data)


@given(envelopes, st.integers(1, 60))
def test_an_envelope_cut_short_before_its_message_is_not_whole(envelope: Envelope, cut: int) -> None:
    head = len(envelope.encode()) - len(envelope.data)
    if cut < head:
        with pytest.raises(FormatError):
            Envelope.decode(envelope.encode()[: head - cut])
