"""What is to go away says so on every answer and in the document; what stays says nothing."""

from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

import httpx
import pytest
from fastapi import FastAPI
from tests.servicekit.sample.app import router

from servicekit.http.deprecation import any_deprecated, deprecated
from servicekit.ledger.feed import feed_router


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/v1/remarks", {}, 200),
        ("/v1/remarks?colour=red", {}, 400),
        ("/v1/remarks", {"authorization": "Bearer x"}, 401),
    ],
)
async def test_every_answer_says_when_it_goes_away(
    standing_client: httpx.AsyncClient, path: str, headers: dict[str, str], status: int
) -> None:
    answer = await standing_client.get(path, headers=headers)
    assert answer.status_code == status
    since = datetime.fromtimestamp(int(answer.headers["deprecation"].removeprefix("@")), UTC)
    assert since == datetime(2026, 8, 31, 16, tzinfo=UTC)  # midnight in Shanghai
    sunset = parsedate_to_datetime(answer.headers["sunset"])
    assert sunset == datetime(2027, 2, 28, 16, tzinfo=UTC)
    assert answer.headers["sunset"].endswith(" GMT")
    relations = {
        part.split("; ")[1]: part.split("; ")[0] for part in answer.headers["link"].split(", ")
    }
    assert relations == {
        'rel="deprecation"': "</docs#/notes/find_remarks>",
        'rel="sunset"': "</docs#/notes/find_remarks>",
        'rel="successor-version"': "</v1/notes>",
    }


async def test_what_stays_says_nothing(standing_client: httpx.AsyncClient) -> None:
    for path in ("/v1/notes", "/v1/nowhere", "/healthz"):
        answer = await standing_client.get(path)
        assert not {"deprecation", "sunset", "link"} & answer.headers.keys()


def test_the_document_says_when_and_what_instead(standing_app: FastAPI) -> None:
    document = standing_app.openapi()
    operation = document["paths"]["/v1/remarks"]["get"]
    assert operation["deprecated"]
    assert (operation["x-deprecated-since"], operation["x-sunset"]) == ("2026-09-01", "2027-03-01")
    assert "2027-03-01" in operation["description"]
    assert "`/v1/notes`" in operation["description"]
    for answer in operation["responses"].values():
        assert {"Deprecation", "Sunset"} <= answer["headers"].keys()
    assert {"Deprecation", "Sunset"} <= document["components"]["headers"].keys()


def test_where_nothing_is_deprecated_no_request_is_looked_at() -> None:
    assert not any_deprecated([feed_router("registry:read")])
    assert any_deprecated([router])


def test_nothing_is_gone_before_it_is_deprecated() -> None:
    with pytest.raises(ValueError, match="2026-09-01"):
        deprecated(since=date(2026, 9, 1), sunset=date(2026, 9, 1), instead="/v1/notes")
