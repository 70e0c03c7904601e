"""History, audit and feed in one append-only table, written in the transaction of the change."""

from servicekit.ledger.append import CHANNEL, Ledger
from servicekit.ledger.canonical import GENESIS, canonical_json, canonical_text, chain
from servicekit.ledger.change import Attempt, Change, Changes, Guarded, Unguarded
from servicekit.ledger.commands import add_verify_ledger
from servicekit.ledger.events import Break, Head, NewEvent
from servicekit.ledger.feed import feed_router, read_page
from servicekit.ledger.idempotency import (
    IdempotencyKey,
    StoredAnswer,
    fingerprint,
    store_answer,
    take_key,
)
from servicekit.ledger.schema import (
    CREATE_HEAD_ROW,
    CREATE_LEDGER_FUNCTION,
    DROP_LEDGER_FUNCTION,
    idempotency_table,
    ledger_tables,
)

__all__ = [
    "CHANNEL",
    "CREATE_HEAD_ROW",
    "CREATE_LEDGER_FUNCTION",
    "DROP_LEDGER_FUNCTION",
    "GENESIS",
    "Attempt",
    "Break",
    "Change",
    "Changes",
    "Guarded",
    "Head",
    "IdempotencyKey",
    "Ledger",
    "NewEvent",
    "StoredAnswer",
    "Unguarded",
    "add_verify_ledger",
    "canonical_json",
    "canonical_text",
    "chain",
    "feed_router",
    "fingerprint",
    "idempotency_table",
    "ledger_tables",
    "read_page",
    "store_answer",
    "take_key",
]
