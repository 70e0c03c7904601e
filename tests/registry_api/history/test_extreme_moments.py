"""No moment, however far, is more than a caller's mistake."""

import httpx
from tests.registry_api.reading import founded

READINGS = (
    "/v1/organizations",
    "/v1/organizations/export",
    "/v1/organizations/{id}",
    "/v1/organizations/{id}/timeline",
    "/v1/organizations/{id}/notices",
    "/v1/organizations/{id}/obligations",
    "/v1/areas/440303/digest",
)
MOMENTS = {
    "0001-01-01T00:00:00+14:00": 422,
    "9999-12-31T23:59:59-12:00": 422,
    "9999-12-31T23:59:59Z": 200,
    "999999999999999999": 400,
}


async def test_a_moment_at_the_ends_of_the_calendar_is_answered(
    registry: httpx.AsyncClient,
) -> None:
    identifier = await founded(registry)
    for path in READINGS:
        for moment, status in MOMENTS.items():
            answer = await registry.get(path.format(id=identifier), params={"known_at": moment})
            assert answer.status_code == status, (path, moment, answer.text)
