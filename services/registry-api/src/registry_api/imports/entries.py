"""Rows of a file on their way into the register, as far as they can be judged without it.

All of this is done for the next batch while the database works on the present one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from pydantic import ValidationError

from registry_api.core.organization.checks import check_establishment, check_state
from registry_api.core.organization.derivation import derive
from registry_api.core.organization.state import (
    OrganizationState,
    State,
    access_area,
    complete,
    to_state,
)
from registry_api.imports.files.row import FileRow
from registry_api.register.revision import Terms, broken_rules
from servicekit.errors import Violation
from servicekit.ledger import canonical_text
from servicekit.time import merge_diff

Identity = str | tuple[str, str]
"""A credit code, or (authority's division, filing number)."""

_HASH = (1 << 64) - 1
_UNKNOWN = complete({})
_ANY = "*"
"""Stands for every authority's division: the number was mentioned under one of them."""


@dataclass(frozen=True, slots=True)
class NewOrganization:
    """What a row says of an organization that the register does not know yet.

    `text` is the state as canonical JSON, which document and ledger share. `change` is what the row
    says beyond "unknown", as canonical JSON: of the rest it says nothing, so that what is learned
    later of an earlier day goes on holding. `notices` are the gates of establishment it would not
    have passed: it exists, so they only tell.
    """

    state: State
    text: bytes
    change: bytes
    area: str
    notices: Sequence[Violation]


@dataclass(frozen=True, slots=True)
class Entry:
    """A row, whom it is about, and on which line the file already said something of them.

    `new` is None where `faults` say why it can't be one; it may still change a known one.
    """

    row: FileRow
    identity: Identity | None
    first_line: int | None
    same_as_first: bool
    new: NewOrganization | None
    faults: Sequence[Violation]


@dataclass(frozen=True, slots=True)
class RowRules:
    """The rules that every row of an import is held to, whoever it is about."""

    terms: Terms
    effective_on: date

    def new(self, row: FileRow) -> NewOrganization | list[Violation]:
        """The row as a new organization, or the rules it breaks as one."""
        state = derive(row.state())
        if not row.sound or state["name"] is None or state["kind"] is None:
            try:
                state = to_state(OrganizationState.model_validate(state))
            except ValidationError as error:
                return broken_rules(error)
        violations = self.faults(state)
        if violations:
            return violations
        registered_on = state["registration"]["registered_on"]
        since = date.fromisoformat(registered_on) if registered_on else self.effective_on
        gates = check_establishment(state, since)
        change = canonical_text(merge_diff(_UNKNOWN, state))
        return NewOrganization(state, canonical_text(state), change, access_area(state), gates)

    def faults(self, state: State) -> list[Violation]:
        """What a valid state breaks beyond the rules of single fields."""
        terms = self.terms
        violations = check_state(state, terms.today, terms.divisions)
        if not violations and terms.caller.areas is not None:
            area = access_area(state)
            if not terms.caller.may_see(area):
                return [Violation("/domicile/division_code", "outside_areas", area)]
        return violations


class EntryReader:
    """Takes rows from a file; remembers whom it has spoken of: one organization, one row."""

    def __init__(self, rows: Iterator[FileRow], rules: RowRules) -> None:
        self._rows = rows
        self._rules = rules
        self._first: dict[Identity, int] = {}
        """By name, the line of the first row that bore it (and a hash of what it said)."""

    def skip(self, number: int) -> None:
        """Pass over rows that were dealt with before; remember whom they spoke of."""
        for _, row in zip(range(number), self._rows, strict=False):
            self._look(row)

    def take(self, number: int) -> list[Entry]:
        """Up to `number` further rows; none at the end of the file."""
        return [self._entry(row) for _, row in zip(range(number), self._rows, strict=False)]

    def _entry(self, row: FileRow) -> Entry:
        who, first_line, same = self._look(row)
        if row.violations or first_line is not None or row.example:
            return Entry(row, who, first_line, same, None, row.violations)
        new = self._rules.new(row)
        if isinstance(new, NewOrganization):
            return Entry(row, who, None, False, new, ())
        return Entry(row, who, None, False, None, new)

    def _look(self, row: FileRow) -> tuple[Identity | None, int | None, bool]:
        """(whom the row is about, the line they were on before, whether that said the same)."""
        who = None if row.violations else identity_of(row)
        if who is None:
            return None, None, False
        # line and content in one number: the whole file is remembered this way
        here = row.line << 64 | hash(tuple(row.cells)) & _HASH
        filed = filed_as(row)
        first = self._first.setdefault(who, here) if filed is None else self._also(who, filed, here)
        if first >> 64 == row.line:
            return who, None, False
        return who, first >> 64, first & _HASH == here & _HASH

    def _also(self, who: Identity, filed: tuple[str, str], here: int) -> int:
        """What was first said of any name that this row may share with another."""
        division, number = filed
        names = (who, filed, ("", number) if division else (_ANY, number))
        first = min((self._first[name] for name in names if name in self._first), default=here)
        for name in (who, filed, (_ANY, number)):
            self._first.setdefault(name, here)
        return first


def identity_of(row: FileRow) -> Identity | None:
    """Whom a row is about; None when it does not say."""
    code = row.leaf("credit_code")
    if isinstance(code, str) and code:
        return code
    return filed_as(row)


def filed_as(row: FileRow) -> tuple[str, str] | None:
    """(authority's division, "" where the row does not say; filing number), None without number."""
    number = row.leaf("filing_number")
    if not isinstance(number, str) or not number:
        return None
    division = row.leaf("registration", "authority", "division_code")
    return (division if isinstance(division, str) else "", number)


def identities(entries: Sequence[Entry]) -> tuple[list[str], list[str]]:
    """The credit codes, and the filing numbers, that rows speak of."""
    codes: list[str] = []
    numbers: set[str] = set()
    for entry in entries:
        if isinstance(entry.identity, str):
            codes.append(entry.identity)
        filed = filed_as(entry.row)
        if filed is not None:
            numbers.add(filed[1])
    return codes, list(numbers)
