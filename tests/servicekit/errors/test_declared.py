"""What a route can refuse is derived from what its verbs declare."""

from typing import ClassVar

import pytest

from servicekit.errors.declared import Declared, refuses, responses
from servicekit.errors.standard import (
    IdempotencyConflict,
    InvalidRequest,
    NotFound,
    OutsideAreas,
    TooManyJobs,
)


class Write:
    """A verb."""

    refusals: ClassVar[tuple[Declared, ...]] = (OutsideAreas, IdempotencyConflict)

    @refuses(NotFound, TooManyJobs)
    async def again(self) -> None:
        """Another."""


def slugs(*declared: Declared) -> dict[int | str, str]:
    """The description of each status."""
    return {status: answer["description"] for status, answer in responses(*declared).items()}


def test_kinds_tuples_and_verbs_are_declared_alike_and_named_once() -> None:
    assert slugs((InvalidRequest, NotFound), Write, Write.again, NotFound) == {
        422: "`invalid-request` The request breaks rules 请求内容不符合规则 · "
        "`idempotency-conflict` One Idempotency-Key, two different requests "
        "同一 Idempotency-Key 用于不同请求",
        404: "`not-found` Not found 不存在",
        403: "`outside-areas` Outside the token's areas 超出令牌的地域范围",
        429: "`too-many-jobs` Too many unfinished jobs 未完成的任务过多",
    }


def test_what_may_succeed_later_says_when() -> None:
    answers = responses(Write.again)
    assert "Retry-After" in answers[429]["headers"]
    assert "headers" not in answers[404]


def test_a_verb_that_declares_nothing_is_an_error() -> None:
    with pytest.raises(TypeError, match="declares no refusals"):
        responses(slugs)
