"""The report from a model of the three services' answers."""

import io
from typing import Any

import httpx
import pytest
from rich.console import Console

from local_runner.loading.load import Addresses
from local_runner.loading.report import Report, where_to_go_on
from local_runner.loading.rest import Rest

ADDRESSES = Addresses("http://registry", "http://router", "http://metrics")
COUNTS = {
    ("registry", None): 10_100,
    ("registry", "social_association"): 5_115,
    ("registry", "private_nonenterprise"): 4_803,
    ("registry", "foundation"): 182,
    ("router", None): 10_100,
    ("router", "assigned"): 10_098,
    ("router", "needs_decision"): 2,
    ("router", "out_of_scope"): 0,
}


def ratio(numerator: int, denominator: int) -> dict[str, Any]:
    rate = numerator / denominator if denominator else None
    return {"numerator": numerator, "denominator": denominator, "rate": rate}


def coverage(group_by: str) -> dict[str, Any]:
    groups = {
        "kind": {
            "social_association": ratio(1_000, 5_115),
            "private_nonenterprise": ratio(2_000, 4_803),
            "foundation": ratio(100, 182),
        },
        "body_kind": {"street_work_committee": ratio(3_100, 10_098), "unassigned": ratio(0, 2)},
    }[group_by]
    return {
        "total": ratio(3_100, 10_100),
        "groups": [{"by": {group_by: code}, **counted} for code, counted in groups.items()],
    }


TARGET = {
    "title": {"zh": "2016年底5A级社会组织党组织组建率", "en": "…"},
    "deadline": "2016-12-31",
    "goal": 1.0,
    "variants": [
        {"id": "all", "missing": 4, **ratio(16, 20)},
        {"id": "eligible", "missing": 0, **ratio(0, 0)},
    ],
}
CODE_LISTS = [
    {"values": [{"code": "foundation", "zh": "基金会", "en": "Foundation"}]},
    {"values": [{"code": "street_work_committee", "zh": "街道党工委", "en": "…"}]},
]


def answer(request: httpx.Request) -> httpx.Response:
    asked = request.url.params
    host = request.url.host
    document: dict[str, Any]
    match request.url.path:
        case "/v1/code-lists":
            document = {"items": CODE_LISTS}
        case "/v1/coverage":
            document = coverage(asked["group_by"])
        case "/v1/targets":
            document = {"targets": [TARGET]}
        case "/v1/assignments" if "count" not in asked:
            # Of what needs a decision two pages, one organization each; else an empty one.
            last = "cursor" in asked
            if asked["outcome"] == "out_of_scope":
                return httpx.Response(200, json={"items": [], "next_cursor": None})
            item = {"organization_id": "o2" if last else "o1", "rule": "religious-association"}
            document = {"items": [item], "next_cursor": None if last else "more"}
        case "/v1/assignments/o1":
            document = {"explanation": {"zh": "需要人工决定：…。协助：…。", "en": "…"}}
        case "/v1/feed-status":
            document = {"parked": [{"subject": "o3"}]}
        case "/v1/freshness":
            document = {"feeds": {"registry": {"parked": 0}, "router": {"parked": 0}}}
        case _:
            counted = COUNTS[host, asked.get("kind") or asked.get("outcome")]
            document = {"count": counted}
    return httpx.Response(200, json=document)


@pytest.fixture
async def shown() -> str:
    console = Console(file=io.StringIO(), width=200)
    await Report(Rest(lambda: "token", transport=httpx.MockTransport(answer)), ADDRESSES).show(
        console
    )
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def row(shown: str, *beginnings: str) -> list[str]:
    """The cells of the first row whose first cells begin so."""
    for line in shown.splitlines():
        cells = [cell.strip() for cell in line.split("│")[1:-1]]
        if cells and all(map(str.startswith, cells, beginnings)):
            return cells
    raise AssertionError(f"no row {beginnings} in\n{shown}")


def test_the_totals_of_the_three_services_stand_side_by_side(shown: str) -> None:
    assert row(shown, "registry-api")[1] == "10,100"
    assert row(shown, "jurisdiction-router")[1] == "10,100"
    assert row(shown, "metrics")[1] == "10,100"
    assert "182 基金会 foundation" in row(shown, "metrics")[2]


def test_coverage_is_shown_by_kind_and_by_supervising_body_with_its_total(shown: str) -> None:
    assert row(shown, "基金会 foundation") == ["基金会 foundation", "100", "182", "54.9%"]
    assert row(shown, "街道党工委 street_work_committee")[1:] == ["3,100", "10,098", "30.7%"]
    assert row(shown, "unassigned")[1:] == ["0", "2", "0.0%"]
    assert row(shown, "total 合计")[1:] == ["3,100", "10,100", "30.7%"]


def test_a_target_has_a_row_for_each_reading_of_its_denominator(shown: str) -> None:
    first = row(shown, "2016年底5A级", "all")
    assert first[2:] == ["2016-12-31", "100.0%", "16", "20", "80.0%", "4"]
    assert row(shown, "2016年底5A级", "eligible")[6] == "–"


def test_what_needs_a_decision_is_counted_by_rule_over_all_pages(shown: str) -> None:
    assert row(shown, "needs_decision") == [
        *("needs_decision", "religious-association", "2", "o1", "需要人工决定：…。")
    ]


def test_subjects_that_were_set_aside_are_not_kept_quiet(shown: str) -> None:
    assert "could not be applied: 1 by jurisdiction-router" in shown


def test_the_pages_and_a_request_to_try_come_last() -> None:
    console = Console(file=io.StringIO(), width=200)
    console.print(where_to_go_on(ADDRESSES))
    assert isinstance(console.file, io.StringIO)
    said = console.file.getvalue()
    assert "http://metrics/dashboard" in said
    assert "http://router/docs" in said
    assert "$(make -s token)" in said
