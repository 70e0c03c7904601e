"""What routes depend on: parts of the services by class, days and knowledge, the language."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any

import httpx
import pytest
from fastapi import FastAPI

from servicekit.http import AsOfQuery, KnownAtQuery, Language, provided
from servicekit.http.dependencies import by_class


@dataclass(frozen=True)
class Greet:
    """One part."""

    name: str


@dataclass(frozen=True)
class Services:
    """Two texts share a class, the greeting has one of its own."""

    greet: Greet
    title: str
    subtitle: str


SERVICES = Services(Greet("狮子会"), "a", "b")


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.state.services = by_class(SERVICES)

    @app.get("/parts")
    async def parts(
        greet: Annotated[Greet, provided(Greet)],
        services: Annotated[Services, provided(Services)],
        language: Language,
    ) -> list[str]:
        return [greet.name, services.title, language]

    @app.get("/as-of")
    async def as_of(point: AsOfQuery) -> dict[str, Any]:
        return {"valid_on": point.valid_on, "known_at": point.known_at}

    @app.get("/known-at")
    async def known_at(point: KnownAtQuery) -> dict[str, Any]:
        return {"valid_on": point.valid_on, "known_at": point.known_at}

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://service"
    ) as client:
        yield client


@pytest.mark.parametrize(("header", "language"), [("en", "en"), ("de", "zh"), ("", "zh")])
async def test_a_route_gets_parts_services_and_language(
    client: httpx.AsyncClient, header: str, language: str
) -> None:
    answer = await client.get("/parts", headers={"accept-language": header})
    assert answer.json() == ["狮子会", "a", language]


def test_parts_that_share_a_class_are_not_guessed() -> None:
    assert set(by_class(SERVICES)) == {Services, Greet}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"valid_on": None, "known_at": None}),
        ("?valid_on=2016-06-14", {"valid_on": date(2016, 6, 14), "known_at": None}),
        ("?known_at=17", {"valid_on": None, "known_at": 17}),
        (
            "?valid_on=2016-06-14&known_at=2017-01-01T08:00:00%2B08:00",
            {"valid_on": date(2016, 6, 14), "known_at": datetime(2017, 1, 1, tzinfo=UTC)},
        ),
    ],
)
async def test_a_day_and_a_moment_of_knowledge(
    client: httpx.AsyncClient, query: str, expected: dict[str, Any]
) -> None:
    answer = (await client.get(f"/as-of{query}")).json()
    assert answer["valid_on"] == (expected["valid_on"] and expected["valid_on"].isoformat())
    if isinstance(expected["known_at"], datetime):
        assert datetime.fromisoformat(answer["known_at"]) == expected["known_at"]
    else:
        assert answer["known_at"] == expected["known_at"]
    known = (await client.get(f"/known-at{query}")).json()
    assert known == {"valid_on": None, "known_at": answer["known_at"]}
