"""OpenTelemetry traces: one span a request, sent where the setting `otlp_endpoint` says.

FastAPI makes the spans and takes a caller's `traceparent` up; calls to other services carry it on,
so that one trace holds what a request caused in all three. Without the setting nothing is loaded,
made or sent.
"""

from collections.abc import MutableMapping
from typing import Any

import httpx
from fastapi.telemetry import TelemetryConfig
from opentelemetry import propagate, trace

from servicekit.settings import ServiceSettings

UNOBSERVED = frozenset({"/healthz", "/readyz", "/metrics"})
"""Paths that probes ask all the time."""


class Tracing:
    """The traces of one app, from its making to its end."""

    def __init__(self, name: str, version: str, settings: ServiceSettings) -> None:
        self._provider = None
        if settings.otlp_endpoint:
            # the SDK is some megabytes that few need
            from servicekit.observability.span_export import exporting_provider  # noqa: PLC0415

            self._provider = exporting_provider(name, version, settings.otlp_endpoint)

    def config(self) -> TelemetryConfig:
        """What FastAPI is told; metrics and logs go their own ways (Prometheus, structlog)."""
        return TelemetryConfig(
            tracer_provider=self._provider,
            tracing=self._provider is not None,
            operation_spans=False,
            metrics=False,
            logs=False,
            auto_configure=False,
            exclude=_unobserved,
        )

    def end(self) -> None:
        """Send what is left; takes as long as the collector needs, some seconds at most."""
        if self._provider is not None:
            self._provider.shutdown()


def _unobserved(scope: MutableMapping[str, Any]) -> bool:
    return scope.get("path") in UNOBSERVED


def trace_id() -> str | None:
    """Of the span we are in, as 32 hexadecimal digits; None outside."""
    context = trace.get_current_span().get_span_context()
    return format(context.trace_id, "032x") if context.is_valid else None


async def carry_trace(request: httpx.Request) -> None:
    """An event hook of clients: what they ask belongs to the trace of whoever asks."""
    propagate.inject(request.headers)
