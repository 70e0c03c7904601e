"""The columns of a fact: everything about an organization that an indicator may ask.

A fact has two halves, each fed by one ledger: what the organization is (registry) and who
supervises it (router). Both are tuples in column order, because one flows unchanged from the feed
through the comparison of old and new into a bulk insert, at ten thousand a second.

Where the model falls down: a grade counts as long as the register shows it, also after its
validity ran out; and an organization that sits on a border has one area, that of its domicile.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from metrics_api.core.facts.calendar_periods import CalendarPeriod

ColumnType = Literal["code", "text", "integer", "boolean", "label", "date"]
"""`code`: one of a closed list; `text`: an identifier from an open set (area, body, rule);
`label`, `date`: what a list shows of an organization, and the terms that forecasts count; no
predicate asks for them and no copy holds them."""


class OrganizationFacts(NamedTuple):
    """The half of a fact that the registry tells; None is "not known" or "has none"."""

    area: str | None
    kind: str | None
    institution_type: str | None
    category: str | None
    level: str | None
    mode: str | None
    grade: str | None
    supervisor_system: str | None
    status: str | None
    size_band: str | None
    full_members: int | None
    probationary_members: int | None
    party_form: str | None
    party_mode: str | None
    party_units: int | None
    has_instructor: bool
    has_liaison: bool
    has_organizer: bool
    secretary_cross_posted: bool | None
    charter_state: str | None
    charter_wording: str | None
    inspection_year: int | None
    inspection_party_section: bool | None
    life_quarter: int | None
    life_member_meetings: int | None
    life_lectures: int | None
    training_year: int | None
    secretary_hours: int | None
    demonstration_state: str | None
    name: str | None
    code: str | None
    grade_until: date | None
    term_from: date | None
    term_until: date | None
    abnormal_since: date | None


class AssignmentFacts(NamedTuple):
    """The half of a fact that the router tells."""

    outcome: str | None
    supervising_body: str | None
    body_kind: str | None
    rule_set: str | None
    rule: str | None
    basis: str | None


UNASSIGNED = AssignmentFacts(None, None, None, None, None, None)
"""The assignment half while the router has not answered: counted as `unassigned`."""

Fact = tuple[str | int | bool | date | None, ...]
"""An `OrganizationFacts` followed by an `AssignmentFacts`, in the order of `COLUMNS`."""


class OutOfDomainError(ValueError):
    """A feed shows a code that this service does not know: the subject is parked, not guessed."""

    def __init__(self, column: str, value: object) -> None:
        super().__init__(f"{column}: {value!r} is not one of its codes")
        self.column = column
        self.value = value


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its type, and for `code` the whole list of values it can take."""

    name: str
    type: ColumnType
    codes: tuple[str, ...] = ()
    period: CalendarPeriod | None = None
    """Of which calendar period an integer is the number."""


def _code(name: str, codes: str) -> Column:
    return Column(name, "code", tuple(codes.split()))


_SIZE_BOUNDS = ((0, "0"), (9, "1-9"), (49, "10-49"), (99, "50-99"))

ORGANIZATION_COLUMNS: tuple[Column, ...] = (
    Column("area", "text"),
    _code("kind", "social_association private_nonenterprise foundation"),
    _code(
        "institution_type",
        "general private_university private_school private_kindergarten training_institution "
        "private_hospital private_clinic outpatient_department community_health_station "
        "welfare_institution religious_association bar_association accountancy_association "
        "trade_association hometown_chamber hub community_organization",
    ),
    _code(
        "category",
        "business_economy charity social_welfare social_service culture_recreation "
        "science_technology sports ecology education health law religion agriculture other",
    ),
    _code("level", "national provincial municipal district street"),
    _code("mode", "direct dual decoupled filing"),
    _code("grade", "none 1A 2A 3A 4A 5A"),
    _code(
        "supervisor_system",
        "education health civil_affairs human_resources justice finance culture sports science "
        "industry commerce agriculture ethnic_religious other",
    ),
    _code("status", "active suspended deregistered revoked"),
    _code("size_band", "0 1-9 10-49 50-99 100+"),
    Column("full_members", "integer"),
    Column("probationary_members", "integer"),
    _code("party_form", "branch general_branch committee joint_branch functional temporary"),
    _code("party_mode", "solo joint"),
    Column("party_units", "integer"),
    Column("has_instructor", "boolean"),
    Column("has_liaison", "boolean"),
    Column("has_organizer", "boolean"),
    Column("secretary_cross_posted", "boolean"),
    _code("charter_state", "none provisional included"),
    _code("charter_wording", "v1 v2"),
    Column("inspection_year", "integer", period="year"),
    Column("inspection_party_section", "boolean"),
    Column("life_quarter", "integer", period="quarter"),
    Column("life_member_meetings", "integer"),
    Column("life_lectures", "integer"),
    Column("training_year", "integer", period="year"),
    Column("secretary_hours", "integer"),
    _code("demonstration_state", "nominated designated withdrawn"),
    Column("name", "label"),
    Column("code", "label"),
    Column("grade_until", "date"),
    Column("term_from", "date"),
    Column("term_until", "date"),
    Column("abnormal_since", "date"),
)

ASSIGNMENT_COLUMNS: tuple[Column, ...] = (
    _code("outcome", "assigned needs_decision out_of_scope"),
    Column("supervising_body", "text"),
    _code(
        "body_kind",
        "city_education_work_committee city_health_work_committee district_education_committee "
        "district_health_committee street_work_committee community_committee "
        "social_organization_committee two_new_work_committee industry_committee joint_committee "
        "business_supervisor_committee society_work_department",
    ),
    Column("rule_set", "text"),
    Column("rule", "text"),
    Column("basis", "text"),
)

COLUMNS: tuple[Column, ...] = ORGANIZATION_COLUMNS + ASSIGNMENT_COLUMNS
COUNTED_COLUMNS: tuple[Column, ...] = tuple(c for c in COLUMNS if c.type not in ("label", "date"))
"""What predicates and dimensions can ask."""
DATE_COLUMNS: tuple[str, ...] = tuple(c.name for c in COLUMNS if c.type == "date")
"""What forecasts count from."""
COLUMN_BY_NAME: dict[str, Column] = {column.name: column for column in COUNTED_COLUMNS}
POSITION: dict[str, int] = {column.name: index for index, column in enumerate(COLUMNS)}
"""Where a column stands in a `Fact`."""


def _checks(columns: tuple[Column, ...]) -> tuple[tuple[int, str, frozenset[str | None]], ...]:
    return tuple(
        (index, column.name, frozenset((None, *column.codes)))
        for index, column in enumerate(columns)
        if column.type == "code"
    )


_ORGANIZATION_CHECKS = _checks(ORGANIZATION_COLUMNS)
_ASSIGNMENT_CHECKS = _checks(ASSIGNMENT_COLUMNS)


def check_codes(facts: OrganizationFacts | AssignmentFacts) -> None:
    """Raise `OutOfDomainError` naming the first code column whose value is not in its list."""
    checks = _ORGANIZATION_CHECKS if isinstance(facts, OrganizationFacts) else _ASSIGNMENT_CHECKS
    for index, name, codes in checks:
        if facts[index] not in codes:
            raise OutOfDomainError(name, facts[index])


def size_band(full_time_staff: int | None) -> str | None:
    """The band of an organization's full-time staff.

    The bounds are this product's own (no rule states any): they serve "larger ones first" of the
    speech. Changing them asks for a rebuild of the fact timeline.
    """
    if full_time_staff is None:
        return None
    for upper, band in _SIZE_BOUNDS:
        if full_time_staff <= upper:
            return band
    return "100+"


def fact_area(domicile_code: str | None, authority_code: str | None) -> str | None:
    """The area an organization counts in: its domicile's street, else the authority's division.

    Communities (12 digits) count in their street; a domicile known only to the district counts in
    the district.
    """
    code = domicile_code or authority_code
    return code[:9] if code else None
