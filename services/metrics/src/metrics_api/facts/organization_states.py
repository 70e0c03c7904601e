"""What the registry's feed shows of an organization, as far as it is counted."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Annotated, Any

import msgspec

from metrics_api.core.facts.columns import OrganizationFacts, check_codes, fact_area, size_band


class _Authority(msgspec.Struct):
    division_code: str | None = None


class _Registration(msgspec.Struct):
    mode: str | None = None
    level: str | None = None
    authority: _Authority | None = None


class _Supervisor(msgspec.Struct):
    system: str | None = None


class _Domicile(msgspec.Struct):
    division_code: str | None = None


class _Grade(msgspec.Struct):
    level: str | None = None
    valid_until: date | None = None


class _AbnormalListing(msgspec.Struct):
    since: date | None = None


class _Charter(msgspec.Struct):
    state: str | None = "none"
    wording: str | None = None


class _Secretary(msgspec.Struct):
    cross_posted: bool | None = None


class _PartyOrganization(msgspec.Struct):
    form: str | None = None
    mode: str | None = None
    with_: list[str] = msgspec.field(default_factory=list, name="with")
    secretary: _Secretary | None = None
    established_on: date | None = None
    elected_on: date | None = None
    term_until: date | None = None

    def units(self, own: Collection[str | None]) -> int | None:
        """How many units share it, the one called by `own` names among them.

        None where it is not told: a joint one without the others' names.
        """
        if self.mode == "solo":
            return 1
        others = {name.strip() for name in self.with_} - {"", *own}
        return 1 + len(others) if self.mode == "joint" and others else None


class _Inspection(msgspec.Struct):
    year: int | None = None
    party_section: bool | None = None


class _Life(msgspec.Struct):
    quarter: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}Q[1-4]$")] | None = None
    member_meetings: int | None = None
    lectures: int | None = None


class _Training(msgspec.Struct):
    year: int | None = None
    secretary_hours: int | None = None


class _DemonstrationSite(msgspec.Struct):
    state: str | None = None


_NO_INSPECTION = _Inspection()
_NO_LIFE = _Life()
_NO_TRAINING = _Training()


class _Party(msgspec.Struct):
    full_members: int | None = None
    probationary_members: int | None = None
    organization: _PartyOrganization | None = None
    instructor: dict[str, Any] | None = None
    liaison: dict[str, Any] | None = None
    organizer: dict[str, Any] | None = None
    organizational_life: _Life | None = None
    training: _Training | None = None
    demonstration_site: _DemonstrationSite | None = None


class OrganizationState(msgspec.Struct):
    """The registry's state of an organization, narrowed to what is counted."""

    name: str | None = None
    credit_code: str | None = None
    filing_number: str | None = None
    kind: str | None = None
    institution_type: str | None = None
    category: str | None = None
    registration: _Registration = msgspec.field(default_factory=_Registration)
    business_supervisor: _Supervisor | None = None
    domicile: _Domicile | None = None
    status: str | None = None
    full_time_staff: int | None = None
    grade: _Grade | None = None
    charter: _Charter = msgspec.field(default_factory=_Charter)
    party: _Party = msgspec.field(default_factory=_Party)
    annual_inspection: _Inspection | None = None
    abnormal_list: _AbnormalListing | None = None

    def _names(self) -> tuple[str | None, ...]:
        """What others may call it by."""
        return (self.name, self.credit_code, self.filing_number)

    def facts(self) -> OrganizationFacts:
        """The registry's half of a fact. Raises `OutOfDomainError` for a code not in its list."""
        registration, party = self.registration, self.party
        authority, formed = registration.authority, party.organization
        secretary = formed.secretary if formed else None
        inspection = self.annual_inspection or _NO_INSPECTION
        life, training = party.organizational_life or _NO_LIFE, party.training or _NO_TRAINING
        site = party.demonstration_site
        facts = OrganizationFacts(
            area=fact_area(
                self.domicile.division_code if self.domicile else None,
                authority.division_code if authority else None,
            ),
            kind=self.kind,
            institution_type=self.institution_type,
            category=self.category,
            level=registration.level,
            mode=registration.mode,
            grade=self.grade.level if self.grade else None,
            supervisor_system=self.business_supervisor.system if self.business_supervisor else None,
            status=self.status,
            size_band=size_band(self.full_time_staff),
            full_members=party.full_members,
            probationary_members=party.probationary_members,
            party_form=formed.form if formed else None,
            party_mode=formed.mode if formed else None,
            party_units=formed.units(self._names()) if formed else None,
            has_instructor=party.instructor is not None,
            has_liaison=party.liaison is not None,
            has_organizer=party.organizer is not None,
            secretary_cross_posted=secretary.cross_posted if secretary else None,
            charter_state=self.charter.state,
            charter_wording=self.charter.wording,
            inspection_year=inspection.year,
            inspection_party_section=inspection.party_section,
            life_quarter=int(life.quarter.replace("Q", "")) if life.quarter else None,
            life_member_meetings=life.member_meetings,
            life_lectures=life.lectures,
            training_year=training.year,
            secretary_hours=training.secretary_hours,
            demonstration_state=site.state if site else None,
            name=self.name,
            code=self.credit_code or self.filing_number,
            grade_until=self.grade.valid_until if self.grade else None,
            term_from=(formed.elected_on or formed.established_on) if formed else None,
            term_until=formed.term_until if formed else None,
            abnormal_since=self.abnormal_list.since if self.abnormal_list else None,
        )
        check_codes(facts)
        return facts


def organization_facts(state: Mapping[str, Any]) -> OrganizationFacts:
    """The registry's half of a fact from a state of the feed.

    Raises `OutOfDomainError`, or `msgspec.ValidationError` for a state of another shape.
    """
    return msgspec.convert(state, OrganizationState).facts()
