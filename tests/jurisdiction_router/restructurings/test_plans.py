"""Restructurings at random: whatever is planned and sound, nobody hangs on an ended body."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.jurisdiction_router.small_city import organization

from jurisdiction_router.core.deciding.timeline import Jurisdiction
from jurisdiction_router.core.directory.checks import check_directory
from jurisdiction_router.core.directory.directory import Directory
from jurisdiction_router.core.periods import covers
from jurisdiction_router.core.rules.facts import FactPeriod, facts_of
from jurisdiction_router.core.rules.rule_set import RuleSet
from jurisdiction_router.core.rules.vocabulary import Vocabulary
from jurisdiction_router.restructurings.plan import plan

DAYS = st.dates(date(2016, 6, 1), date(2020, 1, 1))
NEW_CODES = ("440311", "440312", "440303081", "440303082", "440309083", "440311084")
KINDS = (
    "district_education_committee", "district_health_committee", "social_organization_committee",
    "two_new_work_committee", "street_work_committee",
)  # fmt: skip


def _changes(directory: Directory, number: int, draw: Any) -> dict[str, Any]:
    """One change of what there is; many of them are not sound, which is told."""
    codes = sorted(directory.areas)
    code = draw(st.sampled_from(codes))
    body, heir = (draw(st.sampled_from(sorted(directory.bodies))) for _ in range(2))
    new_code = draw(st.sampled_from(NEW_CODES))
    held = directory.bodies[body]
    new = {"id": f"new-{number}", "kind": held.kind, "name": f"第{number}", "area_code": code,
           "system": held.system}  # fmt: skip
    part = {**new, "id": f"part-{number}", "area_code": held.area_code}
    other = {**part, "id": f"other-{number}", "kind": draw(st.sampled_from(KINDS)), "system": None}
    into = {"code": new_code, "name": f"新{number}区"}
    parts = [{"code": draw(st.sampled_from([code, new_code])), "name": "甲"},
             {"code": draw(st.sampled_from(NEW_CODES)), "name": "乙"}]  # fmt: skip
    chosen: dict[str, Any] = draw(st.sampled_from([
        {"op": "upgrade_area", "code": code, "into": into},
        {"op": "split_area", "code": code, "parts": parts},
        {"op": "merge_areas", "codes": [code, draw(st.sampled_from(codes))], "into": into},
        {"op": "transfer_area", "code": code, "parent": draw(st.sampled_from(codes))},
        {"op": "succeed_bodies", "ids": [body], "by": new},
        {"op": "transfer_body", "id": body, "area_code": code, "into": {"id": f"moved-{number}"}},
        {"op": "split_body", "id": body, "parts": [part, other]},
        {"op": "end_body", "id": body, "successor": heir},
        {"op": "end_body", "id": body},
        {"op": "rename_body", "id": body, "name": f"改{number}"},
    ]))  # fmt: skip
    return chosen


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_nobody_hangs_on_a_body_that_has_ended(
    rule_set: RuleSet, directory: Directory, vocabulary: Vocabulary, data: st.DataObject
) -> None:
    on, applied = data.draw(DAYS), 0
    for number in range(data.draw(st.integers(1, 4))):
        change = _changes(directory, number, data.draw)
        planned = plan(directory, on, [change])
        after = planned.change.applied_to(directory)
        if planned.violations or check_directory(after, {}, {}):
            continue
        directory, applied = after, applied + 1
        on += timedelta(days=data.draw(st.integers(0, 400)))
    jurisdiction = Jurisdiction([rule_set], directory, vocabulary)
    for domicile in ("440303001", "440303001001", "440309001", *data.draw(_places)):
        for institution_type in ("private_clinic", "private_school", "general"):
            state = organization(
                domicile={"division_code": domicile}, institution_type=institution_type
            )
            periods = [FactPeriod(date(2010, 1, 1), None, facts_of(state))]
            for segment in jurisdiction.timeline(periods):
                body = segment.value.body_id
                if body is not None:
                    supervising = directory.bodies[body]
                    lasting = replace(
                        supervising, valid_from=segment.start, valid_until=segment.until
                    )
                    assert covers(supervising, lasting), segment


_places = st.lists(st.sampled_from(NEW_CODES), max_size=2)
