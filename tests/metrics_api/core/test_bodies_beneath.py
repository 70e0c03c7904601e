"""A body with those beneath it, against a naive model: step by step down, one body at a time."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.metrics_api.frames import HIERARCHY

from metrics_api.core.areas.areas import AreaDirectory
from metrics_api.core.areas.bodies import BodyDirectory, BodyVersion
from metrics_api.core.areas.bodies_beneath import Lines, counted_under, lines_of
from metrics_api.core.areas.directory import Directory
from metrics_api.core.facts.columns import COLUMN_BY_NAME
from metrics_api.directory.lines import load_lines
from metrics_api.tables import OPEN_END

YEARS = [date(year, 1, 1) for year in (2000, 2010, 2015, 2020)]
CODES = ["a", "b", "c", "d", "e"]
KINDS = ["two_new_work_committee", "street_work_committee", "community_committee"]
DIRECT = {KINDS[0]: [KINDS[0], KINDS[1]], KINDS[1]: [KINDS[2]]}
AREAS = [None, "440300", "440303", "440306", "440303001", "440303002", "440303001001"]


@st.composite
def directories(draw: st.DrawFn) -> list[BodyVersion]:
    """Bodies of one stretch each; those that end may have a successor."""
    bodies = []
    for code in draw(st.lists(st.sampled_from(CODES), min_size=1, unique=True)):
        ends = st.sampled_from([*YEARS, OPEN_END])
        start, until = sorted(draw(st.lists(ends, min_size=2, max_size=2, unique=True)))
        heir = draw(st.sampled_from([None, *CODES])) if until != OPEN_END else None
        kind, area = draw(st.sampled_from(KINDS)), draw(st.sampled_from(AREAS))
        bodies.append(BodyVersion(code, kind, code, area, heir, start, until))
    return bodies


def lies_in(code: str | None, above: str | None) -> bool:
    """Communities lie in their street; 440303002 lies in 440306, whatever its digits say."""
    parents = {"440300": None, "440303": "440300", "440306": "440300", "440303001": "440303",
               "440303002": "440306", "440303001001": "440303001"}  # fmt: skip
    if code is None or above is None:
        return False
    return code == above or lies_in(parents[code], above)


def naive(top: str, bodies: list[BodyVersion], day: date) -> set[str]:
    """Who counts under `top`: asked of each body by itself."""
    by_code = {body.code: body for body in bodies}
    there = {code for code, body in by_code.items() if body.valid_from <= day < body.valid_until}

    def leads(upper: str, lower: str) -> bool:
        below = DIRECT.get(upper, [])
        return lower in below or any(kind != upper and leads(kind, lower) for kind in below)

    def beneath(code: str) -> bool:
        head, body = by_code[top], by_code[code]
        near = lies_in(body.area_code, head.area_code)
        return code == top or (code in there and leads(head.kind, body.kind) and near)

    def found_in(code: str) -> str:
        """Itself, or after at most as many steps as there are bodies what stands for it."""
        for _ in bodies:
            body = by_code[code]
            if code in there or body.valid_until > day or body.successor not in by_code:
                break
            code = body.successor or code
        return code

    return {
        code
        for code in by_code
        if beneath(code) or (found_in(code) in there and beneath(found_in(code)))
    }


@settings(max_examples=400, deadline=None)
@given(bodies=directories(), day=st.sampled_from([*YEARS, date(2012, 6, 1)]))
def test_the_bodies_beneath_are_the_naive_ones(bodies: list[BodyVersion], day: date) -> None:
    directory = BodyDirectory(bodies)
    for body in bodies:
        found = counted_under(body.code, directory, HIERARCHY, lines_of(DIRECT), day)
        assert found == naive(body.code, bodies, day)


@given(
    direct=st.dictionaries(st.sampled_from("abcd"), st.lists(st.sampled_from("abcd"), max_size=3))
)
def test_lines_reach_whatever_a_walk_reaches(direct: dict[str, list[str]]) -> None:
    lines: Lines = lines_of(direct)
    for top, found in lines.items():
        reached = set(direct[top])
        for _ in "abcd":
            reached |= {below for kind in reached for below in direct.get(kind, [])}
        assert found == reached


def test_the_bodies_of_a_stretch_are_found_once() -> None:
    bodies = [BodyVersion("a", KINDS[0], "a", "440300", None, YEARS[0], OPEN_END),
              BodyVersion("b", KINDS[1], "b", "440303001", None, YEARS[1], OPEN_END)]  # fmt: skip
    directory = Directory(AreaDirectory(()), BodyDirectory(bodies), (), lines_of(DIRECT))
    assert directory.under_body("a", date(2005, 1, 1)) == {"a"}
    later = directory.under_body("a", date(2016, 1, 1))
    assert later == {"a", "b"}
    assert directory.under_body("a", date(2016, 1, 2)) is later


@pytest.mark.parametrize("kind", sorted(load_lines()))
def test_every_kind_of_the_lines_is_one_that_facts_can_have(kind: str) -> None:
    assert {kind, *load_lines()[kind]} <= set(COLUMN_BY_NAME["body_kind"].codes)
