"""All I/O that two or more services need, and the one loop that all four share."""
