"""The symbols of two versions of an enum."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from bot.contracts.avro.model import Schema
from bot.contracts.avro.record import Counts, Here, Record

MOST_SYMBOLS = 50
"""More that come or go together are one difference: nobody signs a thousand lines one by one."""


def compare_symbols(record: Record, here: Here, base: Schema, head: Schema, counts: Counts) -> None:
    """A symbol that the reader does not have becomes the reader's default, where there is one."""
    removed = [symbol for symbol in base.symbols if symbol not in head.symbol_set]
    added = [symbol for symbol in head.symbols if symbol not in base.symbol_set]
    lost = Counts(backward=counts.backward and head.default is None, forward=False)
    unknown = Counts(backward=False, forward=counts.forward and base.default is None)
    for text, identity in _gathered(removed):
        record.add(
            "enum.symbol.removed",
            here,
            (*base.pointer, "symbols"),
            side="base",
            breaks=lost,
            before=text,
            identity=(identity, ""),
            name=text,
            enum=base.simple_name,
            has_default=head.default is not None,
        )
    for text, identity in _gathered(added):
        record.add(
            "enum.symbol.added",
            here,
            (*head.pointer, "symbols"),
            breaks=unknown,
            after=text,
            identity=("", identity),
            name=text,
            enum=head.simple_name,
            has_default=base.default is not None,
        )
    _compare_rest(record, here, base, head)


def _compare_rest(record: Record, here: Here, base: Schema, head: Schema) -> None:
    if base.default != head.default:
        record.add(
            "enum.default.changed",
            here,
            (*head.pointer, "default") if head.default is not None else head.pointer,
            before=base.default,
            after=head.default,
            enum=head.simple_name,
            change="added" if base.default is None else "removed" if head.default is None else "changed",
        )
    old = [symbol for symbol in base.symbols if symbol in head.symbol_set]
    new = [symbol for symbol in head.symbols if symbol in base.symbol_set]
    if old != new:
        record.add(
            "enum.order.changed",
            here,
            (*head.pointer, "symbols"),
            identity=(_digest(old), _digest(new)),
            enum=head.simple_name,
        )


def _gathered(symbols: Sequence[str]) -> list[tuple[str, str]]:
    """(text, identity) of each symbol, or of all of them together when there are too many."""
    if len(symbols) <= MOST_SYMBOLS:
        return [(symbol, symbol) for symbol in symbols]
    return [(f"{symbols[0]} and {len(symbols) - 1:,} more", _digest(symbols))]


def _digest(symbols: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(symbols).encode()).hexdigest()[:16]
