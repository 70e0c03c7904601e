"""Work lists over HTTP: obligations by term, overdue formation, the information base, exports."""

import csv
import io
from collections import Counter
from datetime import date
from itertools import pairwise
from typing import Any

import httpx
import orjson
import pytest
from python_calamine import CalamineWorkbook
from tests.registry_api.import_files import csv_file, imported, row
from tests.registry_api.reading import amended, founded
from tests.registry_api.samples import hospital

from demo_city import csv_form, organizations
from servicekit.testing import TestKeys

State = dict[str, Any]


async def _walked(registry: httpx.AsyncClient, path: str, **params: Any) -> list[State]:
    items: list[State] = []
    cursor: dict[str, str] = {}
    while True:
        answer = await registry.get(path, params={**params, **cursor})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        items += page["items"]
        if page["next_cursor"] is None:
            return items
        cursor = {"cursor": page["next_cursor"]}


async def _three(registry: httpx.AsyncClient) -> dict[str, str]:
    """Who has too few members, who has enough, who has a branch; by what they are."""
    branch = {"form": "branch", "mode": "solo", "established_on": "2016-03-01"}
    few = await founded(registry, 1)
    moved = {"division_code": "440304001"}
    many = await founded(
        registry, 2, party={"full_members": 3, "probationary_members": 0}, domicile=moved
    )
    members = {"full_members": 8, "probationary_members": 0, "organization": branch}
    formed = await founded(registry, 3, party=members, charter={"state": "provisional"})
    return {"few": few, "many": many, "formed": formed}


def _said(items: list[State], who: dict[str, str]) -> list[tuple[str, str, str | None]]:
    names = {identifier: name for name, identifier in who.items()}
    return [(names[i["organization_id"]], i["kind"], i["due_on"]) for i in items]


async def test_the_list_is_in_the_order_of_terms_and_pages_of_one_tell_the_same(
    registry: httpx.AsyncClient,
) -> None:
    who = await _three(registry)
    listed = await _walked(registry, "/v1/obligations")
    assert _said(listed, who) == [
        ("few", "assign_organizer", "2016-03-01"),
        ("many", "form_party_organization", "2016-03-01"),
        ("formed", "hold_organizational_life", "2016-06-30"),
        ("few", "annual_inspection", "2017-05-31"),
        ("many", "annual_inspection", "2017-05-31"),
        ("formed", "annual_inspection", "2017-05-31"),
        ("formed", "include_charter_clause", "2018-06-14"),
    ]
    for limit in (1, 2, 5):
        assert await _walked(registry, "/v1/obligations", limit=limit) == listed
    counted = (await registry.get("/v1/obligations?count=exact&limit=1")).json()
    assert (counted["count"], counted["valid_on"]) == (7, "2017-06-14")


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"kind": "form_party_organization"}, ["many"]),
        ({"overdue": "true"}, ["few", "many", "formed", "few", "many", "formed"]),
        ({"overdue": "false"}, ["formed"]),
        ({"due_before": "2017-05-31"}, ["few", "many", "formed"]),
        ({"due_from": "2017-05-31", "due_before": "2018-01-01"}, ["few", "many", "formed"]),
        ({"area": "440304"}, ["many", "many"]),
        ({"area": "440305"}, []),
        ({"full_members_min": 8, "overdue": "true"}, ["formed", "formed"]),
        ({"organization_kind": "foundation"}, []),
        ({"organization_kind": "private_nonenterprise", "kind": "assign_organizer"}, ["few"]),
        ({"valid_on": "2018-06-14", "overdue": "false"}, ["formed", "few", "many"]),
        ({"valid_on": "2018-06-15", "overdue": "false"}, ["few", "many"]),
        ({"valid_on": "2018-12-01", "kind": "reelect_party_organization"}, ["formed"]),
        ({"valid_on": "2018-08-01", "kind": "reelect_party_organization"}, []),
    ],
)
async def test_each_filter_narrows_the_list(
    registry: httpx.AsyncClient, params: dict[str, Any], expected: list[str]
) -> None:
    who = await _three(registry)
    listed = await _walked(registry, "/v1/obligations", **params)
    assert [name for name, _, _ in _said(listed, who)] == expected
    answer = await registry.get("/v1/obligations", params={**params, "count": "exact", "limit": 1})
    assert answer.json()["count"] == len(expected)


async def test_overdue_formation_is_the_list_of_that_kind_the_longest_waiting_first(
    registry: httpx.AsyncClient,
) -> None:
    who = await _three(registry)
    await amended(registry, who["few"], "2017-05-01", party={"full_members": 4})
    listed = await _walked(registry, "/v1/overdue-formations")
    assert [name for name, _, _ in _said(listed, who)] == ["many", "few"]
    same = await _walked(registry, "/v1/obligations", kind="form_party_organization")
    assert listed == same
    await amended(registry, who["many"], "2017-05-01", status="revoked")
    left = await _walked(registry, "/v1/overdue-formations")
    assert [name for name, _, _ in _said(left, who)] == ["few"]


async def test_the_information_base_tells_who_lacks_an_organizer(
    registry: httpx.AsyncClient,
) -> None:
    who = await _three(registry)
    served = await founded(registry, 4)
    await amended(
        registry, served, "2017-01-01", party={"organizer": {"assigned_on": "2017-01-01"}}
    )
    await founded(registry, 5, party={"full_members": 0, "probationary_members": 0})
    base = {item["id"]: item for item in await _walked(registry, "/v1/information-base", limit=1)}
    assert {*base} == {who["few"], who["many"], served}
    few, many = base[who["few"]], base[who["many"]]
    assert (few["owes"], few["since"], few["eligible"]) == ("assign_organizer", "2016-03-01", False)
    assert (many["owes"], many["eligible"]) == ("form_party_organization", True)
    assert base[served]["organizer"] == {"assigned_on": "2017-01-01"}
    assert (base[served]["organizer_missing"], base[served]["owes"]) == (False, None)
    for params, expected in (
        ({"organizer_missing": "true"}, {who["few"], who["many"]}),
        ({"organizer_missing": "false"}, {served}),
        ({"eligible": "true"}, {who["many"]}),
        ({"eligible": "false", "organizer_missing": "true"}, {who["few"]}),
        ({"area": "440304"}, {who["many"]}),
        ({"kind": "foundation"}, set()),
    ):
        page = (await registry.get(
            "/v1/information-base", params={**params, "count": "exact"}
        )).json()  # fmt: skip
        assert {item["id"] for item in page["items"]} == expected
        assert page["count"] == len(expected)


async def test_a_limited_caller_sees_nothing_outside_in_lists_counts_and_exports(
    registry: httpx.AsyncClient, keys: TestKeys
) -> None:
    who = await _three(registry)
    headers = keys.headers(areas=["440304"])
    for path, field, expected in (
        ("/v1/obligations", "organization_id", 2),
        ("/v1/overdue-formations", "organization_id", 1),
        ("/v1/information-base", "id", 1),
    ):
        page = (await registry.get(f"{path}?count=exact", headers=headers)).json()
        assert {item[field] for item in page["items"]} == {who["many"]}
        assert page["count"] == len(page["items"]) == expected
    export = await registry.get("/v1/obligations/export", headers=headers)
    lines = [orjson.loads(line) for line in export.content.splitlines()]
    assert {line["organization_id"] for line in lines} == {who["many"]}
    nowhere = keys.headers(areas=["440305"])
    page = (await registry.get("/v1/obligations?count=exact", headers=nowhere)).json()
    assert (page["items"], page["count"], page["next_cursor"]) == ([], 0, None)
    for path in ("/v1/obligations", "/v1/obligations/export", "/v1/information-base"):
        other = await registry.get(path, headers=keys.headers("metrics:read"))
        assert other.status_code == 403


@pytest.mark.parametrize("format_", ["ndjson", "csv", "xlsx"])
async def test_an_export_is_the_list_as_a_file(registry: httpx.AsyncClient, format_: str) -> None:
    await founded(registry, 6, name="=HYPERLINK(1)")
    await _three(registry)
    listed = await _walked(registry, "/v1/obligations", kind="annual_inspection")
    answer = await registry.get(
        "/v1/obligations/export", params={"format": format_, "kind": "annual_inspection"}
    )
    assert answer.status_code == 200
    assert answer.headers["ledger-position"] == "4"
    assert f'filename="obligations.{format_}"' in answer.headers["content-disposition"]
    if format_ == "ndjson":
        lines = [orjson.loads(line) for line in answer.content.splitlines()]
        wordless = {"title", "clause", "discharge"}
        assert [_without(line, wordless) for line in lines] == [
            _without(item, wordless) for item in listed
        ]
        return
    if format_ == "csv":
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert rows[0][:2] == ["organization_id", "name"]
    else:
        book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
        rows = [[str(cell) for cell in line] for line in book.get_sheet_by_index(0).to_python()]
        assert rows[0][:2] == ["社会组织编号", "名称"]
    assert [line[0] for line in rows[1:]] == [item["organization_id"] for item in listed]
    assert "'=HYPERLINK(1)" in [line[1] for line in rows]


def _without(item: State, names: set[str]) -> State:
    return {name: value for name, value in item.items() if name not in names}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("path", "params", "status"),
    [
        ("/v1/obligations", {"valid_on": "2017-06-13"}, 422),
        ("/v1/obligations/export", {"valid_on": "2017-06-13"}, 422),
        ("/v1/overdue-formations", {"valid_on": "2017-06-13"}, 422),
        ("/v1/obligations", {"kind": "pay_taxes"}, 422),
        ("/v1/obligations", {"due_before": "soon"}, 422),
        ("/v1/obligations", {"overdue": "perhaps"}, 422),
        ("/v1/obligations", {"area": "44x"}, 422),
        ("/v1/obligations", {"cursor": "x"}, 400),
        ("/v1/obligations", {"bodies": "b"}, 400),
        ("/v1/obligations", {"body": ""}, 422),
        ("/v1/obligations", {"under_body": "b\0"}, 400),
        ("/v1/obligations/export", {"body": "b" * 101}, 422),
        ("/v1/notices", {"body": [f"b{n}" for n in range(21)]}, 422),
        ("/v1/obligations", {"body": "b", "valid_on": "2017-06-13"}, 422),
        ("/v1/obligations", {"limit": "1001"}, 422),
        ("/v1/obligations/export", {"format": "pdf"}, 422),
        ("/v1/information-base", {"eligible": "9"}, 422),
        ("/v1/information-base", {"cursor": "\0"}, 400),
        ("/v1/information-base", {"known_at": "99"}, 400),
        ("/v1/obligations", {"known_at": "1"}, 422),
        ("/v1/obligations/export", {"known_at": "1"}, 422),
        ("/v1/overdue-formations", {"known_at": "1"}, 422),
        ("/v1/notices", {"known_at": "0", "kind": "duplicate_name"}, 422),
    ],
)
async def test_what_can_not_be_asked_is_refused_in_words(
    registry: httpx.AsyncClient, path: str, params: dict[str, Any], status: int, language: str
) -> None:
    answer = await registry.get(path, params=params, headers={"accept-language": language})
    assert answer.status_code == status, answer.text
    problem = answer.json()
    assert problem["title"].isascii() == (language == "en")
    if params == {"valid_on": "2017-06-13"} and status == 422:
        (error,) = problem["errors"]
        assert error["rule"] == "work_list_of_the_past"
        assert "/v1/organizations/{organization_id}/obligations" in error["detail"]
    if "known_at" in params and "obligations" in path:
        assert "information-base?eligible=true&known_at=1" in problem["errors"][0]["detail"]


async def test_a_cursor_of_another_question_is_refused(registry: httpx.AsyncClient) -> None:
    await _three(registry)
    page = (await registry.get("/v1/obligations?limit=1")).json()
    params = {"limit": 1, "cursor": page["next_cursor"], "overdue": "true"}
    assert (await registry.get("/v1/obligations", params=params)).status_code == 400


async def test_of_the_whole_demo_city_the_lists_are_an_independent_recount_of_the_export(
    registry: httpx.AsyncClient,
) -> None:
    text = io.StringIO()
    csv_form.write(organizations(), text)
    job = await imported(registry, text.getvalue().encode(), effective_on="2015-12-31")
    assert job["state"] == "succeeded"
    export = await registry.get("/v1/organizations/export")
    documents = [orjson.loads(line) for line in export.content.splitlines()]
    assert len(documents) == 10_100
    base, overdue, unserved = set(), set(), set()
    for document in documents:
        party = document["party"]
        full, probationary = party["full_members"] or 0, party["probationary_members"] or 0
        if document["status"] != "active" or party["organization"] is not None:
            continue
        if full + probationary > 0:
            base.add(document["id"])
            if party["organizer"] is None:
                unserved.add(document["id"])
        if full >= 3:
            overdue.add(document["id"])
    assert len(base) > len(overdue) > 0
    listed = await _walked(registry, "/v1/information-base", limit=1000)
    _same([item["id"] for item in listed], base)
    _same([item["id"] for item in listed if item["organizer_missing"]], unserved)
    _same([item["id"] for item in listed if item["eligible"]], overdue)
    formations = await _walked(registry, "/v1/overdue-formations", limit=1000)
    _same([item["organization_id"] for item in formations], overdue)
    everything = await _walked(registry, "/v1/obligations", limit=1000)
    keys = [(i["due_on"] or "9999-12-31", i["organization_id"], i["kind"]) for i in everything]
    assert all(one < next_ for one, next_ in pairwise(keys))
    kinds = Counter(item["kind"] for item in everything)
    assert kinds["form_party_organization"] == len(overdue)
    assert kinds["assign_organizer"] == len(unserved - overdue)
    charters = sum(
        d["status"] == "active" and d["charter"]["state"] != "included"
        and d["registration"]["mode"] != "filing"
        for d in documents
    )  # fmt: skip
    assert kinds["include_charter_clause"] == charters
    late = await registry.get("/v1/obligations?overdue=true&count=exact&limit=1")
    assert late.json()["count"] == sum(item["overdue"] for item in everything)
    assert all(
        item["overdue"] == (item["due_on"] is not None and item["due_on"] < str(date(2017, 6, 14)))
        for item in everything
    )


def _same(listed: list[str], expected: set[str]) -> None:
    """Each once; said in numbers, because the lists are long."""
    assert len(listed) == len(expected)
    assert not expected.symmetric_difference(listed)


async def test_an_import_of_who_was_known_changes_what_they_owe(
    registry: httpx.AsyncClient,
) -> None:
    await imported(registry, csv_file([row(1), row(2)]), effective_on="2016-05-01")
    before = await _walked(registry, "/v1/obligations", kind="assign_organizer")
    assert [item["since"] for item in before] == ["2016-05-01"] * 2
    later = csv_file([row(1, 正式党员数="5"), row(2)])
    await imported(registry, later, effective_on="2017-01-01")
    kinds = ["assign_organizer", "form_party_organization"]
    after = await _walked(registry, "/v1/obligations", kind=kinds)
    assert [(item["kind"], item["since"]) for item in after] == [
        ("assign_organizer", "2016-05-01"), ("form_party_organization", "2017-01-01"),
    ]  # fmt: skip
    assert hospital()["kind"] == after[0]["organization_kind"]
