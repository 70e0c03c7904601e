"""The information base and the notices of the past are what each organization's own past says."""

from datetime import date, timedelta
from itertools import count
from typing import Any

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.registry_api.reading import amended, founded

from servicekit.testing import TestKeys

FOUNDED = date(2016, 3, 1)
DAYS = 12
LISTS = ("/v1/information-base", "/v1/notices")
_NUMBERS = count(1)

Item = dict[str, Any]

CHANGES = st.fixed_dictionaries({}, optional={
    "status": st.sampled_from(["active", "suspended"]),
    "grade": st.sampled_from(["2016-03-03", "2021-01-01"]).map(
        lambda until: {"level": "3A", "valid_until": until}
    ),
    "domicile": st.sampled_from(["440303001", "440304001"]).map(lambda c: {"division_code": c}),
    "party": st.fixed_dictionaries({}, optional={
        "full_members": st.integers(0, 4),
        "probationary_members": st.integers(0, 1),
        "organization": st.sampled_from([None, {"mode": "solo"}]),
        "organizer": st.sampled_from([None, {"assigned_on": "2016-03-02"}]),
    }),
})  # fmt: skip
HISTORIES = st.lists(st.tuples(st.integers(-3, DAYS), CHANGES), max_size=4)


async def _walked(
    registry: httpx.AsyncClient, path: str, headers: dict[str, str] | None = None, **params: Any
) -> list[Item]:
    items: list[Item] = []
    while True:
        answer = await registry.get(path, params=params, headers=headers)
        assert answer.status_code == 200, answer.text
        items += answer.json()["items"]
        params["cursor"] = answer.json()["next_cursor"]
        if params["cursor"] is None:
            return items


async def _read(registry: httpx.AsyncClient, path: str, **when: Any) -> Any:
    answer = await registry.get(path, params=when)
    return answer.json() if answer.status_code == 200 else None


async def _in_base(registry: httpx.AsyncClient, identifier: str, **when: Any) -> Item | None:
    """What the base should show of an organization, by its own document and obligations."""
    path = f"/v1/organizations/{identifier}"
    document = await _read(registry, path, **when)
    if document is None or document["status"] != "active":
        return None
    party = document["party"]
    members = (party["full_members"] or 0) + (party["probationary_members"] or 0)
    if party["organization"] or not members:
        return None
    standing = await _read(registry, f"{path}/obligations", **when)
    kinds = {"form_party_organization", "assign_organizer"}
    owed = [(o["kind"], o["since"]) for o in standing["items"] if o["kind"] in kinds]
    kind, since = owed[0] if owed else (None, None)
    return {
        "id": identifier,
        "revision": document["revision"],
        "area": document["domicile"]["division_code"],
        "full_members": party["full_members"],
        "eligible": (party["full_members"] or 0) >= 3,
        "organizer_missing": party["organizer"] is None,
        "owes": kind,
        "since": since,
    }


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(HISTORIES, HISTORIES, st.integers(-4, DAYS + 1), st.data())
async def test_lists_of_the_past_are_the_pasts_of_their_organizations(
    registry: httpx.AsyncClient,
    keys: TestKeys,
    first: list[tuple[int, Item]],
    second: list[tuple[int, Item]],
    offset: int,
    data: st.DataObject,
) -> None:
    identifiers = []
    start = (await registry.get("/v1/ledger/head")).json()["position"]
    for history in (first, second):
        identifiers.append(await founded(registry, next(_NUMBERS)))
        for day, change in history:
            since = (FOUNDED + timedelta(day)).isoformat()
            await amended(registry, identifiers[-1], since, **change)
    head = (await registry.get("/v1/ledger/head")).json()["position"]
    when: dict[str, Any] = {
        "valid_on": (FOUNDED + timedelta(offset)).isoformat(),
        "known_at": data.draw(st.integers(start, head)),
    }
    base = {item["id"]: item for item in await _walked(registry, LISTS[0], limit=1, **when)}
    listed = {item["id"]: item for item in await _walked(registry, LISTS[1], limit=1, **when)}
    for identifier in identifiers:
        expected = await _in_base(registry, identifier, **when)
        assert (identifier in base) == (expected is not None)
        assert expected is None or expected.items() <= base[identifier].items()
        own = await _read(registry, f"/v1/organizations/{identifier}/notices", **when)
        assert listed.get(identifier) == (own if own and own["notices"] else None)
    inside = keys.headers(areas=["440304"])
    for path, whole in zip(LISTS, (base, listed), strict=True):
        seen = await _walked(registry, path, inside, **when)
        there = await _walked(registry, "/v1/organizations", inside, **when)
        visible = {item["id"] for item in there}
        assert seen == [item for item in whole.values() if item["id"] in visible]
    for eligible in ("true", "false"):
        page = {"eligible": eligible, "count": "exact", **when}
        counted = (await registry.get(LISTS[0], params=page)).json()["count"]
        assert counted == sum(item["eligible"] == (eligible == "true") for item in base.values())


async def test_a_walk_of_the_past_shows_what_its_first_page_knew(
    registry: httpx.AsyncClient,
) -> None:
    identifiers = [await founded(registry, number) for number in range(1, 4)]
    params: dict[str, Any] = {"valid_on": "2016-06-01", "limit": 1}
    first = (await registry.get(LISTS[0], params=params)).json()
    formed = {"organization": {"form": "branch", "mode": "solo"}}
    assert (await amended(registry, identifiers[2], "2016-04-01", party=formed)).status_code == 200
    rest = await _walked(registry, LISTS[0], **params, cursor=first["next_cursor"])
    assert [item["id"] for item in first["items"] + rest] == identifiers
    assert [item["id"] for item in await _walked(registry, LISTS[0], **params)] == identifiers[:2]
