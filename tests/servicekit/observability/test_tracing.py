"""Spans of requests, sent to a real collector over HTTP, and carried from service to service."""

import http.server
import threading
from collections.abc import Callable, Iterator

import httpx
import pytest
from opentelemetry import trace
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from tests.servicekit.sample.app import build

from servicekit.http.outbound import service_client
from servicekit.observability.span_export import exporting_provider
from servicekit.observability.tracing import carry_trace
from servicekit.settings import ServiceSettings
from servicekit.testing import TestKeys, running

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


class Collector:
    """Takes what is exported (OTLP over HTTP)."""

    def __init__(self) -> None:
        self.received: list[ExportTraceServiceRequest] = []
        collector = self

        class Take(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                collector.received.append(ExportTraceServiceRequest.FromString(body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Quiet."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Take)
        self.endpoint = f"http://127.0.0.1:{self.server.server_port}"

    @property
    def spans(self) -> list[Span]:
        """All spans so far, in the order of their coming."""
        return [
            span
            for request in self.received
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A collector that listens."""
    listening = Collector()
    thread = threading.Thread(target=listening.server.serve_forever, daemon=True)
    thread.start()
    yield listening
    listening.server.shutdown()
    listening.server.server_close()
    thread.join()


async def test_a_request_is_one_span_in_its_callers_trace(
    collector: Collector, sample_url: str, keys: TestKeys,
    settings_for: Callable[..., ServiceSettings],
) -> None:  # fmt: skip
    app = build(settings_for(sample_url, otlp_endpoint=collector.endpoint))
    caller = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
    async with running(app, **keys.headers()) as client:
        assert (await client.get("/v1/changes", headers=caller)).status_code == 200
        assert (await client.get("/healthz", headers=caller)).status_code == 200
        tracer = exporting_provider("caller", "1", collector.endpoint).get_tracer("test")
        with trace.use_span(tracer.start_span("outside")) as outside:
            client.event_hooks["request"].append(carry_trace)
            assert (await client.get("/v1/changes", params={"limit": 0})).status_code == 422
    service = collector.received[0].resource_spans[0].resource
    values = {attribute.key: attribute.value.string_value for attribute in service.attributes}
    assert (values["service.name"], values["service.version"]) == ("sample", "1.2.3")
    first, second = collector.spans
    assert [first.name, second.name] == ["GET /v1/changes"] * 2
    assert (first.trace_id.hex(), first.parent_span_id.hex()) == (TRACE, "00f067aa0ba902b7")
    assert int.from_bytes(second.trace_id, "big") == outside.get_span_context().trace_id


async def test_nothing_is_sent_unless_it_is_asked_for(
    collector: Collector, monkeypatch: pytest.MonkeyPatch, sample_url: str, keys: TestKeys,
    settings_for: Callable[..., ServiceSettings],
) -> None:  # fmt: skip
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint)
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    async with running(build(settings_for(sample_url)), **keys.headers()) as client:
        assert (await client.get("/v1/changes")).status_code == 200
    assert collector.received == []


async def test_a_collector_that_is_away_harms_no_request(
    sample_url: str, keys: TestKeys, settings_for: Callable[..., ServiceSettings]
) -> None:
    app = build(settings_for(sample_url, otlp_endpoint="http://127.0.0.1:9"))
    async with running(app, **keys.headers()) as client:
        assert (await client.get("/v1/changes")).status_code == 200


def test_a_client_of_another_service_carries_the_trace(
    settings_for: Callable[..., ServiceSettings],
) -> None:
    client = service_client("http://registry", settings_for("postgresql://x"))
    assert isinstance(client, httpx.AsyncClient)
    assert carry_trace in client.event_hooks["request"]
