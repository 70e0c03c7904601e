"""The story of an organization, and its events as recorded; both only as far as areas allow."""

from typing import Any

import httpx
from tests.registry_api.reading import amended, founded

from servicekit.testing import TestKeys


async def _story(
    registry: httpx.AsyncClient, identifier: str, **asked: Any
) -> list[dict[str, Any]]:
    headers = asked.pop("headers", None)
    answer = await registry.get(
        f"/v1/organizations/{identifier}/timeline", params=asked, headers=headers
    )
    assert answer.status_code == 200, answer.text
    return list(answer.json()["segments"])


def _shape(segments: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [
        (
            s["from"],
            s["until"],
            s["changes"] and {c["field"]: (c["before"], c["after"]) for c in s["changes"]},
            [e["position"] for e in s["events"]],
        )
        for s in segments
    ]


async def test_a_story_tells_what_changed_when_and_through_which_event(
    registry: httpx.AsyncClient,
) -> None:
    identifier = await founded(registry)
    await amended(registry, identifier, "2017-01-01", full_time_staff=50)
    await amended(registry, identifier, "2016-06-01", full_time_staff=45, sponsor="晨曦公司")
    segments = await _story(registry, identifier)
    assert _shape(segments) == [
        ("2016-03-01", "2016-06-01", None, [1]),
        (
            "2016-06-01",
            "2017-01-01",
            {"full_time_staff": (40, 45), "sponsor": (None, "晨曦公司")},
            [3],
        ),
        ("2017-01-01", None, {"full_time_staff": (45, 50)}, [2]),
    ]
    event = segments[1]["events"][0]
    assert (event["type"], event["actor"], event["revision"]) == (
        "organization.amended",
        "tester",
        3,
    )
    assert event["change"] == {"full_time_staff": 45, "sponsor": "晨曦公司"}


async def test_a_story_is_told_as_it_was_known(registry: httpx.AsyncClient) -> None:
    identifier = await founded(registry)
    await amended(registry, identifier, "2017-01-01", full_time_staff=50)
    await amended(registry, identifier, "2016-06-01", full_time_staff=45)
    assert [s[3] for s in _shape(await _story(registry, identifier, known_at=2))] == [[1], [2]]
    ahead = await registry.get(f"/v1/organizations/{identifier}/timeline?known_at=4")
    assert ahead.status_code == 400
    before = await registry.get(f"/v1/organizations/{identifier}/timeline?known_at=0")
    assert before.status_code == 404


async def test_an_event_that_was_undone_stays_in_the_story(registry: httpx.AsyncClient) -> None:
    identifier = await founded(registry)
    await amended(registry, identifier, "2017-01-01", full_time_staff=50)
    await amended(registry, identifier, "2017-01-01", full_time_staff=40)
    assert _shape(await _story(registry, identifier)) == [("2016-03-01", None, None, [1, 2, 3])]


async def test_who_moved_in_shows_its_story_only_while_inside(
    registry: httpx.AsyncClient, keys: TestKeys
) -> None:
    identifier = await founded(registry)
    await amended(registry, identifier, "2016-06-01", full_time_staff=41)
    away = {"division_code": "440304001"}
    await amended(registry, identifier, "2017-01-01", domicile=away)
    await amended(registry, identifier, "2017-02-01", full_time_staff=42)
    old, new = keys.headers(areas=["440303"]), keys.headers(areas=["440304"])
    assert _shape(await _story(registry, identifier, headers=old)) == [
        ("2016-03-01", "2016-06-01", None, [1]),
        ("2016-06-01", "2017-01-01", {"full_time_staff": (40, 41)}, [2]),
    ]
    assert _shape(await _story(registry, identifier, headers=new)) == [
        ("2017-01-01", "2017-02-01", None, [3]),
        ("2017-02-01", None, {"full_time_staff": (41, 42)}, [4]),
    ]
    neither = keys.headers(areas=["440305"])
    for path in ("timeline", "events", "notices"):
        answer = await registry.get(f"/v1/organizations/{identifier}/{path}", headers=neither)
        assert answer.status_code == 404

    async def events(headers: dict[str, str]) -> list[int]:
        answer = await registry.get(f"/v1/organizations/{identifier}/events", headers=headers)
        return [event["position"] for event in answer.json()["items"]]

    assert await events(old) == [1, 2, 3]
    assert await events(new) == [3, 4]


async def test_events_come_in_pages_in_the_order_of_their_recording(
    registry: httpx.AsyncClient,
) -> None:
    identifier = await founded(registry)
    await founded(registry, 2)
    for staff, day in ((1, "2017-03-01"), (2, "2017-01-01"), (3, "2017-02-01")):
        await amended(registry, identifier, day, full_time_staff=staff)
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    for _ in range(3):
        params = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        page = (await registry.get(f"/v1/organizations/{identifier}/events", params=params)).json()
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert [(e["position"], e["revision"]) for e in found] == [(1, 1), (3, 2), (4, 3), (5, 4)]
    feed = (await registry.get("/v1/changes")).json()["events"]
    digests = {int(event["sequence"]): event["digest"] for event in feed}
    assert all(event["digest"] == digests[event["position"]] for event in found)
