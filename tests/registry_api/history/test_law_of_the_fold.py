"""The law of time, held against a naive model: random histories with back-dated corrections.

The model keeps the patches of the ledger and folds them one by one; the registry answers through
reads, lists, exports and stories.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from typing import Any

import httpx
import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.registry_api.reading import amended, founded, walked

FOUNDED = date(2016, 3, 1)
DAYS = 20
EARLIER = -5
"""Days before the first that is known: the beginning is moved back."""
_NUMBERS = count(1)

State = dict[str, Any]
Patch = tuple[date, int, State]

_COUNTS = st.integers(0, 4)
_GRADES = st.one_of(
    st.none(),
    st.fixed_dictionaries({}, optional={
        "level": st.sampled_from(["1A", "5A"]),
        "valid_until": st.sampled_from(["2021-01-01", "2022-01-01"]),
    }),
)  # fmt: skip
_ORGANIZATIONS = st.one_of(
    st.none(),
    st.fixed_dictionaries({}, optional={
        "mode": st.sampled_from(["solo", "joint"]),
        "secretary": st.one_of(st.none(), st.just({"cross_posted": True})),
    }),
)  # fmt: skip
CHANGES = st.fixed_dictionaries({}, optional={
    "full_time_staff": _COUNTS,
    "grade": _GRADES,
    "domicile": st.sampled_from(["440303001", "440304001"]).map(lambda c: {"division_code": c}),
    "party": st.fixed_dictionaries(
        {}, optional={"full_members": _COUNTS, "organization": _ORGANIZATIONS}
    ),
})  # fmt: skip
HISTORIES = st.lists(st.tuples(st.integers(EARLIER, DAYS), CHANGES), min_size=1, max_size=7)


def _naive_merge(state: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return patch
    merged = dict(state) if isinstance(state, dict) else {}
    for key, value in patch.items():
        merged[key] = _naive_merge(merged.get(key), value)
    return merged


def _fill(state: State, shape: State) -> State:
    """Every member that `shape` has is there, null where nobody said."""
    filled = {}
    for key, below in shape.items():
        value = state.get(key)
        filled[key] = _fill(value, below) if below and isinstance(value, dict) else value
    return filled


_GRADE = dict.fromkeys(["level", "announced_on", "valid_until"])
_SECRETARY = dict.fromkeys(["post", "cross_posted", "appointed_on"])


def _naive_state(patches: list[Patch], day: date, position: int) -> State | None:
    state: State | None = None
    for effective_on, at, patch in sorted(patches, key=lambda item: item[:2]):
        if effective_on <= day and at <= position:
            state = _naive_merge(state, patch)
            if state["grade"]:
                state["grade"] = _fill(state["grade"], _GRADE)
            _fill_party(state["party"])
    return state


def _fill_party(party: State) -> None:
    organization = party["organization"]
    if organization:
        organization.setdefault("with", [])
        for key in (
            "form",
            "mode",
            "established_on",
            "approval",
            "secretary",
            "elected_on",
            "term_until",
        ):
            organization.setdefault(key, None)
        if organization["secretary"]:
            organization["secretary"] = _fill(organization["secretary"], _SECRETARY)


async def _patches(registry: httpx.AsyncClient, identifier: str) -> list[Patch]:
    answer = await registry.get(f"/v1/organizations/{identifier}/events?limit=1000")
    return [
        (date.fromisoformat(e["effective_on"]), e["position"], e["change"])
        for e in answer.json()["items"]
    ]


def _moments(patches: list[Patch]) -> Iterator[tuple[date, int]]:
    """Every day and position at which something may differ."""
    days = {day + step for day, _, _ in patches for step in (timedelta(-1), timedelta(0))}
    for position in {at for _, at, _ in patches}:
        for day in days:
            yield day, position


def _without_names(document: State) -> State:
    return {key: value for key, value in document.items() if key not in {"id", "revision"}}


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(HISTORIES)
async def test_read_list_and_export_equal_the_naive_fold(
    registry: httpx.AsyncClient, history: list[tuple[int, State]]
) -> None:
    number = next(_NUMBERS)
    identifier = await founded(registry, number)
    for offset, change in history:
        since = (FOUNDED + timedelta(offset)).isoformat()
        answer = await amended(registry, identifier, since, **change)
        assert answer.status_code == 200, answer.text
    patches = await _patches(registry, identifier)
    code = (await registry.get(f"/v1/organizations/{identifier}")).json()["credit_code"]
    for day, position in _moments(patches):
        when: dict[str, Any] = {"valid_on": day.isoformat(), "known_at": position}
        expected = _naive_state(patches, day, position)
        revision = sum(at <= position for _, at, _ in patches)
        read = await registry.get(f"/v1/organizations/{identifier}", params=when)
        listed = await walked(registry, credit_code=code, **when)
        if expected is None:
            assert (read.status_code, listed) == (404, [])
            continue
        assert _without_names(read.json()) == expected
        assert read.json()["revision"] == revision
        assert listed == [read.json()]
        export = await registry.get(
            "/v1/organizations/export", params={"credit_code": code, **when}
        )
        assert [orjson.loads(line) for line in export.content.splitlines()] == listed
        assert export.headers["ledger-position"] == str(position)
    today = await registry.get(f"/v1/organizations/{identifier}")
    assert _without_names(today.json()) == _naive_state(patches, date.max, 2**62)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(HISTORIES)
async def test_a_story_has_a_stretch_for_every_state_of_the_naive_fold(
    registry: httpx.AsyncClient, history: list[tuple[int, State]]
) -> None:
    identifier = await founded(registry, next(_NUMBERS))
    for offset, change in history:
        await amended(registry, identifier, (FOUNDED + timedelta(offset)).isoformat(), **change)
    patches = await _patches(registry, identifier)
    story = (await registry.get(f"/v1/organizations/{identifier}/timeline")).json()["segments"]
    starts = []
    before = None
    for offset in range(EARLIER, DAYS + 1):
        day = FOUNDED + timedelta(offset)
        state = _naive_state(patches, day, 2**62)
        if state != before:
            starts.append(day.isoformat())
        before = state
    assert [segment["from"] for segment in story] == starts
    assert [segment["until"] for segment in story] == [*starts[1:], None]
    told = sorted(event["position"] for segment in story for event in segment["events"])
    assert told == sorted(position for _, position, _ in patches)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(HISTORIES, HISTORIES, st.booleans(), st.data())
async def test_an_export_and_the_feed_after_it_are_the_register(
    registry: httpx.AsyncClient,
    first: list[tuple[int, State]],
    second: list[tuple[int, State]],
    in_error: bool,
    data: st.DataObject,
) -> None:
    for history in (first, second):
        identifier = await founded(registry, next(_NUMBERS))
        for offset, change in history:
            await amended(registry, identifier, (FOUNDED + timedelta(offset)).isoformat(), **change)
    if in_error:
        path = f"/v1/organizations/{identifier}/void"
        voided = await registry.post(path, json={"reason": "错"}, headers={"if-match": "*"})
        assert voided.status_code == 200
    head = (await registry.get("/v1/ledger/head")).json()["position"]
    position = data.draw(st.integers(0, head))
    copy = await _export(registry, known_at=position)
    page = (await registry.get("/v1/changes", params={"after": position, "limit": 1000})).json()
    assert page["next_after"] == head
    for event in page["events"]:
        if not event["data"]["timeline"]:
            copy.pop(event["subject"], None)
            continue
        last = event["data"]["timeline"][-1]["state"]
        names = {"id": event["subject"], "revision": event["revision"]}
        copy[event["subject"]] = {**names, **last}
    assert copy == await _export(registry)


async def _export(registry: httpx.AsyncClient, **params: Any) -> dict[str, State]:
    answer = await registry.get("/v1/organizations/export", params=params)
    documents = [orjson.loads(line) for line in answer.content.splitlines()]
    return {document["id"]: document for document in documents}
