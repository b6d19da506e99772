import pytest
from confluent_kafka import Message

from tower.logs.kafka_key import key_of, pack

LOG = bytes(range(16))


@pytest.mark.parametrize(
    ("raw", "offset"), [(None, 4), (b"", 4), (b"some key", 4), (pack((1, 4, 0, LOG)), 5), (bytes(37), 4)]
)
def test_a_message_elsewhere_or_of_others_counts_for_nothing(raw: bytes | None, offset: int) -> None:
    assert key_of(Message("t", 0, offset, raw, b"")) is None


def test_the_key_is_37_bytes_of_a_known_layout() -> None:
    packed = pack((7, 9, 2, LOG))
    assert packed.hex() == "01" + "0000000000000007" + "0000000000000009" + "00000002" + LOG.hex()
    assert key_of(Message("t", 0, 9, packed, b"")) == (7, 9, 2, LOG)
