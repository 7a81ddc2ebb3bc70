"""What intake decides: pure rules, one question a file."""
