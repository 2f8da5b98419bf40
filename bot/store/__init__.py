"""Everything that touches the database."""

from bot.store.store import Store
from bot.store.values import (
    BEFORE_ANY,
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
    "BEFORE_ANY",
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
