"""The two implementations of the store port."""
