"""Routes of advice on one organization: guidance, and what stands against a grade."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from registry_api.advice.advise import AdviseOrganization
from registry_api.advice.guidance import Guidance
from registry_api.advice.rank import Competitor, RankCandidates
from registry_api.advice.ranking import Criterion, RankedCandidate, criteria
from registry_api.advice.schemas import (
    CriterionOut,
    EvaluationEligibilityOut,
    GroundOut,
    GuidanceOut,
    RankedOut,
    RankingIn,
    RankingOut,
)
from registry_api.core.evaluation import BASIS, SOURCE
from registry_api.dependencies import BODY, OrganizationId, Reader
from servicekit.errors import (
    responses,
)
from servicekit.http import USUAL, AsOfQuery, Language, provided

router = APIRouter(tags=["advice"])

_Advise = Annotated[AdviseOrganization, provided(AdviseOrganization)]
_Rank = Annotated[RankCandidates, provided(RankCandidates)]


@router.get(
    "/v1/organizations/{organization_id}/guidance",
    operation_id="read_guidance",
    summary="The recommended form of Party building 分类指导",
    response_model=GuidanceOut,
    responses=responses(USUAL, AdviseOrganization),
)
async def read_guidance(
    caller: Reader,
    language: Language,
    advise: _Advise,
    organization_id: OrganizationId,
    as_of: AsOfQuery,
) -> GuidanceOut:
    """Solo, joint (and with whom) or a worker; mechanisms that fit the kind; who comes first."""
    document, day, guidance = await advise.guidance(caller, organization_id, as_of)
    priority = guidance.priority
    return GuidanceOut.model_validate(
        {
            "id": organization_id,
            "name": document["name"],
            "valid_on": day,
            "recommendation": _form(guidance, language),
            "mechanisms": [
                {
                    "mechanism": mechanism.name,
                    "title": mechanism.title.say(language),
                    "in_place": in_place,
                    "source": mechanism.source,
                    "basis": mechanism.basis,
                }
                for mechanism, in_place in guidance.mechanisms
            ],
            "priority": {
                "level": priority.level,
                "reason": priority.reason.say(language),
                "source": priority.source,
                "basis": priority.basis,
            },
        }
    )


def _form(guidance: Guidance, language: str) -> dict[str, object]:
    rule = guidance.form
    return {
        "rule": rule.name,
        "mode": rule.mode,
        "form": rule.form,
        "with": [words.say(language, {"value": value}) for words, value in guidance.with_],
        "reason": rule.reason.say(language),
        "clause": rule.clause.say(language),
        "source": rule.source,
        "basis": rule.basis,
    }


@router.get(
    "/v1/organizations/{organization_id}/evaluation-eligibility",
    operation_id="read_evaluation_eligibility",
    summary="What stands against a grade 等级评估资格",
    response_model=EvaluationEligibilityOut,
    responses=responses(USUAL, AdviseOrganization),
)
async def read_evaluation_eligibility(
    caller: Reader,
    language: Language,
    advise: _Advise,
    organization_id: OrganizationId,
    as_of: AsOfQuery,
    grade: Annotated[
        Literal["1A", "2A", "3A", "4A", "5A"], Query(description="The grade to ask about 拟评等级")
    ],
) -> EvaluationEligibilityOut:
    """The veto asked beforehand: an evaluation recorded on that day would give the same answer."""
    document, day, grounds = await advise.evaluation(caller, organization_id, as_of, grade)
    return EvaluationEligibilityOut(
        id=organization_id,
        name=document["name"],
        valid_on=day,
        grade=grade,
        eligible=not grounds,
        grounds=[
            GroundOut(ground=g.code, detail=g.text.say(language), source=SOURCE, basis=BASIS)
            for g in grounds
        ],
    )


@router.post(
    "/v1/rankings",
    operation_id="rank_candidates",
    summary="Who goes first, other things equal 同等条件下优先",
    response_model=RankingOut,
    responses=responses(USUAL, RankCandidates, BODY),
)
async def rank_candidates(
    caller: Reader,
    language: Language,
    rank: _Rank,
    body: RankingIn,
) -> RankingOut:
    """By score; among equal scores those whose Party organization works well; else a tie.

    Reads only: nothing is recorded, and the same facts give the same answer.
    """
    competitors = [Competitor(c.id, c.credit_code, c.score) for c in body.candidates]
    day, placed = await rank(caller, competitors, body.valid_on)
    rules = criteria()
    return RankingOut(
        valid_on=day,
        clause=rules.clause.say(language),
        source=rules.source,
        basis=rules.basis,
        items=[_ranked(placed_candidate, language) for placed_candidate in placed],
    )


def _ranked(placed_candidate: RankedCandidate, language: str) -> RankedOut:
    candidate = placed_candidate.candidate

    def criterion_out(criterion: Criterion, met: bool) -> CriterionOut:
        return CriterionOut(criterion=criterion.name, title=criterion.title.say(language), met=met)

    return RankedOut(
        rank=placed_candidate.rank,
        tied=placed_candidate.tied,
        preferred=placed_candidate.preferred,
        id=candidate.id,
        name=candidate.name,
        score=candidate.score,
        works_well=candidate.works_well,
        criteria=[criterion_out(c, c in candidate.met) for c in criteria().works_well],
        barred=[criterion_out(c, True) for c in candidate.barred],
    )
