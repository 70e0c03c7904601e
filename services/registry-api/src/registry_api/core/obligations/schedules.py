"""Obligations whose term is counted from dates in the facts: elections, grades, periods.

A schedule is a function of the facts it reads and of the days that are `Known`; it says since when
and by when something is owed, or None for "not at all". A term that a fact ends half-open
(`valid_until` is the first day without the grade) is due on its last day.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from registry_api.core.conditions import Facts
from registry_api.core.dates import months_earlier, years_later
from registry_api.core.evaluation import grade_valid_until
from registry_api.core.parameters import parameter, starts

_DAY = timedelta(days=1)

Term = tuple[date, date]
"""(owed since, due on the end of)."""


class Known(NamedTuple):
    """The register's first day of the organization, and the day since which the rule stands."""

    first: date
    since: date


@dataclass(frozen=True, slots=True)
class Schedule:
    """How a term is counted, and the dotted paths it reads."""

    term: Callable[[Facts, Known], Term | None]
    paths: frozenset[str]


def _party_term(facts: Facts, _: Known) -> Term | None:
    """The term's end as it was recorded, else counted from the last election or the founding."""
    until = _day(facts["party.organization.term_until"])
    if until is None:
        begun = _day(facts["party.organization.elected_on"]) or _day(
            facts["party.organization.established_on"]
        )
        if begun is None:
            return None
        committee = facts["party.organization.form"] == "committee"
        years = _value("committee_term_years" if committee else "branch_term_years", begun)
        until = years_later(begun, years)
    return months_earlier(until, _value("term_reminder_months", until)), until - _DAY


def _grade(facts: Facts, _: Known) -> Term | None:
    """The grade's validity as it was recorded, else by the rule in force on its announcement."""
    until, announced = _day(facts["grade.valid_until"]), _day(facts["grade.announced_on"])
    if until is None and announced is not None:
        until = grade_valid_until(facts["grade.level"], announced)
    if until is None:
        return None
    return months_earlier(until, _value("grade_renewal_months", until)), until - _DAY


def _annual_inspection(facts: Facts, known: Known) -> Term | None:
    """The year after the last one inspected; the first is the one in which it was first known.

    Who registered in the second half of a year takes part from the next one on.
    """
    last = facts["annual_inspection.year"]
    year = known.first.year if last is None else last + 1
    registered_on = _day(facts["registration.registered_on"])
    if registered_on is not None:
        whole = registered_on <= _in_year(registered_on.year, "inspection_newcomers_until")
        year = max(year, registered_on.year if whole else registered_on.year + 1)
    due = parameter("inspection_due", known.first)
    if due is None or not date.min.year < year < date.max.year:
        return None
    return date(year + 1, 1, 1), date.fromisoformat(f"{year + 1}-{due.value[facts['kind']]}")


def _organizational_life(facts: Facts, known: Known) -> Term | None:
    """The quarter last reported where less was held than is asked for, else the one after it.

    Where none was reported since there is a Party organization, the first whole quarter of it.
    """
    begins = _whole_quarter(known.since)
    reported = facts["party.organizational_life.quarter"]
    if reported is not None:
        year, quarter = map(int, reported.split("Q"))
        if not date.min.year <= year < date.max.year:
            return None  # four digits can name a year that the calendar does not have
        last = date(year, 3 * quarter - 2, 1)
        owed = _next_quarter(last) if _enough(facts, last) else last
        begins = owed if known.since == known.first else max(owed, begins)
    return begins, _next_quarter(begins) - _DAY


def _whole_quarter(day: date) -> date:
    """The first day of the first quarter that begins on `day` or after it."""
    begun = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return begun if begun == day else _next_quarter(begun)


def _enough(facts: Facts, day: date) -> bool:
    """Group meetings are not asked for: whether a branch has groups is not recorded."""
    counts = {
        name: facts[f"party.organizational_life.{name}"]
        for name in ("member_meetings", "lectures", "committee_meetings")
    }
    if (facts["party.full_members"] or 0) < _value("branch_committee_members", day):
        del counts["committee_meetings"]
    return all(count >= _value(f"quarterly_{name}", day) for name, count in counts.items())


def _next_quarter(begins: date) -> date:
    return date(begins.year + begins.month // 10, (begins.month + 2) % 12 + 1, 1)


def _abnormal_list(facts: Facts, _: Known) -> Term | None:
    """Counted from the clause's first day for who was listed before it."""
    since = date.fromisoformat(facts["abnormal_list.since"])
    clause = starts("abnormal_list_years")[0]
    begun = max(since, clause)
    return since, years_later(begun, _value("abnormal_list_years", begun)) - _DAY


def _value(name: str, day: date) -> int:
    dated = parameter(name, max(day, starts(name)[0]))
    assert dated is not None
    return int(dated.value)


def _in_year(year: int, name: str) -> date:
    dated = parameter(name, date(year, 1, 1)) or parameter(name, starts(name)[0])
    assert dated is not None
    return date.fromisoformat(f"{year}-{dated.value}")


def _day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)


def _paths(*paths: str) -> frozenset[str]:
    return frozenset(paths)


_ORGANIZATION = "party.organization."
_LIFE = "party.organizational_life."

SCHEDULES: Mapping[str, Schedule] = {
    "party_term": Schedule(
        _party_term,
        _paths(
            *(_ORGANIZATION + n for n in ("form", "established_on", "elected_on", "term_until"))
        ),
    ),
    "grade": Schedule(_grade, _paths("grade.level", "grade.announced_on", "grade.valid_until")),
    "annual_inspection": Schedule(
        _annual_inspection,
        _paths("kind", "annual_inspection.year", "registration.registered_on"),
    ),
    "organizational_life": Schedule(
        _organizational_life,
        _paths(
            "party.full_members",
            *(_LIFE + n for n in ("quarter", "member_meetings", "committee_meetings", "lectures")),
        ),
    ),
    "abnormal_list": Schedule(_abnormal_list, _paths("abnormal_list.since")),
}
"""By the name that `data/obligations.yaml` uses."""
