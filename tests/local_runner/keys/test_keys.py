"""The runner as token issuer."""

import json
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from local_runner.errors import RunnerError
from local_runner.keys.issuer import AUDIENCE, ISSUER, SCOPES, Issuer


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(tmp_path / "keys")


def read(issuer: Issuer, token: str) -> jwt.Token:
    keys = KeySet.import_key_set(json.loads(issuer.jwks_file.read_text()))
    return jwt.decode(token, keys, algorithms=["ES256"])


def test_a_token_is_an_rfc_9068_access_token_signed_with_the_published_key(issuer: Issuer) -> None:
    token = read(issuer, issuer.token(client="someone", ttl=60))
    assert token.header["typ"] == "at+jwt"
    assert token.header["kid"].startswith("local-")
    assert token.claims["iss"] == ISSUER
    assert token.claims["aud"] == AUDIENCE
    assert token.claims["sub"] == token.claims["client_id"] == "someone"
    assert token.claims["exp"] - token.claims["iat"] == 60
    assert token.claims["scope"].split() == list(SCOPES)
    assert "areas" not in token.claims


def test_each_token_has_an_id_of_its_own(issuer: Issuer) -> None:
    assert len({read(issuer, issuer.token()).claims["jti"] for _ in range(3)}) == 3


def test_a_token_can_be_limited_to_scopes_and_areas(issuer: Issuer) -> None:
    token = read(issuer, issuer.token(["registry:read"], areas=["440303"]))
    assert token.claims["scope"] == "registry:read"
    assert token.claims["areas"] == ["440303"]


def test_the_key_stays_from_run_to_run(tmp_path: Path, issuer: Issuer) -> None:
    again = Issuer(tmp_path / "keys")
    assert read(issuer, again.token()).claims["iss"] == ISSUER


def test_the_private_key_is_for_its_owner_only(tmp_path: Path, issuer: Issuer) -> None:
    assert (tmp_path / "keys" / "private.json").stat().st_mode & 0o777 == 0o600
    assert '"d"' not in issuer.jwks_file.read_text()
    assert sorted(path.name for path in (tmp_path / "keys").iterdir()) == [
        "jwks.json",
        "private.json",
    ]


def test_a_damaged_key_is_named_in_one_sentence(tmp_path: Path, issuer: Issuer) -> None:
    (tmp_path / "keys" / "private.json").write_text("{")
    with pytest.raises(RunnerError, match="is damaged; remove the file"):
        Issuer(tmp_path / "keys")
