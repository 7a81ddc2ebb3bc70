"""`python -m deploy.cli` is `redress`."""

from deploy.cli import main

main()
