"""The HTTP base of all services: one way to answer, to refuse, to know who asks, and to listen.

`app.py` puts it together: `guard.py` stands before everything, `keys.py` knows callers, `problems.py` words refusals,
`health.py` answers those who watch, `serve.py` listens.
"""

from shared.platform.http.app import build_app
from shared.platform.http.health import Readiness
from shared.platform.http.key_file import issue_key
from shared.platform.http.keys import ApiKeys, Caller, needs
from shared.platform.http.serve import CannotListen, bind, serving, url_of

__all__ = [
    "ApiKeys",
    "Caller",
    "CannotListen",
    "Readiness",
    "bind",
    "build_app",
    "issue_key",
    "needs",
    "serving",
    "url_of",
]
