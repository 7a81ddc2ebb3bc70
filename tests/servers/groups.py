"""Where consumer groups of a service stand in Kafka, changed as an operator does it while the service is stopped."""

import time

from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient

SECONDS = 30.0


def to_earliest(servers: str, service: str) -> int:
    """Set every group of a service back to the beginning; gives how many partitions. Members that died must be gone first."""
    admin = AdminClient({"bootstrap.servers": servers, "log_level": 0})
    known = admin.list_consumer_groups().result(SECONDS).valid
    return sum(_rewound(admin, group.group_id) for group in known if group.group_id.partition(".")[0] == service)


def _rewound(admin: AdminClient, group: str) -> int:
    asked = admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])[group].result(SECONDS)
    places = [TopicPartition(place.topic, place.partition, 0) for place in asked.topic_partitions]
    until = time.monotonic() + SECONDS
    while places:
        try:
            admin.alter_consumer_group_offsets([ConsumerGroupTopicPartitions(group, places)])[group].result(SECONDS)
            break
        except KafkaException:  # whoever was in it has not left yet
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
    return len(places)
