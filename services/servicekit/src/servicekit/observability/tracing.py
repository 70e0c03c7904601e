"""OpenTelemetry traces: one span a request, sent where the setting `otlp_endpoint` says.

FastAPI makes the spans and continues a caller's `traceparent`; calls to other services carry it on,
so that one trace holds all that a request caused in the three services. Without the setting
nothing is loaded or sent.
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
    """The traces of one app, from its start to its end."""

    def __init__(self, name: str, version: str, settings: ServiceSettings) -> None:
        self._provider = None
        if settings.otlp_endpoint:
            # the SDK is some megabytes that few need
            from servicekit.observability.span_export import exporting_provider  # noqa: PLC0415

            self._provider = exporting_provider(name, version, settings.otlp_endpoint)

    def config(self) -> TelemetryConfig:
        """The tracing settings for FastAPI; metrics and logs do not go through OpenTelemetry."""
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
    """The trace id of the current span as 32 hexadecimal digits; None outside a span."""
    context = trace.get_current_span().get_span_context()
    return format(context.trace_id, "032x") if context.is_valid else None


async def carry_trace(request: httpx.Request) -> None:
    """An event hook of HTTP clients: their requests carry the current trace on."""
    propagate.inject(request.headers)
