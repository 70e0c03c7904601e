"""The pages that count nothing: the form that asks for a token, and what went wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

from metrics_api.core.formatting import Language
from metrics_api.dashboard.page_query import OVERVIEW
from metrics_api.dashboard.parts import PageParts
from servicekit.auth import Caller


@dataclass(frozen=True, slots=True)
class ErrorMessage:
    """What an error page says: a problem in the reader's language."""

    title: str
    detail: str
    items: Sequence[str]
    request_id: str | None


def sign_in_page(
    parts: PageParts,
    language: Language,
    next_: str,
    failure: str | None,
    unencrypted: bool,
    other: str,
) -> str:
    """The form that asks for a token; `next_` is where to go after it."""
    return parts.templates.render(
        "sign_in",
        language,
        home=OVERVIEW,
        other_language=other,
        next=next_,
        failure=failure,
        unencrypted=unencrypted,
    )


def error_page(
    parts: PageParts, language: Language, message: ErrorMessage, caller: Caller | None, other: str
) -> str:
    """A page that says what went wrong."""
    return parts.templates.render(
        "error", language, problem=message, caller=caller, other_language=other, home=OVERVIEW
    )
