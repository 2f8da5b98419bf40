"""What the facts of schemas mean for data by their nature: for where nothing could be proven."""

from __future__ import annotations

from typing import Literal

from bot.contracts.options import Options
from bot.contracts.schema.known import KNOWN
from bot.contracts.schema.values import SchemaChange

Nature = Literal["narrower", "wider", "apart", "unclear", "malformed", "same"]
"""narrower: the new schema allows less. apart: each allows what the other does not. unclear: nobody knows, until it is
proven. malformed: a keyword with a value that it cannot have, which proofs pass over.
"""

_LIMITS = ("length", "items", "properties", "contains")
_CONTAINERS = (
    "items",
    "contains",
    "property_names",
    "content_schema",
    "unevaluated_properties",
    "unevaluated_items",
    "pattern_property",
    "dependent_schema",
    "dependent_required",
    "prefix_item",
    "unique_items",
    "multiple_of",
    "pattern",
    "format",
    "content_encoding",
    "content_media_type",
    "enum",
    "const",
    "one_of",
    "any_of",
    "not",
    "if",
    "then",
    "else",
    "minimum",
    "maximum",
    *(f"{end}_{limit}" for end in ("min", "max") for limit in _LIMITS),
)
"""Keywords that allow less when they come, and more when they go."""

_TWO_WAYS = ("type", "multiple_of", "format", "dependent_required", "additional_properties")
_LOWER = ("minimum", *(f"min_{limit}" for limit in _LIMITS))
_UPPER = ("maximum", *(f"max_{limit}" for limit in _LIMITS))

NATURES: dict[str, Nature] = {
    **{f"schema.{name}.added": "narrower" for name in _CONTAINERS},
    **{f"schema.{name}.removed": "wider" for name in _CONTAINERS},
    **{f"schema.{name}.increased": "narrower" for name in _LOWER},
    **{f"schema.{name}.decreased": "wider" for name in _LOWER},
    **{f"schema.{name}.decreased": "narrower" for name in _UPPER},
    **{f"schema.{name}.increased": "wider" for name in _UPPER},
    **{f"schema.{name}.narrowed": "narrower" for name in _TWO_WAYS},
    **{f"schema.{name}.widened": "wider" for name in _TWO_WAYS},
    "schema.additional_properties.closed": "narrower",
    "schema.additional_properties.opened": "wider",
    "schema.enum.value.removed": "narrower",
    "schema.enum.value.added": "wider",
    "schema.nullable.removed": "narrower",
    "schema.nullable.added": "wider",
    "schema.never.added": "narrower",
    "schema.never.removed": "wider",
    "schema.property.required.added": "narrower",
    "schema.property.required.removed": "wider",
    "schema.one_of.member.removed": "narrower",
    "schema.any_of.member.removed": "narrower",
    "schema.one_of.member.added": "wider",
    "schema.any_of.member.added": "wider",
    "schema.one_of.unwrapped": "narrower",
    "schema.any_of.unwrapped": "narrower",
    "schema.one_of.wrapped": "wider",
    "schema.any_of.wrapped": "wider",
    "schema.type.changed": "apart",
    "schema.const.changed": "apart",
    "schema.multiple_of.changed": "apart",
    "schema.dependent_required.changed": "apart",
    "schema.format.changed": "apart",
    "schema.content_encoding.changed": "apart",
    "schema.content_media_type.changed": "apart",
    "schema.values.refused": "narrower",
    "schema.values.allowed": "wider",
}
_SAYS_NOTHING = (
    "schema.documentation.",
    "schema.extension.",
    "schema.default.",
    "schema.deprecated.",
    "schema.sunset.",
    "schema.read_only.",
    "schema.write_only.",
    "schema.discriminator.",
    "schema.extensible_enum.",
)
"""Annotations: no value becomes valid or invalid by them."""


def nature(change: SchemaChange, options: Options) -> Nature:
    """What the change does to the set of valid values, as far as it can be said without looking at anything else."""
    if change.fact.startswith(_SAYS_NOTHING):
        return "same"
    attributes = change.attributes
    if change.fact == "schema.property.added":
        known = _property(bool(attributes.get("was_forbidden")), options, "wider", "narrower")
        asked = bool(attributes.get("required")) and not attributes.get("was_required")
        return known if not asked else "apart" if known == "wider" else "narrower"
    if change.fact == "schema.property.removed":
        known = _property(bool(attributes.get("now_forbidden")), options, "narrower", "wider")
        return known if not attributes.get("required") else "apart" if known == "narrower" else "wider"
    if change.fact in ("schema.pattern.changed", "schema.if.changed"):
        return "apart" if options.patterns == "texts" else "unclear"
    if change.fact == "schema.never.removed" and not change.site.pointer and not by_the_letter(options):
        return "apart"
    if change.fact == "schema.keyword.changed" and change.attributes.get("keyword") in KNOWN:
        return "malformed"
    return NATURES.get(change.fact, "unclear")


def _property(forbidden: bool, options: Options, where_closed: Nature, where_open: Nature) -> Nature:
    """Where other properties are forbidden, a name more is a value more. Where they are open, it is a condition more,
    unless nobody is expected to use a name that the schema does not know.
    """
    if forbidden or options.content == "closed":
        return where_closed
    return "same" if options.content == "open" else where_open


def by_the_letter(options: Options) -> bool:
    """Whether schemas are sets and nothing else: then one that allows nothing is within every other."""
    return options.content == "strict" and options.patterns == "decided"
