"""Everything that touches the database."""

from bot.store.store import Store
from bot.store.values import (
    Backlog,
    Backoff,
    Delivery,
    Entry,
    Explained,
    ExplainedPull,
    LedgerHealth,
    LedgerRow,
    PrivateName,
    PullKey,
    PullRecord,
)

__all__ = [
    "Backlog",
    "Backoff",
    "Delivery",
    "Entry",
    "Explained",
    "ExplainedPull",
    "LedgerHealth",
    "LedgerRow",
    "PrivateName",
    "PullKey",
    "PullRecord",
    "Store",
]
