"""The registry's part: a file is imported, a hospital lives through everything that can happen."""

import csv
import io
from itertools import islice
from typing import Any

from tests.contract.story.recorder import Story, Teller
from tests.registry_api.samples import credit_code, hospital

from demo_city import csv_form, organizations

DAY = "2026-06-30"
_CLAUSE = {"state": "included", "on": "2016-03-01"}


class Life:
    """One organization; each step sends the entity tag that the step before got."""

    def __init__(self, teller: Teller, document: dict[str, Any]) -> None:
        self._teller = teller
        self.id: str = document["id"]
        self.revision: int = document["revision"]

    async def step(self, operation: str, day: str | None, **facts: Any) -> dict[str, Any]:
        """Tell one event of its life."""
        dated = {} if day is None else {"effective_on": day}
        parameters = {
            "organization_id": self.id,
            "if-match": f'"{self.revision}"',
            "idempotency-key": f"{operation}-{self.revision}",
        }
        answer = await self._teller.tell(operation, parameters, body={**dated, **facts})
        document: dict[str, Any] = answer.json()
        self.revision = document["revision"]
        return document


async def tell(story: Story) -> None:
    """Everything that can be asked of the registry."""
    registry = story.registry
    await _about_itself(registry)
    await _import(registry)
    life = await _founded(registry, hospital(1, charter={**_CLAUSE, "state": "provisional"}))
    await _party_building(life)
    await _supervision(life)
    await _leadership_election(registry, life)
    await _reorganizations(registry, life)
    await _endings(registry)
    await _reads(registry, life.id)


async def _founded(registry: Teller, body: dict[str, Any]) -> Life:
    sent = {"idempotency-key": f"establish-{body['credit_code']}"}
    answer = await registry.tell("register_organization", sent, body=body)
    return Life(registry, answer.json())


async def _about_itself(teller: Teller) -> None:
    for operation in ("healthz", "readyz", "version", "metrics"):
        await teller.tell(operation)
    await teller.tell("list_code_lists")
    await teller.tell("read_code_list", {"name": "grade"})


async def _import(registry: Teller) -> None:
    await registry.tell("download_import_template", {"format": "csv"})
    sent = {"format": "csv", "effective_on": "2015-12-31", "idempotency-key": "import-2015"}
    started = await registry.tell("start_import", sent, body=_file(), media_type="text/csv")
    imported = {"import_id": started.json()["id"]}
    await registry.tell("read_import", imported, until=_succeeded)
    await registry.tell("list_import_errors", {**imported, "limit": 10})
    await registry.tell("list_import_errors", {**imported, "format": "csv"})
    await registry.tell("list_import_notices", imported)


def _file() -> str:
    """Two rows of the demo city: one whose credit code is wrong, one that is there already."""
    text = io.StringIO()
    csv_form.write((dict(each) for each in islice(organizations(), 2)), text)
    rows = list(csv.reader(io.StringIO(text.getvalue())))
    rows[1][0] = rows[1][0][:-1] + ("0" if rows[1][0][-1] != "0" else "1")
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()


async def _party_building(life: Life) -> None:
    step = life.step
    await step("record_party_workers_assignment", "2016-03-10", role="organizer")
    await step("record_party_workers_ending", "2016-04-20", role="organizer")
    await step("record_party_members", "2016-05-01", full_members=4, probationary_members=1)
    await step(
        "record_party_organization_formation", "2016-07-01", form="branch", mode="solo",
        secretary_post="院长", secretary_cross_posted=True,
    )  # fmt: skip
    await step("record_party_organization_change", "2016-09-01", secretary_post="副院长")
    await step(
        "record_organizational_life", "2016-10-08", quarter="2016Q3",
        member_meetings=1, committee_meetings=3, group_meetings=3, lectures=1,
    )  # fmt: skip
    await step("record_demonstration_site", "2016-11-01", state="nominated", theme="医患同心")
    await step("record_demonstration_site", "2017-02-01", state="designated")
    await step("record_demonstration_site_reviews", "2018-02-01", result="passed")
    await step("record_training", "2016-12-20", year=2016, secretary_hours=24, member_hours=16)
    await step(
        "record_recruitment", "2016-12-31", year=2016,
        applicants=3, activists=2, candidates=1, admitted=1,
    )  # fmt: skip
    await step("record_care", "2016-12-31", year=2016, visits=4, aided=1)
    await step("record_charter_inclusion", "2017-01-15", state="included")
    await step("record_party_organization_election", "2019-07-01", secretary_post="院长")


async def _supervision(life: Life) -> None:
    step = life.step
    await step("record_evaluations", "2016-12-01", proposed="3A")
    await step(
        "record_annual_inspections", "2017-03-01", year=2016, result="passed", party_section=True,
        full_members=5, charter_state="included",
    )  # fmt: skip
    await step(
        "record_recommendations", "2017-04-01", purpose="procurement", subject="社区居家养老服务"
    )
    await step(
        "record_abnormal_list_entry", "2018-07-01", ground="no_annual_report",
        reason="未按时报送年度工作报告",
    )  # fmt: skip
    await step("record_abnormal_list_removal", "2018-09-01", reason="已补报")
    await step("record_suspension", "2019-08-01", reason="停业装修")
    await step("record_resumption", "2019-09-01")
    await step(
        "amend_organization", "2016-04-01", change={"full_time_staff": 44}, reason="更正登记错误"
    )


async def _leadership_election(registry: Teller, life: Life) -> None:
    candidates = [{"post": "理事长"}, {"post": "监事长"}]
    opened = await life.step("open_leadership_election", "2020-03-01", candidates=candidates)
    first, second = (candidate["id"] for candidate in opened["outcome"]["candidates"])
    await life.step("review_candidate", "2020-03-10", candidate_id=first, result="passed")
    await life.step("review_candidate", "2020-03-10", candidate_id=second, result="rejected")
    withdrawn = await life.step(
        "withdraw_candidate", "2020-03-20", candidate_id=second, replaced_by={"post": "监事长"}
    )
    (third,) = (candidate["id"] for candidate in withdrawn["outcome"]["candidates"])
    await life.step("review_candidate", "2020-03-25", candidate_id=third, result="passed")
    await life.step("complete_leadership_election", "2020-04-01")
    await registry.tell("list_candidates", {"organization_id": life.id})
    await life.step("open_leadership_election", "2020-05-01", candidates=candidates)
    await life.step("cancel_leadership_election", "2020-05-10", reason="人选未定")


async def _reorganizations(registry: Teller, life: Life) -> None:
    absorbed = await _founded(registry, hospital(2, charter=_CLAUSE))
    merger = {
        "effective_on": "2021-01-01",
        "reason": "合并办院",
        "organizations": [{"id": absorbed.id, "revision": absorbed.revision}],
        "into": {"id": life.id, "revision": life.revision, "change": {"full_time_staff": 80}},
    }
    merged = await registry.tell(
        "merge_organizations", {"idempotency-key": "merger-2021"}, body=merger
    )
    life.revision = merged.json()["successors"][0]["revision"]
    part = hospital(3, charter={"state": "included", "wording": "v2", "on": "2022-01-01"})
    split = {
        "effective_on": "2022-01-01",
        "organization": {"id": life.id, "revision": life.revision},
        "continues": True,
        "establish": [part],
    }
    done = await registry.tell("split_organization", {"idempotency-key": "split-2022"}, body=split)
    life.revision = done.json()["predecessors"][0]["revision"]


async def _endings(registry: Teller) -> None:
    clinic = {"institution_type": "private_clinic", "charter": _CLAUSE}
    alone = {"full_members": 3, "probationary_members": 0}
    closed = await _founded(registry, hospital(4, name="罗湖区晨风诊所", **clinic, party=alone))
    await closed.step(
        "record_party_organization_formation", "2016-07-01", form="branch", mode="solo"
    )
    await closed.step("record_party_organization_dissolution", "2018-01-01", reason="党员转出")
    await closed.step("record_deregistration", "2018-06-01", reason="自行解散")
    revoked = await _founded(registry, hospital(5, name="罗湖区晨露诊所", **clinic))
    await revoked.step("record_revocation", "2018-06-01", reason="连续两年未参加年检")
    mistaken = await _founded(registry, hospital(6, name="罗湖区晨星诊所", **clinic))
    await mistaken.step("void_organization", None, reason="重复登记")
    # The clinics that stay are what the router's part of the story is about.
    await _founded(registry, hospital(7, name="罗湖区晨光诊所", **clinic))
    eligible = {"full_members": 4, "probationary_members": 0}
    await _founded(registry, hospital(8, name="罗湖区晨曲诊所", **clinic, party=eligible))


async def _reads(registry: Teller, organization: str) -> None:
    this = {"organization_id": organization}
    district = {"kind": ["private_nonenterprise"], "area": ["440303"]}
    found = {**district, "valid_on": DAY, "limit": 2, "count": "exact"}
    page = await registry.tell("find_organizations", found)
    await registry.tell("find_organizations", {**found, "cursor": page.json()["next_cursor"]})
    for form in ("csv", "ndjson"):
        await registry.tell("export_organizations", {"format": form, **district, "valid_on": DAY})
    sought = {"credit_codes": [credit_code(1), credit_code(9)], "ids": [organization]}
    await registry.tell("look_up_organizations", body=sought)
    await registry.tell("read_organization_by_credit_code", {"credit_code": credit_code(1)})
    await registry.tell("read_organization", {**this, "valid_on": "2016-12-31"})
    await registry.tell("read_timeline", this)
    await registry.tell("list_events", {**this, "limit": 2})
    await registry.tell("read_notices", {**this, "valid_on": DAY})
    await registry.tell("list_notices", {"area": ["440303"], "limit": 2})
    await registry.tell("read_obligations", {**this, "valid_on": DAY})
    await _work_lists_and_advice(registry, this)
    await registry.tell("read_ledger_head")
    await registry.tell("read_area_digest", {"area": "440303"})
    await registry.tell("list_changes", {"after": 60, "limit": 1})


async def _work_lists_and_advice(registry: Teller, this: dict[str, Any]) -> None:
    theirs = ["private_hospital", "private_clinic"]  # whose ids sort as they were registered
    here: dict[str, Any] = {"institution_type": theirs, "limit": 2, "count": "exact"}
    await registry.tell("find_obligations", {**here, "overdue": True})
    for form in ("csv", "ndjson"):
        asked = {"institution_type": theirs, "kind": ["renew_grade"], "format": form}
        await registry.tell("export_obligations", asked)
    await registry.tell("find_overdue_formations", here)
    await registry.tell("list_information_base", here)
    await registry.tell("read_guidance", {**this, "valid_on": DAY})
    await registry.tell("read_evaluation_eligibility", {**this, "grade": "5A", "valid_on": DAY})
    candidates = [
        {"credit_code": credit_code(7), "score": 90},
        {"id": this["organization_id"], "score": 90},
    ]
    await registry.tell("rank_candidates", body={"valid_on": DAY, "candidates": candidates})


def _succeeded(job: dict[str, Any]) -> bool:
    return bool(job["state"] == "succeeded")
