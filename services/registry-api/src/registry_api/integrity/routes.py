"""Routes of proofs: the ledger's head, and digests by area."""

from typing import Annotated

from fastapi import APIRouter, Path

from registry_api.dependencies import Reader
from registry_api.integrity.prove import ProveIntegrity
from registry_api.integrity.schemas import AreaDigestOut, HeadOut
from servicekit.errors import responses
from servicekit.http import USUAL, KnownAtQuery, provided

router = APIRouter(tags=["integrity"])

_Prove = Annotated[ProveIntegrity, provided(ProveIntegrity)]


@router.get(
    "/v1/ledger/head",
    operation_id="read_ledger_head",
    summary="Where the ledger ends 账本末尾",
    response_model=HeadOut,
    responses=responses(USUAL),
)
async def read_ledger_head(caller: Reader, prove: _Prove) -> HeadOut:
    """Note it down elsewhere: whoever rewrites history can't arrive at the same digest again."""
    head = await prove.head()
    return HeadOut(
        position=head.position,
        digest=head.digest.hex(),
        digest_algorithm=head.algorithm,
        recorded_at=head.recorded_at if head.position else None,
    )


@router.get(
    "/v1/areas/{area}/digest",
    operation_id="read_area_digest",
    summary="Count and digest of an area 区划摘要",
    response_model=AreaDigestOut,
    responses=responses(USUAL, ProveIntegrity.area),
)
async def read_area_digest(
    caller: Reader,
    prove: _Prove,
    area: Annotated[str, Path(pattern="^[0-9]{2,12}$", description="区划代码")],
    known_at: KnownAtQuery,
) -> AreaDigestOut:
    r"""What a copy of the area's organizations must come to; compute it over yours to compare.

    `digest = H(line‖line‖…)` over the organizations whose domicile (where unknown: whose
    authority) lies in the area, in the order of their ids, with
    `line = id ‖ " " ‖ revision ‖ " " ‖ hex(H(JCS(document))) ‖ "\n"`; `document` is a line of the
    NDJSON export, JCS its RFC 8785 canonical form, H the `digest_algorithm`. A follower compares
    at its own position (`known_at`).
    """
    proof = await prove.area(caller, area, known_at)
    return AreaDigestOut(
        area=proof.area,
        position=proof.position,
        count=proof.count,
        digest=proof.digest,
        digest_algorithm=proof.algorithm,
    )
