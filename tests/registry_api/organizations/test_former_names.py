"""Who bore a credit code or a filing number on a day, as known at a moment."""

from typing import Any

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.registry_api.reading import amended, founded
from tests.registry_api.samples import credit_code, hospital

from servicekit.testing import TestKeys

LOOKUPS = "/v1/organizations/lookups"


async def by_code(registry: httpx.AsyncClient, number: int, **when: Any) -> httpx.Response:
    path = f"/v1/organizations/by-credit-code/{credit_code(number)}"
    return await registry.get(path, params=when)


async def position(registry: httpx.AsyncClient) -> int:
    return int((await registry.get("/v1/ledger/head")).json()["position"])


async def test_a_code_that_changed_hands_leads_to_who_bore_it(registry: httpx.AsyncClient) -> None:
    first = await founded(registry, 1)
    before = await position(registry)
    given_up = await amended(registry, first, "2016-06-01", credit_code=credit_code(2))
    assert given_up.status_code == 200, given_up.text
    second = await founded(registry, 1, effective_on="2017-02-01")
    assert (await by_code(registry, 1)).json()["id"] == second
    assert (await by_code(registry, 2)).json()["id"] == first
    assert (await by_code(registry, 1, valid_on="2016-05-01")).json()["id"] == first
    assert (await by_code(registry, 2, valid_on="2016-05-01")).status_code == 404
    assert (await by_code(registry, 1, valid_on="2016-08-01")).status_code == 404
    assert (await by_code(registry, 1, known_at=before)).json()["id"] == first
    assert (await by_code(registry, 2, known_at=before)).status_code == 404
    told = await by_code(registry, 1, valid_on="2016-05-01")
    by_id = await registry.get(f"/v1/organizations/{first}", params={"valid_on": "2016-05-01"})
    assert (told.text, told.headers["etag"]) == (by_id.text, by_id.headers["etag"])


async def test_a_code_told_of_the_past_only_is_found_there(registry: httpx.AsyncClient) -> None:
    """A back-dated correction names the organization in a stretch that is over."""
    identifier = await founded(registry, 1)
    for day, number in (("2017-05-01", 3), ("2016-09-01", 2)):
        answer = await amended(registry, identifier, day, credit_code=credit_code(number))
        assert answer.status_code == 200, answer.text
    for day, number in (("2016-08-31", 1), ("2017-04-30", 2), ("2017-05-01", 3)):
        borne = [
            n for n in (1, 2, 3)
            if (await by_code(registry, n, valid_on=day)).status_code == 200
        ]  # fmt: skip
        assert borne == [number], day


async def test_lookups_of_then_name_who_bore_what(registry: httpx.AsyncClient) -> None:
    first = await founded(registry, 1, filing_number="罗备001")
    second = await founded(registry, 4)
    await amended(
        registry, first, "2017-03-01", credit_code=credit_code(2), filing_number="罗备002"
    )
    asked = {
        "credit_codes": [credit_code(1), credit_code(2).lower()],
        "ids": [second],
        "filing_numbers": ["罗备001", "罗备002"],
    }
    then = (await registry.post(LOOKUPS, json=asked, params={"valid_on": "2017-01-01"})).json()
    assert [(one["id"], one["credit_code"]) for one in then["found"]] == [
        (first, credit_code(1)),
        (second, credit_code(4)),
    ]
    assert then["not_found"] == {
        "credit_codes": [credit_code(2).lower()], "ids": [], "filing_numbers": ["罗备002"],
    }  # fmt: skip
    too_early = (await registry.post(LOOKUPS, json=asked, params={"known_at": 0})).json()
    assert (too_early["found"], too_early["not_found"]) == ([], asked)
    ahead = await registry.post(LOOKUPS, json=asked, params={"known_at": 10**9})
    assert ahead.json()["type"].endswith("position-ahead")


async def test_of_a_void_organization_the_code_tells_why(
    registry: httpx.AsyncClient, keys: TestKeys
) -> None:
    identifier = await founded(registry, 3)
    for number in (2, 1):  # the first was a slip, corrected from the same day on
        answer = await amended(registry, identifier, "2016-03-01", credit_code=credit_code(number))
        assert answer.status_code == 200, answer.text
    standing = await position(registry)
    await registry.post(
        f"/v1/organizations/{identifier}/void",
        json={"reason": "重复录入"}, headers={"if-match": "*"},
    )  # fmt: skip
    gone = await by_code(registry, 1)
    assert gone.status_code == 410
    by_id = (await registry.get(f"/v1/organizations/{identifier}")).json()
    assert (gone.json()["type"], gone.json()["detail"]) == (by_id["type"], by_id["detail"])
    assert (await by_code(registry, 2)).status_code == 404
    assert (await by_code(registry, 1, valid_on="2016-01-01")).status_code == 404
    assert (await by_code(registry, 1, known_at=standing)).json()["id"] == identifier
    elsewhere = keys.headers(areas=["440304"])
    asked: tuple[dict[str, Any], ...] = ({}, {"known_at": standing})
    for when in asked:
        hidden = await registry.get(
            f"/v1/organizations/by-credit-code/{credit_code(1)}", params=when, headers=elsewhere
        )
        assert hidden.status_code == 404
    again = await founded(registry, 1)
    assert (await by_code(registry, 1)).json()["id"] == again


CHANGES = st.lists(
    st.tuples(
        st.sampled_from([0, 1]), st.dates().map(lambda d: f"2016-{d.month:02}-{min(d.day, 28):02}"),
        st.integers(1, 4),
    ),
    max_size=8,
)  # fmt: skip


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=CHANGES)
async def test_by_code_is_the_read_of_all(
    registry: httpx.AsyncClient, changes: list[tuple[int, str, int]]
) -> None:
    """On any day, at any position: exactly those whose own document of then bears the code."""
    start = await position(registry)
    numbers = iter(range(10_000 + 10 * start, 10_010 + 10 * start))
    codes = {n: credit_code(next(numbers)) for n in range(6)}
    owners = []
    for n in (0, 5):
        answer = await registry.post(
            "/v1/organizations", json=hospital(1, credit_code=codes[n], name=f"医院{codes[n]}")
        )
        owners.append(answer.json()["id"])
    for owner, day, n in changes:
        answer = await amended(registry, owners[owner], day, credit_code=codes[n])
        assert answer.status_code in (200, 409, 422), answer.text
    end = await position(registry)
    days = sorted({"2016-05-01", "2017-01-01", *(day for _, day, _ in changes)})
    for known_at in range(start, end + 1, max(1, (end - start) // 3)):
        for day in days:
            when: dict[str, Any] = {"valid_on": day, "known_at": known_at}
            own = [
                await registry.get(f"/v1/organizations/{owner}", params=when) for owner in owners
            ]
            bears = {
                answer.json()["credit_code"]: answer.json()["id"]
                for answer in own
                if answer.status_code == 200
            }
            looked_up = await registry.post(
                LOOKUPS, json={"credit_codes": list(codes.values())}, params=when
            )
            found = {one["id"] for one in looked_up.json()["found"]}
            assert found == {a.json()["id"] for a in own if a.status_code == 200}
            for code in codes.values():
                answer = await registry.get(f"/v1/organizations/by-credit-code/{code}", params=when)
                assert (answer.status_code == 200) == (code in bears)
                if code in bears:
                    assert answer.json()["id"] == bears[code]
