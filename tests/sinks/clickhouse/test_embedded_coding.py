"""Codings: what goes in comes out, of as many frames as there are, and never more than may be."""

import pytest

from sinks.clickhouse.embedded.coding import PACKERS, packed, unpacked
from sinks.clickhouse.embedded.refusal import Refusal

BODY = bytes(range(256)) * 40


@pytest.mark.parametrize("coding", PACKERS)
def test_frames_behind_each_other_are_all_unpacked(coding: str) -> None:
    assert unpacked(PACKERS[coding](BODY) + PACKERS[coding](b"end"), coding, len(BODY) + 3) == BODY + b"end"


@pytest.mark.parametrize("coding", PACKERS)
def test_a_bomb_is_refused_before_it_is_unpacked(coding: str) -> None:
    with pytest.raises(Refusal) as refused:
        unpacked(PACKERS[coding](bytes(50_000_000)), coding, 1000)
    assert refused.value.status == 413


@pytest.mark.parametrize("coding", PACKERS)
@pytest.mark.parametrize("body", [b"none of these", b"cut"])
def test_what_is_no_frame_is_refused(coding: str, body: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        unpacked(PACKERS[coding](BODY)[:-7] if body == b"cut" else body, coding, 1 << 20)
    assert refused.value.status == 400


def test_a_coding_that_nobody_knows_is_refused() -> None:
    with pytest.raises(Refusal, match="br is not served"):
        unpacked(b"x", "br", 10)


@pytest.mark.parametrize(
    "accepted, coding", [("br, zstd;q=0.5, gzip", "zstd"), ("lz4,zstd", "lz4"), ("br", ""), ("", ""), ("gzip", "gzip")]
)
def test_the_first_coding_that_both_know_is_used(accepted: str, coding: str) -> None:
    body, used = packed(BODY, accepted)
    assert used == coding
    assert unpacked(body, used, len(BODY)) == BODY


def test_short_bodies_travel_as_they_are() -> None:
    assert packed(b"1\n", "gzip") == (b"1\n", "")
