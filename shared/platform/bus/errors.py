"""What Kafka's absence looks like from outside of the bus."""

from aiokafka.errors import KafkaError

AWAY: tuple[type[Exception], ...] = (KafkaError, OSError, TimeoutError)
"""The broker cannot be reached, does not answer in time, or answers with an error."""
