"""What the fields of an organization are made of."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from servicekit.time import CivilDate

__all__ = ["CivilDate", "Count", "Flag", "Line", "Name", "Part"]

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Count = Annotated[int, Field(strict=True, ge=0, le=10_000_000)]
Flag = Annotated[bool, Field(strict=True)]


class Part(BaseModel):
    """A piece of an organization's state; unknown members are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
