"""The public keys that sign accepted tokens: from a file or from the issuer's JWKS address."""

import asyncio
import json
import time
from ipaddress import ip_address
from typing import Any

import httpx
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from prometheus_client import Gauge

from servicekit.errors.standard import KeysUnavailable
from servicekit.settings import ServiceSettings

LOCAL_KEY_PREFIX = "local-"
"""Key ids of the one-machine runner; such keys are refused beyond loopback."""

_MAX_AGE_SECONDS = 300
_MIN_AGE_SECONDS = 10

_NO_KEY_SET = (ValueError, TypeError, KeyError, AttributeError, RecursionError, JoseError)
"""What a document that is no key set makes the importer raise."""

KEYS_FROM = Gauge(
    "signing_keys_timestamp_seconds",
    "Of the keys that sign tokens: when their file was written, or when the issuer gave them",
    ["source"],
)

log = structlog.get_logger()


class LocalKeyRefused(RuntimeError):
    """The runner's key on an address that others can reach.

    Its private half lies in a developer's folder; whoever reads it could forge any token.
    """


class SigningKeys:
    """The key set, re-read when its file changes, or its address when old or a key is unknown.

    The last keys stay in use while newer ones can't be fetched: an issuer that is down for an hour
    must not take every service with it. It is asked at most once in ten seconds.
    """

    def __init__(self, settings: ServiceSettings) -> None:
        self._file, self._url = settings.jwks_file, settings.jwks_url
        self._host = settings.host
        self._set: KeySet | None = None
        self._file_stamp: tuple[int, int] | None = None
        self._fetched = self._asked = float("-inf")
        self._lock = asyncio.Lock()

    async def get(self, fresh: bool = False) -> KeySet:
        """The keys; `fresh` asks the issuer again unless it was asked just now.

        Raises KeysUnavailable when there are none, LocalKeyRefused.
        """
        if self._file is not None:
            self._read_file(fresh)
        elif self._url is not None and (self._set is None or not self._lock.locked()):
            async with self._lock:
                if self._is_due(fresh):
                    await self._fetch(self._url)
        if self._set is None:
            raise KeysUnavailable().with_headers({"retry-after": str(_MIN_AGE_SECONDS)})
        return self._set

    def _is_due(self, fresh: bool) -> bool:
        now = time.monotonic()
        old = fresh or now - self._fetched > _MAX_AGE_SECONDS
        return old and now - self._asked > _MIN_AGE_SECONDS

    def _read_file(self, fresh: bool) -> None:
        assert self._file is not None
        try:
            status = self._file.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            if stamp == self._file_stamp and not fresh:
                return
            self._accept(json.loads(self._file.read_text("utf-8")))
            self._file_stamp = stamp
            KEYS_FROM.labels("file").set(status.st_mtime)
        except (OSError, *_NO_KEY_SET) as error:
            log.error("keys_unreadable", file=str(self._file), error=repr(error))

    async def _fetch(self, url: str) -> None:
        self._asked = time.monotonic()
        try:
            async with httpx.AsyncClient(timeout=5) as client:
                answer = await client.get(url)
            answer.raise_for_status()
            self._accept(answer.json())
            self._fetched = time.monotonic()
            KEYS_FROM.labels("issuer").set_to_current_time()
        except (httpx.HTTPError, *_NO_KEY_SET) as error:
            log.error("keys_unreachable", url=url, error=repr(error))

    def _accept(self, document: Any) -> None:
        key_set = KeySet.import_key_set(document)
        if not _is_loopback(self._host):
            for key in key_set.keys:
                if str(key.kid or "").startswith(LOCAL_KEY_PREFIX):
                    raise LocalKeyRefused(
                        f"the key {key.kid} of the one-machine runner is only for loopback, "
                        f"not for {self._host}; set JWKS_URL or JWKS_FILE to your issuer's keys"
                    )
        self._set = key_set


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
