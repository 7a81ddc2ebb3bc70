"""Pure text tools that two services need: which language, clean, masked."""
