"""The settings under which the sources of case files judge: `mode` of a case, in this project's own terms."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from bot.contracts.document import Side
from bot.contracts.options import Options
from bot.judge.catalogue import Overrides, shipped
from bot.judge.finding import Finding, Level
from bot.registry.impact import Reach
from bot.registry.model import Consumer, Contract, Evidence, Registry, Use
from bot.registry.trace import trace

_DEPRECATED_REMOVED = (
    "graphql-deprecated-field-removed",
    "graphql-deprecated-input-field-removed",
    "graphql-deprecated-enum-value-removed",
)

_CONTRACT = "case"
_NOTHING_USED = Registry(
    contracts=(Contract(id=_CONTRACT, type="graphql", files=("contract.graphql",)),),
    consumers=(
        Consumer(
            id="consumer",
            uses=(Use(contract=_CONTRACT, elements=("Query.__typename",), evidence=Evidence(kind="graphql")),),
        ),
    ),
)
"""The only consumer's operations use nothing that could change: what graphql-inspector's `considerUsage` cases say."""

_CONFLUENT = {
    "compatible": (
        *("protobuf-field-removed", "protobuf-field-removed-number-free", "protobuf-enum-value-removed"),
        *("protobuf-enum-value-removed-number-free", "protobuf-field-into-new-oneof", "protobuf-field-out-of-oneof"),
        *("protobuf-text-cardinality-changed", "protobuf-default-changed", "protobuf-reserved-number-reopened"),
        *("protobuf-reserved-name-reopened", "protobuf-enum-reserved-number-reopened"),
        *("protobuf-enum-reserved-name-reopened", "protobuf-idempotency-changed"),
    ),
    "breaking": ("protobuf-type-removed-on-the-wire",),
}
"""Confluent's registry compares what is on the wire, lets fields and values go, and keeps messages and enums."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What a registry would say: the comparison's options, rules moved to another level, and the only consumers that
    count (None: everyone does).

    true_is_object: whether a schema that is `true` stands for any object, as Karapace has it.
    """

    options: Options
    overrides: Overrides = field(default_factory=dict)
    consumers: Registry | None = None
    true_is_object: bool = False

    def read(self, side: Side) -> Side:
        """The side as its source reads it."""
        if not self.true_is_object:
            return side
        documents = {
            path: replace(one, data=b'{"type":"object"}') if one.data.strip() == b"true" else one
            for path, one in side.documents.items()
        }
        return replace(side, documents=documents)

    def counted(self, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """The findings that reach someone."""
        if self.consumers is None:
            return findings
        impacts = trace(findings, self.consumers, _CONTRACT)
        return tuple(i.finding for i in impacts if any(c.reach is not Reach.NOT for c in i.consumers))


def policy(format: str, mode: str, today: date) -> Policy:
    """The settings of a case. Words of other sources mean the defaults."""
    options = Options(today=today)
    if format == "avro":
        found = re.match(r"(?i)(backward|forward|full|none)", mode)
        return Policy(replace(options, mode=found[1].lower()) if found else options)  # type: ignore[arg-type]
    if format == "json-schema":
        return Policy(_json_schema(options, mode), true_is_object="karapace" in mode)
    if format == "protobuf" and "buf.yaml" not in mode:
        return Policy(replace(options, mode="wire"), _CONFLUENT)
    if format == "graphql":
        return Policy(options, _graphql(mode), _NOTHING_USED if mode.endswith("+considerUsage") else None)
    return Policy(options)


def _json_schema(options: Options, mode: str) -> Options:
    """jsonsubschema compares sets. The registries (Apicurio, Karapace) compare patterns as texts; Karapace expects
    nobody to write properties that an open schema does not name.
    """
    direction: Literal["backward", "forward"] = "forward" if mode.startswith("FORWARD") else "backward"
    if "subset" in mode:
        return replace(options, mode=direction, content="strict")
    content: Literal["open", "strict"] = "open" if "lenient" in mode else "strict"
    return replace(options, mode=direction, content=content, patterns="texts")


def _graphql(mode: str) -> Mapping[str, Sequence[str]]:
    """graphql-inspector calls a directive that may no longer be repeated dangerous, graphql-core breaking. Its rules
    `suppressRemovalOfDeprecatedField` and `dangerousBreaking` are overrides of levels, as a registry writes them.
    """
    if not mode.startswith("graphql-inspector"):
        return {}
    if "dangerousBreaking" in mode:
        entries = shipped().files["graphql"]
        return {"breaking": [entry.id for entry in entries if entry.level is Level.RISKY]}
    risky = ["graphql-directive-repeatable-removed"]
    if "suppressRemovalOfDeprecatedField" in mode:
        risky += _DEPRECATED_REMOVED
    return {"risky": risky}
