"""Everything that touches the database."""

from bot.store.store import Store
from bot.store.values import (
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
