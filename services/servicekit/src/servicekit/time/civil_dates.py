"""Civil dates as callers write them."""

import re
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

FIRST_DAY, LAST_DAY = date(1900, 1, 2), date(2199, 12, 31)
"""The dates that are meant; 1900-01-01 is what spreadsheets write for "no date"."""

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _iso_date(value: object) -> object:
    """Only YYYY-MM-DD: a number would otherwise pass as a Unix time."""
    if isinstance(value, date) or (isinstance(value, str) and _ISO_DATE.fullmatch(value)):
        return value
    raise PydanticCustomError("date_parsing", "a date such as 2016-06-14 is expected")


CivilDate = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY), BeforeValidator(_iso_date)]
"""A day as YYYY-MM-DD, from `FIRST_DAY` to `LAST_DAY`."""
