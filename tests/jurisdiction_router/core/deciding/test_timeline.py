"""The assignment timeline, held equal to asking every single day."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jurisdiction_router.core.deciding.decider import Decider
from jurisdiction_router.core.deciding.decision import Decision, outside_every_scope
from jurisdiction_router.core.deciding.designation import Override, Replaced, designated
from jurisdiction_router.core.deciding.engine import Engine
from jurisdiction_router.core.deciding.timeline import Jurisdiction
from jurisdiction_router.core.directory.directory import (
    Area,
    Body,
    Directory,
    DirectoryView,
    FormerName,
    ParentEdge,
    Succession,
)
from jurisdiction_router.core.periods import holds_on
from jurisdiction_router.core.rules.facts import FactPeriod, Facts, facts_timeline
from jurisdiction_router.core.rules.rule_set import RuleSet
from jurisdiction_router.core.rules.vocabulary import Vocabulary
from servicekit.time import splice, value_on

START = date(2016, 1, 1)
DAYS = 24
KINDS = ("street_work_committee", "district_health_committee", "social_organization_committee")
STREETS = ("440303001", "440303002", "440304001")
CODES = ("440300", "440303", "440304", *STREETS)
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
    """Areas that come and go and succeed each other, a street that moves, bodies with heirs."""
    areas = [
        Area(code, code, level_of(code), *draw(spans()))
        for code in CODES
        if code == "440300" or draw(st.integers(0, 9))
    ]
    moved = draw(st.integers(1, DAYS))
    edges = [
        ParentEdge("440303001", "440303", START, day(moved)),
        ParentEdge("440303001", "440304", day(moved), None),
    ]
    pairs = st.tuples(st.sampled_from(STREETS), st.sampled_from(STREETS), st.integers(1, DAYS))
    successions = [
        Succession(one, other, day(turn))
        for one, other, turn in draw(st.lists(pairs, max_size=3))
        if one != other
    ]
    if draw(st.booleans()):
        successions.append(Succession("440303", "440304", day(draw(st.integers(1, DAYS)))))
    made = draw(st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from(KINDS)), max_size=6))
    identifiers = [f"{code}-{kind}-{number}" for number, (code, kind) in enumerate(made)]
    bodies = []
    for identifier, (code, kind) in zip(identifiers, made, strict=True):
        start, end = draw(spans())
        heir = draw(st.none() | st.sampled_from(identifiers))
        renamed = draw(st.none() | st.integers(0, DAYS))
        former = () if renamed is None else (FormerName("旧名", day(renamed)),)
        bodies.append(Body(identifier, kind, f"{code}-{kind}", code, None, start, end,
                           None if heir == identifier else heir, former))  # fmt: skip
    return Directory(areas, edges, bodies, successions)


@st.composite
def overrides(draw: st.DrawFn, directory: Directory) -> list[Override]:
    """Designations one after the other, of bodies that exist at some time or never."""
    cuts = sorted(draw(st.sets(st.integers(0, DAYS), max_size=4)))
    bodies = [*directory.bodies, "never"]
    return [
        Override(
            UUID(int=first), UUID(int=1), draw(st.sampled_from(bodies)), day(first), day(last),
            "市委组织部", f"{first}号", {"source": "s", "article": None, "text": None}, "处室",
            Replaced("assigned", draw(st.sampled_from(bodies))),
        )
        for first, last in pairwise(cuts)
        if draw(st.booleans())
    ]  # fmt: skip


@st.composite
def corrections(draw: st.DrawFn) -> list[FactPeriod]:
    """Facts as they are after events about earlier and later days, in any order."""
    held: tuple[FactPeriod, ...] = ()
    for history in draw(st.lists(histories(), min_size=1, max_size=4)):
        held = tuple(splice(held, history[0].start, history))
    return list(held)


def level_of(code: str) -> str:
    return "city" if code == "440300" else "street" if code in STREETS else "district"


def some_facts() -> st.SearchStrategy[Facts]:
    return st.builds(
        CLINIC._replace,
        institution_type=st.sampled_from(["private_clinic", "general", "private_hospital", None]),
        licence_issuer=st.sampled_from(["health", "none", None]),
        level=st.sampled_from(["district", "municipal"]),
        domicile=st.sampled_from([*STREETS, "440303001005", None, "110101001"]),
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
    designations: list[Override],
    on: date,
) -> str | None:
    """The digest of the decision for one day, from first principles."""
    facts = value_on(history, on)
    if facts is None:
        return None
    view = directory.on(on)
    by_rule = by_rules(facts, rule_sets, view, words)
    override = next((o for o in designations if holds_on(o, on)), None)
    body = view.body(override.body_id) if override else None
    if override is None or body is None:
        return by_rule.digest if by_rule else None
    known = by_rule or outside_every_scope(facts, words)
    return designated(known, by_rule is not None, override, body).digest


def by_rules(
    facts: Facts, rule_sets: list[RuleSet], view: DirectoryView, words: Vocabulary
) -> Decision | None:
    scopes = [*view.path(facts.domicile).codes(), *view.path(facts.registering).codes()]
    for code in scopes:
        in_force = [r for r in rule_sets if r.scope == code and holds_on(r, view.day)]
        if in_force:
            newest = max(in_force, key=lambda r: (r.valid_from, r.id))
            return Decider(Engine(newest), words).decide(facts, view)
    if any(r.scope in scopes for r in rule_sets):
        return None
    return outside_every_scope(facts, words)


@given(st.data(), corrections(), directories(), spans(), st.integers(0, DAYS))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_timeline_equals_asking_every_day(
    rule_set: RuleSet,
    vocabulary: Vocabulary,
    data: st.DataObject,
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
    designations = data.draw(overrides(directory))
    segments = Jurisdiction(rule_sets, directory, vocabulary).timeline(history, designations)
    for number in range(DAYS + 2):
        on = day(number)
        held = [s for s in segments if s.holds_on(on)]
        assert len(held) <= 1
        expected = naive(history, rule_sets, directory, vocabulary, designations, on)
        assert (held[0].value.digest if held else None) == expected
    for earlier, later in pairwise(segments):
        assert earlier.until is not None
        assert earlier.until <= later.start
        assert earlier.until < later.start or earlier.value.digest != later.value.digest


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
    names = [s.value.state()["supervising"]["name"] for s in found]
    assert names == ["观湖街道党工委", "龙华区卫生系统党委"]
    assert [s.start for s in found] == [date(2016, 1, 1), date(2017, 1, 7)]


def test_beyond_every_territory_the_answer_is_out_of_scope_without_a_rule(
    rule_set: RuleSet, vocabulary: Vocabulary, directory: Directory
) -> None:
    away = CLINIC._replace(domicile="110101001", registering="110101")
    history = [FactPeriod(date(2010, 1, 1), None, away)]
    (segment,) = Jurisdiction([rule_set], directory, vocabulary).timeline(history)
    state = segment.value.state()
    assert (state["outcome"], state["rule"], state["rule_set"]) == ("out_of_scope", None, None)
    assert segment.start == date(2010, 1, 1)


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
