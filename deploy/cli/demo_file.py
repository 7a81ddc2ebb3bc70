"""Complaints of one's own for the demo: read and checked as `redress publish` reads and checks them."""

from pathlib import Path
from typing import Any

from deploy.cli.preparing import AS_IT_IS, Ready, line_of, prepared
from deploy.cli.rows import opened
from deploy.cli.sending import SHOWN
from deploy.cli.shapes import Fault
from deploy.cli.troubles import USAGE, Trouble, trouble
from deploy.cli.words import say
from shared.contracts.strict_json import read_json


def complaints_of(path: Path) -> list[dict[str, Any]]:
    """Every complaint of a file with its source; a `Trouble` that names what is wrong where one of them is."""
    payloads, faults, wrong = [], list[Fault](), 0
    with opened(str(path)) as source:
        if source.has_letters or path.is_dir():
            raise trouble("demo_letters", code=USAGE, path=path)
        for row in prepared(source.rows, AS_IT_IS):
            if isinstance(row, Ready):
                payloads.append({"source": row.source} | read_json(row.body))
            else:
                wrong += 1
                faults += row[: max(0, SHOWN - len(faults))]
    if wrong:
        lines = "\n".join(line_of(fault) for fault in faults)
        raise Trouble(lines, say("demo.nothing_played", invalid=wrong, read=wrong + len(payloads)))
    if not payloads:
        raise trouble("demo_empty", path=path)
    return payloads
