"""What is known of an organization's life: the latest of each kind of event, as counts and posts.

Each block holds what its last event said; earlier ones are in the timeline. No natural person.
"""

from typing import Annotated

from pydantic import Field, StringConstraints

from registry_api.domain.code_lists import Coded
from registry_api.domain.field_types import CivilDate, Count, Flag, Line, Part

Year = Annotated[int, Field(strict=True, ge=1949, le=2199)]
Quarter = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}Q[1-4]$"), Field(examples=["2016Q3"])]


class AnnualInspection(Part):
    """The latest annual inspection 年检."""

    year: Year = Field(title="年检年度")
    result: Annotated[str, Coded("inspection_result")] = Field(title="年检结论")
    party_section: Flag = Field(title="年检含党建内容")
    on: CivilDate = Field(title="年检日期")


class Evaluation(Part):
    """The latest evaluation 等级评估; a veto names its grounds."""

    proposed: Annotated[str, Coded("grade")] = Field(title="拟评等级")
    outcome: Annotated[str, Coded("evaluation_outcome")] = Field(title="评估结果")
    grounds: list[Annotated[str, Coded("veto_ground")]] = Field([], title="一票否决理由")
    on: CivilDate = Field(title="评估日期")


class LeadershipElection(Part):
    """The latest leadership election 换届; candidates are counts here."""

    state: Annotated[str, Coded("election_state")] = Field(title="换届状态")
    opened_on: CivilDate = Field(title="换届启动日期")
    completed_on: CivilDate | None = Field(None, title="换届完成日期")
    candidates: Count = Field(0, title="候选人数")
    passed: Count = Field(0, title="审核通过人数")
    rejected: Count = Field(0, title="审核未通过人数")


class AbnormalListing(Part):
    """On the list of abnormal activity 活动异常名录."""

    since: CivilDate = Field(title="列入异常名录日期")
    ground: Annotated[str, Coded("abnormal_ground")] = Field(title="列入异常名录事由")


class DemonstrationSite(Part):
    """A demonstration site of Party building 示范点."""

    state: Annotated[str, Coded("demonstration_state")] = Field(title="示范点状态")
    on: CivilDate = Field(title="示范点日期")
    theme: Line | None = Field(None, title="示范点主题")


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
