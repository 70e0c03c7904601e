"""Who calls: OAuth 2.0 bearer tokens (RFC 9068 profile of RFC 7519) checked against a JWKS.

A token says which scopes its client has and, in the claim `areas`, to which territory it is
limited, as prefixes of division codes. A caller without the claim sees everything.
"""

import asyncio
import json
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Annotated, Any

import httpx
from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from servicekit.problems import Problem
from servicekit.settings import ServiceSettings
from servicekit.standard_problems import FORBIDDEN, KEYS_UNAVAILABLE, UNAUTHORIZED

LOCAL_KEY_PREFIX = "local-"
"""Key ids of the one-machine runner; such keys are refused beyond loopback."""

_CACHED_TOKENS = 1024
_JWKS_MAX_AGE_SECONDS = 300
_JWKS_MIN_AGE_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Caller:
    """The client behind a request: never a natural person's name, only a client id."""

    client: str
    scopes: frozenset[str]
    areas: tuple[str, ...] | None

    def may_see(self, *areas: str | None) -> bool:
        """Whether any of these area codes lies in the caller's territory."""
        if self.areas is None:
            return True
        return any(area.startswith(self.areas) for area in areas if area)

    def like_patterns(self) -> list[str] | None:
        """LIKE patterns for SQL filters, None when the caller is not limited."""
        return None if self.areas is None else [f"{area}%" for area in self.areas]


def area_prefix(code: str) -> str:
    """The prefix all codes under a division share: 440300 → 4403, 440000 → 44, 100000 → "".

    GB/T 2260 pads the code of a province or city with zeros to six digits.
    """
    if code == "100000":
        return ""
    if len(code) == 6:
        return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code
    return code


class TokenVerifier:
    """Checks signature, issuer, audience, expiry; remembers tokens it has checked."""

    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings
        self._keys = _Keys(settings)
        self._seen: OrderedDict[str, tuple[float, Caller]] = OrderedDict()

    async def caller(self, token: str) -> Caller:
        """The caller that `token` stands for.

        Raises Problem: 401 for a token that is not valid here and now, 503 when the keys can't
        be had.
        """
        known = self._seen.get(token)
        if known and known[0] > time.time():
            return known[1]
        claims = await self._claims(token)
        caller = _caller(claims)
        self._seen[token] = (float(claims["exp"]), caller)
        while len(self._seen) > _CACHED_TOKENS:
            self._seen.popitem(last=False)
        return caller

    async def _claims(self, token: str) -> dict[str, Any]:
        for fresh in (False, True):
            try:
                decoded = jwt.decode(
                    token, await self._keys.get(fresh), algorithms=list(self._settings.algorithms)
                )
                self._registry().validate(decoded.claims)
            except (JoseError, ValueError, KeyError, TypeError) as error:
                if fresh or not _about_the_key(error):
                    raise Problem(UNAUTHORIZED, facts={"why": _why(error)}) from error
            else:
                return decoded.claims
        raise AssertionError("unreachable")

    def _registry(self) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            leeway=30,
            iss={"essential": True, "value": self._settings.issuer},
            aud={"essential": True, "value": self._settings.audience},
            exp={"essential": True},
        )

    async def check_start(self) -> None:
        """Refuse to serve the runner's key on an address that others can reach.

        Raises RuntimeError. The runner's private key lies in a developer's folder; whoever reads
        it would be every client at once.
        """
        host = self._settings.host
        loopback = host == "localhost" or (_is_ip(host) and ip_address(host).is_loopback)
        if loopback:
            return
        for key in (await self._keys.get()).keys:
            if str(key.kid or "").startswith(LOCAL_KEY_PREFIX):
                raise RuntimeError(
                    f"the key {key.kid} of the one-machine runner is only for loopback, "
                    f"not for {host}; set JWKS_URL or JWKS_FILE to your issuer's keys"
                )


class _Keys:
    """The key set, from a file (re-read when it changes) or a URL (re-read when old or unknown)."""

    def __init__(self, settings: ServiceSettings) -> None:
        self._file, self._url = settings.jwks_file, settings.jwks_url
        self._set: KeySet | None = None
        self._stamp = 0.0
        self._lock = asyncio.Lock()

    async def get(self, fresh: bool = False) -> KeySet:
        async with self._lock:
            if self._file is not None:
                return self._from_file()
            age = time.monotonic() - self._stamp
            limit = _JWKS_MIN_AGE_SECONDS if fresh else _JWKS_MAX_AGE_SECONDS
            if self._set is None or age > limit:
                await self._fetch()
            if self._set is None:
                raise Problem(KEYS_UNAVAILABLE)
            return self._set

    def _from_file(self) -> KeySet:
        assert self._file is not None
        try:
            stamp = self._file.stat().st_mtime
            if self._set is None or stamp != self._stamp:
                self._set = KeySet.import_key_set(json.loads(self._file.read_text()))
                self._stamp = stamp
        except (OSError, ValueError, JoseError) as error:
            raise Problem(KEYS_UNAVAILABLE) from error
        return self._set

    async def _fetch(self) -> None:
        if self._url is None:
            return
        try:
            async with httpx.AsyncClient(timeout=5) as client:
                answer = await client.get(self._url)
            answer.raise_for_status()
            self._set = KeySet.import_key_set(answer.json())
            self._stamp = time.monotonic()
        except (httpx.HTTPError, ValueError, JoseError) as error:
            if self._set is None:
                raise Problem(KEYS_UNAVAILABLE) from error


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _about_the_key(error: Exception) -> bool:
    """Whether newer keys might accept the token: an unknown key id or a signature that fails."""
    return isinstance(error, ValueError) or type(error).__name__ in {
        "BadSignatureError",
        "InvalidKeyIdError",
        "MissingKeyError",
    }


def _why(error: Exception) -> str:
    return getattr(error, "error", None) or type(error).__name__


def _caller(claims: dict[str, Any]) -> Caller:
    scope = claims.get("scope", "")
    scopes = scope.split() if isinstance(scope, str) else scope
    areas = claims.get("areas")
    if areas is not None and not (
        isinstance(areas, list) and all(isinstance(a, str) and a.isdigit() for a in areas)
    ):
        raise Problem(UNAUTHORIZED, facts={"why": "claim areas is not a list of division codes"})
    prefixes = None if areas is None else tuple(area_prefix(area) for area in areas)
    client = str(claims.get("client_id") or claims.get("sub") or "")
    if not client:
        raise Problem(UNAUTHORIZED, facts={"why": "neither client_id nor sub"})
    return Caller(client, frozenset(str(s) for s in scopes), prefixes)


_bearer = HTTPBearer(
    auto_error=False,
    bearerFormat="JWT",
    scheme_name="bearer",
    description="OAuth 2.0 access token (RFC 9068). 访问令牌。",
)


def require(scope: str) -> Callable[..., Coroutine[Any, Any, Caller]]:
    """A FastAPI dependency: the caller, who must hold `scope`.

    Raises Problem 401 without a valid token, 403 without the scope.
    """

    async def caller(
        request: Request,
        credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
    ) -> Caller:
        if credentials is None:
            raise Problem(UNAUTHORIZED, facts={"why": "no bearer token"})
        verifier: TokenVerifier = request.app.state.verifier
        found = await verifier.caller(credentials.credentials)
        if scope not in found.scopes:
            raise Problem(FORBIDDEN, facts={"scope": scope})
        return found

    caller.__name__ = f"require_{scope.replace(':', '_')}"
    return caller
