"""Two OpenAPI documents, 2.0 to 3.2, compared."""

from __future__ import annotations

import re

from bot.contracts.openapi.operations import Operations, Roots
from bot.contracts.openapi.record import Record, child, matched
from bot.contracts.openapi.security import compare_schemes
from bot.contracts.openapi.servers import compare_servers
from bot.contracts.openapi.spot import Spot
from bot.contracts.options import Options
from bot.contracts.references import FileResolver
from bot.contracts.schema import Dialect, SchemaComparison
from bot.contracts.tree import Node

_ROOT_KEYS = frozenset(
    {"openapi", "info", "paths", "webhooks", "components", "security", "servers", "tags", "$self", "jsonSchemaDialect"}
    | {"definitions"}
)
_INFO_KEYS = frozenset({"version", "termsOfService", "contact", "license"})
_NUMBER = re.compile(r"\d+")


def compare(base: FileResolver, head: FileResolver, roots: tuple[Node, Node], options: Options) -> Record:
    """Everything that differs, as it is felt at each place."""
    old, new = roots
    schemas = SchemaComparison(base, head, dialect(old), dialect(new), options)
    record = Record(base, head, schemas, options)
    if record.sameness.same(old, new):
        return record
    operations = Operations(record, Roots(old, new))
    operations.paths()
    operations.webhooks()
    compare_schemes(record, operations.users, old, new)
    _compare_document(record, old, new)
    record.settle()
    return record


def dialect(root: Node) -> Dialect:
    """How schemas are read: 3.0, and 2.0 in its words, has its own dialect; 3.1 and later are JSON Schema 2020-12."""
    return "openapi-3.0" if str(root.value.get("openapi", "")).startswith(("2.", "3.0")) else "openapi-3.1"


def _compare_document(record: Record, base: Node, head: Node) -> None:
    spot = Spot()
    if base.value.get("openapi") != head.value.get("openapi"):
        record.add(
            "openapi.version.changed",
            spot,
            head.child("openapi"),
            before=base.value.get("openapi"),
            after=head.value.get("openapi"),
        )
    _compare_info(record, spot, base, head)
    compare_servers(record, spot, base, head)
    _compare_tags(record, spot, base, head)
    _compare_components(record, spot, base, head)
    record.rest(spot, base, head, "document", _ROOT_KEYS)


def _compare_info(record: Record, spot: Spot, base: Node, head: Node) -> None:
    old, new = child(base, "info"), child(head, "info")
    if old is None or new is None or old.value == new.value:
        return
    if not (record.mapping(spot, old, "base", "info") and record.mapping(spot, new, "head", "info")):
        return
    before, after = old.value.get("version"), new.value.get("version")
    if before != after:
        record.add(
            "info.version.changed",
            spot,
            child(new, "version") or new,
            before=before,
            after=after,
            bump=_bump(before, after),
        )
    changed = [k for k in ("termsOfService", "contact", "license") if old.value.get(k) != new.value.get(k)]
    if changed:
        was, now = ([n.value.get(k) for k in changed] for n in (old, new))
        record.add(
            "documentation.changed",
            spot,
            child(new, changed[0]) or new,
            identity=(was, now),
            what="document",
            keywords=", ".join(changed),
        )
    record.rest(spot, old, new, "document", _INFO_KEYS)


def _bump(before: object, after: object) -> str:
    """How the version moved: major, minor, patch, same, decreased; other when it does not begin with numbers."""
    old, new = _numbers(before), _numbers(after)
    if old is None or new is None:
        return "other"
    if new < old:
        return "decreased"
    for word, was, now in zip(("major", "minor", "patch"), old, new, strict=True):
        if now != was:
            return word
    return "same"


def _numbers(version: object) -> tuple[int, int, int] | None:
    core = re.match(r"v?(\d+(?:\.\d+){0,2})(?![\d.])", str(version))
    if core is None:
        return None
    numbers = [int(n[:18]) for n in _NUMBER.findall(core.group(1))]
    return (*numbers, 0, 0, 0)[:3]  # type: ignore[return-value]


def _compare_tags(record: Record, spot: Spot, base: Node, head: Node) -> None:
    if base.value.get("tags") != head.value.get("tags"):
        present = head if head.value.get("tags") is not None else base
        record.add(
            "documentation.changed",
            spot,
            present.child("tags"),
            "head" if present is head else "base",
            identity=(base.value.get("tags"), head.value.get("tags")),
            what="document",
            keywords="tags",
        )


def _compare_components(record: Record, spot: Spot, base: Node, head: Node) -> None:
    """Only names: what a component says counts where it is used."""
    old = record.members(spot, child(base, "components"), "base", "schemas")
    new = record.members(spot, child(head, "components"), "head", "schemas")
    for name, before, after in matched(old, new):
        if after is None and before is not None:
            record.add("component.removed", spot, before, "base", name=name, identity=(name, ""))
        elif before is None and after is not None:
            record.add("component.added", spot, after, name=name, identity=("", name))
