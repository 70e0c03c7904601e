"""Batch lookup."""

from uuid import uuid4

import httpx
import pytest
from tests.registry_api.reading import founded
from tests.registry_api.samples import credit_code

from servicekit.testing import TestKeys

PATH = "/v1/organizations/lookups"


async def test_found_and_not_found_in_one_answer(registry: httpx.AsyncClient) -> None:
    first = await founded(registry, 1)
    second = await founded(registry, 2)
    filed = await founded(registry, 3, credit_code=None, filing_number="罗备001")
    unknown = str(uuid4())
    asked = {
        "credit_codes": [credit_code(1).lower(), credit_code(9)],
        "ids": [first, second, unknown],
        "filing_numbers": ["罗备001", "罗备002"],
    }
    answer = (await registry.post(PATH, json=asked)).json()
    assert [item["id"] for item in answer["found"]] == [first, second, filed]
    assert answer["not_found"] == {
        "credit_codes": [credit_code(9)],
        "ids": [unknown],
        "filing_numbers": ["罗备002"],
    }


async def test_outside_the_callers_areas_is_not_found(
    registry: httpx.AsyncClient, keys: TestKeys
) -> None:
    identifier = await founded(registry, 1)
    asked = {"credit_codes": [credit_code(1), credit_code(2)], "ids": [identifier]}
    answer = await registry.post(PATH, json=asked, headers=keys.headers(areas=["440304"]))
    assert answer.json() == {
        "found": [],
        "not_found": {**asked, "filing_numbers": []},
    }


@pytest.mark.parametrize("number", [0, 1001])
async def test_one_to_a_thousand_at_once(registry: httpx.AsyncClient, number: int) -> None:
    asked = {"credit_codes": [f"x{n}" for n in range(number)]}
    answer = await registry.post(PATH, json=asked)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["rule"] == "lookup_size"


async def test_a_thousand_are_answered(registry: httpx.AsyncClient) -> None:
    asked = {"credit_codes": [f"x{n}" for n in range(1000)]}
    answer = (await registry.post(PATH, json=asked)).json()
    assert len(answer["not_found"]["credit_codes"]) == 1000
