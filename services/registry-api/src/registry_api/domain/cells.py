"""How the cells of real lists read: numbers as text, words for "nothing", dates of every spelling.

A cell becomes the value that stands in an organization's document, or breaks a rule. What had to
be interpreted on the way is told as a notice: a `Violation` in form, but nobody is refused for it.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from pydantic import ValidationError

from registry_api.domain.code_lists import code_lists
from registry_api.domain.columns import Column
from registry_api.domain.quoting import (
    DIRECT,
    NO_DATES,
    NOTHING,
    NOTHING_BECAUSE,
    UNKNOWN_WORDS,
    clean,
    folded,
    items,
    literal,
)
from servicekit.errors import Violation, from_pydantic
from servicekit.tables import unguarded

Tell = Callable[[Violation], None]


class Unknown:
    """What a cell says that holds 未知: the thing exists, this about it is not known."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()

_SEVERAL = re.compile(r"[,，;；]")
_SUPERVISOR = ("business_supervisor", "name")
_YES = {"true": True, "是": True, "yes": True, "1": True, "y": True, "有": True}
_NO = {"false": False, "否": False, "no": False, "0": False, "n": False}
_ROUNDED = re.compile(r"[0-9](\.[0-9]+)?[eE]\+[0-9]+")
_FRACTION_OF_A_CODE = re.compile(r"[0-9]+\.0")
"""A code that a spreadsheet took for a number."""
_DATE = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?:[ T]0{1,2}:00(?::00)?)?")
_COMPACT_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")


class BadCell(Exception):
    """A cell that does not read."""

    def __init__(self, *violations: Violation) -> None:
        super().__init__(", ".join(v.rule for v in violations))
        self.violations = violations


def read_cell(column: Column, cell: str, tell: Tell) -> Any:
    """The value of a cell: JSON, None for an empty one, or `UNKNOWN`; valid for its column.

    `tell` gets a notice of what was interpreted. Raises BadCell with the broken rules.
    """
    text = cell.strip()
    if not text:
        return None
    if text.startswith("'"):
        exact = literal(text) if column.quotes else None
        if exact is not None:
            return _validated(column, items(exact) if column.kind == "list" else exact)
        text = unguarded(text)
    if "\0" in text:  # PostgreSQL holds every character but this one
        raise BadCell(Violation(column.pointer, "control_character", "\\u0000"))
    word = folded(text)
    if word in NOTHING:
        tell(Violation(column.pointer, "read_as_nothing", text))
        return None
    if word in UNKNOWN_WORDS:
        tell(Violation(column.pointer, "read_as_unknown", text))
        return UNKNOWN
    if column.path == _SUPERVISOR and _reads_as_no_supervisor(column, text, tell):
        return None
    value = _READERS[column.kind](column, text, tell)
    return None if value is None else _validated(column, value)


def _reads_as_no_supervisor(column: Column, text: str, tell: Tell) -> bool:
    """直接登记 and 无(中关村) where a business supervisor should stand; two names stay."""
    if clean(text) == DIRECT:
        tell(Violation(column.pointer, "direct_registration", text))
        return True
    if NOTHING_BECAUSE.fullmatch(text):
        tell(Violation(column.pointer, "read_as_nothing", text))
        return True
    if _SEVERAL.search(text):
        tell(Violation(column.pointer, "several_names", text))
    return False


def _validated(column: Column, value: Any) -> Any:
    try:
        valid = column.validator.validate_python(value)
    except ValidationError as error:
        found = from_pydantic(error.errors())
        raise BadCell(
            *(Violation(column.pointer + v.pointer, v.rule, v.value, v.facts) for v in found)
        ) from None
    return value if column.kind == "date" else valid


def _half_width(column: Column, text: str, tell: Tell) -> str:
    """`text` in half-width; tells when that changed it."""
    plain = clean(text)
    if plain != text:
        tell(Violation(column.pointer, "half_width", text, {"read": plain}))
    return plain


def _read_text(column: Column, text: str, tell: Tell) -> str:
    return text


def _read_token(column: Column, text: str, tell: Tell) -> str:
    plain = _half_width(column, text, tell).replace(" ", "").upper()
    if _FRACTION_OF_A_CODE.fullmatch(plain):
        plain = plain.removesuffix(".0")
        tell(Violation(column.pointer, "half_width", text, {"read": plain}))
    if _ROUNDED.fullmatch(plain):
        raise BadCell(Violation(column.pointer, "rounded_number", text))
    return plain


def _read_code(column: Column, text: str, tell: Tell) -> str:
    return _code(column, text)


def _read_codes(column: Column, text: str, tell: Tell) -> list[str]:
    return [_code(column, part) for part in _read_list(column, text, tell)]


def _code(column: Column, text: str) -> str:
    assert column.code_list is not None
    codes = code_lists()[column.code_list]
    found = codes.code(text) or codes.code(clean(text))
    if found is None:
        expected = "、".join(label.zh for label in codes.values.values())
        facts = {"list": codes.title.zh, "expected": expected}
        raise BadCell(Violation(column.pointer, "unknown_code", text, facts))
    return found


def _read_count(column: Column, text: str, tell: Tell) -> int:
    plain = _half_width(column, text, tell)
    digits = plain.removesuffix(".0").replace(",", "")
    if not re.fullmatch(r"[+-]?[0-9]{1,12}", digits):
        raise BadCell(Violation(column.pointer, "not_a_number", text))
    return int(digits)


def _read_flag(column: Column, text: str, tell: Tell) -> bool:
    word = clean(text).casefold()
    if word not in _YES and word not in _NO:
        raise BadCell(Violation(column.pointer, "not_a_flag", text))
    return _YES.get(word, False)


def _read_date(column: Column, text: str, tell: Tell) -> str | None:
    plain = _half_width(column, text, tell)
    match = _DATE.fullmatch(plain) or _COMPACT_DATE.fullmatch(plain)
    try:
        day = date(*map(int, match.groups())) if match else None
    except ValueError:
        day = None
    if day is None:
        raise BadCell(Violation(column.pointer, "not_a_date", text))
    if day in NO_DATES:
        tell(Violation(column.pointer, "read_as_nothing", text))
        return None
    return day.isoformat()


def _read_list(column: Column, text: str, tell: Tell) -> list[str]:
    return items(text)


_READERS: dict[str, Callable[[Column, str, Tell], Any]] = {
    "text": _read_text,
    "token": _read_token,
    "code": _read_code,
    "codes": _read_codes,
    "count": _read_count,
    "flag": _read_flag,
    "date": _read_date,
    "list": _read_list,
}
