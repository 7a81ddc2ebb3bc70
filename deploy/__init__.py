"""How Redress is run: the command line, the house, the demo, the published contracts."""
