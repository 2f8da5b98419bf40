"""What an untagged plain scalar means: the core schema of YAML 1.2 (section 10.3.2), and nothing of 1.1.

`yes`, `on`, `NO`, `12:30:00` and `2026-01-31` are strings, `0o17` is fifteen and `017` is seventeen.
"""

from __future__ import annotations

import math
import re

Scalar = str | int | float | bool | None

_CONSTANTS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    # One object for every not-a-number, so that containers holding it still compare equal (`is` comes before `==`).
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
}
_DECIMAL = re.compile(r"[-+]?[0-9]+\Z")
_OCTAL = re.compile(r"0o[0-7]+\Z")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_LONGEST_INTEGER = 20
"""Digits, a sign left out, of the largest integer of 64 bits."""

_FIRST_OF_NUMBER = frozenset("+-.0123456789")


def resolve_plain(text: str) -> Scalar:
    """The value of an untagged plain scalar."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] not in _FIRST_OF_NUMBER:
        return text
    return _number(text)


def resolve_tagged(tag: str, text: str) -> Scalar:
    """The value of a scalar with an explicit tag. A tag that the core schema does not know leaves the text as it is.

    Raises ValueError when the text is not what the tag says.
    """
    kind = tag.removeprefix("tag:yaml.org,2002:")
    if kind not in ("null", "bool", "int", "float"):
        return text
    value = resolve_plain(text)
    if kind == "null" and value is None:
        return None
    if kind == "bool" and isinstance(value, bool):
        return value
    if kind == "int" and isinstance(value, int) and not isinstance(value, bool):
        return value
    if kind == "float" and isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    raise ValueError(f"`{text[:40]}` is not a YAML {kind}")


def _number(text: str) -> Scalar:
    if _DECIMAL.match(text):
        return _integer(text, 10) if len(text.lstrip("+-0")) <= _LONGEST_INTEGER else float(text)
    if _FLOAT.match(text):
        return float(text)
    if _OCTAL.match(text):
        return _integer(text[2:], 8)
    if _HEXADECIMAL.match(text):
        return _integer(text[2:], 16)
    return text


def _integer(digits: str, base: int) -> int | float:
    """An integer, or a float beyond 64 bits: what the JSON reader makes of the same number."""
    if base != 10 and len(digits) > 4 * _LONGEST_INTEGER:
        return math.inf
    value = int(digits, base)
    return value if -(2**63) <= value < 2**64 else float(value)
