"""What one organization owes, over HTTP; the table of obligations against the naive derivation."""

import re
from datetime import date, timedelta
from itertools import count
from typing import Any

import asyncpg
import httpx
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.registry_api.import_files import csv_file, imported, row
from tests.registry_api.reading import amended, founded
from tests.registry_api.samples import credit_code

from registry_api.domain.obligations import obligations_ahead
from registry_api.domain.organization import complete
from servicekit.testing import TestKeys
from servicekit.time import fold

State = dict[str, Any]
_NUMBERS = count(1)


async def _owed(registry: httpx.AsyncClient, identifier: str, **params: Any) -> list[State]:
    answer = await registry.get(f"/v1/organizations/{identifier}/obligations", params=params)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def _kinds(registry: httpx.AsyncClient, identifier: str, **params: Any) -> list[str]:
    return [item["kind"] for item in await _owed(registry, identifier, **params)]


async def test_the_answer_changes_with_what_happened_and_remembers_what_was(
    registry: httpx.AsyncClient,
) -> None:
    identifier = await founded(registry)
    members = {"effective_on": "2017-05-01", "full_members": 3, "probationary_members": 0}
    match = {"if-match": "*"}
    path = f"/v1/organizations/{identifier}"
    assert (await registry.post(f"{path}/party-members", json=members, headers=match)).is_success
    listed = await _owed(registry, identifier)
    assert [item["kind"] for item in listed] == ["form_party_organization", "annual_inspection"]
    assert (listed[0]["since"], listed[0]["due_on"]) == ("2017-05-01", "2017-05-01")
    assert [item["overdue"] for item in listed] == [True, True]
    assert await _kinds(registry, identifier, valid_on="2016-12-31") == ["assign_organizer"]
    before = (await registry.get("/v1/ledger/head")).json()["position"]
    formed = {"effective_on": "2017-06-01", "form": "branch", "mode": "solo"}
    answer = await registry.post(f"{path}/party-organization/formation", json=formed, headers=match)
    assert answer.is_success
    assert await _kinds(registry, identifier) == ["annual_inspection"]
    known = await _kinds(registry, identifier, known_at=before)
    assert known == ["form_party_organization", "annual_inspection"]
    ahead = await _kinds(registry, identifier, valid_on="2018-05-01")
    assert ahead == ["annual_inspection", "hold_organizational_life", "adopt_charter_wording_2018"]
    inspected = {
        "effective_on": "2017-06-10", "year": 2016, "result": "passed", "party_section": True,
    }  # fmt: skip
    answer = await registry.post(f"{path}/annual-inspections", json=inspected, headers=match)
    assert answer.is_success
    assert await _kinds(registry, identifier) == []


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_each_obligation_says_what_why_and_how_to_end_it(
    registry: httpx.AsyncClient, language: str
) -> None:
    identifier = await founded(registry)
    answer = await registry.get(
        f"/v1/organizations/{identifier}/obligations", headers={"accept-language": language}
    )
    body = answer.json()
    assert (body["id"], body["valid_on"], body["known_at"]) == (identifier, "2017-06-14", 1)
    for item in body["items"]:
        for words in (item["title"], item["clause"], item["discharge"]):
            assert bool(re.match("[A-Z]", words)) == (language == "en")
        assert item["source"]
        for event in item["discharged_by"]:
            probe = await registry.post(f"/v1/organizations/{identifier}/{event}", json={})
            assert probe.status_code == 422, "the event has an endpoint"


async def test_obligations_are_seen_by_whom_the_organization_belonged_to_on_the_day(
    registry: httpx.AsyncClient, keys: TestKeys
) -> None:
    identifier = await founded(registry)
    await amended(registry, identifier, "2017-01-01", domicile={"division_code": "440304001"})
    path = f"/v1/organizations/{identifier}/obligations"
    for areas, day, status in (
        (["440303"], "2016-12-31", 200), (["440304"], "2016-12-31", 404),
        (["440303"], "2017-01-01", 404), (["440304"], "2017-01-01", 200),
    ):  # fmt: skip
        headers = keys.headers(areas=areas)
        answer = await registry.get(path, params={"valid_on": day}, headers=headers)
        assert answer.status_code == status


async def test_who_was_entered_in_error_owes_nothing_and_says_so(
    registry: httpx.AsyncClient, registry_url: str
) -> None:
    identifier = await founded(registry)
    path = f"/v1/organizations/{identifier}"
    assert await _table(registry_url)
    voided = await registry.post(f"{path}/void", json={"reason": "错"}, headers={"if-match": "*"})
    assert voided.status_code == 200
    assert await _table(registry_url) == set()
    assert (await registry.get(f"{path}/obligations")).status_code == 410
    day = {"known_at": 1, "valid_on": "2016-03-01"}
    assert await _kinds(registry, identifier, **day) == ["assign_organizer"]


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"valid_on": "yesterday"}, 422),
        ({"valid_on": "2016-02-30"}, 422),
        ({"known_at": "99999999999999999"}, 400),
        ({"known_at": "soon"}, 422),
        ({"when": "now"}, 400),
        ({"valid_on": "2016-02-29"}, 404),
        ({"known_at": "0"}, 404),
    ],
)
async def test_what_can_not_be_asked_is_refused(
    registry: httpx.AsyncClient, params: dict[str, str], status: int
) -> None:
    identifier = await founded(registry)
    answer = await registry.get(f"/v1/organizations/{identifier}/obligations", params=params)
    assert answer.status_code == status, answer.text


FOUNDED = date(2016, 3, 1)
_CHANGES = st.fixed_dictionaries({}, optional={
    "status": st.sampled_from(["active", "suspended", "revoked"]),
    "grade": st.sampled_from([None, {"level": "3A", "valid_until": "2017-06-01"}]),
    "charter": st.fixed_dictionaries({}, optional={
        "state": st.sampled_from(["none", "included"]), "wording": st.sampled_from([None, "v1"]),
    }),
    "party": st.fixed_dictionaries({}, optional={
        "full_members": st.integers(0, 8),
        "organization": st.sampled_from([
            None, {"form": "branch", "mode": "joint", "established_on": "2013-01-01"},
        ]),
    }),
})  # fmt: skip
_HISTORIES = st.lists(st.tuples(st.integers(0, 30), _CHANGES), max_size=4)
_IMPORTED = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 8)), max_size=2)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(_HISTORIES, _IMPORTED, st.integers(0, 8))
async def test_the_table_holds_what_every_organizations_whole_history_says(
    registry: httpx.AsyncClient,
    registry_url: str,
    history: list[tuple[int, State]],
    imports: list[tuple[int, int]],
    members: int,
) -> None:
    """Events, corrections, imports of who is new and of who is known, in time and late."""
    known, new = next(_NUMBERS), next(_NUMBERS)
    identifier = await founded(registry, known)
    for offset, change in history:
        day = (FOUNDED + timedelta(offset)).isoformat()
        assert (await amended(registry, identifier, day, **change)).status_code == 200
    for offset, full in [(15, members), *imports]:
        day = (FOUNDED + timedelta(offset)).isoformat()
        rows = [{"统一社会信用代码": credit_code(known), "正式党员数": str(full)}]
        await imported(registry, csv_file(rows), effective_on=day)
        rows = [row(new, 正式党员数=str(full), 党建入章="未写入")]
        await imported(registry, csv_file(rows), effective_on=day)
    assert await _table(registry_url) == await _derived(registry)


async def _table(url: str) -> set[tuple[Any, ...]]:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    rows = await connection.fetch(
        "SELECT organization_id::text, kind, since, due_on, until FROM obligation"
    )
    await connection.close()
    return {tuple(found) for found in rows}


async def _derived(registry: httpx.AsyncClient) -> set[tuple[Any, ...]]:
    """From the patches that the feed tells, organization by organization."""
    patches: dict[str, list[tuple[date, int, State]]] = {}
    after = 0
    while True:
        page = orjson.loads(
            (await registry.get("/v1/changes", params={"after": after, "limit": 1000})).content
        )
        for event in page["events"]:
            data = event["data"]
            patch = (date.fromisoformat(data["effective_on"]), int(event["sequence"]),
                     data["change"])  # fmt: skip
            patches.setdefault(event["subject"], []).append(patch)
        after = page["next_after"]
        if after == page["head"]:
            break
    return {
        (subject, o.kind, o.since, o.due_on or date.max, o.until or date.max)
        for subject, told in patches.items()
        for o in obligations_ahead(fold(told, complete))
    }
