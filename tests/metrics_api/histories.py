"""Histories of organizations as the two ledgers tell them, and an oracle that counts them plainly.

The oracle reads the raw states of the events with formulas written out by hand: it shares no code
with what it checks, but for the law of the fold, which belongs to the registry.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any
from uuid import UUID

from servicekit.follower import FeedEvent
from servicekit.time import Segment, cut, fold, splice, value_on

State = dict[str, Any]
Patch = tuple[date, int, State]

STREETS = {"440303001": "440303", "440303002": "440306", "440306005": "440306"}
"""Street to district; the second moved, whatever its digits say."""
UNLISTED_STREET = "440307001"
BODIES = {"street-1": "street_work_committee", "health": "city_health_work_committee"}


def organization_state(**changes: Any) -> State:
    """A private hospital in 桂园街道 as the registry shows it, with some members replaced."""
    return {
        "credit_code": "524403030000000012", "filing_number": None, "credit_code_waiver": None,
        "name": "某医院", "kind": "private_nonenterprise", "institution_type": "private_hospital",
        "category": "health",
        "registration": {"mode": "dual", "level": "district", "registered_on": "2009-03-02",
                         "authority": {"name": "某局", "division_code": "440303"}},
        "business_supervisor": {"name": "某局", "system": "health"},
        "licence_issuer": "health", "affiliation": None,
        "domicile": {"division_code": "440303001", "address": "某路"},
        "status": "active", "full_time_staff": 42, "sponsor": None,
        "grade": {"level": "4A", "announced_on": "2014-12-01", "valid_until": "2019-12-01"},
        "charter": {"state": "included", "wording": "v1", "on": "2015-06-01"},
        "party": {"full_members": 5, "probationary_members": 1,
                  "organization": {"form": "branch", "mode": "solo", "with": [],
                                   "established_on": "2012-07-01", "secretary": None},
                  "instructor": None, "liaison": None, "organizer": None},
        "predecessors": [], "successors": [],
        **changes,
    }  # fmt: skip


def assignment_state(body: str | None, rule: str = "private-hospital") -> State:
    """An answer of the router; no body means that it needs a decision."""
    supervising = body and {
        "id": body, "kind": BODIES[body], "name": body, "area_code": "440300",
    }  # fmt: skip
    return {
        "outcome": "assigned" if body else "needs_decision", "supervising": supervising,
        "assisting": [], "rule_set": "shenzhen-2016", "rule": rule, "basis": "S", "flags": [],
        "decision": "0" * 64,
    }  # fmt: skip


@dataclass
class Histories:
    """Both feeds so far; every method appends one event."""

    registry: list[FeedEvent] = field(default_factory=list)
    router: list[FeedEvent] = field(default_factory=list)
    directory_size: int = 0
    """How many of the router's first events are areas and bodies."""
    _patches: dict[str, list[Patch]] = field(default_factory=lambda: defaultdict(list))
    _revisions: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def tell(self, organization: UUID, on: date, patch: State) -> FeedEvent:
        """The registry learns `patch` of `organization`, effective `on`."""
        subject = str(organization)
        known = self._patches[subject]
        known.append((on, len(self.registry) + 1, patch))
        kind = "organization.amended" if len(known) > 1 else "organization.established"
        timeline = cut(fold(known), on)
        return self._append(self.registry, subject, kind, on, timeline)

    def answer(self, organization: UUID, on: date, until: date | None, state: State) -> FeedEvent:
        """The router decides: `state` on `[on, until)`, nothing after."""
        timeline = [Segment(on, until, state)]
        return self._append(self.router, str(organization), "assignment.changed", on, timeline)

    def area(
        self,
        code: str,
        level: str,
        parent: str | None,
        on: date,
        name: str,
        until: date | None = None,
        successors: Sequence[str] = (),
    ) -> FeedEvent:
        """The directory knows an area from `on` on; from `until` on `successors` stand for it."""
        heirs = [{"code": heir, "valid_from": str(until)} for heir in successors]
        state = {"code": code, "name": name, "level": level, "parent": parent, "successors": heirs}
        timeline = [Segment(on, until, state)]
        return self._append(self.router, f"area:{code}", "area.changed", on, timeline)

    def body(self, code: str, kind: str, name: str, on: date) -> FeedEvent:
        """The directory knows a body from `on` on."""
        state = {
            "id": code, "kind": kind, "name": name, "area_code": "440300", "system": None,
            "successor": None,
        }  # fmt: skip
        timeline = [Segment(on, None, state)]
        return self._append(self.router, f"body:{code}", "body.changed", on, timeline)

    def body_in(
        self,
        code: str,
        kind: str,
        area: str,
        on: date,
        until: date | None = None,
        successor: str | None = None,
    ) -> FeedEvent:
        """The directory knows a body of an area on `[on, until)`."""
        state = {
            "id": code, "kind": kind, "name": code, "area_code": area, "system": None,
            "successor": successor,
        }  # fmt: skip
        timeline = [Segment(on, until, state)]
        return self._append(self.router, f"body:{code}", "body.changed", on, timeline)

    def rule_set(self, code: str, scope: str, on: date, until: date | None) -> FeedEvent:
        """The router decides by a rule set on `[on, until)`."""
        state = {"id": code, "scope": scope, "digest": f"digest of {code}", "rules": 25}
        timeline = [Segment(on, until, state)]
        return self._append(self.router, f"rule_set:{code}", "rule_set.activated", on, timeline)

    def directory(self) -> None:
        """The areas and bodies that the other builders use."""
        start = date(2000, 1, 1)
        self.area("440000", "province", None, start, "广东省")
        self.area("440300", "city", "440000", start, "深圳市")
        for district, name in (("440303", "罗湖区"), ("440306", "宝安区")):
            self.area(district, "district", "440300", start, name)
        for street, district in STREETS.items():
            self.area(street, "street", district, start, f"{street}街道")
        for body, kind in BODIES.items():
            self.body(body, kind, f"{body}党委", start)

    def _append(
        self, feed: list[FeedEvent], subject: str, kind: str, on: date, timeline: Sequence[Segment]
    ) -> FeedEvent:
        self._revisions[subject] += 1
        event = FeedEvent(
            position=len(feed) + 1,
            subject=subject,
            revision=self._revisions[subject],
            type=kind,
            time="2016-01-04T01:02:03.000004Z",
            effective_on=on,
            actor="tester",
            reason=None,
            areas=(),
            change=None,
            timeline=tuple(timeline),
        )
        feed.append(event)
        return event


def random_histories(random: Random, organizations: int, events: int) -> Histories:
    """Births, corrections, moves, deaths and answers in no particular order, many back-dated."""
    histories = Histories()
    histories.directory()
    histories.directory_size = len(histories.router)
    subjects = [UUID(int=random.getrandbits(128)) for _ in range(organizations)]
    days = [date(2015, month, 1) for month in range(1, 13)]
    born: dict[UUID, date] = {}
    for _ in range(events):
        subject = random.choice(subjects)
        if random.random() < 0.4:
            on = random.choice(days)
            until = random.choice([None, None, *(day for day in days if day > on)])
            body = random.choice([*BODIES, None])
            histories.answer(subject, on, until, assignment_state(body, random.choice("xyz")))
        elif subject in born:
            on = random.choice([day for day in days if day >= born[subject]])
            histories.tell(subject, on, _random_patch(random))
        else:
            born[subject] = random.choice(days)
            kind = random.choice(["social_association", "foundation", "private_nonenterprise"])
            state = organization_state(kind=kind, domicile=_domicile(random))
            histories.tell(subject, born[subject], state)
    return histories


def _domicile(random: Random) -> State | None:
    code = random.choice([*STREETS, UNLISTED_STREET, None])
    return {"division_code": code, "address": None} if code else None


def _random_patch(random: Random) -> State:
    organization: State = {
        "form": "branch", "mode": random.choice(["solo", "joint"]), "with": [],
        "established_on": None, "secretary": {"post": "x", "cross_posted": True},
    }  # fmt: skip
    return random.choice(
        [
            {"status": random.choice(["active", "active", "suspended", "deregistered"])},
            {"domicile": _domicile(random)},
            {"grade": random.choice([None, {"level": "5A"}, {"level": "none"}])},
            {"charter": {"state": random.choice(["none", "provisional", "included"])}},
            {"full_time_staff": random.choice([None, 0, 9, 10, 500])},
            {"party": {"full_members": random.choice([None, 0, 2, 3])}},
            {"party": {"organization": random.choice([None, organization])}},
            {"party": {random.choice(["instructor", "liaison", "organizer"]): {}}},
        ]
    )


def _party(state: State) -> bool:
    return state["party"]["organization"] is not None


def _mode(state: State) -> Any:
    return state["party"]["organization"] and state["party"]["organization"]["mode"]


def _has_worker(state: State) -> bool:
    return any(state["party"][who] is not None for who in ("instructor", "liaison", "organizer"))


def _eligible(state: State) -> bool:
    return (state["party"]["full_members"] or 0) >= 3


def _graded(state: State) -> bool:
    return state["grade"] is not None and state["grade"]["level"] != "none"


ORACLE: dict[str, tuple[Callable[[State], bool], Callable[[State], bool]]] = {
    "organizational_coverage": (lambda s: True, _party),
    "eligible_coverage": (_eligible, _party),
    "work_coverage": (lambda s: True, lambda s: _party(s) or _has_worker(s)),
    "solo_rate": (lambda s: True, lambda s: _mode(s) == "solo"),
    "joint_rate": (lambda s: True, lambda s: _mode(s) == "joint"),
    "graded_formation": (_graded, _party),
    "graded_eligible_formation": (lambda s: _graded(s) and _eligible(s), _party),
    "information_base_organizers": (
        lambda s: not _party(s) and not _eligible(s), lambda s: s["party"]["organizer"] is not None
    ),
    "charter_inclusion": (lambda s: True, lambda s: s["charter"]["state"] == "included"),
}  # fmt: skip
"""By indicator: whom it asks about among those in operation, and what it asks of them."""


def _street(state: State) -> str | None:
    return state["domicile"]["division_code"] if state["domicile"] else None


def _district(state: State) -> str | None:
    street = _street(state)
    return "440303" if street is None else STREETS.get(street, street[:6])


def _band(state: State) -> str | None:
    staff = state["full_time_staff"]
    bands = {None: None, 0: "0", 9: "1-9", 10: "10-49", 42: "10-49", 500: "100+"}
    return bands[staff]


def _answer(answer: State | None, name: str) -> Any:
    return answer and answer[name]


def _body(answer: State | None, name: str) -> Any:
    supervising = _answer(answer, "supervising")
    return supervising and supervising[name]


KEYS: dict[str, Callable[[State, State | None], Any]] = {
    "city": lambda s, a: "440300",
    "district": lambda s, a: _district(s),
    "street": lambda s, a: _street(s),
    "kind": lambda s, a: s["kind"],
    "grade": lambda s, a: s["grade"] and s["grade"]["level"],
    "size_band": lambda s, a: _band(s),
    "body": lambda s, a: _body(a, "id"),
    "body_kind": lambda s, a: _body(a, "kind"),
    "outcome": lambda s, a: _answer(a, "outcome"),
    "rule": lambda s, a: _answer(a, "rule"),
}


def counted(
    registry: Sequence[FeedEvent],
    router: Sequence[FeedEvent],
    indicator: str,
    group_by: Sequence[str],
    day: date,
) -> dict[tuple[str, ...], tuple[int, int]]:
    """Numerator and denominator per group, from the events alone."""
    states = _held(registry, "organization.")
    answers = _held(router, "assignment.")
    asked, hit = ORACLE[indicator]
    groups: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0])
    for subject, timeline in states.items():
        state = value_on(timeline, day)
        if state is None or state["status"] != "active" or not asked(state):
            continue
        answer = value_on(answers.get(subject, []), day)
        key = tuple(KEYS[name](state, answer) or "unassigned" for name in group_by)
        groups[key][0] += hit(state)
        groups[key][1] += 1
    return {key: (tally[0], tally[1]) for key, tally in groups.items()}


def _held(events: Sequence[FeedEvent], kind: str) -> dict[str, list[Segment]]:
    held: dict[str, list[Segment]] = defaultdict(list)
    for event in events:
        if event.type.startswith(kind):
            held[event.subject] = splice(held[event.subject], event.effective_on, event.timeline)
    return held
