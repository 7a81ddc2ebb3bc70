"""The rules of followup: pure, one question a file."""
