"""Invents one organization after another, in the shape of the registry's document."""

from typing import Any

from demo_city.invention.chance import Chance
from demo_city.invention.credit_codes import CodeRegister
from demo_city.invention.party_building import PartyBuilding, draw_charter, draw_grade, iso
from demo_city.invention.profiles import Profile
from demo_city.invention.registration import (
    Registration,
    draw_affiliation,
    draw_domicile,
    draw_registration,
    draw_status,
    supervisor,
)
from demo_city.invention.vocabulary import NameBook, words_for
from demo_city.territory.places import Place

SPONSOR_WORDS = ("实业有限公司", "教育投资有限公司", "控股有限公司", "健康管理有限公司")
SPONSORED_PERCENT = {"social_association": 0, "private_nonenterprise": 55, "foundation": 100}


class Inventor:
    """Holds what goes on from one organization to the next: chance, codes, names and quotas."""

    def __init__(self, seed: int, letter: str) -> None:
        """Takes the seed, and the letter of its credit codes (:class:`CodeRegister`)."""
        self.chance = Chance(seed)
        self._codes = CodeRegister(letter)
        self._names = NameBook()
        self._party = PartyBuilding(self.chance)

    def invent(
        self, profile: Profile, place: Place, *, domicile: bool = True, typed: bool = True
    ) -> dict[str, Any]:
        """A new organization of *profile* at home in *place*.

        Without *domicile* or *typed* that fact is left out (and so is the affiliation), as real
        registers do: who supervises such an organization then takes a decision.
        """
        chance = self.chance
        registration = draw_registration(chance, profile, place)
        kept = profile.affiliation if domicile and typed else None
        affiliation = draw_affiliation(chance, kept, registration, place)
        home = draw_domicile(chance, profile.institution_type, place)
        staff = chance.spread(profile.staff)
        grade = draw_grade(chance, registration)
        party = self._party.draw(
            profile, registration.registered, staff, grade["level"] if grade else None
        )
        return {
            **self._identity(profile, registration),
            "kind": profile.kind,
            "institution_type": profile.institution_type if typed else None,
            "category": registration.category,
            "registration": {
                "mode": registration.mode,
                "level": registration.level,
                "authority": {
                    "name": registration.office.name,
                    "division_code": registration.office.division_code,
                },
                "registered_on": iso(registration.registered),
            },
            "business_supervisor": supervisor(registration, place),
            "licence_issuer": registration.licence,
            "affiliation": affiliation,
            "domicile": home if domicile else None,
            "status": draw_status(chance),
            "full_time_staff": staff,
            "sponsor": self._sponsor(profile, place),
            "grade": grade,
            "charter": draw_charter(chance, registration.registered),
            "party": party,
            "predecessors": [],
            "successors": [],
        }

    def company(self, place: Place) -> str:
        """The name of an invented company of the place's city."""
        word = self._names.next_word(SPONSOR_WORDS)
        return self._names.name(place.territory.names["city"], word)

    def _identity(self, profile: Profile, registration: Registration) -> dict[str, Any]:
        """Number and name. A filed body has a filing number where others have a credit code."""
        filed = registration.mode == "filing"
        division = registration.office.division_code
        words = profile.words or words_for(profile.kind, registration.category)
        return {
            "credit_code": None if filed else self._codes.issue(profile.kind, division),
            "filing_number": self._codes.file(division) if filed else None,
            "credit_code_waiver": None,
            "name": self._names.name(registration.office.prefix, self._names.next_word(words)),
        }

    def _sponsor(self, profile: Profile, place: Place) -> str | None:
        if not self.chance.percent(SPONSORED_PERCENT[profile.kind]):
            return None
        return self.company(place)
