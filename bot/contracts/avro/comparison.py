"""Two Avro documents compared: what is different, and in which direction it breaks reading.

Named types are compared once for each pair of versions that meet, whatever leads there, so recursion needs no special
case and the work is linear. A difference counts in a direction only where resolution really meets it: what a reader
fills from a default, or takes with another branch of its union, breaks nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from bot.contracts.avro.fields import compare_fields
from bot.contracts.avro.model import Avro, Logical, Schema, same_name
from bot.contracts.avro.places import Prefix
from bot.contracts.avro.record import Counts, Here, Record
from bot.contracts.avro.resolution import Resolution
from bot.contracts.avro.symbols import compare_symbols

Roots = Sequence[tuple[Prefix, Schema]]


class SchemaPairs:
    """Compares pairs of schemas. `compare` takes a pair; `finish` compares the named types met on the way."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.resolution = Resolution()
        self._waiting: deque[tuple[Schema, Schema, Counts]] = deque()
        self._met: set[tuple[Schema, Schema, Counts]] = set()

    def compare(self, here: Here, base: Schema, head: Schema, counts: Counts) -> None:
        if "union" in (base.kind, head.kind):
            self._unions(here, base, head, counts)
        elif "unresolved" in (base.kind, head.kind):
            self._unresolved(here, base, head, counts)
        elif base.kind != head.kind:
            self._changed(here, base, head, counts)
        elif base.kind in ("record", "enum", "fixed"):
            self._named(base, head, counts)
        elif base.inner is not None and head.inner is not None:
            self.compare(here.step("[*]" if base.kind == "array" else ".{*}"), base.inner, head.inner, counts)
            self.notes(here, base, head)
        else:
            self._logical(here, base, head, counts)
            self.notes(here, base, head)

    def parameters(self, here: Here, base: Schema, head: Schema) -> None:
        """The parameters of a message, which are the fields of a record without a name."""
        compare_fields(self, here, base, head, Counts())

    def finish(self) -> None:
        while self._waiting:
            base, head, counts = self._waiting.popleft()
            here = Here((base, head))
            match base.kind:
                case "record":
                    compare_fields(self, here, base, head, counts)
                case "enum":
                    compare_symbols(self.record, here, base, head, counts)
                case "fixed":
                    self._fixed(here, base, head, counts)
            self.notes(here, base, head)

    def _named(self, base: Schema, head: Schema, counts: Counts) -> None:
        key = (base, head, counts)
        if key in self._met:
            return
        self._met.add(key)
        self._waiting.append(key)
        inside = Here((base, head))
        if base.simple_name != head.simple_name:
            breaks = Counts(counts.backward and not same_name(head, base), counts.forward and not same_name(base, head))
            self.record.add(
                "type.renamed",
                inside,
                (*head.pointer, "name"),
                breaks=breaks,
                before=base.name,
                after=head.name,
                kind=base.kind,
            )
        elif base.name != head.name:
            self.record.add(
                "type.namespace.changed",
                inside,
                (*head.pointer, "name"),
                before=base.name,
                after=head.name,
                kind=base.kind,
            )
        for alias in sorted(set(base.aliases) ^ set(head.aliases)):
            came = alias in head.aliases
            self.record.add(
                "type.alias.added" if came else "type.alias.removed",
                inside,
                (*(head if came else base).pointer, "aliases"),
                side="head" if came else "base",
                before=None if came else alias,
                after=alias if came else None,
                name=alias,
            )

    def _fixed(self, here: Here, base: Schema, head: Schema, counts: Counts) -> None:
        if base.size != head.size:
            self.record.add(
                "fixed.size.changed",
                here,
                (*head.pointer, "size"),
                breaks=counts,
                before=base.size,
                after=head.size,
                name=head.name,
            )
        self._logical(here, base, head, counts)

    def _changed(self, here: Here, base: Schema, head: Schema, counts: Counts) -> None:
        breaks = self._breaks(base, head, counts)
        self.record.add("type.changed", here, head.pointer, breaks=breaks, before=str(base), after=str(head))

    def _breaks(self, base: Schema, head: Schema, counts: Counts) -> Counts:
        reads = self.resolution.reads
        return Counts(counts.backward and not reads(head, base), counts.forward and not reads(base, head))

    def _unresolved(self, here: Here, base: Schema, head: Schema, counts: Counts) -> None:
        if base.kind == head.kind and base.name == head.name:
            return
        self.record.add(
            "type.unresolved",
            here,
            head.pointer,
            breaks=self._breaks(base, head, counts),
            before=str(base),
            after=str(head),
            name=(head if head.kind == "unresolved" else base).name,
        )

    def _logical(self, here: Here, base: Schema, head: Schema, counts: Counts) -> None:
        """Resolution looks at the underlying type alone, so what was written as one thing is silently read as another.
        Two decimals "match if their scales and precisions match" (specification, "Decimal").
        """
        old, new = base.logical, head.logical
        if old == new:
            return
        if old is None or new is None:
            self.record.add(
                "logical.added" if old is None else "logical.removed",
                here,
                head.pointer,
                before=None if old is None else str(old),
                after=None if new is None else str(new),
                name=str(new or old),
                underlying=head.kind,
            )
            return
        self.record.add(
            "logical.changed",
            here,
            (*head.pointer, "logicalType"),
            breaks=counts,
            before=str(old),
            after=str(new),
            aspect=_aspect(old, new),
        )

    def _unions(self, here: Here, base: Schema, head: Schema, counts: Counts) -> None:
        """Either may be a plain schema, which resolves as a union of one."""
        old, new = _branches(base), _branches(head)
        pairs = _matched(old, new)
        kept = {id(one) for pair in pairs for one in pair}
        reads = self.resolution.reads
        before, after = str(base), str(head)
        for one in old:
            if id(one) not in kept:
                self.record.add(
                    "union.branch.removed",
                    here,
                    _site(base, one),
                    side="base",
                    breaks=Counts(counts.backward and not reads(head, one), forward=False),
                    before=before,
                    after=after,
                    identity=(str(one), ""),
                    name=str(one),
                )
        for one in new:
            if id(one) not in kept:
                self.record.add(
                    "union.branch.added",
                    here,
                    _site(head, one),
                    breaks=Counts(backward=False, forward=counts.forward and not reads(base, one)),
                    before=before,
                    after=after,
                    identity=("", str(one)),
                    name=str(one),
                )
        if len(pairs) == len(old) == len(new):
            self._same_branches(here, base, head, pairs)
        for left, right in pairs:
            # A branch that can't be read as its namesake, but as another one, breaks nothing.
            spared_backward = not reads(right, left) and reads(head, left)
            spared_forward = not reads(left, right) and reads(base, right)
            self.compare(
                here,
                left,
                right,
                Counts(counts.backward and not spared_backward, counts.forward and not spared_forward),
            )

    def _same_branches(self, here: Here, base: Schema, head: Schema, pairs: list[tuple[Schema, Schema]]) -> None:
        if base.kind != head.kind:
            self.record.add("type.changed", here, head.pointer, before=str(base), after=str(head))
        elif [right for _, right in pairs] != list(head.branches):
            self.record.add("union.order.changed", here, head.pointer, before=str(base), after=str(head))

    def notes(self, here: Here, base: Schema, head: Schema) -> None:
        """What documents and decorates a schema, and resolution never sees."""
        for key in sorted({*base.notes, *head.notes}):
            if key in ("precision", "scale") or base.notes.get(key) == head.notes.get(key):
                continue
            self.record.add(
                "doc.changed" if key == "doc" else "property.changed",
                here,
                (*head.pointer, key) if key in head.notes else head.pointer,
                identity=(f"{key}={base.notes.get(key)}", f"{head.notes.get(key)}"),
                name=key,
            )


def roots_of(avro: Avro) -> Roots:
    """Where the schemas of a document that is no protocol stand in the contract."""
    root = avro.root
    if root is None:
        return ()
    if root.kind == "union":
        return [(Prefix(branch.simple_name or "schema"), branch) for branch in root.branches]
    return [(Prefix(root.simple_name or "schema"), root)]


def compare_schemas(record: Record, base: Schema, head: Schema) -> None:
    """The roots of two `.avsc` documents."""
    pairs = SchemaPairs(record)
    pairs.compare(Here(Prefix("schema")), base, head, Counts())
    pairs.finish()


def _branches(schema: Schema) -> tuple[Schema, ...]:
    return schema.branches if schema.kind == "union" else (schema,)


def _site(union: Schema, branch: Schema) -> tuple[str | int, ...]:
    """Where a branch stands in its union: a named one may be defined elsewhere."""
    if union.kind != "union":
        return union.pointer
    index = next(number for number, one in enumerate(union.branches) if one is branch)
    return (*union.pointer, index)


def _matched(old: Sequence[Schema], new: Sequence[Schema]) -> list[tuple[Schema, Schema]]:
    """Branches that are versions of the same: by full name, by simple name, by alias; unnamed ones by kind."""
    pairs: list[tuple[Schema, Schema]] = []
    free = {id(one): one for one in old}
    rest = list(new)
    for by_old, by_new in ((_full, _full), (_simple, _simple), (_full, _aliased), (_aliased, _full)):
        index: dict[tuple[str, str], Schema] = {}
        for one in free.values():
            for key in by_old(one):
                index.setdefault(key, one)
        left: list[Schema] = []
        for one in rest:
            found = next((index[key] for key in by_new(one) if key in index and id(index[key]) in free), None)
            if found is None:
                left.append(one)
            else:
                del free[id(found)]
                pairs.append((found, one))
        rest = left
    order = {id(one): number for number, one in enumerate(old)}
    return sorted(pairs, key=lambda pair: order[id(pair[0])])


def _full(schema: Schema) -> list[tuple[str, str]]:
    return [(schema.kind, schema.name)]


def _simple(schema: Schema) -> list[tuple[str, str]]:
    return [(schema.kind, schema.simple_name)]


def _aliased(schema: Schema) -> list[tuple[str, str]]:
    return [(schema.kind, alias) for alias in schema.aliases]


def _aspect(old: Logical, new: Logical) -> str:
    if old.name == new.name:
        return "scale" if old.scale != new.scale else "precision"
    kinds = [one.name.rpartition("-")[0] or one.name for one in (old, new)]
    return "unit" if kinds[0] == kinds[1] else "meaning"
