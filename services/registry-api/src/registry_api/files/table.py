"""What a first look over a whole file found, before any of its rows lands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from servicekit.errors import Violation


@dataclass(frozen=True, slots=True)
class Table:
    """A file that can be read to its end.

    `header` are its columns as they are written, `total` its rows, `notices` what had to be
    interpreted, `facts` what its format's reader wants to know again (encoding, delimiter).
    """

    header: Sequence[str]
    total: int
    notices: Sequence[Violation] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
