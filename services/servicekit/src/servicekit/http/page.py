"""A page of a list is one envelope everywhere: items, the cursor of the next page, and a count.

The models describe the envelope in OpenAPI. Items that the database has already written as JSON go
out as they are, through `page_json` and `counted_page_json`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

import orjson
from pydantic import BaseModel, Field

from servicekit.http.pagination import encode_cursor

Item = TypeVar("Item")


class Page(BaseModel, Generic[Item]):
    """A page of a list.

    A service names each of its pages by a subclass, which becomes the name in OpenAPI and may
    describe `items`: `class OverridePage(Page[Override])`.
    """

    items: list[Item]
    next_cursor: str | None = Field(description="For the next page; null on the last 下一页游标")


class CountedPage(Page[Item], Generic[Item]):
    """A page of a list that is counted on demand."""

    count: int | None = Field(description="How many in all, when `count=exact` 总数")


def page_json(items: str, next_cursor: str | None) -> str:
    """The envelope of a `Page` around `items`, a JSON array as text."""
    return f'{{"items":{items},"next_cursor":{_json(next_cursor)}}}'


def counted_page_json(items: str, next_cursor: str | None, count: int | None) -> str:
    """The envelope of a `CountedPage`; `count` is None where nobody asked for it."""
    return f'{{"items":{items},"next_cursor":{_json(next_cursor)},"count":{_json(count)}}}'


def next_cursor(
    last: Sequence[Any] | None, query: Mapping[str, Any], *, size: int, limit: int
) -> str | None:
    """The cursor after a page of `size` rows, None when it is the last.

    `last` is the sort key of the page's last row, None for an empty page; `query` are the filters
    and the sort that the cursor is bound to. A full page has a successor, which may be empty.
    """
    return encode_cursor(last, query) if size == limit and last is not None else None


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
