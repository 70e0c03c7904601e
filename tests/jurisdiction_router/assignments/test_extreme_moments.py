"""No moment, however far, is more than a caller's mistake."""

import httpx
import pytest


@pytest.mark.parametrize("path", ["/v1/assignments", "/v1/assignments/export"])
@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
async def test_a_moment_beyond_the_calendar_is_refused(
    router: httpx.AsyncClient, path: str, moment: str
) -> None:
    answer = await router.get(path, params={"known_at": moment})
    assert answer.status_code == 422
    assert [e["rule"] for e in answer.json()["errors"]] == ["position_or_time"]


async def test_a_number_is_no_date(router: httpx.AsyncClient) -> None:
    """It would be read as a Unix time."""
    answer = await router.get("/v1/assignments", params={"valid_on": "1468454400"})
    assert answer.status_code == 422
