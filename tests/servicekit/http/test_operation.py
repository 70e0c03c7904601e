"""What operators see: health, readiness, version, metrics, start and stop."""

import asyncio
import json
import logging
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
import typer
from fastapi import FastAPI
from prometheus_client import REGISTRY
from pydantic_settings import SettingsConfigDict
from sqlalchemy import text
from tests.servicekit.sample.app import build

from local_runner.processes.ports import free_port
from servicekit.cli import read_settings
from servicekit.database.engines import Database
from servicekit.database.migrations import StaleSchema
from servicekit.follower.status import feed_check
from servicekit.http.health import Readiness
from servicekit.observability.logs import configure_logs
from servicekit.observability.telemetry import note_wait
from servicekit.settings import ServiceSettings
from servicekit.testing import TestKeys, running

ROOT = Path(__file__).resolve().parents[3]
Settings = Callable[..., ServiceSettings]


async def test_the_open_routes_need_no_token(client: httpx.AsyncClient) -> None:
    client.headers.pop("authorization")
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    assert (await client.get("/version")).json() == {
        "service": "sample", "version": "1.2.3", "commit": "unknown", "schema": "0001",
    }  # fmt: skip
    ready = await client.get("/readyz")
    assert ready.json() == {
        "status": "ready",
        "checks": {"database": {"ok": True, "schema": "0001", "needed": "0001"}},
    }
    assert ready.headers["api-version"] == "1.2.3"
    document = (await client.get("/openapi.json")).json()
    assert "HTTPValidationError" not in json.dumps(document)
    assert "ProblemDocument" in document["components"]["schemas"]
    page = await client.get("/docs")
    assert page.status_code == 200
    assert "https://" not in page.text


async def test_metrics_need_the_scope_ops(client: httpx.AsyncClient, keys: TestKeys) -> None:
    await client.get("/v1/changes")
    await client.get("/no/such/address")
    shown = (await client.get("/metrics")).text
    assert 'http_requests_total{method="GET",route="/v1/changes",status="200"}' in shown
    assert 'route="other",status="404"' in shown
    assert "/no/such/address" not in shown
    assert 'database_pool_connections{engine="read"}' in shown
    refused = await client.get("/metrics", headers=keys.headers("registry:read"))
    assert refused.status_code == 403
    client.headers.pop("authorization")
    assert (await client.get("/metrics")).status_code == 401


async def test_not_ready_without_the_schema_or_with_a_failing_check(
    sample_url: str, settings_for: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("servicekit.http.health._CHECK_SECONDS", 0.2)

    async def broken() -> Readiness:
        raise RuntimeError("a secret")

    async def stuck() -> Readiness:
        await asyncio.Event().wait()
        raise AssertionError

    app = build(settings_for(sample_url), checks=[broken, stuck, feed_check(database, "f")])
    async with running(app) as client:
        async with database.transaction() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
        answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert "secret" not in answer.text
    checks = answer.json()["checks"]
    assert {name: check["ok"] for name, check in checks.items()} == {
        "database": False, "broken": False, "stuck": False, "feed f": True,
    }  # fmt: skip


async def test_a_stale_schema_keeps_the_service_from_starting(
    app: FastAPI, empty_database_url: str, settings_for: Settings, database: Database
) -> None:
    with pytest.raises(StaleSchema, match="revision none"):
        async with running(build(settings_for(empty_database_url))):
            pass
    async with database.transaction() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    with pytest.raises(StaleSchema, match=r"0000.*0001"):
        async with running(app):
            pass


@pytest.mark.parametrize(
    ("sent", "kept"), [("a.b-C_9", True), ("a b", False), ("x" * 65, False), ("", False)]
)
async def test_a_request_id_is_taken_over_when_well_formed(
    sent: str, kept: bool, standing_client: httpx.AsyncClient
) -> None:
    answered = (await standing_client.get("/healthz", headers={"x-request-id": sent})).headers[
        "x-request-id"
    ]
    assert (answered == sent) == kept
    assert answered


async def test_logs_are_one_json_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before, level, configured = root.handlers, root.level, structlog.get_config()
    try:
        configure_logs("sample", "info", "json")
        with structlog.contextvars.bound_contextvars(request_id="r-1"):
            structlog.get_logger("t").info("党建", path="/v1/x")
            logging.getLogger("uvicorn.error").warning("from %s", "below")
            try:
                raise ValueError("why")
            except ValueError:
                structlog.get_logger("t").exception("failed")
    finally:
        structlog.contextvars.clear_contextvars()
        structlog.configure(**configured)
        root.handlers, root.level = before, level
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == ["党建", "from below", "failed"]
    assert {line["request_id"] for line in lines} == {"r-1"}
    assert "ValueError: why" in lines[2]["exception"]


async def test_waiting_for_news_is_no_time_to_answer(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = ("http_request_seconds_sum", {"method": "GET", "route": "/v1/changes"})

    def seconds() -> float:
        return REGISTRY.get_sample_value(*counted) or 0.0

    waits: list[float] = []

    def noting(scope: MutableMapping[str, Any], waited: float) -> None:
        waits.append(waited)
        note_wait(scope, waited)

    monkeypatch.setattr("servicekit.ledger.feed.note_wait", noting)
    before, began = seconds(), time.perf_counter()
    await client.get("/v1/changes", params={"wait": 1})
    elapsed, observed = time.perf_counter() - began, seconds() - before
    assert sum(waits) > 0
    assert observed + sum(waits) <= elapsed


def test_a_secret_file_says_what_a_variable_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Settings(ServiceSettings):
        model_config = SettingsConfigDict(env_prefix="SAMPLE_", frozen=True)

    (tmp_path / "SAMPLE_DATABASE_URL").write_text("postgresql://from-a-file/db\n")
    (tmp_path / "SAMPLE_PORT").write_text("8123\n")
    monkeypatch.setenv("SECRETS_DIR", str(tmp_path))
    monkeypatch.setenv("SAMPLE_PORT", "8124")
    settings = Settings()
    assert settings.database_url.get_secret_value() == "postgresql://from-a-file/db"
    assert settings.port == 8124
    monkeypatch.setenv("SECRETS_DIR", str(tmp_path / "none"))
    assert Settings().port == 8124


def test_a_setting_that_cannot_be_meant_ends_the_command_with_its_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Settings(ServiceSettings):
        model_config = SettingsConfigDict(env_prefix="SAMPLE_", frozen=True)

    monkeypatch.setenv("SAMPLE_PORT", "eighty")
    monkeypatch.setenv("SAMPLE_LOG_FORMAT", "xml")
    with pytest.raises(typer.Exit) as ended:
        read_settings(Settings)
    assert ended.value.exit_code == 2
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(":")[0] for line in lines] == ["SAMPLE_PORT", "SAMPLE_LOG_FORMAT"]


SERVE = """
import sys
from pathlib import Path
from servicekit.cli import serve_app
from servicekit.settings import ServiceSettings
from tests.servicekit.sample.app import build

url, keys, issuer, port, drain = sys.argv[1:]
settings = ServiceSettings(database_url=url, jwks_file=Path(keys), issuer=issuer)
serve_app(build(settings), settings, int(port), float(drain))
"""


async def test_a_draining_process_serves_on_and_tells_load_balancers_to_look_elsewhere(
    sample_url: str, keys: TestKeys, settings_for: Settings,
    eventually: Callable[[Callable[[], Awaitable[bool]]], Awaitable[None]],
) -> None:  # fmt: skip
    settings = settings_for(sample_url)
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVE, sample_url, str(keys.jwks_file), settings.issuer, str(port),
        "3600", cwd=ROOT, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    base = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(base_url=base, headers=keys.headers(), timeout=60) as client:

        async def is_status(expected: str) -> bool:
            try:
                return bool((await client.get("/readyz")).json()["status"] == expected)
            except httpx.TransportError:
                return False

        await eventually(lambda: is_status("ready"))
        assert "connection" not in (await client.get("/v1/changes")).headers
        process.send_signal(signal.SIGTERM)
        await eventually(lambda: is_status("draining"))
        assert (await client.get("/readyz")).status_code == 503
        served = await client.get("/v1/changes")
        assert (served.status_code, served.headers["connection"]) == (200, "close")
        process.send_signal(signal.SIGTERM)  # a second one means now
        async with asyncio.timeout(25):
            assert await process.wait() == 0


async def test_sigterm_answers_long_polls_and_ends_well(
    sample_url: str, keys: TestKeys, settings_for: Settings, database: Database,
    eventually: Callable[[Callable[[], Awaitable[bool]]], Awaitable[None]],
) -> None:  # fmt: skip
    settings = settings_for(sample_url)
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVE, sample_url, str(keys.jwks_file), settings.issuer, str(port),
        "0", cwd=ROOT, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    base = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(base_url=base, headers=keys.headers(), timeout=60) as client:

        async def up() -> bool:
            try:
                return (await client.get("/readyz")).status_code == 200
            except httpx.TransportError:
                return False

        async def polling() -> bool:
            async with database.reading() as connection:
                result = await connection.execute(
                    text(
                        "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle' AND "
                        "datname = current_database() AND query LIKE '%string_agg%' "
                        "AND pid <> pg_backend_pid()"
                    )
                )
            return bool(result.scalar_one())

        await eventually(up)
        waiting = asyncio.create_task(client.get("/v1/changes", params={"wait": 30}))
        await eventually(polling)
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(25):
            answer = await waiting
            assert await process.wait() == 0
    assert answer.status_code == 200
    assert answer.json()["events"] == []
