"""How every answer goes out: sealed with its receipt, whose bytes are the same at its edition.

A route hands in what was found, and what it rests on; nothing in either depends on the clock or on
what was learned later, so asking `receipt.request` again gives the same bytes.
"""

import hashlib
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

import orjson
from fastapi import Depends, Request, Response

from metrics_api.storage.editions import Edition
from metrics_api.usecases.issue_receipt import Receipt

Pinned = Mapping[str, object]
"""Parameters that the caller may leave out, with the values that were meant."""


class Asking:
    """One request, and the way its answer goes back."""

    def __init__(self, request: Request) -> None:
        self._request = request

    def answer(self, receipt: Receipt, document: Mapping[str, Any], pinned: Pinned) -> Response:
        """`document` with its receipt; 304 when the caller has these very bytes.

        `pinned`: what the request left open (such as `valid_on`), so that it can be repeated; the
        edition is pinned here.
        """
        asked = self._pinned_request({**pinned, "edition": receipt.edition.number})
        body, digest = sealed(document, receipt, asked)
        tag = f'"{digest}"'
        headers = {"etag": tag, "cache-control": "private, no-cache"}
        if tag in self._request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(body, media_type="application/json", headers=headers)

    def _pinned_request(self, pinned: Pinned) -> str:
        """Path and query of the same question with nothing left open, in one canonical order."""
        asked = [
            (name, value)
            for name, value in self._request.query_params.multi_items()
            if name not in pinned
        ]
        fixed = [(name, str(value)) for name, value in pinned.items()]
        query = urlencode(sorted(asked + fixed, key=lambda item: item[0]), safe=",")
        return f"{self._request.url.path}?{query}"


Answering = Annotated[Asking, Depends(Asking)]


def sealed(document: Mapping[str, Any], receipt: Receipt, asked: str) -> tuple[bytes, str]:
    """The answer's bytes, and their digest.

    The digest is SHA-256 over these bytes without the digest itself: whoever takes
    `,"digest":"…"` out at their end can check it with any tool.
    """
    whole = orjson.dumps({**document, "receipt": receipt_document(receipt, asked)})
    digest = hashlib.sha256(whole).hexdigest()
    return b"%b,%b}}" % (whole[:-2], b'"digest":"%b"' % digest.encode()), digest


def receipt_document(receipt: Receipt, asked: str) -> dict[str, Any]:
    """A receipt as answers show it, but for its digest, which comes last."""
    return {
        "edition": receipt.edition.number,
        "positions": positions(receipt.edition),
        "recorded_at": receipt.edition.recorded_at,
        "indicators": {
            name: {"version": counted.version, "digest": counted.digest}
            for name, counted in receipt.indicators.items()
        },
        "rule_sets": [
            {"id": version.code, "digest": version.digest} for version in receipt.rule_sets
        ],
        "areas": receipt.areas,
        "request": asked,
    }


def positions(edition: Edition) -> dict[str, int]:
    """The ledger positions that an edition includes."""
    return {"registry": edition.registry_position, "router": edition.router_position}
