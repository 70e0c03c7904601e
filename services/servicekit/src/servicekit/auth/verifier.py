"""OAuth 2.0 bearer tokens (RFC 9068 profile of RFC 7519) checked against a JWKS.

A token says which scopes its client has and, in the claim `areas`, to which territory it is
limited, as prefixes of division codes. A caller without the claim sees everything.
"""

import re
import time
from collections import OrderedDict
from typing import Any

import structlog
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError, MissingKeyError
from joserfc.jws import JWSRegistry

from servicekit.auth.caller import Caller
from servicekit.auth.signing_keys import LocalKeyRefused, SigningKeys
from servicekit.auth.territory import area_prefix
from servicekit.errors.standard import InvalidToken, KeysUnavailable
from servicekit.settings import ServiceSettings

_CACHED_TOKENS = 1024
_TRUSTED_SECONDS = 60
"""How long a checked token is believed: a key withdrawn from the JWKS works no longer than that."""

log = structlog.get_logger()


class TokenVerifier:
    """Checks signature, issuer, audience, expiry; remembers tokens it has checked."""

    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings
        self._keys = SigningKeys(settings)
        self._signatures = JWSRegistry(
            algorithms=list(settings.algorithms),
            strict_check_header=False,  # RFC 7515 section 4: unknown header members are ignored
        )
        self._seen: OrderedDict[str, tuple[float, Caller]] = OrderedDict()

    async def caller(self, token: str) -> Caller:
        """The caller that `token` stands for.

        Raises Refusal: 401 for a token that is not valid here and now, 503 when the keys can't
        be had.
        """
        known = self._seen.get(token)
        if known and known[0] > time.time():
            return known[1]
        return (await self.caller_until(token))[0]

    async def caller_until(self, token: str) -> tuple[Caller, float]:
        """The caller, and when the token expires (seconds since the epoch); checked anew.

        Raises as `caller` does.
        """
        claims = await self._claims(token)
        caller, expires = _caller(claims), float(claims["exp"])
        self._seen[token] = (min(expires, time.time() + _TRUSTED_SECONDS), caller)
        self._seen.move_to_end(token)
        while len(self._seen) > _CACHED_TOKENS:
            self._seen.popitem(last=False)
        return caller, expires

    async def _claims(self, token: str) -> dict[str, Any]:
        for fresh in (False, True):
            try:
                keys = await self._keys.get(fresh)
                decoded = jwt.decode(token, keys, registry=self._signatures)
                self._registry().validate(decoded.claims)
            except LocalKeyRefused as error:
                raise KeysUnavailable() from error
            except (JoseError, ValueError, KeyError, TypeError, RecursionError) as error:
                if fresh or not _about_the_key(error):
                    raise InvalidToken(why=_why(error)) from error
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

        Raises RuntimeError for that, and for a key file that holds no keys. An issuer that is down
        now keeps no service from starting: tokens are answered 503 until it is back.
        """
        try:
            await self._keys.get()
        except (InvalidToken, KeysUnavailable):
            if self._settings.jwks_file is None and self._settings.jwks_url is None:
                log.warning("no_signing_keys", hint="set JWKS_URL or JWKS_FILE")
            elif self._settings.jwks_file is not None:
                raise RuntimeError(f"no keys in {self._settings.jwks_file}") from None


def _about_the_key(error: Exception) -> bool:
    """Whether newer keys might accept the token: an unknown key id or a signature that fails."""
    return isinstance(error, BadSignatureError | InvalidKeyIdError | MissingKeyError)


def _why(error: Exception) -> str:
    return getattr(error, "error", None) or type(error).__name__


def _caller(claims: dict[str, Any]) -> Caller:
    """The claims as a caller; a claim that can't be read is refused, never taken for "no limit"."""
    scope = claims.get("scope", "")
    scopes = scope.split() if isinstance(scope, str) else scope
    if not _is_list_of_text(scopes):
        raise InvalidToken(why="claim scope is not a text")
    prefixes = None
    if "areas" in claims:
        areas = claims["areas"]
        if not _is_list_of_text(areas) or not all(_DIVISION.fullmatch(area) for area in areas):
            raise InvalidToken(why="claim areas is not a list of division codes")
        prefixes = tuple(area_prefix(area) for area in areas)
    client = claims.get("client_id") or claims.get("sub")
    if not isinstance(client, str) or "\0" in client:
        raise InvalidToken(why="neither client_id nor sub")
    return Caller(client, frozenset(scopes), prefixes)


_DIVISION = re.compile(r"[0-9]{1,12}")


def _is_list_of_text(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
