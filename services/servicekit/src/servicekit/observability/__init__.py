"""What operators see of a running service: health, logs, metrics and traces."""

from servicekit.observability.logs import configure_logs
from servicekit.observability.telemetry import note_wait
from servicekit.observability.tracing import carry_trace

__all__ = [
    "carry_trace",
    "configure_logs",
    "note_wait",
]
