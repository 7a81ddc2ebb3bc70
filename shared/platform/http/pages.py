"""Pages for customers: one look for all services, no scripts, and a policy that allows nothing but our own style."""

import secrets
from functools import cache
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from shared.contracts.vocabulary import Language


@cache
def _pages(package: str) -> Environment:
    """A service's own pages over the common `base.html`."""
    loader = ChoiceLoader([PackageLoader(package, "pages"), PackageLoader("shared.platform.http", "pages")])
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined)


def page(package: str, name: str, language: Language, status: int = 200, **values: Any) -> HTMLResponse:
    """A page of `package`, in Russian or English, with a nonce of its own for its one style block."""
    nonce = secrets.token_urlsafe(12)
    shown = "ru" if language is Language.RU else "en"
    html = _pages(package).get_template(name).render(language=shown, nonce=nonce, **values)
    policy = f"default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    return HTMLResponse(html, status, {"Content-Security-Policy": policy})


def preferred_language(request: Request) -> Language:
    """The language of a page whose customer is not known."""
    return Language.RU if request.headers.get("accept-language", "").lower().startswith("ru") else Language.EN


def wants_page(request: Request) -> bool:
    """Whether a browser asks, rather than a program."""
    return "text/html" in request.headers.get("accept", "")
