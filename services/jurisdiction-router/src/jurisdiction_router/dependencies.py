"""What the routes of several rooms share: who calls, which areas, the answer to a change."""

from typing import Annotated

import orjson
from fastapi import Depends, Path, Query, Response

from jurisdiction_router.field_types import DIVISION_CODE
from servicekit.auth import Caller
from servicekit.http import etag, require
from servicekit.ledger import StoredAnswer

Reader = Annotated[Caller, Depends(require("router:read"))]
Writer = Annotated[Caller, Depends(require("router:write"))]
Approver = Annotated[Caller, Depends(require("router:approve"))]


AreaPrefixes = Annotated[
    list[Annotated[str, Query(pattern="^[0-9]{2,12}$")]] | None,
    Query(description="Prefix of a division code 区划代码前缀"),
]
Code = Annotated[str, Query(max_length=100)]
AcceptHoles = Annotated[
    bool,
    Query(
        description="Have it take effect although rule sets in force or due would be left without "
        "an answer somewhere 接受规则空缺"
    ),
]
AreaCode = Annotated[str, Path(pattern=DIVISION_CODE, description="区划代码")]
JSON = "application/json"


def answered(answer: StoredAnswer) -> Response:
    """The answer of a change, with the resource's revision as its ETag."""
    headers = {} if answer.location is None else {"location": answer.location}
    headers["etag"] = etag(orjson.loads(answer.body)["revision"])
    return Response(answer.body, answer.status, headers, JSON)
