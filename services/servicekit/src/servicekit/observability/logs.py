"""Structured logs: one JSON object a line on standard error, request id and trace in each."""

import json
import logging
import sys
from typing import Any

import orjson
import structlog


def configure_logs(service: str, level: str, form: str) -> None:
    """Route structlog and the standard library's loggers to one stream in one form.

    `form` is "json" or "text". Our own lines, one for each request, go to the stream directly:
    through the standard library's handlers and formatters they cost three times as much. Access
    lines are our own (see `telemetry`), so uvicorn's are silenced; httpx's too, since a
    URL may carry what a log must not.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        structlog.processors.format_exc_info,
    ]
    as_json = form == "json"
    console = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    structlog.configure(
        processors=[
            *shared,
            structlog.processors.JSONRenderer(serializer=_json_line) if as_json else console,
        ],
        logger_factory=(
            structlog.BytesLoggerFactory(sys.stderr.buffer)
            if as_json
            else structlog.PrintLoggerFactory(sys.stderr)
        ),
        wrapper_class=structlog.make_filtering_bound_logger(level.lower()),
        cache_logger_on_first_use=True,
    )
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False) if as_json else console
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for noisy in ("uvicorn.access", "httpx", "httpcore"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
    structlog.contextvars.bind_contextvars(service=service)


def _json_line(event: Any, **options: Any) -> bytes:
    """An event as JSON; also one with half a surrogate pair, which orjson refuses."""
    try:
        return orjson.dumps(event, **options)
    except TypeError:
        return json.dumps(event, **options).encode()
