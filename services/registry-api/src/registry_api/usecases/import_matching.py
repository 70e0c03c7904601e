"""Whom a row is about: matching what it calls an organization with who bears these names; no I/O.

A credit code names one organization. A filing number names one with its authority; where only one
side says the authority, the number alone has to do, if it is one organization's only.
"""

from collections.abc import Iterable, Sequence

from registry_api.domain.organization import State
from registry_api.files.rows import FileRow
from registry_api.storage.organization_rows import Held
from registry_api.usecases.import_entries import Entry, filed_as
from servicekit.auth import Caller
from servicekit.errors import Violation


class RowRefused(Exception):
    """The row does not land."""

    def __init__(self, *violations: Violation) -> None:
        super().__init__()
        self.violations = violations


class Bearers:
    """The organizations that bear a name which rows mention.

    Those that `caller` may not see are told apart from nobody only where a name can't be given
    twice in the whole register.
    """

    def __init__(self, caller: Caller, held: Iterable[Held]) -> None:
        self._caller = caller
        self._by_code: dict[str, Held] = {}
        self._by_number: dict[str, list[Held]] = {}
        for one in held:
            if one.state["credit_code"]:
                self._by_code[one.state["credit_code"]] = one
            if one.state["filing_number"]:
                self._by_number.setdefault(one.state["filing_number"], []).append(one)

    def match(self, entry: Entry) -> Held | None:
        """The organization that the row is about, None for a newcomer.

        Raises RowRefused when it is one that the caller may not see, when its names are those of
        two, or when several bear the number.
        """
        code = entry.identity if isinstance(entry.identity, str) else None
        coded = self._by_code.get(code) if code else None
        filed = filed_as(entry.row)
        if filed is None and not self._by_number:
            held = coded
        elif coded is not None:
            self._check_number(entry.row, coded, filed)
            held = coded
        else:
            held = self._filed(*filed) if filed else None
            if held is not None and code and held.state["credit_code"] and self._sees(held):
                raise RowRefused(
                    Violation("/filing_number", "code_taken", held.state["filing_number"])
                )
        if held is not None and not self._sees(held):
            raise _hidden(entry, held is coded)
        if held is None and filed is not None and entry.newcomer is not None:
            self._check_free(entry.newcomer.state)
        return held

    def _sees(self, held: Held) -> bool:
        return self._caller.may_see(held.area)

    def _filed(self, division: str, number: str) -> Held | None:
        bearers = self._by_number.get(number, [])
        exact = next((one for one in bearers if _division(one) == division), None)
        if exact is not None:
            return exact
        likely = [one for one in bearers if self._sees(one) and not (division and _division(one))]
        if len(likely) > 1:
            rule = Violation("/filing_number", "several_bearers", number, {"count": len(likely)})
            raise RowRefused(rule)
        return likely[0] if likely else None

    def _check_free(self, state: State) -> None:
        """A newcomer's authority may follow from its code, and have given its number already."""
        number, division = state["filing_number"], _authority(state)
        if any(_division(other) == division for other in self._by_number.get(number, ())):
            raise RowRefused(Violation("/filing_number", "code_taken", number))

    def _check_number(self, row: FileRow, coded: Held, filed: tuple[str, str] | None) -> None:
        """The number must not be another's under the authority that `coded` will have."""
        number = filed[1] if filed else coded.state["filing_number"]
        sent = row.leaf("registration", "authority", "division_code")
        division = sent if isinstance(sent, str) and sent else _division(coded)
        for other in self._by_number.get(number or "", ()):
            if other.id != coded.id and _division(other) == division:
                raise RowRefused(Violation("/filing_number", "code_taken", number))


def numbers_under_other_authorities(entries: Sequence[Entry], known: Sequence[Held]) -> list[str]:
    """Filing numbers that organizations known by their codes take along to another authority."""
    by_code = {one.state["credit_code"]: one for one in known if one.state["filing_number"]}
    found = []
    for entry in entries if by_code else ():
        held = by_code.get(entry.identity) if isinstance(entry.identity, str) else None
        sent = entry.row.leaf("registration", "authority", "division_code") if held else None
        if held is not None and sent and sent != _division(held):
            found.append(held.state["filing_number"])
    return found


def _division(held: Held) -> str:
    return _authority(held.state)


def _authority(state: State) -> str:
    return state["registration"]["authority"]["division_code"] or ""


def _hidden(entry: Entry, by_code: bool) -> RowRefused:
    """What a newcomer would be told; one that could land, that its name is taken (adr/0005)."""
    if entry.newcomer is None:
        return RowRefused(*entry.faults)
    field = "credit_code" if by_code else "filing_number"
    return RowRefused(Violation(f"/{field}", "code_taken", entry.newcomer.state[field]))
