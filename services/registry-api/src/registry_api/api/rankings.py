"""The route of rankings: who goes first, other things equal, and why."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from registry_api.api.dependencies import USUAL, Made, Reader
from registry_api.api.errors import UNKNOWN_CANDIDATES
from registry_api.domain.field_types import CivilDate
from registry_api.domain.ranking import Criterion, Placed, criteria
from registry_api.usecases.rank_candidates import Competitor
from servicekit.errors import MALFORMED_JSON, PAYLOAD_TOO_LARGE, preferred_language, responses

router = APIRouter(tags=["advice"])

MOST_CANDIDATES = 200


class CandidateIn(BaseModel):
    """A candidate and the score given outside 候选组织."""

    model_config = ConfigDict(extra="forbid")
    id: UUID | None = Field(None, description="编号")
    credit_code: Annotated[
        str | None, StringConstraints(min_length=1, max_length=40, pattern=r"^[0-9A-Za-z ]*$")
    ] = Field(None, description="统一社会信用代码")
    score: float = Field(ge=-1e9, le=1e9, allow_inf_nan=False, description="Higher is better 得分")

    @model_validator(mode="after")
    def _named_once(self) -> "CandidateIn":
        if (self.id is None) == (self.credit_code is None):
            raise PydanticCustomError("candidate_name", "id or credit_code")
        return self


class RankingIn(BaseModel):
    """Who competes 候选组织."""

    model_config = ConfigDict(extra="forbid")
    valid_on: CivilDate | None = Field(None, description="Default today 有效日期")
    candidates: list[CandidateIn] = Field(
        min_length=1, max_length=MOST_CANDIDATES, description="At most 200 候选组织"
    )


class CriterionOut(BaseModel):
    """A criterion and whether it is met 评判标准."""

    criterion: str = Field(description="标准")
    title: str = Field(description="In words, zh or en by Accept-Language 说明")
    met: bool = Field(description="是否符合")


class RankedOut(BaseModel):
    """A candidate's place, and why 排名."""

    rank: int | None = Field(description="From 1 on; null: not ranked 名次")
    tied: bool = Field(description="Others share the place 是否并列")
    preferred: bool = Field(
        description="Stands before others of the same score because of the clause 是否因条款优先"
    )
    id: UUID = Field(description="The organization 编号")
    name: str = Field(description="名称")
    score: float = Field(description="As it was sent 得分")
    works_well: bool = Field(description="Its Party organization works well 党组织作用发挥好")
    criteria: list[CriterionOut] = Field(description="What that is judged by 评判标准")
    barred: list[CriterionOut] = Field(description="Why it is not ranked 不予排名的理由")


class RankingOut(BaseModel):
    """Who goes first, and under which clause 同等条件下优先."""

    valid_on: date = Field(description="The day 有效日期")
    clause: str = Field(description="The words it rests on 条文")
    source: str = Field(description="Where they stand 出处")
    basis: str = Field(description="依据类别")
    items: list[RankedOut] = Field(description="In order; who is not ranked last 排名")


@router.post(
    "/v1/rankings",
    operation_id="rank_candidates",
    summary="Who goes first, other things equal 同等条件下优先",
    response_model=RankingOut,
    responses=responses(*USUAL, UNKNOWN_CANDIDATES, MALFORMED_JSON, PAYLOAD_TOO_LARGE),
)
async def rank_candidates(
    caller: Reader,
    factory: Made,
    body: RankingIn,
    accept_language: Annotated[
        str | None, Header(alias="accept-language", include_in_schema=False)
    ] = None,
) -> RankingOut:
    """By score; among equal scores those whose Party organization works well; else a tie.

    Reads only: nothing is recorded, and the same facts give the same answer.
    """
    competitors = [Competitor(c.id, c.credit_code, c.score) for c in body.candidates]
    day, placed = await factory.rank_candidates(caller, competitors, body.valid_on)
    language = preferred_language(accept_language)
    rules = criteria()
    return RankingOut(
        valid_on=day,
        clause=rules.clause.say(language),
        source=rules.source,
        basis=rules.basis,
        items=[_shown(found, language) for found in placed],
    )


def _shown(found: Placed, language: str) -> RankedOut:
    candidate = found.candidate

    def told(criterion: Criterion, met: bool) -> CriterionOut:
        return CriterionOut(criterion=criterion.name, title=criterion.title.say(language), met=met)

    return RankedOut(
        rank=found.rank,
        tied=found.tied,
        preferred=found.preferred,
        id=candidate.id,
        name=candidate.name,
        score=candidate.score,
        works_well=candidate.works_well,
        criteria=[told(c, c in candidate.met) for c in criteria().works_well],
        barred=[told(c, True) for c in candidate.barred],
    )
