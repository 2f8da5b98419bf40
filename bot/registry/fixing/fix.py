"""`countersign lint --fix`: edits of single words, never a rewriting of the file.

Only what can have been meant in one way is touched. A file that could be read before is the same registry afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from bot.contracts.document import Document
from bot.contracts.text import Lines
from bot.contracts.tree import Pointer
from bot.contracts.unreadable import Unreadable
from bot.registry.complaint import model_at
from bot.registry.drafting.words import quoted
from bot.registry.fixing.near import only_near
from bot.registry.fixing.spots import Spot, spots
from bot.registry.fixing.syntax import quoted_line
from bot.registry.model import RegistryFile
from bot.registry.reading import plain_value
from bot.registry.terms import API_VERSION, KIND, TYPE_ALIASES
from bot.registry.tolerance import WORDS

_ROUNDS = 200
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_TRUTHS = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
_RELEASES = re.compile(r"(_transitive|_all)\Z")
_HASH = re.compile(r"[ \t]+(#[^\s#]\S*)[ \t\r]*(?=\n|\Z)")


@dataclass(frozen=True, slots=True)
class Fix:
    """One thing put right. line counts from 1, in the file as it was when this was done."""

    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Fixed:
    """The text after all fixes; the same as before when there are none."""

    text: str
    fixes: tuple[Fix, ...]


@dataclass(frozen=True, slots=True)
class _Edit:
    start: int
    end: int
    text: str
    what: str


def fix(text: str, *, rule_ids: Collection[str] = ()) -> Fixed:
    """The registry file with what is mechanically wrong put right. Fixing the result once more changes nothing.

    rule_ids: the catalogue's, to put misspelled ones right.
    """
    fixes: list[Fix] = []
    for _ in range(_ROUNDS):
        try:
            value = plain_value(Document("contracts.yml", "", text.encode()))
        except Unreadable as error:
            repaired = _repaired(text, error)
            if repaired is None:
                break
            text, done = repaired
            fixes.append(done)
            continue
        edits = _without_overlaps(_edits(text, value, rule_ids))
        if not edits:
            break
        lines = Lines(text)
        fixes += [Fix(lines.at(edit.start)[0], edit.what) for edit in edits]
        for edit in reversed(edits):
            text = text[: edit.start] + edit.text + text[edit.end :]
    return Fixed(text, tuple(fixes))


def _repaired(text: str, error: Unreadable) -> tuple[str, Fix] | None:
    """One line more that can be read."""
    found = quoted_line(text, error)
    if found is None:
        return None
    number, line = found
    lines = text.split("\n")
    lines[number - 1] = line
    repaired = "\n".join(lines)
    try:
        plain_value(Document("contracts.yml", "", repaired.encode()))
    except Unreadable as still:
        if still.line <= number:
            return None
    return repaired, Fix(number, "Text that YAML takes for something else gets quotes.")


def _without_overlaps(edits: Iterator[_Edit]) -> list[_Edit]:
    """In the order of the text; of two that touch the same words the first that was found: there is a next round."""
    kept: list[_Edit] = []
    for edit in edits:
        if all(edit.end <= other.start or other.end <= edit.start for other in kept):
            kept.append(edit)
    return sorted(kept, key=lambda edit: edit.start)


def _edits(text: str, value: Any, rule_ids: Collection[str]) -> Iterator[_Edit]:
    if not isinstance(value, dict):
        return
    found = [spot for spot in spots(text) if not any(str(step).startswith("x-") for step in spot.pointer)]
    keys = {spot.pointer: spot for spot in found if spot.is_key}
    values = {spot.pointer: spot for spot in found if not spot.is_key}
    yield from _model_errors(value, keys, values)
    for spot in values.values():
        yield from _scalar(spot, text, keys)
        yield from _rule_id(spot, rule_ids)
    yield from _heading(text, value, found)


def _scalar(spot: Spot, text: str, keys: dict[Pointer, Spot]) -> Iterator[_Edit]:
    word = spot.value.lower()
    if spot.plain and _DAY.fullmatch(spot.value):
        yield _edit(spot, quoted(spot.value), f"`{spot.value}` is a date to other tools, so it gets quotes.")
    elif word in _TRUTHS and _is_truth(spot.pointer):
        yield _edit(spot, _TRUTHS[word], f"`{spot.value}` is `{_TRUTHS[word]}`.")
    elif word in _TRUTHS and spot.plain and not _is_truth(spot.pointer):
        yield _edit(spot, quoted(spot.value), f"`{spot.value}` is true or false to other tools, so it gets quotes.")
    elif _is_at(spot.pointer, "contracts", int, "type") and word in TYPE_ALIASES:
        yield _edit(spot, TYPE_ALIASES[word], f"The type `{spot.value}` is called `{TYPE_ALIASES[word]}`.")
    elif _is_at(spot.pointer, "contracts", int, "compatibility", "mode"):
        yield from _mode(spot, text, keys)
    elif spot.plain and not spot.value and spot.pointer[-1:] == ("channel",) and spot.pointer in keys:
        key = keys[spot.pointer]
        comment = _HASH.match(text, text.index(":", key.end) + 1)
        if comment:
            what = f"`{comment[1]}` was a comment, so it gets quotes."
            yield _Edit(comment.start(1), comment.end(1), quoted(comment[1]), what)


def _mode(spot: Spot, text: str, keys: dict[Pointer, Spot]) -> Iterator[_Edit]:
    """The canonical name; what an alias says besides becomes `against`, where nothing else is said there."""
    word = spot.value.lower().replace("-", "_")
    mode = "full" if word == "disabled" else _RELEASES.sub("", word)
    if mode == spot.value:
        return
    said = (*spot.pointer[:-1], "against") in keys
    if mode == word or said:
        yield _edit(spot, mode, f"The mode `{spot.value}` is called `{mode}`.")
        return
    what = f"The mode `{spot.value}` is called `{mode}`, against all releases."
    if spot.in_flow:
        yield _edit(spot, f"{mode}, against: [all_releases]", what)
        return
    key = keys[spot.pointer]
    indent = key.start - (text.rfind("\n", 0, key.start) + 1)
    end = text.find("\n", spot.end)
    rest = text[spot.end : end if end >= 0 else len(text)]
    replacement = f"{mode}{rest}\n{' ' * indent}against: [all_releases]"
    yield _Edit(spot.start, spot.end + len(rest), replacement, what)


def _rule_id(spot: Spot, rule_ids: Collection[str]) -> Iterator[_Edit]:
    at, known = spot.pointer, frozenset(rule_ids)
    if _is_at(at, "contracts", int, "compatibility", "rules", str, int):
        candidates = known
    elif _is_at(at, "consumers", int, "tolerates", int) or _is_at(at, "consumes", int, "tolerates", int):
        candidates = known | WORDS.keys()
    else:
        return
    if rule_ids and spot.value not in candidates and (near := only_near(spot.value, candidates)):
        yield _edit(spot, _as_written(spot, near), f"There is no rule `{spot.value}`; `{near}` was meant.")


def _model_errors(value: Any, keys: dict[Pointer, Spot], values: dict[Pointer, Spot]) -> Iterator[_Edit]:
    try:
        RegistryFile.model_validate(value)
    except ValidationError as error:
        details = error.errors(include_url=False)
    else:
        return
    for detail in details:
        at: Pointer = detail["loc"]
        spot, given = values.get(at), detail["input"]
        match detail["type"]:
            case "extra_forbidden" if at in keys:
                yield from _misspelled_key(keys[at], value)
            case "literal_error" if spot is not None and isinstance(given, str):
                choices = re.findall(r"'([^']*)'", str(detail.get("ctx", {}).get("expected", "")))
                if near := only_near(given, choices):
                    yield _edit(spot, _as_written(spot, near), f"`{given}` is called `{near}`.")
            case "string_type" if spot is not None and spot.plain and isinstance(given, int | float):
                yield _edit(spot, quoted(spot.value), f"`{spot.value}` is text, so it gets quotes.")
            case "tuple_type" if spot is not None and isinstance(given, str):
                yield _edit(spot, f"[{quoted(spot.value)}]", f"`{spot.value}` becomes a list of one.")


def _misspelled_key(key: Spot, value: Any) -> Iterator[_Edit]:
    model = model_at(key.pointer[:-1])
    if model is None:
        return
    holder = value
    for step in key.pointer[:-1]:
        holder = holder[step]
    known = [field.alias or name for name, field in model.model_fields.items()]
    near = only_near(key.value, known)
    if near and near not in holder:
        yield _edit(key, _as_written(key, near), f"The term `{key.value}` is called `{near}`.")


def _heading(text: str, value: Any, found: Sequence[Spot]) -> Iterator[_Edit]:
    """`apiVersion` and `kind`, when neither the file nor a misspelling of it says them."""
    first = next((spot for spot in found if spot.is_key), None)
    if first is None or first.in_flow or text.rfind("\n", 0, first.start) + 1 != first.start:
        return
    wanted = {"apiVersion": API_VERSION, "kind": KIND}
    missing = [
        term for term in wanted if term not in value and not any(only_near(str(key), [term]) == term for key in value)
    ]
    if missing:
        lines = "".join(f"{term}: {wanted[term]}\n" for term in missing)
        named = " and ".join(f"`{term}`" for term in missing)
        yield _Edit(first.start, first.start, lines, f"{named} {'was' if len(missing) == 1 else 'were'} missing.")


def _is_truth(pointer: Pointer) -> bool:
    model = model_at(pointer[:-1])
    if model is None:
        return False
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    name = str(pointer[-1])
    return name in fields and fields[name].annotation is bool


def _is_at(pointer: Pointer, *shape: Any) -> bool:
    """Whether the pointer has this shape: words, and `int` or `str` for any index or key."""
    return len(pointer) == len(shape) and all(
        isinstance(step, wanted) if isinstance(wanted, type) else step == wanted
        for step, wanted in zip(pointer, shape, strict=True)
    )


def _edit(spot: Spot, text: str, what: str) -> _Edit:
    return _Edit(spot.start, spot.end, text, what)


def _as_written(spot: Spot, word: str) -> str:
    return word if spot.plain else quoted(word)
