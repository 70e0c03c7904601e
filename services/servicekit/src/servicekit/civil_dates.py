"""Civil dates as callers write them."""

import re
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _iso_date(value: object) -> object:
    """Only YYYY-MM-DD: a number would otherwise pass as a Unix time."""
    if isinstance(value, date) or (isinstance(value, str) and _ISO_DATE.fullmatch(value)):
        return value
    raise PydanticCustomError("date_parsing", "a date such as 2016-06-14 is expected")


CivilDate = Annotated[
    date, Field(ge=date(1900, 1, 2), le=date(2199, 12, 31)), BeforeValidator(_iso_date)
]
"""1900-01-01 is what spreadsheets write for "no date"; it is nobody's date."""
