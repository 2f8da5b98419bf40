"""Paths and their operations, webhooks, callbacks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bot.contracts.openapi.bodies import compare_request_body
from bot.contracts.openapi.lifecycle import LIFECYCLE_KEYS, compare_lifecycle, compare_stability, lifecycle, removal
from bot.contracts.openapi.parameters import compare_parameters, parameters
from bot.contracts.openapi.record import Record, SideName, child, matched
from bot.contracts.openapi.responses import compare_responses
from bot.contracts.openapi.security import compare_security, used_schemes
from bot.contracts.openapi.servers import compare_servers
from bot.contracts.openapi.spot import Spot, quoted
from bot.contracts.tree import Node

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")

_TEMPLATE = re.compile(r"\{([^{}]*)\}")
_PATH_ITEM_KEYS = frozenset({*METHODS, "parameters", "servers", "additionalOperations", "$ref"})
_OPERATION_KEYS = frozenset(
    {"operationId", "tags", "parameters", "requestBody", "responses", "callbacks", "security", "servers"}
    | LIFECYCLE_KEYS
)


@dataclass(frozen=True, slots=True)
class Roots:
    """The two documents' roots: what operations fall back to when they say nothing themselves."""

    base: Node
    head: Node


class Operations:
    """Compares the operations of two documents. `users` collects where each security scheme is in use at base."""

    def __init__(self, record: Record, roots: Roots) -> None:
        self._record = record
        self._roots = roots
        self.users: dict[str, list[Spot]] = {}
        self._document_security = roots.base.value.get("security") != roots.head.value.get("security")
        self._schemes_differ = _schemes(roots.base) != _schemes(roots.head)

    def paths(self) -> None:
        """`paths`. Templates that differ in the names of their parameters only are the same path."""
        everywhere = Spot()
        old = _slashed(self._record.members(everywhere, self._roots.base, "base", "paths"))
        new = _slashed(self._record.members(everywhere, self._roots.head, "head", "paths"))
        partner = same_paths(list(old), list(new))
        for path, before in old.items():
            other = partner.get(path)
            after = new[other] if other is not None else None
            renamed = dict(zip(_TEMPLATE.findall(path), _TEMPLATE.findall(other), strict=True)) if other else {}
            self._path_item(Spot(), other or path, before, after, renamed)
        for path in new:
            if path not in partner.values():
                self._path_item(Spot(), path, None, new[path], {})

    def webhooks(self) -> None:
        """`webhooks` (3.1): requests that the producer sends and the consumer answers."""
        everywhere = Spot()
        old = self._record.members(everywhere, self._roots.base, "base", "webhooks")
        new = self._record.members(everywhere, self._roots.head, "head", "webhooks")
        for webhook, before, after in matched(old, new):
            attributes = {"direction": "none", "part": "webhook", "within": "webhook"}
            spot = Spot(f"webhook.{quoted(webhook)}", sent_by_consumer=False, attributes=attributes)
            if before is None and after is not None:
                self._record.add("webhook.added", spot, after, name=webhook)
            elif after is None and before is not None:
                self._record.add("webhook.removed", spot, before, "base", name=webhook)
            elif before is not None and after is not None:
                self._pair_of_items(spot, "", before, after, {})

    def _path_item(
        self, spot: Spot, path: str, base: Node | None, head: Node | None, renamed: Mapping[str, str]
    ) -> None:
        if base is not None and head is not None:
            self._pair_of_items(spot, path, base, head, renamed)
            return
        side: SideName = "head" if base is None else "base"
        only = head if base is None else base
        item = self._record.follow_one(spot, only, side) if only is not None else None
        if item is None or not self._record.mapping(spot, item, side, path):
            return
        for method, operation in _operations(self._record, spot, item, side):
            at = self._spot(spot, method, path, operation)
            if side == "head":
                self._record.add("operation.added", at, operation, method=method, path=path or spot.address)
            else:
                self._removed(at, operation, method, path, whole_path=True)

    def _pair_of_items(self, spot: Spot, path: str, base: Node, head: Node, renamed: Mapping[str, str]) -> None:
        if self._record.sameness.same(base, head) and not (
            self._document_security or self._schemes_differ or renamed_names(renamed)
        ):
            return
        pair = self._record.follow(spot, base, head)
        if pair is None:
            return
        base, head = pair
        if not (self._record.mapping(spot, base, "base", path) and self._record.mapping(spot, head, "head", path)):
            return
        old = dict(_operations(self._record, spot, base, "base"))
        new = dict(_operations(self._record, spot, head, "head"))
        for method, before, after in matched(old, new):
            if before is None and after is not None:
                at = self._spot(spot, method, path, after)
                self._record.add("operation.added", at, after, method=method, path=path or spot.address)
            elif after is None and before is not None:
                self._removed(self._spot(spot, method, path, before), before, method, path, whole_path=False)
            elif before is not None and after is not None:
                at = self._spot(spot, method, path, before)
                self._pair(at, (before, base), (after, head), method, renamed)
        at = replace(spot, scope=path or spot.scope, attributes={**spot.attributes, "part": "path"})
        compare_servers(self._record, at, base, head)
        self._record.rest(at, base, head, "path", _PATH_ITEM_KEYS)

    def _pair(
        self, spot: Spot, base: tuple[Node, Node], head: tuple[Node, Node], method: str, renamed: Mapping[str, str]
    ) -> None:
        """One operation on both sides. `base` and `head`: the operation and its path item."""
        old, new = base[0], head[0]
        if not (self._record.mapping(spot, old, "base", method) and self._record.mapping(spot, new, "head", method)):
            return
        if self._schemes_differ:
            for scheme in used_schemes(self._record, spot, old, self._roots.base):
                self.users.setdefault(scheme, []).append(spot)
        same_operation = self._record.sameness.same(old, new)
        same_parameters = same_operation and _same_lists(self._record, base[1], head[1]) and not renamed_names(renamed)
        if same_parameters and not self._document_security:
            return
        if lifecycle(old.value).promises_nothing:
            compare_stability(self._record, spot, old, new)
            if not same_parameters:
                self._record.add("operation.unstable.changed", spot, new, identity=(old.value, new.value))
            return
        compare_security(self._record, spot, old, new, self._roots.base, self._roots.head)
        if not same_parameters:
            compare_parameters(
                self._record,
                spot,
                parameters(self._record, spot, old, base[1], "base"),
                parameters(self._record, spot, new, head[1], "head"),
                renamed,
            )
        if not same_operation:
            self._compare(spot, old, new)

    def _compare(self, spot: Spot, base: Node, head: Node) -> None:
        record = self._record
        compare_lifecycle(record, spot, base, head, "operation", {})
        compare_stability(record, spot, base, head)
        _compare_operation_id(record, spot, base, head)
        _compare_tags(record, spot, base, head)
        compare_request_body(record, spot, base, head)
        compare_responses(record, spot, base, head)
        compare_servers(record, spot, base, head)
        self._callbacks(spot, base, head)
        record.rest(spot, base, head, "operation", _OPERATION_KEYS)

    def _callbacks(self, spot: Spot, base: Node, head: Node) -> None:
        old = self._record.members(spot, base, "base", "callbacks")
        new = self._record.members(spot, head, "head", "callbacks")
        for called, before, after in matched(old, new):
            prefix = ".".join(p for p in (spot.prefix, f"callback.{quoted(called)}") if p)
            at = replace(spot, prefix=prefix, part="", sent_by_consumer=not spot.sent_by_consumer)
            at = at.at("", part="callback", within="callback")
            if before is None and after is not None:
                self._record.add("callback.added", at, after, name=called)
            elif after is None and before is not None:
                self._record.add("callback.removed", at, before, "base", name=called)
            elif before is not None and after is not None:
                self._callback(at, before, after, called)

    def _callback(self, spot: Spot, base: Node, head: Node, called: str) -> None:
        pair = self._record.follow(spot, base, head)
        if pair is None or not all(
            self._record.mapping(spot, node, side, called) for node, side in zip(pair, _SIDES, strict=True)
        ):
            return
        old, new = ({k: n.child(k) for k in n.value if not k.startswith("x-")} for n in pair)
        # The expression says where the consumer asked to be called: one on each side is the same callback.
        if len(old) == len(new) == 1:
            (before_key, before), (after_key, after) = next(iter(old.items())), next(iter(new.items()))
            if before_key != after_key:
                self._record.add(
                    "callback.expression.changed", spot, after, before=before_key, after=after_key, name=called
                )
            self._pair_of_items(spot, "", before, after, {})
            return
        for _, first, second in matched(old, new):
            self._path_item(spot, "", first, second, {})

    def _removed(self, spot: Spot, operation: Node, method: str, path: str, *, whole_path: bool) -> None:
        life = lifecycle(operation.value) if isinstance(operation.value, dict) else lifecycle({})
        self._record.add(
            "operation.removed",
            spot,
            operation,
            "base",
            method=method,
            path=path or spot.address,
            whole_path=whole_path,
            lifecycle=removal(life, self._record.options),
            sunset=life.sunset_text,
            identity=(f"{method} {path}", ""),
        )

    def _spot(self, spot: Spot, method: str, path: str, operation: Node) -> Spot:
        stability = lifecycle(operation.value).stability if isinstance(operation.value, dict) else "stable"
        attributes = {**spot.attributes, "direction": "none", "part": "operation", "method": method}
        attributes["stability"] = stability
        attributes.setdefault("within", "path")
        return replace(spot, scope=f"{method} {path}" if path else spot.scope, attributes=attributes)


_SIDES: tuple[SideName, SideName] = ("base", "head")


def same_paths(base: list[str], head: list[str]) -> dict[str, str]:
    """Paths at base to the same paths at head: equal ones, then those that differ in parameter names alone."""
    partner = {path: path for path in base if path in set(head)}
    blanked: dict[str, list[str]] = {}
    for path in head:
        if path not in partner:
            blanked.setdefault(_TEMPLATE.sub("{}", path), []).append(path)
    for path in base:
        waiting = blanked.get(_TEMPLATE.sub("{}", path))
        if path not in partner and waiting:
            partner[path] = waiting.pop(0)
    return partner


def renamed_names(renamed: Mapping[str, str]) -> bool:
    return any(before != after for before, after in renamed.items())


def _operations(record: Record, spot: Spot, item: Node, side: SideName) -> Iterator[tuple[str, Node]]:
    for method in METHODS:
        if item.value.get(method) is not None:
            yield method.upper(), item.child(method)
    for method, operation in record.members(spot, item, side, "additionalOperations").items():
        yield method, operation


def _same_lists(record: Record, base: Node, head: Node) -> bool:
    old, new = child(base, "parameters"), child(head, "parameters")
    if old is None or new is None:
        return old is new
    return record.sameness.same(old, new)


def _compare_operation_id(record: Record, spot: Spot, base: Node, head: Node) -> None:
    before, after = base.value.get("operationId"), head.value.get("operationId")
    if before == after:
        return
    if after is None:
        record.add("operation.id.removed", spot, base.child("operationId"), "base", before=before)
    else:
        fact = "operation.id.added" if before is None else "operation.id.changed"
        record.add(fact, spot, head.child("operationId"), before=before, after=after)


def _compare_tags(record: Record, spot: Spot, base: Node, head: Node) -> None:
    old = {str(n.value): n for n in record.items(spot, base, "base", "tags")}
    new = {str(n.value): n for n in record.items(spot, head, "head", "tags")}
    for tag, before, after in matched(old, new):
        if before is None and after is not None:
            record.add("operation.tag.added", spot, after, after=tag, name=tag)
        elif after is None and before is not None:
            record.add("operation.tag.removed", spot, before, "base", before=tag, name=tag)


def _slashed(paths: dict[str, Node]) -> dict[str, Node]:
    """Without extensions, whose names begin with `x-`; the names of paths begin with a slash."""
    return {path: node for path, node in paths.items() if not path.startswith("x-")}


def _schemes(root: Node) -> object:
    components = root.value.get("components")
    return components.get("securitySchemes") if isinstance(components, dict) else None
