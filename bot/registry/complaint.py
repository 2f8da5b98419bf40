"""What the reader found wrong, in words for the file's author: what it is, and what to write instead."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.contracts.document import Document
from bot.contracts.reading import Unreadable
from bot.contracts.tree import Pointer
from bot.registry.model import RegistryFile
from bot.registry.problem import Problem

Words = tuple[Pointer, str, str]
"""Where, what is wrong, what to write instead."""

_EXAMPLES = {
    "apiVersion": "`apiVersion: contracts.review/v1`",
    "kind": "`kind: ContractRegistry`",
    "id": "`id: orders-api`",
    "type": "`type: openapi`",
    "files": '`files: ["api/orders/**/*.yaml"]`',
    "at": '`at: "GET /orders/{id} 200:$.status"`',
    "level": "`level: guaranteed`",
    "contract": "`contract: orders-api`",
    "aspect": "`aspect: ordering`",
}
_PATTERNS = (
    ("^@", 'Write a GitHub handle in quotes: `"@user"` or `"@org/team"`.'),
    ("[hdw]", "Write a whole number of hours, days or weeks: `12h`, `30d`, `2w`."),
    (r"\d{4}-", 'Write a day as `"YYYY-MM-DD"`.'),
    ("#)?", "Write `owner/repository#contract-id`, or the id of a contract in this file."),
    ("+/[", "Write `owner/repository`."),
    ("", "Use letters, digits, `.`, `_`, `-` and `/`, beginning with a letter or digit."),
)
_YAML_1_1_TRAPS = frozenset({"on", "off", "yes", "no", "y", "n", "true", "false"})


def of_text(document: Document, error: Unreadable) -> Problem:
    """A file that is no YAML, with a hint when the line shows one of YAML's well-known traps."""
    line = _source_line(document, error.line)
    return Problem("error", document.path, error.line or 1, error.message, _trap(line, error))


def of_model(error: ValidationError, value: Any) -> Iterator[Words]:
    """What does not fit the model. One sentence for each place."""
    told: set[Pointer] = set()
    for detail in error.errors(include_url=False):
        pointer = _existing(value, detail["loc"])
        words = _words(detail, pointer, value)
        # A union reports each of its members for the same place: once is enough.
        if detail["type"] in ("missing", "extra_forbidden") or pointer not in told:
            yield words
        told.add(pointer)


def nearest(word: str, known: Iterator[str] | tuple[str, ...] | list[str] | frozenset[str]) -> str | None:
    """The known word that was most likely meant."""
    found = difflib.get_close_matches(str(word).lower(), list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def _source_line(document: Document, line: int) -> str:
    lines = document.data.decode("utf-8", "replace").split("\n")
    return lines[line - 1] if 0 < line <= len(lines) else ""


def _trap(line: str, error: Unreadable) -> str:
    rest = line[error.column - 1 :] if error.column else ""
    if rest[:1] in ("@", "`"):
        word = rest.split()[0].rstrip(",]}")
        return f'Text that starts with `{rest[0]}` needs quotes: write `"{word}"`.'
    if "alias" in error.message and "*" in line:
        return 'Text that starts with `*` needs quotes: write `"**"`, `"* /orders/**"`.'
    if ("[" in line or "{" in line) and "{" in line.partition("[")[2] + line.partition("{")[2]:
        return 'Inside `[…]` and `{…}` an address needs quotes: write `["GET /orders/{id}"]`.'
    return ""


def _existing(value: Any, location: tuple[int | str, ...]) -> Pointer:
    """The part of a location that is really there: pydantic adds names of its own for unions and missing keys."""
    pointer: list[int | str] = []
    for step in location:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            break
        pointer.append(step)
    return tuple(pointer)


def _words(detail: ErrorDetails, pointer: Pointer, value: Any) -> Words:
    name = str(detail["loc"][-1]) if detail["loc"] else ""
    shown = f"`{pointer[-1]}`" if pointer and isinstance(pointer[-1], str) else _item(pointer)
    given = detail["input"]
    context = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return (
                pointer,
                f"{_capital(_holder(pointer, value))} has no `{name}`.",
                f"Write {_EXAMPLES.get(name, f'`{name}: …`')}.",
            )
        case "extra_forbidden":
            return pointer, *_unknown_key(name, detail["loc"], value)
        case "literal_error":
            choices = _choices(detail)
            near = nearest(given, choices) if isinstance(given, str) else None
            hint = f"Did you mean `{near}`? " if near else ""
            return (
                pointer,
                f"{shown} is {_shown(given)}, which is not known.",
                f"{hint}Write one of {_listed(choices)}.",
            )
        case "string_type" if given is None:
            return pointer, f"{shown} is empty.", 'A `#` starts a comment and needs quotes: `"#channel"`.'
        case "string_type" if isinstance(given, (int, float)):
            return (
                pointer,
                f"{shown} must be text, but {_shown(given)} is read as a number or truth value.",
                f'Put it in quotes: `{name}: "…"`.',
            )
        case "string_type":
            return pointer, f"{shown} must be text.", "Write one value, not a list or mapping."
        case "string_pattern_mismatch":
            pattern = str(context.get("pattern", ""))
            instead = next(sentence for part, sentence in _PATTERNS if part in pattern)
            return pointer, f"{shown} is {_shown(given)}.", instead
        case "value_error":
            return pointer, f"{shown} {_shown(given)} {context.get('error', detail['msg'])}.", ""
        case "tuple_type" | "list_type":
            return (
                pointer,
                f"{shown} must be a list.",
                f'Write `["{_plain(given)}"]`.' if _is_scalar(given) else ("Put a `- ` before each entry."),
            )
        case "model_type" | "model_attributes_type" | "dict_type":
            what = shown if pointer else "The file"
            return pointer, f"{what} must be a mapping of `key: value` lines.", ""
        case "too_short" | "string_too_short":
            return pointer, f"{shown} is empty.", f"Write {_EXAMPLES[name]}." if name in _EXAMPLES else "Write a value."
        case _:
            return pointer, f"{shown} is {_shown(given)}: {detail['msg'][:1].lower()}{detail['msg'][1:]}.", ""


def _unknown_key(name: str, location: tuple[int | str, ...], value: Any) -> tuple[str, str]:
    model = model_at(location[:-1])
    known = [f.alias or n for n, f in model.model_fields.items()] if model else []
    message = f"`{name}` is not known in {_holder(location[:-1], value)}."
    if name.lower() in _YAML_1_1_TRAPS:
        return message, f"A key called `{name}` is read as true or false by many YAML tools, so no term is called so."
    near = nearest(name, known)
    if near:
        return message, f"Did you mean `{near}`?"
    return message, f"Known are {_listed(known)}; keys of your own begin with `x-`."


def model_at(location: tuple[int | str, ...]) -> type[BaseModel] | None:
    """The model that the registry file has at this place, None when it has none there."""
    current: Any = RegistryFile
    for step in location:
        if isinstance(step, int):
            current = get_args(current)[0] if get_origin(current) is tuple else None
        elif isinstance(current, type) and issubclass(current, BaseModel):
            fields = current.model_fields
            found = fields.get(step) or next((f for f in fields.values() if f.alias == step), None)
            current = _unwrapped(found.annotation) if found else None
        else:
            return None
    return current if isinstance(current, type) and issubclass(current, BaseModel) else None


def _unwrapped(annotation: Any) -> Any:
    """`X | None` to X."""
    members = [a for a in get_args(annotation) if a is not type(None)]
    if type(None) in get_args(annotation) and len(members) == 1:
        return members[0]
    return annotation


def _holder(pointer: tuple[int | str, ...], value: Any) -> str:
    """What a person calls the place: `contract orders-api`, `consumers[2]`, `the file`."""
    if not pointer:
        return "the file"
    for step in pointer:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            break
    kinds = [str(step) for step in pointer if isinstance(step, str)]
    if isinstance(value, dict) and isinstance(value.get("id"), str) and isinstance(pointer[-1], int):
        return f"{kinds[-1].removesuffix('s')} `{value['id']}`"
    return f"`{kinds[-1]}`" if isinstance(pointer[-1], str) else _item(pointer)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _item(pointer: Pointer) -> str:
    if not pointer:
        return "the file"
    names = [step for step in pointer if isinstance(step, str)]
    number = pointer[-1] if isinstance(pointer[-1], int) else 0
    return f"entry {number + 1} of `{names[-1]}`" if names else f"entry {number + 1}"


def _choices(detail: ErrorDetails) -> list[str]:
    expected = str(detail.get("ctx", {}).get("expected", ""))
    return [word.strip(" '") for word in expected.replace(" or ", ", ").split(",")]


def _listed(words: list[str]) -> str:
    return ", ".join(f"`{w}`" for w in words)


def _is_scalar(value: Any) -> bool:
    return isinstance(value, (str, int, float))


def _shown(value: Any) -> str:
    return f"`{_plain(value)}`"


def _plain(value: Any) -> str:
    text = "true" if value is True else "false" if value is False else "nothing" if value is None else str(value)
    text = " ".join(text.replace("`", "'").split())
    return text if len(text) <= 60 else text[:59] + "…"
