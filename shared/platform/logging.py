"""Log lines for machines (JSON) and people (a terminal): ids, numbers and reasons, never what a customer wrote."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO, cast

import structlog
from structlog.contextvars import bound_contextvars
from structlog.typing import EventDict, Processor, WrappedLogger

from shared.contracts.cloudevents import dumps
from shared.platform.redaction import explained, foreign, redacted
from shared.platform.seldom import Seldom

with_context = bound_contextvars
"""`with with_context(complaint_id=…, correlation_id=…):` every line inside carries them."""

QUIET = ("aiokafka", "uvicorn", "faststream", "pymongo", "motor", "httpx2", "httpcore2", "asyncio", "mail.log")
"""Loggers held at WARNING whatever the level: below it some of them print keys, values and addresses."""

Log = structlog.stdlib.BoundLogger


def get_logger(name: str) -> Log:
    """A logger; its first argument is a sentence of ours, everything that varies goes into fields of the allow-list."""
    logger: Log = structlog.stdlib.get_logger(name)
    return logger


def _explain(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Put type, place and reason of an exception instead of the exception."""
    given = event.pop("exc_info", None)
    event.pop("stack_info", None)
    error = given if isinstance(given, BaseException) else given[1] if isinstance(given, tuple) else sys.exc_info()[1]
    if given and error is not None:
        event.update(explained(error))
    return event


def _redact(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    private = {name: value for name, value in event.items() if name.startswith("_")}
    return redacted({name: value for name, value in event.items() if name not in private}) | private


def _foreign(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """A third party's line: its template with harmless arguments only."""
    record = cast(logging.LogRecord, event["_record"])
    error = record.exc_info[1] if record.exc_info else None
    event["event"] = foreign(record.msg, event.pop("positional_args", None), error)
    return event


_STAMP: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def _json(_: WrappedLogger, __: str, event: EventDict) -> str:
    order = ("timestamp", "level", "service", "event")
    return dumps({name: event[name] for name in order if name in event} | {k: v for k, v in event.items() if k not in order})


def _prepare() -> None:
    """Route structlog into the standard library, redacted, also where nobody calls `configure`."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_STAMP,
            _explain,
            _redact,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def configure(
    format: str = "auto",  # noqa: A002 - the name of the setting
    level: str = "info",
    service: str = "redress",
    stream: TextIO | None = None,
) -> None:
    """Send every line of this process, third parties' too, to `stream` (standard error: standard output is for data).

    `format`: `json`, `console`, or `auto`, which is `console` on a terminal. `service` stands in lines that name none.
    """
    out = stream or sys.stderr
    human = format == "console" or (format == "auto" and out.isatty())

    def name_service(_: WrappedLogger, __: str, event: MutableMapping[str, Any]) -> EventDict:
        event.setdefault("service", service)
        return event

    renderer: Processor = structlog.dev.ConsoleRenderer(colors=out.isatty()) if human else _json
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_STAMP, _foreign, _explain, _redact],
            processors=[name_service, structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            pass_foreign_args=True,
        )
    )
    handler.addFilter(Seldom(QUIET))
    _prepare()
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in QUIET:
        third = logging.getLogger(name)
        third.setLevel(max(logging.WARNING, root.level))
        third.handlers.clear()  # some bring a handler of their own, which would print past the redactor
        third.propagate = True
    logging.getLogger("uvicorn.access").disabled = True
    logging.captureWarnings(True)


_prepare()
