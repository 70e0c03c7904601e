"""Field types and parts of documents that the schemas of several rooms share."""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from jurisdiction_router.core.directory.directory import AREA_LEVELS, BODY_KINDS
from jurisdiction_router.core.rules.facts import (
    POSITIONS,
    SYSTEMS,
)

DIVISION_CODE = "^[0-9]{6}([0-9]{3}([0-9]{3})?)?$"


DivisionCode = Annotated[
    str, Field(pattern=DIVISION_CODE, description="6, 9 or 12 digits (GB/T 2260) 区划代码")
]


def one_of(values: Iterable[str]) -> tuple[AfterValidator, Any]:
    """A validator of a closed list, and the list for the specification."""
    allowed = sorted(values)

    def check(value: str) -> str:
        if value not in allowed:
            raise PydanticCustomError(
                "literal_error", "one of {expected}", {"expected": ", ".join(allowed)}
            )
        return value

    return AfterValidator(check), Field(json_schema_extra={"enum": [*allowed]})


AreaLevel = Annotated[str, *one_of(AREA_LEVELS)]
BodyKind = Annotated[str, *one_of(BODY_KINDS)]
System = Annotated[str, *one_of(SYSTEMS)]
AttributeName = Annotated[str, *one_of(POSITIONS)]


class Strict(BaseModel):
    """A request body that has no fields but these."""

    model_config = ConfigDict(extra="forbid")


class Words(BaseModel):
    """A text in both languages 双语文字."""

    zh: str = Field(description="中文")
    en: str = Field(description="English")


class Party(BaseModel):
    """A body that supervises or assists 党组织或单位."""

    id: str | None = Field(description="Null for a business supervisor 编号")
    kind: str = Field(description="类别")
    name: str = Field(description="名称")
    area_code: str | None = Field(description="所在区划")


class Clause(BaseModel):
    """What a rule rests on 依据条文."""

    source: str = Field(description="来源")
    article: str | None = Field(description="条款位置")
    text: str | None = Field(description="Quoted word for word 原文")
