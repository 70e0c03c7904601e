"""What a caller may write for a moment of knowledge."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.errors.refusal import Refusal
from servicekit.time.as_of import moment


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (None, None),
        ("0", 0),
        ("999999999999999999", 10**18 - 1),
        ("2016-06-14T08:00:00+08:00", datetime(2016, 6, 14, tzinfo=UTC)),
        ("2016-06-14T08:00:00 08:00", datetime(2016, 6, 14, tzinfo=UTC)),
        ("2016-06-14T00:00Z", datetime(2016, 6, 14, tzinfo=UTC)),
        ("2016-06-14t00:00:00.5z", datetime(2016, 6, 14, 0, 0, 0, 500_000, tzinfo=UTC)),
    ],
)
def test_positions_and_times_are_read(written: str | None, meant: object) -> None:
    assert moment(written) == meant


@pytest.mark.parametrize(
    "written",
    [
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "2016-06-14",
        "2016-06-14T08:00:00",
        "2016-02-30T08:00:00Z",
        "20160614T080000Z",
        "2016-W24-2T08:00:00Z",
        "-1",
        "９",
        "1" * 19,
        "",
    ],
)
def test_what_is_neither_is_refused(written: str) -> None:
    with pytest.raises(Refusal, match="position_or_time"):
        moment(written)


@given(st.text(max_size=40) | st.datetimes(timezones=st.timezones()).map(str))
def test_whatever_is_written_is_read_or_refused(written: str) -> None:
    with suppress(Refusal):
        read = moment(written)
        assert isinstance(read, int) or (isinstance(read, datetime) and read.tzinfo is UTC)
