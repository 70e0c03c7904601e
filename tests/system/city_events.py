"""Some years of life in the demo city, entered through the register's REST API."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from random import Random
from typing import Any

import httpx

Document = dict[str, Any]


@dataclass
class CityLife:
    """Makes things happen to organizations in operation, to each at most once per `pick`."""

    client: httpx.AsyncClient
    base: str
    documents: Sequence[Document]
    streets: Sequence[str]
    random: Random = field(default_factory=lambda: Random(20160614))  # noqa: S311
    entered: int = 0

    def __post_init__(self) -> None:
        active = [document for document in self.documents if document["status"] == "active"]
        active.sort(key=lambda document: document["credit_code"] or document["filing_number"])
        self._without = [d for d in active if d["party"]["organization"] is None]
        self._with = [d for d in active if d["party"]["organization"] is not None]
        self.random.shuffle(self._without)
        self.random.shuffle(self._with)

    def pick(
        self, number: int, *, formed: bool, where: Callable[[Document], bool] = lambda _: True
    ) -> list[str]:
        """Organizations that nothing happened to so far."""
        pool = self._with if formed else self._without
        chosen = list(islice(filter(where, pool), number))
        for document in chosen:
            pool.remove(document)
        return [document["id"] for document in chosen]

    def day(self, first: int, last: int) -> date:
        """A day of the years `first` to `last`."""
        start = date(first, 1, 2)
        return start + timedelta(days=self.random.randrange((date(last, 12, 30) - start).days))

    async def step(self, organization: str, path: str, day: date, **facts: Any) -> None:
        """One event, which must be taken."""
        await self._post(
            f"/v1/organizations/{organization}/{path}", {"effective_on": day.isoformat(), **facts}
        )

    async def amend(self, organization: str, day: date, **change: Any) -> None:
        """An amendment by a merge patch."""
        await self.step(organization, "amendments", day, change=change)

    async def void(self, organization: str) -> None:
        """It never was."""
        await self._post(f"/v1/organizations/{organization}/void", {"reason": "重复登记"})

    async def merge(self, ended: str, survivor: str, day: date) -> None:
        """The first goes into the second."""
        revisions = [await self._revision(each) for each in (ended, survivor)]
        body = {
            "effective_on": day.isoformat(),
            "organizations": [{"id": ended, "revision": revisions[0]}],
            "into": {"id": survivor, "revision": revisions[1]},
        }
        await self._post("/v1/mergers", body)

    async def form(self, organization: str, day: date) -> None:
        """Four full members, and half a year later a branch of their own."""
        await self.step(organization, "party-members", day, full_members=4, probationary_members=1)
        await self.step(
            organization,
            "party-organization/formation",
            day + timedelta(days=180),
            form="branch",
            mode="solo",
            secretary_post="cross_posted",
            secretary_cross_posted=self.random.random() < 0.5,
        )

    async def _revision(self, organization: str) -> int:
        answer = await self.client.get(f"{self.base}/v1/organizations/{organization}")
        assert answer.status_code == httpx.codes.OK, answer.text
        revision: int = answer.json()["revision"]
        return revision

    async def _post(self, path: str, body: Document) -> None:
        answer = await self.client.post(f"{self.base}{path}", json=body, headers={"if-match": "*"})
        assert answer.status_code == httpx.codes.OK, f"{path} {body}: {answer.text}"
        self.entered += 1


def _without_instructor(document: Document) -> bool:
    return document["party"]["instructor"] is None


def _not_included(document: Document) -> bool:
    return bool(document["charter"]["state"] != "included")


async def first_years(life: CityLife) -> None:
    """What is known at the first edition."""
    for organization in life.pick(60, formed=False):
        await life.form(organization, life.day(2016, 2018))
    for organization in life.pick(30, formed=True):
        await life.step(organization, "evaluations", life.day(2016, 2019), proposed="4A")
    for organization in life.pick(40, formed=False):
        change = {"division_code": life.random.choice(life.streets), "address": None}
        await life.amend(organization, life.day(2016, 2019), domicile=change)
    for organization in life.pick(20, formed=True):
        await life.step(organization, "deregistration", life.day(2016, 2024))
    for organization in life.pick(20, formed=False, where=_without_instructor):
        await life.step(organization, "party-workers/assignment", life.day(2016, 2019),
                        role="instructor")  # fmt: skip
    for organization in life.pick(30, formed=False, where=_not_included):
        await life.step(organization, "charter-inclusion", life.day(2019, 2020),
                        state="included", wording="v1")  # fmt: skip

    for organization in life.pick(60, formed=True):
        await work(life, organization, life.random.choice([2016, 2017, 2020]))


async def work(life: CityLife, organization: str, year: int) -> None:
    """A year of Party building: inspected, lived, trained, a demonstration site."""
    await life.step(
        organization, "annual-inspections", date(year, 3, 1),
        year=year - 1, result="passed", party_section=life.random.random() < 0.7,
    )  # fmt: skip
    await life.step(
        organization, "organizational-life", date(year, 6, 25),
        quarter=f"{year}Q2", member_meetings=1, committee_meetings=3, group_meetings=0,
        lectures=life.random.randrange(2),
    )  # fmt: skip
    await life.step(
        organization, "training", date(year, 6, 26),
        year=year, secretary_hours=life.random.choice([0, 24]), member_hours=8,
    )  # fmt: skip
    await life.step(organization, "demonstration-site", date(year, 6, 28), state="nominated")


async def later_knowledge(life: CityLife) -> None:
    """What only the second edition knows, much of it about the years before."""
    for organization in life.pick(40, formed=False):
        await life.form(organization, life.day(2016, 2021))
    for organization in life.pick(40, formed=True):
        change = {"division_code": life.random.choice(life.streets), "address": None}
        await life.amend(organization, life.day(2016, 2021), domicile=change)
    for organization in life.pick(40, formed=True):
        await work(life, organization, life.random.choice([2016, 2017, 2020]))
        if life.random.random() < 0.5:
            await life.step(organization, "demonstration-site", date(2020, 6, 29),
                            state="designated")  # fmt: skip
    for organization in life.pick(20, formed=True):
        await life.step(organization, "party-organization/dissolution", life.day(2016, 2021))
    for organization in life.pick(20, formed=False):
        await life.step(organization, "suspension", life.day(2016, 2024))
    for organization in life.pick(20, formed=False):
        await life.amend(organization, life.day(2016, 2021), grade=None, full_time_staff=120)
