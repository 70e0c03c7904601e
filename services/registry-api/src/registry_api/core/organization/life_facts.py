"""What is known of an organization's life: the latest of each kind of event, as counts and posts.

Each block holds what its last event said; earlier ones are in the timeline. No natural person.
"""

from typing import Annotated, Any

from pydantic import Field, StringConstraints, model_validator

from registry_api.core.code_lists import Coded
from registry_api.core.field_types import CivilDate, Count, Flag, Line, Part

Year = Annotated[int, Field(strict=True, ge=1949, le=2199)]
Identifier = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"),
    Field(examples=["0198c0de-0000-7000-8000-000000000001"]),
]
Quarter = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}Q[1-4]$"), Field(examples=["2016Q3"])]


class InspectionMadeUp(Part):
    """The latest inspection of a year before the newest inspected one 补检."""

    year: Year = Field(title="补检年度")
    result: Annotated[str, Coded("inspection_result")] = Field(title="补检结论")
    party_section: Flag = Field(title="补检含党建内容")
    on: CivilDate = Field(title="补检日期")


class AnnualInspection(Part):
    """The inspection of the newest year 年检."""

    year: Year = Field(title="年检年度")
    result: Annotated[str, Coded("inspection_result")] = Field(title="年检结论")
    party_section: Flag = Field(title="年检含党建内容")
    on: CivilDate = Field(title="年检日期")
    made_up: InspectionMadeUp | None = None


class Evaluation(Part):
    """The latest evaluation 等级评估; a veto names its grounds."""

    proposed: Annotated[str, Coded("grade")] = Field(title="拟评等级")
    outcome: Annotated[str, Coded("evaluation_outcome")] = Field(title="评估结果")
    grounds: list[Annotated[str, Coded("veto_ground")]] = Field([], title="一票否决理由")
    on: CivilDate = Field(title="评估日期")


class CandidateReview(Part):
    """What the review of a candidate said last 负责人审核; who it is stands elsewhere, sealed."""

    election: Identifier = Field(title="换届编号")
    result: Annotated[str, Coded("review_result")] = Field(title="审核结论")
    on: CivilDate | None = Field(None, title="审核日期")


class LeadershipElection(Part):
    """The latest leadership election 换届.

    Where the register held it (`reviews`, by candidate), the numbers are counted from the reviews;
    of others only the numbers are known. Who has withdrawn does not count.
    """

    id: Identifier | None = Field(None, title="换届编号")
    state: Annotated[str, Coded("election_state")] = Field(title="换届状态")
    opened_on: CivilDate = Field(title="换届启动日期")
    completed_on: CivilDate | None = Field(None, title="换届完成日期")
    cancelled_on: CivilDate | None = Field(None, title="换届取消日期")
    candidates: Count = Field(0, title="候选人数")
    passed: Count = Field(0, title="审核通过人数")
    rejected: Count = Field(0, title="审核未通过人数")
    reviews: Annotated[dict[Identifier, CandidateReview], Field(max_length=1000)] = Field(
        {}, title="候选人审核", description="By candidate id"
    )

    @model_validator(mode="before")
    @classmethod
    def _count(cls, sent: Any) -> Any:
        return counted(sent) if isinstance(sent, dict) else sent


def counted(election: dict[str, Any]) -> dict[str, Any]:
    """An election with its candidates counted from their reviews.

    Reviews of the election before it, which a merge leaves behind, are dropped. Whatever is of the
    wrong shape is left to the model to refuse.
    """
    reviews = election.get("reviews")
    if not reviews or not isinstance(reviews, dict):
        return election
    own = {
        candidate: review
        for candidate, review in reviews.items()
        if not isinstance(review, dict) or review.get("election") == election.get("id")
    }
    results = [review.get("result") for review in own.values() if isinstance(review, dict)]
    return {
        **election,
        "candidates": len(results) - results.count("withdrawn"),
        "passed": results.count("passed"),
        "rejected": results.count("rejected"),
        "reviews": own,
    }


class AbnormalListing(Part):
    """On the list of abnormal activity 活动异常名录."""

    since: CivilDate = Field(title="列入异常名录日期")
    ground: Annotated[str, Coded("abnormal_ground")] = Field(title="列入异常名录事由")


class DemonstrationSite(Part):
    """A demonstration site of Party building 示范点."""

    state: Annotated[str, Coded("demonstration_state")] = Field(title="示范点状态")
    on: CivilDate = Field(title="示范点日期")
    theme: Line | None = Field(None, title="示范点主题")
    reviewed_on: CivilDate | None = Field(None, title="示范点复核日期")
    review_result: Annotated[str, Coded("demonstration_review_result")] | None = Field(
        None, title="示范点复核结论"
    )


class OrganizationalLife(Part):
    """Organizational life held in a quarter 三会一课."""

    quarter: Quarter = Field(title="组织生活季度")
    member_meetings: Count = Field(title="党员大会次数")
    committee_meetings: Count = Field(title="支委会次数")
    group_meetings: Count = Field(title="党小组会次数")
    lectures: Count = Field(title="党课次数")


class Training(Part):
    """Training attended in a year 培训."""

    year: Year = Field(title="培训年度")
    secretary_hours: Count = Field(title="书记培训学时")
    member_hours: Count = Field(title="党员培训学时")


class Recruitment(Part):
    """The recruitment pipeline in a year, as counts 发展党员."""

    year: Year = Field(title="发展党员年度")
    applicants: Count = Field(title="入党申请人数")
    activists: Count = Field(title="入党积极分子人数")
    candidates: Count = Field(title="发展对象人数")
    admitted: Count = Field(title="接收预备党员人数")


class Care(Part):
    """Care measures in a year, as counts 关怀帮扶."""

    year: Year = Field(title="关怀帮扶年度")
    visits: Count = Field(title="走访慰问人次")
    aided: Count = Field(title="困难帮扶人次")


class Recommendation(Part):
    """The latest recommendation for an award or a purchase of services 评先评优、购买服务推荐."""

    purpose: Annotated[str, Coded("recommendation_purpose")] = Field(title="推荐用途")
    subject: Line = Field(title="推荐事项")
    on: CivilDate = Field(title="推荐日期")
