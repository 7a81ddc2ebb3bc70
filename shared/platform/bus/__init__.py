"""Kafka: the one place that imports its clients; consuming by FastStream, producing by our own aiokafka producer."""
