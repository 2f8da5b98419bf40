"""Paths to values, and the names of the definitions that hold them.

Grammar of a path, read from the value that the compared schema describes:

    $                 the value itself
    .name             the property `name`; a name with other characters than letters, digits, `_`, `-`, `$`, `@`
                      is quoted: ['odd name']
    .{*}              any property that is not named (additionalProperties, patternProperties, propertyNames)
    [*]               any item
    [0]               the item at this index (prefixItems)
    .**               any number of steps, none included (a recursion, or too many ways to list them all)

Members of allOf, oneOf, anyOf and the branches of if/then/else describe the same value and add no step.
"""

from __future__ import annotations

import re

from bot.contracts.tree import Node, Pointer

ROOT = "$"
ANY_DEPTH = ".**"
ANY_PROPERTY = ".{*}"
ANY_ITEM = "[*]"

_PLAIN = re.compile(r"[A-Za-z0-9_$@-]+")
_NAME = re.compile(r"[^\s:\[\]{}'*()]+")
_SEGMENT = re.compile(r"\.\{\*\}|\.\*\*|\[[^\]]*\]|\.[A-Za-z0-9_$@-]+")
_DEFINITIONS = ("$defs", "definitions")
_ONE_NAME_BELOW = {
    "patternProperties": ANY_PROPERTY,
    "dependentSchemas": "",
    "dependentRequired": "",
    "dependencies": "",
    "allOf": "",
    "oneOf": "",
    "anyOf": "",
}
_SAME_LEVEL = {
    "additionalProperties": ANY_PROPERTY,
    "unevaluatedProperties": ANY_PROPERTY,
    "propertyNames": ANY_PROPERTY,
    "additionalItems": ANY_ITEM,
    "unevaluatedItems": ANY_ITEM,
    "contains": ANY_ITEM,
    "not": "",
    "if": "",
    "then": "",
    "else": "",
    "contentSchema": "",
}
_SCHEMA_KEYWORDS = frozenset({"properties", "items", "prefixItems", *_DEFINITIONS, *_ONE_NAME_BELOW, *_SAME_LEVEL})


def property_step(name: str) -> str:
    """The step to the property `name`."""
    if _PLAIN.fullmatch(name):
        return f".{name}"
    escaped = name.replace("\\", "\\\\").replace("'", "\\'").replace("]", "\\u005d")
    return f"['{escaped}']"


def last_step(path: str) -> str:
    """The last step of a path, empty for the root: what is kept when the way there is given up."""
    steps = _SEGMENT.findall(path)
    return steps[-1] if steps and steps[-1] != ANY_DEPTH else ""


def definition_of(site: Node) -> tuple[str, str] | None:
    """The nearest named definition that holds `site`, and the path of `site` below it.

    `components/schemas/X`, `$defs/X` and `definitions/X` are named X; other components by kind and name
    (`responses.X`); a file that is a schema by its file name.
    """
    pointer = site.pointer
    if len(pointer) >= 3 and pointer[0] == "components":
        if pointer[1] == "schemas":
            return _below(_word(pointer[2]), pointer[3:], site)
        return _below(f"{pointer[1]}.{_word(pointer[2])}", _from_schema(pointer[3:]), site)
    if len(pointer) >= 2 and pointer[0] in _DEFINITIONS:
        return _below(_word(pointer[1]), pointer[2:], site)
    if not pointer or pointer[0] in _SCHEMA_KEYWORDS or (len(pointer) <= 2 and pointer[0] not in ("paths", "webhooks")):
        return _below(_word(site.path.rsplit("/", 1)[-1]), pointer, site)
    return _local_definition(pointer, site)


def _word(name: str | int) -> str:
    """A definition's name as element addresses write it: quoted when it holds characters of their grammar."""
    text = str(name)
    if _NAME.fullmatch(text):
        return text
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


def _from_schema(pointer: Pointer) -> Pointer:
    """The part of a pointer below its first `schema` key."""
    return pointer[pointer.index("schema") + 1 :] if "schema" in pointer else ()


def _local_definition(pointer: Pointer, site: Node) -> tuple[str, str] | None:
    """A `$defs` of a schema that itself stands inline in an operation."""
    for index in range(1, len(pointer) - 1):
        if pointer[index] in _DEFINITIONS and pointer[index - 1] != "properties":
            return _below(_word(pointer[index + 1]), pointer[index + 2 :], site)
    return None


def _below(name: str, pointer: Pointer, site: Node) -> tuple[str, str]:
    path = ROOT
    index = 0
    while index < len(pointer):
        key = pointer[index]
        following = pointer[index + 1] if index + 1 < len(pointer) else None
        index += 2
        if key in _DEFINITIONS and following is not None:
            name, path = _word(following), ROOT
        elif key == "properties" and following is not None:
            path += property_step(str(following))
        elif key == "prefixItems" and following is not None:
            path += f"[{following}]"
        elif key == "items":
            if isinstance(following, int):
                path += f"[{following}]"
            else:
                path += ANY_ITEM
                index -= 1
        elif key in _ONE_NAME_BELOW and following is not None:
            path += _ONE_NAME_BELOW[str(key)]
        elif key in _SAME_LEVEL:
            path += _SAME_LEVEL[str(key)]
            index -= 1
        elif key == "required" and isinstance(following, int) and isinstance(site.value, str):
            path += property_step(site.value)
        else:
            break
    return name, path
