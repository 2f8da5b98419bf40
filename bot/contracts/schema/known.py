"""The keywords that the comparison understands, and the values they can have.

A known keyword with another value (`minimum: "3"`) says nothing that can be compared, so it is treated like a keyword
that nobody knows: no news as long as it stays, unclassified when it changes.
"""

from __future__ import annotations

import math
from typing import Any

CHILDREN = frozenset(
    {"additionalProperties", "propertyNames", "contains", "unevaluatedProperties", "unevaluatedItems", "contentSchema"}
)
"""Keywords that hold one schema, compared alike."""

SIZES = frozenset(
    {
        *("minLength", "maxLength", "minItems", "maxItems"),
        *("minProperties", "maxProperties", "minContains", "maxContains"),
    }
)
LAST_WORD = frozenset({"format", "default", "contentEncoding", "contentMediaType", "x-extensible-enum", "x-sunset"})
"""Keywords of which the outermost part of a conjunction has the say."""

FLAGS = frozenset({"readOnly", "writeOnly", "deprecated", "uniqueItems"})

REGISTERED_FORMATS = frozenset(
    {
        *("date-time", "date", "time", "duration", "email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6"),
        *("uri", "uri-reference", "iri", "iri-reference", "uri-template", "uuid"),
        *("json-pointer", "relative-json-pointer", "regex"),
        *("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float", "double", "double-int"),
        *("decimal", "decimal128", "byte", "binary", "base64url", "char", "commonmark", "html", "password"),
        *("date-time-local", "time-local", "http-date", "media-range", "sf-binary", "sf-boolean", "sf-decimal"),
        *("sf-integer", "sf-string", "sf-token", "unixtime"),
        *("color", "ip-address", "host-name", "utc-millisec"),
    }
)
"""JSON Schema validation 2020-12 section 7.3 and older drafts, and the OpenAPI format registry
(spec.openapis.org/registry/format)."""

_NUMBERS = frozenset({*SIZES, "minimum", "maximum", "multipleOf"})
_EXCLUSIVE = frozenset({"exclusiveMinimum", "exclusiveMaximum"})
_TEXTS = frozenset({"$ref", "pattern", "format", "contentEncoding", "contentMediaType"})
_LISTS = frozenset({"enum", "x-extensible-enum", "prefixItems"})
_COMPOSITIONS = frozenset({"allOf", "oneOf", "anyOf"})
_MAPPINGS = frozenset(
    {"properties", "patternProperties", "dependentRequired", "dependentSchemas", "dependencies", "discriminator"}
)
_SCHEMAS = frozenset({*CHILDREN, "additionalItems", "not", "if", "then", "else"})

KNOWN = frozenset(
    {
        *(_NUMBERS | _EXCLUSIVE | _TEXTS | _LISTS | _COMPOSITIONS | _MAPPINGS | _SCHEMAS | FLAGS | LAST_WORD),
        *("type", "nullable", "const", "required", "items"),
    }
)


def is_number(value: object) -> bool:
    """A finite number; a boolean is none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def well_formed(keyword: str, value: Any) -> bool:
    """Whether a known keyword has a value that it can have."""
    if keyword in _NUMBERS:
        return is_number(value) and (keyword != "multipleOf" or value > 0)
    if keyword in _EXCLUSIVE:
        return isinstance(value, bool) or is_number(value)
    if keyword in _TEXTS:
        return isinstance(value, str)
    if keyword in _LISTS:
        return isinstance(value, list)
    if keyword in _COMPOSITIONS:
        return isinstance(value, list) and bool(value)
    if keyword in _MAPPINGS:
        return isinstance(value, dict)
    if keyword in _SCHEMAS:
        return isinstance(value, (dict, bool))
    if keyword in FLAGS or keyword == "nullable":
        return isinstance(value, bool)
    if keyword == "type":
        return isinstance(value, str) or _texts(value)
    if keyword == "required":
        return _texts(value)
    return keyword != "items" or isinstance(value, (dict, bool, list))


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
