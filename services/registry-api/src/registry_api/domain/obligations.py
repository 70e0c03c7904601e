"""What an organization owes after an event, with the clause that says so."""

from dataclasses import dataclass
from datetime import date

from registry_api.domain.organization import State
from registry_api.domain.parameters import parameter


@dataclass(frozen=True, slots=True)
class Obligation:
    """Something owed: `kind`, since when, by when (None: no term is set), and why."""

    kind: str
    since: date
    due_on: date | None
    clause: str
    source: str
    basis: str


_SPEECH = "市民政局2016年6月14日讲话 三（三同步）"


def obligations_of_establishment(state: State, effective_on: date) -> list[Obligation]:
    """What 三同步 asks of a new organization.

    Enough full members: form a Party organization at once. Fewer: enter the information base
    (党建信息库), which a Party-building organizer (党建组织员) looks after.
    """
    needed = parameter("party_organization_members", effective_on)
    members = state["party"]["full_members"] or 0
    owed = []
    if needed and members >= needed.value and state["party"]["organization"] is None:
        owed.append(
            Obligation(
                "form_party_organization",
                effective_on,
                effective_on,
                "3名以上党员的社会组织，登记成立时同步组建党组织",
                _SPEECH,
                "S",
            )
        )
    if needed and members < needed.value and state["party"]["organizer"] is None:
        owed.append(
            Obligation(
                "assign_organizer",
                effective_on,
                effective_on,
                "不具备组建条件的，纳入党建信息库，选派党建组织员",
                _SPEECH,
                "S",
            )
        )
    if state["charter"]["state"] == "provisional":
        owed.append(
            Obligation(
                "include_charter_clause",
                effective_on,
                None,
                "把党建工作内容写入章程",
                _SPEECH,
                "S",
            )
        )
    return owed
