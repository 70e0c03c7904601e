"""The proof over the directory finds exactly what asking for every fact, place and date finds."""

from datetime import date
from itertools import product

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jurisdiction_router.core.deciding.engine import Engine
from jurisdiction_router.core.deciding.verdict import NO_BODY
from jurisdiction_router.core.directory.directory import Area, Body, Directory, ParentEdge
from jurisdiction_router.core.periods import holds_on
from jurisdiction_router.core.proving.directory_proof import prove_over
from jurisdiction_router.core.proving.proof import Counterexample
from jurisdiction_router.core.rules.facts import Facts
from jurisdiction_router.core.rules.rule_set import Candidate, Rule, RuleSet
from servicekit.errors import Text

ATTRIBUTES = {
    "mode": ("direct", "dual"),
    "supervisor_system": ("none", "health", "justice"),
    "level": ("municipal", "district", "street"),
}
CITY, DISTRICTS, STREETS = "440300", ("440303", "440304"), ("440303001", "440304001")
LEVELS = {"municipal": (CITY,), "district": DISTRICTS, "street": STREETS}
DATES = tuple(date(2016, month, 1) for month in range(1, 7))
KINDS = ("street_work_committee", "two_new_work_committee", "business_supervisor_committee")


@st.composite
def spans(draw: st.DrawFn) -> tuple[date, date | None]:
    first = draw(st.integers(0, len(DATES) - 2))
    last = draw(st.none() | st.integers(first + 1, len(DATES) - 1))
    return DATES[first], None if last is None else DATES[last]


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    areas = [Area(CITY, "市", "city", DATES[0])]
    areas += [Area(code, code, "district", DATES[0]) for code in DISTRICTS]
    areas += [Area(code, code, "street", *draw(spans())) for code in STREETS]
    moved = draw(st.sampled_from(DATES[1:]))
    edges = [ParentEdge(code, CITY, DATES[0]) for code in DISTRICTS]
    edges += [
        ParentEdge(STREETS[0], DISTRICTS[0], DATES[0], moved),
        ParentEdge(STREETS[0], DISTRICTS[1], moved),
        ParentEdge(STREETS[1], DISTRICTS[1], DATES[0]),
    ]
    bodies = []
    for number in range(draw(st.integers(0, 7))):
        kind = draw(st.sampled_from(KINDS))
        own = kind == "business_supervisor_committee"
        system = draw(st.sampled_from(["health", "justice"])) if own else None
        area = draw(st.sampled_from([CITY, *DISTRICTS, *STREETS]))
        bodies.append(Body(f"b{number}", kind, kind, area, system, *draw(spans())))
    return Directory(areas, edges, bodies)


conditions = st.dictionaries(
    st.sampled_from(sorted(ATTRIBUTES)), st.just(None), max_size=2
).flatmap(
    lambda names: st.fixed_dictionaries(
        {name: st.frozensets(st.sampled_from(ATTRIBUTES[name]), min_size=1) for name in names}
    )
)


@st.composite
def candidates(draw: st.DrawFn) -> Candidate:
    kind = draw(st.sampled_from(KINDS))
    own = kind == "business_supervisor_committee"
    return Candidate(
        body=kind,
        at=draw(st.sampled_from(["registering", "city", "district", "street", "community"])),
        system=draw(st.sampled_from(["health", "$supervisor_system"])) if own else None,
        when=draw(conditions),
    )


@st.composite
def rule_sets(draw: st.DrawFn) -> RuleSet:
    rules = []
    count = draw(st.integers(1, 3))
    for index in range(count):
        later = [f"r{other}" for other in range(index + 1, count)]
        rules.append(
            Rule(
                id=f"r{index}", row="", title=Text("", ""), when=draw(conditions),
                outcome="assigned",
                supervising=tuple(draw(st.lists(candidates(), min_size=1, max_size=3))),
                assisting=(), notified=(),
                question=draw(st.none() | st.just(Text("", ""))), basis="I", flags=(),
                clause=None, form=None, over=frozenset(later),
            )
        )  # fmt: skip
    return RuleSet(
        id="x", title=Text("", ""), scope=CITY, valid_from=DATES[0], valid_until=None, source="",
        attributes=ATTRIBUTES, assisting=(), rules=tuple(rules), tests=(), digest="",
    )  # fmt: skip


def failing(rule_set: RuleSet, directory: Directory) -> set[tuple[object, ...]]:
    """Every fact, place and date for which a rule without a question finds no body."""
    engine = Engine(rule_set)
    found: set[tuple[object, ...]] = set()
    for day in DATES:
        view = directory.on(day)
        for street in STREETS:
            if view.area(street) is None:
                continue
            for mode, system, level in product(*ATTRIBUTES.values()):
                for authority in LEVELS[level]:
                    if view.area(authority) is None:
                        continue
                    facts = Facts(
                        mode=mode, supervisor_system=system, level=level, domicile=street,
                        registering=authority,
                    )  # fmt: skip
                    verdict = engine.verdict(facts, view)
                    rule = verdict.rule
                    if verdict.reason == NO_BODY and rule is not None and rule.question is None:
                        found.add((rule.id, day, street, authority, mode, system, level))
    return found


def expanded(example: Counterexample) -> set[tuple[object, ...]]:
    assert example.place is not None
    choices = [example.facts.get(name, list(values)) for name, values in ATTRIBUTES.items()]
    return {
        (*example.rules, day, street, authority, *values)
        for extent in example.place.extents
        for day in DATES
        if holds_on(extent, day)
        for street in extent.domiciles
        for authority in extent.authorities
        for values in product(*choices)
        if authority in LEVELS.get(values[2], ())
    }


@given(rule_sets(), directories())
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_it_finds_exactly_the_facts_that_end_without_a_body(
    rule_set: RuleSet, directory: Directory
) -> None:
    holes = [c for c in prove_over(rule_set, directory, limit=10_000) if c.kind == "no_body"]
    found = [each for hole in holes for each in expanded(hole)]
    assert len(found) == len(set(found))
    assert set(found) == failing(rule_set, directory)
    without_area = [
        day for day in DATES if not any(directory.on(day).area(street) for street in STREETS)
    ]
    told = [c for c in prove_over(rule_set, directory) if c.kind == "no_area"]
    extents = [extent for c in told if c.place for extent in c.place.extents]
    assert {day for day in DATES for e in extents if holds_on(e, day)} == set(without_area)


@given(rule_sets(), directories(), directories())
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_change_is_told_exactly_what_fails_after_it_and_did_not_before(
    rule_set: RuleSet, before: Directory, after: Directory
) -> None:
    opened = prove_over(rule_set, after, limit=10_000, before=before)
    found = [each for hole in opened if hole.kind == "no_body" for each in expanded(hole)]
    assert len(found) == len(set(found))
    assert set(found) == failing(rule_set, after) - failing(rule_set, before)
    assert prove_over(rule_set, after, before=after) == []
    without_area = [
        day for day in DATES
        if any(before.on(day).area(street) for street in STREETS)
        and not any(after.on(day).area(street) for street in STREETS)
    ]  # fmt: skip
    extents = [e for hole in opened if hole.kind == "no_area" and hole.place
               for e in hole.place.extents]  # fmt: skip
    assert {day for day in DATES for e in extents if holds_on(e, day)} == set(without_area)
