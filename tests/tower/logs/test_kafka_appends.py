from confluent_kafka import Message

from tower.logs.kafka_appends import Appends
from tower.logs.kafka_key import pack

LOG = bytes(range(16))


def test_a_begun_append_counts_only_if_all_of_it_follows() -> None:
    appends = Appends("t/0")
    keys = [(1, 0, 1, LOG), (1, 2, 1, LOG), (2, 3, 0, LOG), (3, 4, 1, LOG), (3, 6, 0, LOG)]
    found = [appends.add(Message("t", 0, key[1], pack(key), b"%d" % key[1])) for key in keys]
    assert found == [[], [], [(1, b"2"), (2, b"3")], [], [(3, b"6")]]
