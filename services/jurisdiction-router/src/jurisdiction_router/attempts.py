"""Doing what a request asks for once, however often it is sent."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit.auth import Caller
from servicekit.ledger import Ledger, NewEvent, StoredAnswer, store_answer, take_key


@dataclass(frozen=True, slots=True)
class Attempt:
    """How a change was asked for: what makes a retry harmless and a stale change refused."""

    if_match: str | None
    key: str | None
    fingerprint: str


Worked = tuple[StoredAnswer, Sequence[NewEvent]]
"""An answer, and the events that go with it."""
Work = Callable[[], Awaitable[Worked]]
"""Does what is asked; runs once per key."""


async def once(
    connection: AsyncConnection, ledger: Ledger, caller: Caller, attempt: Attempt, work: Work
) -> StoredAnswer:
    """The answer of `work`, or the one given before under the attempt's key.

    The events are appended as the last thing of the transaction, after the answer is kept. Raises
    Refusal `idempotency-conflict`, and what `work` raises.
    """
    known = await take_key(connection, caller, attempt.key, attempt.fingerprint)
    if known is not None:
        return known
    answer, events = await work()
    await store_answer(connection, caller, attempt.key, answer)
    await ledger.append(connection, events)
    return answer
