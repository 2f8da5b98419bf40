"""Everything that touches the database."""

from bot.store.store import Store
from bot.store.values import (
    AnsweredCommand,
    Backlog,
    Backoff,
    Delivery,
    Entry,
    LedgerHealth,
    LedgerRow,
    PullKey,
    PullRecord,
)

__all__ = [
    "AnsweredCommand",
    "Backlog",
    "Backoff",
    "Delivery",
    "Entry",
    "LedgerHealth",
    "LedgerRow",
    "PullKey",
    "PullRecord",
    "Store",
]
