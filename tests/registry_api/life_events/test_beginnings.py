"""An organization is often entered long after it began: its first known day can be moved back."""

from typing import Any

import httpx
from tests.registry_api.import_files import by_code, csv_file, imported, notices_of, row
from tests.registry_api.reading import amended, founded

from servicekit.testing import TestKeys


async def _on(registry: httpx.AsyncClient, identifier: str, day: str) -> httpx.Response:
    return await registry.get(f"/v1/organizations/{identifier}", params={"valid_on": day})


async def test_an_amendment_before_the_first_day_moves_the_beginning_back(
    registry: httpx.AsyncClient,
) -> None:
    await imported(registry, csv_file([row(1)]))
    held = await by_code(registry, 1)
    path = f"/v1/organizations/{held['id']}/party-organization/formation"
    formed = {
        "effective_on": "2017-05-24", "form": "functional", "mode": "solo",
        "approval": "罗组〔2017〕1号",
    }  # fmt: skip
    refused = await registry.post(path, json=formed, headers={"if-match": "*"})
    assert [e["rule"] for e in refused.json()["errors"]] == ["before_first"]
    assert "amendments" in refused.json()["errors"][0]["detail"]
    moved = await amended(registry, held["id"], "2017-01-01")
    assert (moved.status_code, moved.json()["revision"]) == (200, 2)
    assert (await registry.post(path, json=formed, headers={"if-match": "*"})).status_code == 200
    assert (await _on(registry, held["id"], "2016-12-31")).status_code == 404
    since = "functional"
    for day, form in (("2017-01-01", None), ("2017-05-24", since), ("2017-06-14", since)):
        party = (await _on(registry, held["id"], day)).json()["party"]
        # the import of 2017-06-14 said nothing of a Party organization, so it takes none away
        assert (party["organization"] or {}).get("form") == form, day
    event = (await registry.get("/v1/changes?after=1&limit=1")).json()["events"][0]["data"]
    assert [s["from"] for s in event["timeline"]] == ["2017-01-01"]
    assert event["change"]["name"] == held["name"]


async def test_an_import_with_an_earlier_date_moves_the_beginning_back(
    registry: httpx.AsyncClient,
) -> None:
    rows = [row(1, 正式党员数="4")]
    await imported(registry, csv_file([row(1), row(2)]), effective_on="2017-06-01")
    job = await imported(registry, csv_file(rows), effective_on="2015-12-31")
    assert job["result"] == {"created": 0, "updated": 1, "unchanged": 0, "refused": 0}
    assert await notices_of(registry, job) == [(2, "", "beginning_moved")]
    identifier = (await by_code(registry, 1))["id"]
    for day, members in (("2015-12-31", 4), ("2017-05-31", 4), ("2017-06-01", 2)):
        found = (await _on(registry, identifier, day)).json()
        assert found["party"]["full_members"] == members, day
    again = await imported(registry, csv_file(rows), effective_on="2015-12-31")
    assert again["result"]["unchanged"] == 1


async def test_a_change_that_reaches_a_day_elsewhere_is_refused_without_naming_the_place(
    registry: httpx.AsyncClient, keys: TestKeys
) -> None:
    identifier = await founded(registry, domicile={"division_code": "440304001"})
    await amended(registry, identifier, "2017-01-01", domicile={"division_code": "440303001"})
    inside = keys.headers(areas=["440303"])

    async def amend(day: str, change: dict[str, Any]) -> httpx.Response:
        return await registry.post(
            f"/v1/organizations/{identifier}/amendments",
            json={"effective_on": day, "change": change},
            headers={"if-match": "*", **inside},
        )

    for change in ({"full_time_staff": 1}, {"domicile": {"division_code": "440303002"}}):
        for day in ("2016-09-01", "2015-12-31"):  # the latter is before the first that is known
            answer = await amend(day, change)
            assert answer.status_code == 403
            assert answer.json()["type"].endswith("/outside-areas")
            assert "440304" not in answer.text
    away = await amend("2017-02-01", {"domicile": {"division_code": "440304002"}})
    assert (away.status_code, away.json()["area"]) == (403, "440304002")
    assert (await amend("2017-02-01", {"full_time_staff": 1})).status_code == 200
    void = await registry.post(
        f"/v1/organizations/{identifier}/void",
        json={"reason": "重复登记"},
        headers={"if-match": "*", **inside},
    )
    assert (void.status_code, "440304" in void.text) == (403, False)
    assert void.json()["type"].endswith("/outside-areas")
