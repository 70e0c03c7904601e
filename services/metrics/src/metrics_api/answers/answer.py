"""An answer: what was found, how it becomes a table, and what it rests on.

Routes, files and jobs all send the same `Answer`. Nothing in it depends on the clock or on what was
learned later, so asking `receipt.request` again gives the same bytes.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson

from metrics_api.answers.documents import positions
from metrics_api.answers.receipt import Receipt
from metrics_api.answers.tables import AnswerTable, Language, TableLayout, answer_table
from metrics_api.definitions.labels import Labels

Pinned = Mapping[str, object]
"""Parameters that the caller may leave out, with the values that were meant."""
_FORM_PARAMETERS = ("format", "headers")


@dataclass(frozen=True, slots=True)
class SealedAnswer:
    """An answer's bytes and their digest, how it becomes a table, when its edition was recorded."""

    body: bytes
    digest: str
    layout: TableLayout
    recorded_at: datetime | None

    def document(self) -> dict[str, Any]:
        """The answer as it is sent, read again."""
        document: dict[str, Any] = orjson.loads(self.body)
        return document

    def table(self, labels: Labels, language: Language) -> AnswerTable:
        """The answer's own bytes, read again and laid out: a table says what the JSON says."""
        return answer_table(self.document(), self.layout, labels, language)


@dataclass(frozen=True, slots=True)
class Answer:
    """`document` without its receipt, the layout of its table, and the receipt.

    `pinned`: what the request left open (such as `valid_on`), so that it can be repeated; the
    edition is pinned when it is sealed.
    """

    document: Mapping[str, Any]
    layout: TableLayout
    receipt: Receipt
    pinned: Pinned

    def sealed(self, path: str, query: str) -> SealedAnswer:
        """The answer to a request for `path` with `query`, its receipt in it.

        The digest is SHA-256 over the bytes without the digest itself: whoever takes
        `,"digest":"…"` out at their end can check it with any tool.
        """
        pinned = {**self.pinned, "edition": self.receipt.edition.number}
        receipt = receipt_document(self.receipt, pinned_request(path, query, pinned))
        whole = orjson.dumps({**self.document, "receipt": receipt})
        digest = hashlib.sha256(whole).hexdigest()
        body = b"%b,%b}}" % (whole[:-2], b'"digest":"%b"' % digest.encode())
        return SealedAnswer(body, digest, self.layout, self.receipt.edition.recorded_at)


def pinned_request(path: str, query: str, pinned: Pinned) -> str:
    """Path and query of the same question with nothing left open, in one canonical order."""
    open_ = [
        (name, value)
        for name, value in parse_qsl(query, keep_blank_values=True)
        if name not in pinned and name not in _FORM_PARAMETERS
    ]
    fixed = [(name, str(value)) for name, value in pinned.items()]
    return f"{path}?{urlencode(sorted(open_ + fixed, key=lambda item: item[0]), safe=',')}"


def receipt_document(receipt: Receipt, request: str) -> dict[str, Any]:
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
        "request": request,
    }
