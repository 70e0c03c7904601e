"""A walk in pages while others write: who was there all the time is met exactly once."""

from collections import Counter
from itertools import count
from typing import Any, get_args

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.registry_api.reading import amended, founded

from registry_api.core.organization.facets import Sort
from registry_api.organizations import find as find_organizations

_NUMBERS = count(1)

_FIELDS = st.one_of(
    st.fixed_dictionaries({"name": st.sampled_from(["甲", "乙", "丙", "丁", "戊"])}),
    st.fixed_dictionaries({"full_time_staff": st.one_of(st.none(), st.integers(0, 9))}),
    st.fixed_dictionaries({"party": st.fixed_dictionaries({"full_members": st.integers(0, 9)})}),
    st.fixed_dictionaries(
        {"registration": st.fixed_dictionaries(
            {"registered_on": st.one_of(st.none(), st.sampled_from(["2015-01-01", "2016-02-01"]))}
        )}
    ),
    st.sampled_from(
        [{"grade": None}, {"grade": {"level": "1A", "valid_until": "2020-01-01"}}]
    ),
)  # fmt: skip
_WRITES = st.lists(
    st.lists(st.one_of(st.just("found"), st.tuples(st.integers(0, 5), _FIELDS)), max_size=3),
    max_size=8,
)


async def _write(registry: httpx.AsyncClient, present: list[str], sponsor: str, what: Any) -> None:
    if what == "found":
        await founded(registry, next(_NUMBERS), sponsor=sponsor)
        return
    which, change = what
    answer = await amended(registry, present[which % len(present)], "2017-01-01", **change)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("sort", get_args(Sort))
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(_WRITES, st.sampled_from(["asc", "desc"]), st.integers(1, 3))
async def test_who_is_there_throughout_is_met_once_in_every_order(
    registry: httpx.AsyncClient, sort: str, writes: list[list[Any]], order: str, limit: int
) -> None:
    sponsor = f"发起人{next(_NUMBERS)}"
    name = {"name": f"走查{next(_NUMBERS)}"}
    present = [await founded(registry, next(_NUMBERS), sponsor=sponsor, **name) for _ in range(6)]
    await founded(registry, next(_NUMBERS))
    met: Counter[str] = Counter()
    writing = iter(writes)
    params: dict[str, Any] = {"sort": sort, "order": order, "limit": limit}
    while True:
        answer = await registry.get("/v1/organizations", params=params)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        met.update(item["id"] for item in page["items"])
        for what in next(writing, []):
            await _write(registry, present, sponsor, what)
        params["cursor"] = page["next_cursor"]
        if params["cursor"] is None:
            break
    assert {met[identifier] for identifier in present} == {1}
    assert max(met.values()) == 1


@pytest.mark.parametrize("sort", ["name", "full_members"])
async def test_a_sorted_walk_shows_the_register_as_it_was_at_its_first_page(
    registry: httpx.AsyncClient, sort: str
) -> None:
    ids = [await founded(registry, number, name=f"医院{number}") for number in range(1, 4)]
    first = await registry.get("/v1/organizations", params={"sort": sort, "limit": 1})
    await amended(registry, ids[0], "2017-01-01", name="医院9", party={"full_members": 9})
    await amended(registry, ids[2], "2017-01-01", name="医院0", party={"full_members": 0})
    await founded(registry, 4, name="医院2a")
    cursor = first.json()["next_cursor"]
    second = await registry.get(
        "/v1/organizations", params={"sort": sort, "limit": 10, "cursor": cursor}
    )
    items = [*first.json()["items"], *second.json()["items"]]
    assert [(item["id"], item["name"]) for item in items] == [
        (ids[0], "医院1"), (ids[1], "医院2"), (ids[2], "医院3")
    ]  # fmt: skip
    assert first.headers["ledger-position"] == second.headers["ledger-position"] == "3"


async def test_a_sorted_walk_that_too_much_overtook_says_so(
    registry: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find_organizations, "_MAX_CHANGES", 1)
    await founded(registry, 1)
    await founded(registry, 2)
    page = (await registry.get("/v1/organizations?sort=name&limit=1")).json()
    await founded(registry, 3)
    params = {"sort": "name", "limit": 1, "cursor": page["next_cursor"]}
    assert (await registry.get("/v1/organizations", params=params)).status_code == 200
    await founded(registry, 4)
    answer = await registry.get("/v1/organizations", params=params)
    assert (answer.status_code, answer.json()["most"]) == (410, 1)


async def test_a_walk_through_the_past_goes_on_as_it_began(registry: httpx.AsyncClient) -> None:
    ids = [await founded(registry, number) for number in range(1, 4)]
    when: dict[str, Any] = {"valid_on": "2016-06-01", "limit": 2}
    first = (await registry.get("/v1/organizations", params=when)).json()
    await amended(registry, ids[2], "2016-06-01", full_time_staff=1)
    params = {**when, "cursor": first["next_cursor"]}
    second = (await registry.get("/v1/organizations", params=params)).json()
    assert [item["full_time_staff"] for item in second["items"]] == [40]
    anew = (await registry.get("/v1/organizations", params=when | {"limit": 3})).json()
    assert [item["full_time_staff"] for item in anew["items"]] == [40, 40, 1]


async def test_a_page_of_the_past_looks_at_a_bounded_number_and_goes_on(
    registry: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry_api.selection.past._BUDGET", 2)
    for number in range(1, 6):
        last = await founded(registry, number)
    await amended(registry, last, "2016-03-01", status="suspended")
    params: dict[str, Any] = {"valid_on": "2016-06-01", "status": "suspended", "limit": 1}
    sizes = []
    while True:
        page = (await registry.get("/v1/organizations", params=params)).json()
        sizes.append(len(page["items"]))
        params["cursor"] = page["next_cursor"]
        if params["cursor"] is None:
            break
    assert sizes[:2] == [0, 0]
    assert sum(sizes) == 1
