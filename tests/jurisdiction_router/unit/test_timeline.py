"""The assignment timeline, held equal to asking every single day."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jurisdiction_router.domain.decision import Decider, outside_every_scope
from jurisdiction_router.domain.directory import Area, Body, Directory, ParentEdge
from jurisdiction_router.domain.engine import Engine
from jurisdiction_router.domain.facts import FactPeriod, Facts, facts_timeline
from jurisdiction_router.domain.periods import holds_on
from jurisdiction_router.domain.rule_set import RuleSet
from jurisdiction_router.domain.timeline import Jurisdiction
from jurisdiction_router.domain.vocabulary import Vocabulary

START = date(2016, 1, 1)
DAYS = 24
KINDS = ("street_work_committee", "district_health_committee", "social_organization_committee")
CODES = ("440300", "440303", "440304", "440303001")
CLINIC = Facts(
    affiliation="none", licence_issuer="health", supervisor_system="none", mode="direct",
    institution_type="private_clinic", level="district", kind="private_nonenterprise",
    domicile="440303001", registering="440303",
)  # fmt: skip


def day(number: int) -> date:
    return START + timedelta(days=number)


@st.composite
def spans(draw: st.DrawFn) -> tuple[date, date | None]:
    first = draw(st.integers(0, DAYS - 2))
    last = draw(st.none() | st.integers(first + 1, DAYS))
    return day(first), None if last is None else day(last)


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    areas = [Area(code, code, level_of(code), *draw(spans())) for code in CODES]
    moved = draw(st.integers(1, DAYS))
    edges = [
        ParentEdge("440303001", "440303", START, day(moved)),
        ParentEdge("440303001", "440304", day(moved), None),
    ]
    bodies = [
        Body(f"{code}-{kind}-{number}", kind, f"{code}-{kind}", code, None, *draw(spans()))
        for number, (code, kind) in enumerate(
            draw(st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from(KINDS)), max_size=6))
        )
    ]
    return Directory(areas, edges, bodies)


def level_of(code: str) -> str:
    return {"440300": "city", "440303001": "street"}.get(code, "district")


def some_facts() -> st.SearchStrategy[Facts]:
    return st.builds(
        CLINIC._replace,
        institution_type=st.sampled_from(["private_clinic", "general", "private_hospital", None]),
        licence_issuer=st.sampled_from(["health", "none", None]),
        level=st.sampled_from(["district", "municipal"]),
        domicile=st.sampled_from(["440303001", "440304001", None, "110101001"]),
        registering=st.sampled_from(["440303", "110000"]),
    )


@st.composite
def histories(draw: st.DrawFn) -> list[FactPeriod]:
    cuts = sorted(draw(st.sets(st.integers(0, DAYS), min_size=1, max_size=4)))
    ends: list[int | None] = [*cuts[1:], None]
    return [
        FactPeriod(day(first), None if last is None else day(last), draw(st.none() | some_facts()))
        for first, last in zip(cuts, ends, strict=True)
    ]


def naive(
    history: list[FactPeriod],
    rule_sets: list[RuleSet],
    directory: Directory,
    words: Vocabulary,
    on: date,
) -> str | None:
    """The digest of the decision for one day, from first principles."""
    facts = next((period.facts for period in history if holds_on(period, on)), None)
    if facts is None:
        return None
    view = directory.on(on)
    scopes = [*view.path(facts.domicile).codes(), *view.path(facts.registering).codes()]
    for code in scopes:
        in_force = [r for r in rule_sets if r.scope == code and holds_on(r, on)]
        if in_force:
            newest = max(in_force, key=lambda r: (r.valid_from, r.id))
            return Decider(Engine(newest), words).decide(facts, view).digest
    if any(r.scope in scopes for r in rule_sets):
        return None
    return outside_every_scope(facts, words).digest


@given(histories(), directories(), spans(), st.integers(0, DAYS))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_timeline_equals_asking_every_day(
    rule_set: RuleSet,
    vocabulary: Vocabulary,
    history: list[FactPeriod],
    directory: Directory,
    span: tuple[date, date | None],
    city_from: int,
) -> None:
    rule_sets = [
        replace(rule_set, valid_from=day(city_from)),
        replace(
            rule_set, id="of-a-district", scope="440304", valid_from=span[0], valid_until=span[1]
        ),
    ]
    segments = Jurisdiction(rule_sets, directory, vocabulary).timeline(history)
    for number in range(DAYS + 2):
        on = day(number)
        held = [s for s in segments if holds_on(s, on)]
        assert len(held) <= 1
        expected = naive(history, rule_sets, directory, vocabulary, on)
        assert (held[0].decision.digest if held else None) == expected
    for earlier, later in pairwise(segments):
        assert earlier.valid_until is not None
        assert earlier.valid_until <= later.valid_from
        assert (
            earlier.valid_until < later.valid_from
            or earlier.decision.digest != later.decision.digest
        )


def test_a_clinic_moves_to_its_district_when_the_committee_is_founded(
    rule_set: RuleSet, vocabulary: Vocabulary, directory: Directory
) -> None:
    founded = Body(
        "440309-dhc", "district_health_committee", "龙华区卫生系统党委", "440309", None,
        date(2017, 1, 7),
    )  # fmt: skip
    grown = Directory(
        directory.areas.values(),
        [edge for code in directory.areas for edge in directory.edges_of(code)],
        [*directory.bodies.values(), founded],
    )
    clinic = CLINIC._replace(domicile="440309001", registering="440309")
    history = [FactPeriod(date(2010, 1, 1), None, clinic)]
    found = Jurisdiction([rule_set], grown, vocabulary).timeline(history)
    names = [s.decision.state()["supervising"]["name"] for s in found]
    assert names == ["观湖街道党工委", "龙华区卫生系统党委"]
    assert [s.valid_from for s in found] == [date(2016, 1, 1), date(2017, 1, 7)]


def test_beyond_every_territory_the_answer_is_out_of_scope_without_a_rule(
    rule_set: RuleSet, vocabulary: Vocabulary, directory: Directory
) -> None:
    away = CLINIC._replace(domicile="110101001", registering="110101")
    history = [FactPeriod(date(2010, 1, 1), None, away)]
    (segment,) = Jurisdiction([rule_set], directory, vocabulary).timeline(history)
    state = segment.decision.state()
    assert (state["outcome"], state["rule"], state["rule_set"]) == ("out_of_scope", None, None)
    assert segment.valid_from == date(2010, 1, 1)


def state_of(**changed: Any) -> dict[str, Any]:
    return {
        "kind": "private_nonenterprise", "institution_type": "private_clinic", "status": "active",
        "registration": {"mode": "direct", "level": None, "authority": {"division_code": "440303"}},
        "business_supervisor": None, "licence_issuer": "health", "affiliation": None,
        "domicile": {"division_code": "440303001"}, **changed,
    }  # fmt: skip


def test_only_changes_of_deciding_facts_split_the_facts_timeline() -> None:
    timeline: list[Any] = [
        (date(2016, 1, 1), date(2016, 3, 1), state_of()),
        (date(2016, 3, 1), date(2016, 5, 1), state_of(name="新名称")),
        (date(2016, 5, 1), None, state_of(status="deregistered")),
    ]
    assert facts_timeline(timeline) == (
        FactPeriod(date(2016, 1, 1), date(2016, 5, 1), CLINIC),
        FactPeriod(date(2016, 5, 1), None, None),
    )


def test_a_disordered_timeline_is_refused() -> None:
    timeline: list[Any] = [
        (date(2016, 1, 1), None, state_of()),
        (date(2016, 3, 1), None, state_of(licence_issuer=None)),
    ]
    with pytest.raises(ValueError, match="2016-03-01"):
        facts_timeline(timeline)
