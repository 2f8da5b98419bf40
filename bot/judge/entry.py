"""A rule as it is written in `rules/*.yml`, and the reading of those files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.contracts.unreadable import DEFAULT_LIMITS, Unreadable
from bot.contracts.yaml_text import read_yaml
from bot.judge.finding import Level

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ELSEWHERE = re.compile(r"[a-z0-9-]+/[A-Za-z0-9_.-]+")
_TEXTS = ("title", "why", "instead")
_KEYS = frozenset({"id", "fact", "where", "level", "also", "examples", *_TEXTS})


class CatalogueError(Exception):
    """A rule file that can't be used. The message names the file, the line, and what to write instead."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule.

    fact: fact ids; a trailing `*` stands for any rest.
    where: attributes of the place, or else of the change, that must have this value, or one of these. False also
        matches an attribute that is not there. `{not: …}` is the opposite.
    title, why, instead: texts for a reader; `{name}` is filled in from the attributes, `{before}` and `{after}`;
        `{subject}` is the element in words, with its own backticks, `{holder}` what holds it, `{operation}`
        where it is felt (bot.judge.subject).
    also: names of the same check elsewhere (`oasdiff/response-property-removed`).
    examples: documents that show it; their shape is known to the tests that run them and to the documentation.
    """

    id: str
    fact: tuple[str, ...]
    level: Level
    title: str
    why: str
    instead: str = ""
    where: Mapping[str, Any] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    examples: tuple[Mapping[str, Any], ...] = ()


def read_entries(path: Path, *, examples: bool) -> Iterator[Entry]:
    """The rules of one file, in order. Raises CatalogueError at the first that is wrong.

    `examples`: whether to keep these, too; judging does not need them.
    """
    text = path.read_text(encoding="utf-8")
    try:
        rules = read_yaml(text, DEFAULT_LIMITS) if text.strip() else None
    except Unreadable as problem:
        raise CatalogueError(f"{path.name}: not readable as YAML: {problem.message}") from None
    if rules is None:
        return
    if not isinstance(rules, list):
        raise CatalogueError(f"{path.name}:1: a rule file is a list of rules; start each with `- id:`")
    for number, rule in enumerate(rules):
        try:
            yield _entry(rule, examples=examples)
        except _Wrong as problem:
            raise CatalogueError(f"{path.name}:{_line(text, number)}: {problem}") from None


class _Wrong(Exception):
    def __init__(self, key: str, expected: str, found: object) -> None:
        super().__init__(f"{key}: write {expected} (found {str(found)[:60]!r})")


def _entry(rule: Any, *, examples: bool) -> Entry:
    if not isinstance(rule, dict):
        raise _Wrong("the rule", "a mapping that begins with `id:`", rule)
    for key in rule.keys() - _KEYS:
        raise _Wrong(str(key), f"one of {', '.join(sorted(_KEYS))}", key)
    identifier, level, where = rule.get("id"), rule.get("level"), rule.get("where", {})
    if not isinstance(identifier, str) or not _ID.fullmatch(identifier):
        raise _Wrong("id", "lower-case words with hyphens between them", identifier)
    if level not in {one.value for one in Level}:
        raise _Wrong("level", "breaking, risky, compatible or unclassified", level)
    if not isinstance(where, dict):
        raise _Wrong("where", "a mapping of attributes to values", where)
    for key in _TEXTS:
        if not isinstance(rule.get(key, "" if key == "instead" else None), str):
            raise _Wrong(key, "a text", rule.get(key))
    also = _strings(rule, "also")
    for name in also:
        if not _ELSEWHERE.fullmatch(name):
            raise _Wrong("also", "`tool/check`", name)
    shown = rule.get("examples", [])
    if not isinstance(shown, list) or not all(isinstance(example, dict) for example in shown):
        raise _Wrong("examples", "a list of mappings", shown)
    return Entry(
        id=identifier,
        fact=_strings(rule, "fact", needed=True),
        level=Level(level),
        title=rule["title"],
        why=rule["why"],
        instead=rule.get("instead", ""),
        where=where,
        also=also,
        examples=tuple(shown) if examples else (),
    )


def _strings(rule: Mapping[str, Any], key: str, *, needed: bool = False) -> tuple[str, ...]:
    """One text, or a list of them."""
    value = rule.get(key, [])
    found = [value] if isinstance(value, str) else value
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found) or (needed and not found):
        raise _Wrong(key, "a text or a list of texts", value)
    return tuple(found)


def _line(text: str, number: int) -> int:
    """The line at which the rule begins; only looked for when it is wrong."""
    import yaml

    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    return int(root.value[number].start_mark.line) + 1 if isinstance(root, yaml.SequenceNode) else 1
