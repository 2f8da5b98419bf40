"""The rule catalogue: what each fact means, and to whom."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from bot.contracts.change import Change, Place
from bot.judge.entry import CatalogueError, Entry, read_entries
from bot.judge.finding import Finding, Level, Rule, Verdict
from bot.judge.subject import holder, operation, subject

UNCLASSIFIED = "unclassified"
"""Id of the verdict on a fact that no rule knows."""

ABSENT = "absent"
"""Name of the file that says which checks of other tools have no rule here, and why."""

_SCHEMA_FORMATS = frozenset({"openapi", "asyncapi", "json-schema"})
_EMBEDDED = {"asyncapi": ("avro", "protobuf")}
"""Formats whose schemas stand inside of documents of another."""

_FIELD = re.compile(r"\{([a-z_]+)\}")
_LONGEST_VALUE = 120
_ELEMENT = {"subject": subject, "holder": holder, "operation": operation}

Overrides = Mapping[str, Sequence[str]]
"""`compatibility.rules` of the registry: rule ids by the level that they are to have."""


class Catalogue:
    """Rules by format. The first that matches a place decides; a format's own rules come before the shared ones."""

    def __init__(self, files: Mapping[str, Sequence[Entry]]) -> None:
        """`files`: entries by file name without its ending (`openapi`, `schema`, `common`)."""
        self.files = files
        self._candidates: dict[tuple[str, str], tuple[Entry, ...]] = {}

    @classmethod
    def load(cls, directory: Path, *, examples: bool = False) -> Catalogue:
        """Reads every rule file of a directory. Raises CatalogueError, naming file and line."""
        paths = _rule_files(directory)
        loaded = cls({name: tuple(read_entries(path, examples=examples)) for name, path in paths.items()})
        _ = loaded.entries
        return loaded

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """All rules by id."""
        return _by_id(self.files)

    def judge(
        self, contract_id: str, format: str, changes: Iterable[Change], overrides: Overrides | None = None
    ) -> tuple[Finding, ...]:
        """Each change with its verdicts, worst first, in the order of the changes."""
        levels = {rule: Level(level) for level, rules in (overrides or {}).items() for rule in rules}
        return tuple(Finding(contract_id, change, self._verdicts(format, change, levels)) for change in changes)

    def _verdicts(self, format: str, change: Change, levels: Mapping[str, Level]) -> tuple[Verdict, ...]:
        matched: dict[str, tuple[Entry | None, list[Place]]] = {}
        for place in change.places:
            entry = self._match(format, change, place)
            matched.setdefault(entry.id if entry else UNCLASSIFIED, (entry, []))[1].append(place)
        verdicts = []
        for entry, places in matched.values():
            rule = _unclassified(change) if entry is None else _filled(entry, change, places[0], levels)
            verdicts.append(Verdict(rule, rule.level, tuple(places)))
        return tuple(sorted(verdicts, key=lambda verdict: (-verdict.level.severity, verdict.rule.id)))

    def _match(self, format: str, change: Change, place: Place) -> Entry | None:
        for entry in self._rules_for(format, change.fact):
            if all(_accepts(wanted, _attribute(change, place, name)) for name, wanted in entry.where.items()):
                return entry
        return None

    def _rules_for(self, format: str, fact: str) -> tuple[Entry, ...]:
        key = (format, fact)
        if key not in self._candidates:
            shared = ("schema",) if format in _SCHEMA_FORMATS else ()
            names = (format, *shared, *_EMBEDDED.get(format, ()), "common")
            entries = (entry for name in names for entry in self.files.get(name, ()))
            self._candidates[key] = tuple(entry for entry in entries if any(_covers(f, fact) for f in entry.fact))
        return self._candidates[key]


def _rule_files(directory: Path) -> dict[str, Path]:
    return {path.stem: path for path in sorted(directory.glob("*.yml")) if path.stem != ABSENT}


class _Unread(Mapping[str, Sequence[Entry]]):
    """The files of a directory, each read when it is first asked for: one format needs few of them."""

    def __init__(self, directory: Path) -> None:
        self._paths = _rule_files(directory)
        self._read: dict[str, Sequence[Entry]] = {}

    def __getitem__(self, name: str) -> Sequence[Entry]:
        if name not in self._read:
            self._read[name] = tuple(read_entries(self._paths[name], examples=False))
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


@cache
def shipped() -> Catalogue:
    """The catalogue that comes with the project: from the clone, or from inside the installed package."""
    return Catalogue(_Unread(rules_directory()))


def rules_directory() -> Path:
    """Where the rule files are. Raises CatalogueError when they are missing."""
    package = Path(__file__).parent.parent
    for directory in (package / "_rules", package.parent / "rules"):
        if directory.is_dir():
            return directory
    raise CatalogueError("the rule files are missing from this installation: reinstall countersign-bot")


def _by_id(files: Mapping[str, Sequence[Entry]]) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for name, entries in files.items():
        for entry in entries:
            if entry.id in found or entry.id == UNCLASSIFIED:
                raise CatalogueError(f"{name}.yml: the id `{entry.id}` is taken: ids are unique over all rule files")
            found[entry.id] = entry
    return found


def _covers(pattern: str, fact: str) -> bool:
    return fact.startswith(pattern[:-1]) if pattern.endswith("*") else fact == pattern


def _attribute(change: Change, place: Place, name: str) -> object:
    if name in place.attributes:
        return place.attributes[name]
    return change.attributes.get(name)


def _accepts(wanted: Any, value: object) -> bool:
    if isinstance(wanted, Mapping):
        return not _accepts(wanted.get("not"), value)
    if isinstance(wanted, list):
        return any(_accepts(one, value) for one in wanted)
    if wanted is False and value is None:
        return True
    return type(wanted) is type(value) and bool(wanted == value)


def _filled(entry: Entry, change: Change, place: Place, levels: Mapping[str, Level]) -> Rule:
    return Rule(
        id=entry.id,
        level=levels.get(entry.id, entry.level),
        title=_capital(_fill(entry.title, change, place)),
        why=_fill(entry.why, change, place),
        instead=_fill(entry.instead, change, place),
        also=entry.also,
    )


def _fill(text: str, change: Change, place: Place) -> str:
    """Fields replaced in one pass: what a contract says is never itself read for fields."""

    def value_of(match: re.Match[str]) -> str:
        name = match[1]
        if name in ("before", "after", "element", "fact"):
            return _shown(getattr(change, name))
        value = _attribute(change, place, name)
        if value is None and name in _ELEMENT:
            return _ELEMENT[name](change, place)
        return _shown(value)

    return " ".join(_FIELD.sub(value_of, text).split())


def _capital(title: str) -> str:
    return title[:1].upper() + title[1:]


def _shown(value: object) -> str:
    """A value inside a sentence: one line, no backticks (titles put values between them), not longer than useful."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = " ".join(str(value).replace("`", "'").split()) or '""'
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def _unclassified(change: Change) -> Rule:
    return Rule(
        id=UNCLASSIFIED,
        level=Level.UNCLASSIFIED,
        title=f"A change that no rule knows: `{_shown(change.fact)}`",
        why="The catalogue has no rule for this change, so nobody can say whom it breaks. Unknown is not safe.",
        instead="Have the decision owner look at it; and please report it, for it is a gap in the catalogue.",
    )
