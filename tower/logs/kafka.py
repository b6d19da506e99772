"""A log in one partition of a Kafka topic: compare and append, without transactions.

A message counts if and only if it lies at the offset at which its writer expected it (kafka_key.py), so of two writers
who both believe to be the one, whoever lands first owns the number, and the other learns it from the acknowledgement.
The last message of an append carries all of it: a writer that dies in the middle has written nothing.
docs/decisions/0010-kafka-log.md says why.
"""

from tower.logs.kafka_reader import KafkaReader
from tower.logs.kafka_topics import create_topics
from tower.logs.kafka_writer import KafkaWriter

__all__ = ["KafkaReader", "KafkaWriter", "create_topics"]
