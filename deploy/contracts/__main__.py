"""`python -m deploy.contracts` writes the contracts into docs/; with `--check` it only says what is wrong with them."""

import argparse
import sys

from deploy.contracts import gate

ADVICE = """
Within a major version fields are added, with a default, and nothing else: a new major version is a new event on a new topic.
"""


def main() -> int:
    """0 when all is well, 1 with one line for each thing that is not."""
    parser = argparse.ArgumentParser(prog="python -m deploy.contracts", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a contract is out of date or broken")
    wrong = gate.check() if parser.parse_args().check else gate.write()
    for line in wrong:
        sys.stderr.write(f"{line}\n")
    if any("make contracts" not in line for line in wrong):
        sys.stderr.write(ADVICE)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
