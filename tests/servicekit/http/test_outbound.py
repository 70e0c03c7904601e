"""Calls to other services carry a token of our own, and a fresh one when it is refused."""

from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
from fastapi import FastAPI, Form, Header, Response

from servicekit.http.outbound import service_client
from servicekit.settings import ServiceSettings


class Platform:
    """A token endpoint and a service that takes its newest token only."""

    def __init__(self) -> None:
        self.granted = 0
        self.withdrawn = False
        self.app = FastAPI()
        self.app.post("/token")(self.token)
        self.app.get("/v1/changes")(self.changes)

    async def token(
        self,
        grant_type: Annotated[str, Form()],
        audience: Annotated[str, Form()],
        authorization: Annotated[str, Header()],
    ) -> dict[str, Any]:
        """RFC 6749 section 4.4.2."""
        assert (grant_type, audience) == ("client_credentials", "social-organizations")
        assert authorization == httpx.BasicAuth("me", "s3cret")._auth_header
        self.granted += 1
        self.withdrawn = False
        return {"access_token": f"t{self.granted}", "expires_in": 300}

    async def changes(self, authorization: Annotated[str, Header()]) -> Response:
        """Who calls, or 401."""
        good = authorization == f"Bearer t{self.granted}" and not self.withdrawn
        return Response(authorization, 200 if good else 401)


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Platform:
    """All addresses lead to the platform."""
    platform = Platform()
    original = httpx.AsyncClient

    def client(**options: Any) -> httpx.AsyncClient:
        return original(transport=httpx.ASGITransport(app=platform.app), **options)

    monkeypatch.setattr("servicekit.http.outbound.httpx.AsyncClient", client)
    return platform


async def test_client_credentials_are_exchanged_once_and_again_when_refused(
    platform: Platform, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s3cret\n")
    settings = ServiceSettings(
        token_url="http://platform/token", client_id="me", client_secret_file=secret
    )
    async with service_client("http://platform", settings) as client:
        for _ in range(3):
            assert (await client.get("/v1/changes")).text == "Bearer t1"
        platform.withdrawn = True
        assert (await client.get("/v1/changes")).text == "Bearer t2"
    assert platform.granted == 2


async def test_a_token_file_is_read_again_when_the_platform_rotates_it(
    platform: Platform, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    file.write_text("t1\n")
    platform.granted = 1
    async with service_client(
        "http://platform", ServiceSettings(service_token_file=file)
    ) as client:
        assert (await client.get("/v1/changes")).status_code == 200
        platform.granted = 2
        assert (await client.get("/v1/changes")).status_code == 401
        file.write_text("t2\n")
        assert (await client.get("/v1/changes")).status_code == 200
