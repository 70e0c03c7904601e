"""A name that only the database finds taken: its row is refused, all other rows land."""

from collections.abc import Sequence
from typing import Any

import httpx
import orjson
from tests.registry_api.import_files import errors_of, imported
from tests.registry_api.samples import hospital

MANY = 30


def _authority(division: str) -> dict[str, Any]:
    return {"mode": "filing", "authority": {"division_code": division}}


def _filed(number: str, division: str = "440303") -> dict[str, Any]:
    body = hospital(registration=_authority(division), filing_number=number)
    return body | {"credit_code": None}


def _lines(rows: Sequence[dict[str, Any]]) -> bytes:
    return b"\n".join(map(orjson.dumps, rows))


async def test_two_spellings_of_one_number_are_one_row_and_a_refusal(
    registry: httpx.AsyncClient,
) -> None:
    others = [hospital(n) for n in range(1, MANY + 1)]
    rows = [*others[:10], _filed("G-9"), *others[10:20], _filed(" G-9"), *others[20:]]
    job = await imported(registry, _lines(rows), format="ndjson")
    assert job["state"] == "succeeded"
    counts = {name: job["result"][name] for name in ("created", "updated", "refused")}
    assert counts == {"created": MANY + 1, "updated": 0, "refused": 1}
    assert (job["done"], job["errors"]) == (MANY + 2, 1)
    assert await errors_of(registry, job) == [(22, "/filing_number", "code_taken")]
    head = (await registry.get("/v1/changes")).json()["head"]
    assert head == MANY + 1
    again = await imported(registry, _lines(rows), format="ndjson")
    assert (again["result"]["unchanged"], again["result"]["refused"]) == (MANY + 1, 1)


async def test_a_number_that_an_earlier_row_takes_to_another_authority(
    registry: httpx.AsyncClient,
) -> None:
    moving = hospital(1, filing_number="G-9", registration=_authority("440304"))
    await imported(registry, _lines([moving]), format="ndjson")
    moved = {"credit_code": moving["credit_code"], "registration": _authority("440303")}
    job = await imported(registry, _lines([moved, _filed("G-9"), hospital(3)]), format="ndjson")
    assert job["state"] == "succeeded"
    assert (job["result"]["updated"], job["result"]["created"]) == (1, 1)
    assert await errors_of(registry, job) == [(2, "/credit_code", "repeated_in_file")]
