"""Party building inside an invented organization: members, form, charter, grade.

Rates follow what the speech of 2016 wants to change: formation among the graded near but below
its targets (5A 100 %, 4A 80 %, 3A 60 %), charters mostly without the clause, many eligible
organizations with no Party organization.
"""

import datetime
from functools import cache
from typing import Any

from demo_city.invention.chance import Chance, Quota, Weighted
from demo_city.invention.profiles import Profile
from demo_city.invention.registration import Registration

LAST_DAY = datetime.date(2015, 12, 31).toordinal()
"""The day the demo's facts are of; nothing in it is later."""

BRANCH_MEMBERS, GENERAL_BRANCH_MEMBERS, COMMITTEE_MEMBERS = 3, 50, 100
"""Full members for a branch (Party constitution), general branch and committee."""

FORMED_BY_GRADE = {"5A": 93, "4A": 77, "3A": 62}
"""Per cent of the graded that have a Party organization at the end of 2015 (invented)."""

GRADES = Weighted({"5A": 10, "4A": 29, "3A": 48, "2A": 4, "1A": 2, "none": 7})
TRIES_BY_GRADE = {"5A": 8, "4A": 4, "3A": 2}
"""The larger an organization the higher its grade: its members are the best of so many draws."""

GRADES_BEGAN = datetime.date(2010, 6, 1).toordinal()
GRADED_PERCENT = 10
YEARS_BEFORE_GRADE = 2

CHARTERS_BEGAN = datetime.date(2012, 1, 1).toordinal()
YEAR_2015 = datetime.date(2015, 1, 1).toordinal()

SECRETARY_POSTS = Weighted({"cross_posted": 56, "solo": 37, "dispatched": 7})

WORKERS = Weighted({"organizer": 5, "liaison": 3, "instructor": 2})
WORKERS_BEGAN = datetime.date(2010, 1, 1).toordinal()


@cache
def iso(day: int) -> str:
    """The civil date of an ordinal, as the documents write it."""
    return datetime.date.fromordinal(day).isoformat()


def draw_grade(chance: Chance, registration: Registration) -> dict[str, Any] | None:
    """An evaluation's result, for some of those registered long enough; valid for five years."""
    earliest = registration.registered + YEARS_BEFORE_GRADE * 366
    if registration.mode == "filing" or earliest > LAST_DAY or not chance.percent(GRADED_PERCENT):
        return None
    announced = iso(chance.between(max(earliest, GRADES_BEGAN), LAST_DAY))
    until = f"{int(announced[:4]) + 5}{announced[4:]}".replace("-02-29", "-02-28")
    return {"level": chance.weigh(GRADES), "announced_on": announced, "valid_until": until}


def draw_charter(chance: Chance, registered: int) -> dict[str, Any]:
    """Whether the charter has the clause: provisionally or fully. The wordings came in 2018."""
    share = 45 if registered >= YEAR_2015 else 34 if registered >= CHARTERS_BEGAN else 24
    if not chance.percent(share):
        return {"state": "none", "wording": None, "on": None}
    state = "included" if chance.percent(55) else "provisional"
    on = iso(chance.between(max(registered, CHARTERS_BEGAN), LAST_DAY))
    return {"state": state, "wording": None, "on": on}


class PartyBuilding:
    """Draws the ``party`` object; keeps the quotas of the graded."""

    def __init__(self, chance: Chance) -> None:
        """Takes the chance to draw from."""
        self._chance = chance
        self._quotas = {grade: Quota(percent) for grade, percent in FORMED_BY_GRADE.items()}

    def draw(
        self, profile: Profile, registered: int, staff: int, grade: str | None
    ) -> dict[str, Any]:
        """Members, Party organization and Party worker of one organization.

        A joint organization's ``with`` is left empty: who joins whom is not one organization's
        to say.
        """
        chance = self._chance
        full = self._full_members(profile, staff, grade)
        probationary = chance.between(1, 1 + full // 6) if chance.percent(12) else 0
        party: dict[str, Any] = {
            "full_members": full,
            "probationary_members": probationary,
            "organization": None,
            "instructor": None,
            "liaison": None,
            "organizer": None,
        }
        if self._is_formed(profile, full, grade):
            party["organization"] = self._organization(profile, registered, full)
        elif chance.percent(45 if full >= BRANCH_MEMBERS else 38):
            assigned = chance.between(max(registered, WORKERS_BEGAN), LAST_DAY)
            party[chance.weigh(WORKERS)] = {"assigned_on": iso(assigned)}
        return party

    def _full_members(self, profile: Profile, staff: int, grade: str | None) -> int:
        chance = self._chance
        tries = TRIES_BY_GRADE.get(grade or "", 1)
        full = max(chance.spread(profile.members) for _ in range(tries))
        if tries > 1:  # the quota may say formed, and nobody forms without a member
            full = max(full, 1)
        if profile.kind == "private_nonenterprise":  # its members are its staff
            full = min(full, max(1, staff))
        return full

    def _is_formed(self, profile: Profile, full: int, grade: str | None) -> bool:
        if grade in self._quotas:
            return self._quotas[grade].next()
        if full >= BRANCH_MEMBERS:
            return self._chance.percent(profile.formed)
        return full > 0 and self._chance.percent(34)

    def _organization(self, profile: Profile, registered: int, full: int) -> dict[str, Any]:
        chance = self._chance
        # Trade associations that can form their own must (speech of 2016); others may still join.
        must_be_solo = profile.institution_type == "trade_association"
        joint = full < BRANCH_MEMBERS or (full < 6 and not must_be_solo and chance.percent(12))
        established = chance.between(registered + 1, LAST_DAY)
        return {
            "form": "joint_branch" if joint else solo_form(full),
            "mode": "joint" if joint else "solo",
            "with": [],
            "established_on": iso(established),
            "secretary": self._secretary(established) if chance.percent(93) else None,
        }

    def _secretary(self, established: int) -> dict[str, Any]:
        chance = self._chance
        post = chance.weigh(SECRETARY_POSTS)
        appointed = established if chance.percent(70) else chance.between(established, LAST_DAY)
        return {
            "post": post,
            "cross_posted": post == "cross_posted",
            "appointed_on": iso(appointed),
        }


def solo_form(full_members: int) -> str:
    """The form a Party organization of its own takes by its full members."""
    if full_members >= COMMITTEE_MEMBERS:
        return "committee"
    return "general_branch" if full_members >= GENERAL_BRANCH_MEMBERS else "branch"
