"""Followup rebuilds trust: letters, surveys, and goodwill within a budget."""
