"""Which reader's schema can read which writer's data (specification, "Schema Resolution").

Every pair of a reader and a writer asks that others hold: all fields, all items, some branch. The answer is the largest
set of pairs that ask for nothing outside of it, so recursive types need no special case, and the work is linear in the
number of pairs that can be reached.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.contracts.avro.model import NAMED, PROMOTIONS, Field, Schema, same_name

_Pair = tuple[Schema, Schema]
_Clauses = list[list[_Pair]]
"""All of these must hold, each by one of its alternatives."""


class Resolution:
    """Answers are kept: each pair is looked at once."""

    def __init__(self) -> None:
        self._known: dict[_Pair, bool] = {}

    def reads(self, reader: Schema, writer: Schema) -> bool:
        pair = (reader, writer)
        if pair not in self._known:
            self._solve(pair)
        return self._known[pair]

    def _solve(self, start: _Pair) -> None:
        """Everything that can be reached from `start`, assumed to hold until something it asks for does not."""
        asked: dict[_Pair, _Clauses] = {}
        askers: dict[_Pair, list[_Pair]] = {}
        waiting = [start]
        failed: list[_Pair] = []
        while waiting:
            pair = waiting.pop()
            if pair in asked or pair in self._known:
                continue
            clauses = _clauses(*pair)
            asked[pair] = clauses
            if any(not alternatives for alternatives in clauses):
                failed.append(pair)
            for alternatives in clauses:
                for child in alternatives:
                    askers.setdefault(child, []).append(pair)
                    waiting.append(child)
        failed += [pair for pair in askers if self._known.get(pair) is False]
        false: set[_Pair] = set()
        while failed:
            pair = failed.pop()
            if pair in false:
                continue
            false.add(pair)
            failed += [
                asker
                for asker in askers.get(pair, ())
                if asker not in false and any(false.issuperset(alternatives) for alternatives in asked[asker])
            ]
        self._known.update({pair: pair not in false for pair in asked})


def _clauses(reader: Schema, writer: Schema) -> _Clauses:
    if writer.kind == "union":
        return [[(reader, branch)] for branch in writer.branches]
    if reader.kind == "union":
        return [[(branch, writer) for branch in candidates(reader, writer)]]
    if "unresolved" in (reader.kind, writer.kind):
        # Nothing is known of it but its name; the comparison says so where that matters.
        return [] if reader.kind in NAMED and writer.kind in NAMED and same_name(reader, writer) else [[]]
    if reader.kind != writer.kind:
        return [] if reader.kind in PROMOTIONS.get(writer.kind, ()) else [[]]
    match reader.kind:
        case "record":
            return list(_fields(reader, writer)) if same_name(reader, writer) else [[]]
        case "enum":
            known = reader.default is not None or writer.symbol_set <= reader.symbol_set
            return [] if known and same_name(reader, writer) else [[]]
        case "fixed":
            return [] if reader.size == writer.size and same_name(reader, writer) else [[]]
    if reader.inner is not None and writer.inner is not None:
        return [[(reader.inner, writer.inner)]]
    return []


def _fields(reader: Schema, writer: Schema) -> Iterator[list[_Pair]]:
    for field in reader.fields:
        written = written_field(field, writer)
        if written is not None:
            yield [(field.schema, written.schema)]
        elif not field.has_default:
            yield []


def written_field(field: Field, writer: Schema) -> Field | None:
    """The writer's field that fills the reader's: the one of its name, else of one of its aliases."""
    names = (field.name, *field.aliases)
    return next((writer.fields_by_name[name] for name in names if name in writer.fields_by_name), None)


def candidates(union: Schema, writer: Schema) -> tuple[Schema, ...]:
    """The branches of a reader's union that may take the writer's data, by their kind and name alone."""
    if writer.kind in NAMED:
        keys = [
            key
            for kind in ({writer.kind, "unresolved"} if writer.kind != "unresolved" else NAMED)
            for key in ((kind, writer.simple_name), (kind, f"={writer.name}"))
        ]
    else:
        keys = [(kind, "") for kind in PROMOTIONS.get(writer.kind, (writer.kind,))]
    return tuple(branch for key in keys for branch in union.branches_by_key.get(key, ()))
