"""Registry files to a `Registry`, or to every problem that keeps them from being one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from bot.contracts.document import Document
from bot.contracts.reading import Limits, Unreadable, locate, read
from bot.contracts.tree import Pointer
from bot.registry import complaint, globs
from bot.registry.model import Contract, Defaults, Registry, RegistryFile
from bot.registry.own_half import with_own_half
from bot.registry.problem import Problem, Severity
from bot.registry.terms import Model

_LIMITS = Limits(size=1024 * 1024, nesting=40, expanded=200_000)
"""A registry is written by people. It is read in the process itself, so it may cost far less than a contract: a third
of a second and 20 MB for 1,700 contracts and as many consumers.
"""
_MOST_ENTRIES = 50_000
"""Mappings in one file, at any depth: far more than people get into its size. Each takes time to be checked."""
_MOST_MISTAKES = 5_000
"""In one file. Whoever makes more of them is not helped by a list, and it is the list that takes time."""

_OUR_KEYS = frozenset({"apiVersion", "contracts", "consumers", "component", "consumes"})


@dataclass(frozen=True, slots=True)
class Reading:
    """What registry files came to.

    registry: None when there is none, or when a problem is an error. files: each file that could be read, by path.
    raw: their plain values, without `x-*` keys. documents: their text, for positions.
    """

    registry: Registry | None
    problems: tuple[Problem, ...] = ()
    files: Mapping[str, RegistryFile] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict)
    documents: Mapping[str, Document] = field(default_factory=dict)

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(p for p in self.problems if p.severity == "error")


@dataclass(frozen=True, slots=True)
class Remark:
    """A problem before its line is known."""

    severity: Severity
    path: str
    pointer: Pointer
    message: str
    instead: str = ""


def registry_paths() -> tuple[str, ...]:
    """Where a repository's registry may be; the first that exists is the registry."""
    return (".github/contracts.yml", ".github/contracts.yaml", "contracts.yml", "contracts.yaml")


def main_path(paths: Collection[str]) -> str | None:
    """Which of the files at hand is the registry itself, the others being included by it.

    A file that is given alone is it wherever it lies: somebody asks about just that one.
    """
    only = next(iter(paths)) if len(paths) == 1 else None
    return next((p for p in registry_paths() if p in paths), only)


def included(main: Document) -> tuple[str, ...]:
    """The `include` patterns of a registry's main file; none when it cannot be read (`read_registry` says why)."""
    if not _may_include(main.data):
        return ()
    try:
        value = read(main, _LIMITS)
    except Unreadable:
        return ()
    wanted = value.get("include") if isinstance(value, dict) else None
    return tuple(p for p in wanted if isinstance(p, str)) if isinstance(wanted, list) else ()


def _may_include(data: bytes) -> bool:
    """Spares reading a large file for a key that few have, however it may be written."""
    return not data.isascii() or b"include" in data or b"\\" in data or b"\0" in data


def plain_value(document: Document) -> Any:
    """What stands in a registry file, without `x-*` keys. Raises Unreadable."""
    return _without_extensions(read(document, _LIMITS))


def is_registry(path: str, include: Collection[str] = ()) -> bool:
    """Whether a file of this path is (part of) the registry. `include`: the patterns of the main file."""
    return path in registry_paths() or globs.matches_any(include, path)


def read_registry(documents: Mapping[str, Document]) -> Reading:
    """The registry that these files are: the main file and what it includes, by path.

    No file, or an empty one, is no registry (`registry` is None, without a problem). Never raises.
    """
    return _read_registry(tuple(documents.items()))


@lru_cache(maxsize=16)
def _read_registry(files_at_hand: tuple[tuple[str, Document], ...]) -> Reading:
    """One look at a pull request asks several times for the same files; reading YAML is what it costs."""
    documents = dict(files_at_hand)
    main = main_path(documents)
    if main is None or _says_nothing(documents[main]):
        return Reading(None)
    remarks: list[Remark] = []
    problems: list[Problem] = []
    files: dict[str, RegistryFile] = {}
    raw: dict[str, Any] = {}
    for path, document in _in_order(documents, main):
        try:
            raw[path] = plain_value(document)
        except Unreadable as error:
            problems.append(complaint.of_text(document, error))
            continue
        if path == main and path in ("contracts.yml", "contracts.yaml") and not _is_ours(raw[path]):
            return Reading(None)
        if (entries := _mappings(raw[path])) > _MOST_ENTRIES:
            message = f"This file has {entries:,} entries, more than the {_MOST_ENTRIES:,} that are read."
            remarks.append(Remark("error", path, (), message, "Divide it over several files, by `include`."))
            continue
        try:
            files[path] = RegistryFile.model_validate(raw[path])
        except ValidationError as error:
            remarks += _mistakes(error, path, raw[path])
    remarks += _unused_files(documents, main)
    remarks += _duplicates(files)
    used = {path: documents[path] for path in raw}
    problems += place(remarks, used)
    problems.sort(key=lambda p: p.order)
    broken = any(p.severity == "error" for p in problems)
    return Reading(None if broken else _merge(files, main), tuple(problems), files, raw, used)


def _mistakes(error: ValidationError, path: str, value: Any) -> list[Remark]:
    number = error.error_count()
    if number > _MOST_MISTAKES:
        message = f"{number:,} things in this file are not as a registry has them, too many to list."
        return [Remark("error", path, (), message, "`countersign schema` prints what may stand in one.")]
    return [Remark("error", path, *words) for words in complaint.of_model(error, value)]


def place(remarks: Sequence[Remark], documents: Mapping[str, Document]) -> list[Problem]:
    """Remarks with their lines, each document scanned once."""
    wanted: dict[str, set[Pointer]] = defaultdict(set)
    for remark in remarks:
        wanted[remark.path].add(remark.pointer)
    lines = {
        (path, pointer): position.line
        for path, pointers in wanted.items()
        if path in documents
        for pointer, position in locate(documents[path], pointers, limits=_LIMITS).items()
    }
    return [Problem(r.severity, r.path, lines.get((r.path, r.pointer), 1), r.message, r.instead) for r in remarks]


def _says_nothing(document: Document) -> bool:
    lines = (line.strip() for line in document.data.split(b"\n"))
    return all(not line or line.startswith(b"#") or line in (b"---", b"...") for line in lines)


def _is_ours(value: Any) -> bool:
    """`contracts.yml` in a repository's root may belong to another tool. In `.github` it is always ours."""
    if not isinstance(value, dict):
        return False
    return value.get("kind") == "ContractRegistry" or not _OUR_KEYS.isdisjoint(value)


def _in_order(documents: Mapping[str, Document], main: str) -> list[tuple[str, Document]]:
    parts = sorted(p for p in documents if p not in registry_paths())
    return [(path, documents[path]) for path in (main, *parts)]


def _without_extensions(value: Any) -> Any:
    """`x-*` keys are for others, at any depth."""
    if isinstance(value, dict):
        return {k: _without_extensions(v) for k, v in value.items() if not str(k).startswith("x-")}
    if isinstance(value, list):
        return [_without_extensions(v) for v in value]
    return value


def _mappings(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + sum(_mappings(one) for one in value.values())
    return sum(_mappings(one) for one in value) if isinstance(value, list) else 0


def _unused_files(documents: Mapping[str, Document], main: str) -> list[Remark]:
    return [
        Remark("warning", path, (), f"This file is not read, because `{main}` is there.", f"Move it into `{main}`.")
        for path in registry_paths()
        if path in documents and path != main
    ]


def _duplicates(files: Mapping[str, RegistryFile]) -> list[Remark]:
    remarks: list[Remark] = []
    for kind, what in (("contracts", "contract"), ("consumers", "consumer")):
        first: dict[str, str] = {}
        for path, file in files.items():
            for index, entry in enumerate(getattr(file, kind)):
                if entry.id in first:
                    message = f"A second {what} is called `{entry.id}`; the first is in `{first[entry.id]}`."
                    remarks.append(
                        Remark("error", path, (kind, index, "id"), message, "Join the two, or give one another `id`.")
                    )
                first.setdefault(entry.id, path)
    for path, file in files.items():
        for index, contract in enumerate(file.contracts):
            seen: set[str] = set()
            for line, behaviour in enumerate(contract.behaviours):
                if behaviour.id in seen:
                    pointer = ("contracts", index, "behaviours", line, "id")
                    message = f"A second behaviour of `{contract.id}` is called `{behaviour.id}`."
                    remarks.append(Remark("error", path, pointer, message, "Give one of them another `id`."))
                seen.add(behaviour.id)
    return remarks


def _merge(files: Mapping[str, RegistryFile], main: str) -> Registry:
    """Contracts and consumers of all files; the rest is the main file's word. Its defaults hold in all files.

    Who consumes a contract of the same repository by `consumes` is a consumer of it like any other.
    """
    root = files[main]
    return Registry(
        contracts=tuple(
            _with_defaults(contract, root.defaults, file.defaults)
            for file in files.values()
            for contract in file.contracts
        ),
        consumers=with_own_half(
            [consumer for file in files.values() for consumer in file.consumers],
            root.component,
            [entry for file in files.values() for entry in file.consumes],
            {contract.id for file in files.values() for contract in file.contracts},
        ),
        ignore=tuple(pattern for file in files.values() for pattern in file.ignore),
        branches=root.branches,
        calendar=root.calendar,
        floors=root.floors,
        default_enforcement=root.defaults.enforcement if "enforcement" in root.defaults.model_fields_set else None,
        component=root.component,
        consumes=tuple(entry for file in files.values() for entry in file.consumes),
    )


def _with_defaults(contract: Contract, *defaults: Defaults) -> Contract:
    """The contract's own keys over its file's defaults over the main file's, one key at a time. Where none of them says
    how it is enforced, that stays unset: the organisation may say it.
    """
    layered: dict[str, object] = {
        name: _over(*(getattr(d, name) for d in defaults), getattr(contract, name))
        for name in ("signoff", "review", "deprecation")
    }
    speakers: tuple[Contract | Defaults, ...] = (contract, *reversed(defaults))
    said = [one.enforcement for one in speakers if "enforcement" in one.model_fields_set]
    if said:
        layered["enforcement"] = said[0]
    return contract.model_copy(update=layered)


def _over(*layers: Model) -> Model:
    result = layers[0]
    for layer in layers[1:]:
        result = result.model_copy(update={name: getattr(layer, name) for name in layer.model_fields_set})
    return result
