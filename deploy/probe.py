"""`python -m deploy.probe SERVICE`: whether the service of this container is ready; only the standard library, to be quick."""

import json
import os
import sys
from http.client import HTTPConnection, HTTPException

PORTS = {"intake": 8081, "triage": 8082, "escalation": 8083, "followup": 8084}
SECONDS = 8.0
"""Longer than /readyz may take to answer."""


def main(arguments: list[str]) -> int:
    """0 while the service is ready; else 1, with its reasons on standard error."""
    if len(arguments) != 1 or arguments[0] not in PORTS:
        return _no(f"name one of {', '.join(PORTS)}", 2)
    port = int(os.environ.get(f"REDRESS_{arguments[0].upper()}_PORT") or PORTS[arguments[0]])
    door = HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        door.request("GET", "/readyz")
        answer = door.getresponse()
        body = json.load(answer)
    except (OSError, HTTPException, ValueError) as error:
        return _no(f"{arguments[0]} does not answer on port {port} ({type(error).__name__})")
    finally:
        door.close()
    return 0 if answer.status == 200 else _no("; ".join(body.get("reasons", ())) or f"status {answer.status}")


def _no(reason: str, code: int = 1) -> int:
    sys.stderr.write(reason + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
