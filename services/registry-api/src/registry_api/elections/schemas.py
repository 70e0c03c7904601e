"""Candidates as the API shows them."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from registry_api.core.life_events.elections import Result


class CandidateOut(BaseModel):
    """A candidate, with the restricted name 候选人."""

    id: UUID = Field(description="候选人编号")
    post: str = Field(description="拟任职务")
    name: str | None = Field(description="姓名（受限，读取留痕）")
    result: Result = Field(description="审核结论")
    reviewed_on: date | None = Field(description="审核日期")


class Candidates(BaseModel):
    """The candidates of the latest election 候选人."""

    items: list[CandidateOut] = Field(description="候选人")
