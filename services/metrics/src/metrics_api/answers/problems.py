"""Errors as the problems that they are over HTTP, for those who do not answer over HTTP."""

from fastapi.exceptions import RequestValidationError

from metrics_api.answers.errors import ERRORS
from servicekit.database import is_unavailable
from servicekit.errors import RULE_TEXTS, STANDARD, UNAVAILABLE, Problem, Refusal, from_pydantic

TYPES = {**STANDARD, **ERRORS.types}
RULES = {**RULE_TEXTS, **ERRORS.rules}


def problem_of(error: Exception) -> Problem | None:
    """The problem that `error` is; None for a bug."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, Refusal):
        return Problem(
            TYPES[error.code], *error.violations, facts=error.facts, headers=error.headers
        )
    if isinstance(error, RequestValidationError):
        return Problem(TYPES["invalid-request"], *from_pydantic(error.errors()))
    return Problem(UNAVAILABLE) if is_unavailable(error) else None
