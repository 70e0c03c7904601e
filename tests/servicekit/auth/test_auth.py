"""Who gets in: every way a token can be wrong, and what limits say."""

import base64
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Response
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from joserfc.jws import JWSRegistry
from tests.servicekit.sample.app import build

from servicekit.auth.verifier import TokenVerifier
from servicekit.errors.standard import InvalidToken, KeysUnavailable
from servicekit.settings import ServiceSettings
from servicekit.testing import AUDIENCE, ISSUER, TestKeys, running

NOW = int(time.time())
"""When the tests were collected; they may run minutes later."""
ANY_HEADER = JWSRegistry(algorithms=["ES256"], strict_check_header=False)
CLAIMS = {"iss": ISSUER, "aud": AUDIENCE, "sub": "tester", "exp": NOW + 86_400, "scope": "ops"}


@pytest.fixture
def client(standing_client: httpx.AsyncClient) -> httpx.AsyncClient:
    """What the ledger holds makes no difference here."""
    return standing_client


def encoded(part: Any) -> str:
    """A part of a compact JWT."""
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unsigned(header: Any, claims: Any = CLAIMS, signature: bytes = b"") -> str:
    """A token that no key has signed."""
    return ".".join((encoded(header), encoded(claims), encoded(signature)))


def tampered(keys: TestKeys) -> str:
    """A good token whose claims were changed afterwards."""
    header, _, signature = keys.token(scope="ops").split(".")
    return ".".join((header, encoded({**CLAIMS, "scope": "ops registry:write"}), signature))


def signed_with_the_public_key(keys: TestKeys) -> str:
    """The classic confusion: the public key, which everybody has, taken for a shared secret."""
    shared = OctKey.import_key(json.dumps(keys._key.as_dict(private=False)))
    return jwt.encode({"alg": "HS256", "kid": keys._key.kid}, CLAIMS, shared, algorithms=["HS256"])


BAD_TOKENS: dict[str, Callable[[TestKeys], str]] = {
    "expired": lambda keys: keys.token(exp=NOW - 60),
    "not yet valid": lambda keys: keys.token(nbf=NOW + 86_400),
    "without expiry": lambda keys: keys.token(exp=None),
    "expiry is text": lambda keys: keys.token(exp="never"),
    "wrong issuer": lambda keys: keys.token(iss="urn:other"),
    "without issuer": lambda keys: keys.token(iss=None),
    "wrong audience": lambda keys: keys.token(aud="other"),
    "without audience": lambda keys: keys.token(aud=None),
    "no client": lambda keys: keys.token(client_id=None, sub=None),
    "scope is a number": lambda keys: keys.token(scope=7),  # type: ignore[arg-type]
    "areas is text": lambda keys: keys.token(areas="4403"),  # type: ignore[arg-type]
    "areas with a wildcard": lambda keys: keys.token(areas=["44%"]),
    "areas with other digits": lambda keys: keys.token(areas=["４４０３"]),
    "areas with nothing": lambda keys: keys.token(areas=[""]),
    "algorithm none": lambda keys: unsigned({"alg": "none"}),
    "algorithm None": lambda keys: unsigned({"alg": "None", "kid": keys._key.kid}),
    "algorithm of a list": lambda keys: unsigned({"alg": ["ES256"], "kid": keys._key.kid}),
    "public key as secret": signed_with_the_public_key,
    "tampered": tampered,
    "unknown key": lambda keys: unsigned({"alg": "ES256", "kid": "other"}, signature=b"x" * 64),
    "key id of a list": lambda keys: unsigned({"alg": "ES256", "kid": [1]}, signature=b"x" * 64),
    "wrong signature length": lambda keys: unsigned({"alg": "ES256", "kid": keys._key.kid}),
    "header no JSON": lambda keys: unsigned(b"\xff\xfe"),
    "header a list": lambda keys: unsigned([]),
    "deep header": lambda keys: unsigned(b"[" * 5000),
    "deep header in an object": lambda keys: unsigned(b'{"a":' * 5000),
    "critical header": lambda keys: unsigned({"alg": "ES256", "crit": ["x"], "x": 1}),
    "five parts": lambda keys: "a.b.c.d.e",
    "no parts": lambda keys: "abc",
    "huge": lambda keys: "a" * 100_000,
    "not ASCII": lambda keys: "é.é.é",
    "only dots": lambda keys: "..",
}


@pytest.mark.parametrize("name", BAD_TOKENS)
async def test_refused_is_a_token(name: str, client: httpx.AsyncClient, keys: TestKeys) -> None:
    token = BAD_TOKENS[name](keys).encode("latin-1")
    client.headers.pop("authorization")
    answer = await client.get("/v1/changes", headers=[(b"authorization", b"Bearer " + token)])
    assert answer.status_code == 401, answer.text
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert answer.json()["type"].endswith("/invalid-token")


async def test_areas_that_are_null_are_no_licence_to_see_everything(
    client: httpx.AsyncClient, keys: TestKeys
) -> None:
    header = {"alg": "ES256", "kid": keys._key.kid}
    token = jwt.encode(header, {**CLAIMS, "scope": "registry:read", "areas": None}, keys._key)
    answer = await client.get("/v1/changes", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 401


@pytest.mark.parametrize("header", [None, "", "Bearer", "Basic dXNlcjpwYXNz", "Token abc"])
async def test_without_a_token_the_answer_says_what_is_needed(
    header: str | None, client: httpx.AsyncClient
) -> None:
    client.headers.pop("authorization")
    answer = await client.get("/v1/changes", headers={"authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_token_needs_the_scope(client: httpx.AsyncClient, keys: TestKeys) -> None:
    answer = await client.get("/v1/changes", headers=keys.headers("registry:write ops"))
    assert answer.status_code == 403
    assert answer.headers["www-authenticate"] == (
        'Bearer error="insufficient_scope", scope="registry:read"'
    )
    assert answer.json()["scope"] == "registry:read"


async def test_good_tokens_come_in_several_shapes(
    client: httpx.AsyncClient, keys: TestKeys
) -> None:
    extra_header = jwt.encode(
        {"alg": "ES256", "kid": keys._key.kid, "typ": "JWT", "rh": "0.x"},
        {**CLAIMS, "scope": "registry:read"}, keys._key, registry=ANY_HEADER,
    )  # fmt: skip
    for token in (
        keys.token(),
        keys.token(aud=["other", AUDIENCE]),
        keys.token(scope=["registry:read"]),  # type: ignore[arg-type]
        keys.token(client_id=None),
        keys.token(areas=[]),
        keys.token(exp=int(time.time()) - 5),  # clocks differ a little
        extra_header,
    ):
        for _ in range(2):  # the second time from memory
            answer = await client.get("/v1/changes", headers={"authorization": f"Bearer {token}"})
            assert answer.status_code == 200, answer.text


async def test_a_remembered_token_ends_with_its_expiry(
    settings_for: Callable[..., ServiceSettings], keys: TestKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    verifier = TokenVerifier(settings_for("postgresql://nowhere"))
    now = int(time.time())
    token = keys.token(exp=now + 600)
    await verifier.caller(token)
    monkeypatch.setattr(time, "time", lambda: now + 700)
    with pytest.raises(InvalidToken):
        await verifier.caller(token)


async def test_a_withdrawn_key_stops_working(
    settings_for: Callable[..., ServiceSettings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after = TestKeys(_folder(tmp_path, "a")), TestKeys(_folder(tmp_path, "b"))
    file = tmp_path / "jwks.json"
    file.write_text(before.jwks_file.read_text())
    verifier = TokenVerifier(settings_for("postgresql://nowhere", jwks_file=file))
    token = before.token()
    await verifier.caller(token)
    file.write_text("{half")
    await verifier.caller(before.token())  # a file that is being written changes nothing
    file.write_text(after.jwks_file.read_text())
    await verifier.caller(after.token())
    with pytest.raises(InvalidToken):
        await verifier.caller(before.token())
    later = time.time() + 120
    monkeypatch.setattr(time, "time", lambda: later)
    with pytest.raises(InvalidToken):
        await verifier.caller(token)


def _folder(parent: Path, name: str) -> Path:
    folder = parent / name
    folder.mkdir()
    return folder


class Issuer:
    """A JWKS address that can fail, as an app behind httpx's ASGI transport."""

    def __init__(self, document: Any) -> None:
        self.document, self.requests = document, 0
        self.app = FastAPI()
        self.app.get("/jwks")(self.jwks)

    async def jwks(self) -> Response:
        """The document, or a failure."""
        self.requests += 1
        if self.document is None:
            return Response(status_code=500)
        return Response(json.dumps(self.document), media_type="application/json")


@pytest.fixture
def issuer(keys: TestKeys, monkeypatch: pytest.MonkeyPatch) -> Issuer:
    """An issuer at http://issuer/jwks with the tests' keys."""
    issuer = Issuer(json.loads(keys.jwks_file.read_text()))
    original = httpx.AsyncClient

    def client(**options: Any) -> httpx.AsyncClient:
        return original(transport=httpx.ASGITransport(app=issuer.app), **options)

    monkeypatch.setattr("servicekit.auth.signing_keys.httpx.AsyncClient", client)
    return issuer


@pytest.fixture
def verifier(
    settings_for: Callable[..., ServiceSettings], issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> TokenVerifier:
    """A verifier that asks the issuer, and a clock that has run for a while."""
    found = TokenVerifier(
        settings_for("postgresql://nowhere", jwks_file=None, jwks_url="http://issuer/jwks")
    )
    monkeypatch.setattr("servicekit.auth.signing_keys.time.monotonic", lambda: 1000.0)
    return found


async def test_an_issuer_is_asked_once_however_many_bad_tokens_come(
    verifier: TokenVerifier, issuer: Issuer, keys: TestKeys
) -> None:
    await verifier.caller(keys.token())
    for _ in range(20):
        with pytest.raises(InvalidToken):
            await verifier.caller(unsigned({"alg": "ES256", "kid": "x"}, signature=b"x" * 64))
    await verifier.caller(keys.token())
    assert issuer.requests == 1


async def test_a_new_key_is_fetched_when_it_is_first_used(
    verifier: TokenVerifier, issuer: Issuer, keys: TestKeys, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    await verifier.caller(keys.token())
    newer = TestKeys(tmp_path)
    issuer.document = json.loads(newer.jwks_file.read_text())
    monkeypatch.setattr("servicekit.auth.signing_keys.time.monotonic", lambda: 1011.0)
    await verifier.caller(newer.token())
    assert issuer.requests == 2


@pytest.mark.parametrize("document", [None, [], {}, {"keys": []}, {"keys": [1]}, {"keys": {}}, 7])
async def test_an_issuer_that_fails_keeps_the_keys_it_gave(
    document: Any, verifier: TokenVerifier, issuer: Issuer, keys: TestKeys,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    await verifier.caller(keys.token())
    issuer.document = document
    monkeypatch.setattr("servicekit.auth.signing_keys.time.monotonic", lambda: 5000.0)
    for _ in range(3):
        await verifier.caller(keys.token())
    assert issuer.requests == 2


async def test_without_any_keys_tokens_can_not_be_checked_now(
    verifier: TokenVerifier, issuer: Issuer, keys: TestKeys
) -> None:
    issuer.document = None
    await verifier.check_start()
    for _ in range(3):
        with pytest.raises(KeysUnavailable):
            await verifier.caller(keys.token())
    assert issuer.requests == 1


@pytest.fixture
def local_jwks(tmp_path: Path) -> Path:
    """The key set of a one-machine runner."""
    key = ECKey.generate_key("P-256", {"kid": "local-1"})
    file = tmp_path / "local.json"
    file.write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
    return file


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "example.org", ""])  # noqa: S104
async def test_the_runners_key_is_refused_where_others_can_reach(
    host: str, local_jwks: Path, sample_url: str, settings_for: Callable[..., ServiceSettings]
) -> None:
    app = build(settings_for(sample_url, jwks_file=local_jwks, host=host))
    with pytest.raises(RuntimeError, match="only for loopback"):
        async with running(app):
            pass


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.8.8"])
async def test_the_runners_key_serves_loopback(
    host: str, local_jwks: Path, sample_url: str, settings_for: Callable[..., ServiceSettings]
) -> None:
    app = build(settings_for(sample_url, jwks_file=local_jwks, host=host))
    async with running(app) as client:
        assert (await client.get("/readyz")).status_code == 200


async def test_a_key_file_that_is_missing_keeps_the_service_from_starting(
    tmp_path: Path, sample_url: str, settings_for: Callable[..., ServiceSettings]
) -> None:
    app = build(settings_for(sample_url, jwks_file=tmp_path / "none.json"))
    with pytest.raises(RuntimeError, match=r"none\.json"):
        async with running(app):
            pass
