"""If-Match holds a change to the revision that was read."""

import pytest

from servicekit.errors.refusal import Refusal
from servicekit.http.preconditions import check_if_match, etag


@pytest.mark.parametrize("sent", ['"3"', "*", " * ", '"2", "3"', '"x","3"'])
def test_matches(sent: str) -> None:
    check_if_match(sent, 3)
    assert etag(3) == '"3"'


@pytest.mark.parametrize(
    ("sent", "status"),
    [(None, 428), ("", 412), ("3", 412), ('W/"3"', 412), ('"33"', 412), ('"2", W/"3"', 412)],
)
def test_does_not_match(sent: str | None, status: int) -> None:
    with pytest.raises(Refusal) as refused:
        check_if_match(sent, 3)
    assert refused.value.status == status
