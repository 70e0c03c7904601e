"""The veto in evaluations 等级评估一票否决.

Source: the 2016 speech, 五嵌入 (2). A Party organization is a hard criterion for 5A; who is
eligible and has not formed one gets no grade at all.
"""

from dataclasses import dataclass
from datetime import date

from registry_api.core.dates import years_later
from registry_api.core.organization.state import State
from registry_api.core.parameters import parameter
from servicekit.errors import Text, read_texts

SOURCE = "市民政局2016年6月14日讲话（五嵌入之二 等级评估）"
BASIS = "S"
LEVELS = ("1A", "2A", "3A", "4A", "5A")


@dataclass(frozen=True, slots=True)
class VetoGround:
    """Why a grade can't be given: a code of the list `veto_ground`, and words."""

    code: str
    text: Text


def grounds_of_veto(state: State, level: str, day: date) -> list[VetoGround]:
    """What stands against giving `level` on `day`; nothing stands against giving no grade."""
    if level == "none" or state["party"]["organization"] is not None:
        return []
    grounds = []
    if level == "5A":
        grounds.append(_ground("5a_needs_party_organization"))
    needed = parameter("party_organization_members", day)
    members = state["party"]["full_members"] or 0
    if needed and members >= needed.value:
        grounds.append(_ground("eligible_not_formed", members=members, needed=needed.value))
    return grounds


def _ground(code: str, **facts: int) -> VetoGround:
    text = read_texts("registry_api", "veto_grounds")[code]
    return VetoGround(code, Text(text.say("zh", facts), text.say("en", facts)))


def grade_valid_until(level: str, announced_on: date) -> date | None:
    """The first day without the grade, by the rule in force on its announcement."""
    rule = parameter("grade_validity", announced_on)
    if level == "none" or rule is None:
        return None
    if rule.value == "until_end_of_fifth_following_year":
        return date(announced_on.year + 6, 1, 1)
    return years_later(announced_on, 5)
