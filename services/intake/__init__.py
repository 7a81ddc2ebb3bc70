"""Intake hears complaints from every channel."""
