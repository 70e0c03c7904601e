"""One organization, followed step by step."""

from typing import Any

import httpx


class Life:
    """One organization; each step sends the ETag that the step before got."""

    def __init__(self, client: httpx.AsyncClient, established: httpx.Response) -> None:
        self.client = client
        self.id = established.json()["id"]
        self.etag = established.headers["etag"]

    async def step(self, path: str, day: str, **facts: Any) -> httpx.Response:
        answer = await self.client.post(
            f"/v1/organizations/{self.id}/{path}",
            json={"effective_on": day, **facts},
            headers={"if-match": self.etag},
        )
        self.etag = answer.headers.get("etag", self.etag)
        return answer

    async def on(self, day: str, **when: Any) -> dict[str, Any]:
        answer = await self.client.get(
            f"/v1/organizations/{self.id}", params={"valid_on": day, **when}
        )
        assert answer.status_code == 200, answer.text
        return dict(answer.json())
