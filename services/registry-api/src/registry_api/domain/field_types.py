"""What the fields of an organization are made of."""

import re
from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Count = Annotated[int, Field(strict=True, ge=0, le=10_000_000)]
Flag = Annotated[bool, Field(strict=True)]


def _iso_date(value: object) -> object:
    """Only YYYY-MM-DD: a number would otherwise pass as a Unix time."""
    if isinstance(value, date) or (isinstance(value, str) and _ISO_DATE.fullmatch(value)):
        return value
    raise PydanticCustomError("date_parsing", "a date such as 2016-06-14 is expected")


_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

CivilDate = Annotated[
    date, Field(ge=date(1900, 1, 2), le=date(2199, 12, 31)), BeforeValidator(_iso_date)
]
"""1900-01-01 is what spreadsheets write for "no date"; it is nobody's date."""


class Part(BaseModel):
    """A piece of an organization's state; unknown members are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
