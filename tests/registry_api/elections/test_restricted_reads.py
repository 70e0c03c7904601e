"""Whoever read restricted fields can be told afterwards."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
from tests.registry_api.reading import founded

SQL = "INSERT INTO restricted_access (client, organization_id, what) VALUES ($1, $2, $3)"


async def test_the_audit_of_restricted_reads_is_printed(
    registry_url: str, registry: httpx.AsyncClient
) -> None:
    identifier = await founded(registry)
    connection = await asyncpg.connect(registry_url.replace("+asyncpg", ""))
    for client, organization in (("=cmd()", identifier), ("office", str(uuid4()))):
        await connection.execute(SQL, client, organization, "candidate names")
    await connection.close()
    command = [str(Path(sys.executable).parent / "registry-api"), "restricted-reads"]
    environment = {**os.environ, "REGISTRY_DATABASE_URL": registry_url}
    cases: tuple[tuple[list[str], list[str]], ...] = (
        ([], ["'=cmd()", "office"]),
        (["--organization", identifier], ["'=cmd()"]),
        (["--organization", str(uuid4())], []),
    )
    for arguments, clients in cases:
        done = await asyncio.to_thread(
            subprocess.run, [*command, *arguments],
            env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        header, *lines = done.stdout.splitlines()
        assert header == "at,client,organization_id,what"
        assert [line.split(",")[1] for line in lines] == clients
