"""The demo: a few simulated weeks of complaints, agents and customers, on the real services."""
