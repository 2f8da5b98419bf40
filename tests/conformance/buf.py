"""Cases of buf: which rule it reports where. A case holds its own settings, the `buf.yaml` of the revision."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from bot.contracts import formats
from bot.contracts.document import Document, Side
from bot.contracts.options import Mode, Options
from bot.contracts.protobuf.comparison import SUFFIX
from bot.judge.catalogue import shipped
from bot.judge.finding import Finding, Level

CATEGORIES: Mapping[str, Mode] = {
    "FILE": "file",
    "PACKAGE": "package",
    "CSR": "csr",
    "WIRE_JSON": "wire_json",
    "WIRE": "wire",
}
_IN = {
    "FILE": "FILE_NO_DELETE ENUM_NO_DELETE MESSAGE_NO_DELETE EXTENSION_NO_DELETE SERVICE_NO_DELETE",
    "PACKAGE": "PACKAGE_ENUM_NO_DELETE PACKAGE_EXTENSION_NO_DELETE PACKAGE_MESSAGE_NO_DELETE PACKAGE_NO_DELETE "
    "PACKAGE_SERVICE_NO_DELETE",
    "CSR": "FILE_NO_DELETE ENUM_NO_DELETE MESSAGE_NO_DELETE",
}
_FILE_AND_PACKAGE = (
    "ENUM_SAME_TYPE FIELD_SAME_CARDINALITY FIELD_SAME_CPP_STRING_TYPE FIELD_SAME_JAVA_UTF8_VALIDATION "
    "FIELD_SAME_JSTYPE FIELD_SAME_UTF8_VALIDATION "
    "FILE_SAME_CC_ENABLE_ARENAS FILE_SAME_CC_GENERIC_SERVICES FILE_SAME_CSHARP_NAMESPACE "
    "FILE_SAME_GO_PACKAGE FILE_SAME_JAVA_GENERIC_SERVICES FILE_SAME_JAVA_MULTIPLE_FILES FILE_SAME_JAVA_OUTER_CLASSNAME "
    "FILE_SAME_JAVA_PACKAGE FILE_SAME_OBJC_CLASS_PREFIX FILE_SAME_OPTIMIZE_FOR FILE_SAME_PHP_CLASS_PREFIX "
    "FILE_SAME_PHP_METADATA_NAMESPACE FILE_SAME_PHP_NAMESPACE FILE_SAME_PY_GENERIC_SERVICES FILE_SAME_RUBY_PACKAGE "
    "FILE_SAME_SWIFT_PREFIX RPC_NO_DELETE"
)
_CODE = (
    "ENUM_VALUE_NO_DELETE EXTENSION_MESSAGE_NO_DELETE FIELD_NO_DELETE FIELD_SAME_TYPE FILE_SAME_SYNTAX "
    "MESSAGE_NO_REMOVE_STANDARD_DESCRIPTOR_ACCESSOR ONEOF_NO_DELETE"
)
_CODE_AND_JSON = (
    "ENUM_SAME_JSON_FORMAT ENUM_VALUE_SAME_NAME FIELD_SAME_JSON_NAME FIELD_SAME_NAME MESSAGE_SAME_JSON_FORMAT"
)
_ALL = (
    "FIELD_SAME_DEFAULT FIELD_SAME_ONEOF FILE_SAME_PACKAGE MESSAGE_SAME_REQUIRED_FIELDS RESERVED_ENUM_NO_DELETE "
    "RESERVED_MESSAGE_NO_DELETE RPC_SAME_CLIENT_STREAMING RPC_SAME_IDEMPOTENCY_LEVEL RPC_SAME_REQUEST_TYPE "
    "RPC_SAME_RESPONSE_TYPE RPC_SAME_SERVER_STREAMING"
)
_NAMES_RESERVED = (
    "ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED FIELD_NO_DELETE_UNLESS_NAME_RESERVED "
    "FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY FIELD_WIRE_JSON_COMPATIBLE_TYPE"
)
_NUMBERS_RESERVED = "ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED"
RULES: Mapping[str, frozenset[str]] = {
    "FILE": frozenset(f"{_IN['FILE']} {_FILE_AND_PACKAGE} {_CODE} {_CODE_AND_JSON} {_ALL}".split()),
    "PACKAGE": frozenset(f"{_IN['PACKAGE']} {_FILE_AND_PACKAGE} {_CODE} {_CODE_AND_JSON} {_ALL}".split()),
    "CSR": frozenset(f"{_IN['CSR']} {_CODE} {_CODE_AND_JSON} {_ALL} {_NAMES_RESERVED} {_NUMBERS_RESERVED}".split()),
    "WIRE_JSON": frozenset(f"{_CODE_AND_JSON} {_ALL} {_NAMES_RESERVED} {_NUMBERS_RESERVED}".split()),
    "WIRE": frozenset(
        f"{_ALL} {_NUMBERS_RESERVED} FIELD_WIRE_COMPATIBLE_CARDINALITY FIELD_WIRE_COMPATIBLE_TYPE".split()
    ),
}
"""Which rules make up a category (`buf config ls-breaking-rules`, version v2)."""

_OLD_NAMES = {"FIELD_SAME_CTYPE": ["FIELD_SAME_CPP_STRING_TYPE"], "FIELD_SAME_LABEL": ["FIELD_SAME_CARDINALITY"]}
_UNSTABLE = re.compile(r"v\d+(?:test.*|(?:p\d+)?(?:alpha|beta)\d*)")


class Annotation(NamedTuple):
    """One report. No file: about what is gone. Without a line it is about the whole file, which is its first line."""

    rule: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Settings:
    """What a `buf.yaml` says: rules in use, files to leave alone, folders that paths begin in."""

    rules: frozenset[str] = RULES["FILE"]
    ignored: tuple[str, ...] = ()
    ignored_for: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unstable_ignored: bool = False
    roots: tuple[str, ...] = ()


@dataclass(slots=True)
class Reports:
    """How many of a source's annotations are found: the same rule, file and line. What is missing or extra is told.

    Several annotations at one place count as found by one finding there: buf sees a message in each map, and a field in
    each half of it.
    """

    expected: int = 0
    found: int = 0
    reports: bool = False
    missing: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)

    def count(self, label: str, expected: Iterable[tuple[Annotation, str]], reported: Iterable[Annotation]) -> None:
        wanted, got = list(expected), set(reported)
        here = {annotation for annotation, _ in wanted}
        self.expected += len(wanted)
        self.found += sum(annotation in got for annotation, _ in wanted)
        self.reports |= bool(got)
        self.missing += [f"{label}: missing {_text(one)} {said}".rstrip() for one, said in wanted if one not in got]
        self.extra += [f"{label}: extra {_text(one)}" for one in sorted(got - here)]


def measure_annotations(raw: Mapping[str, Any], today: date) -> tuple[Reports, Reports]:
    """A case under its own settings, and under each whole category."""
    under_settings, under_categories = Reports(), Reports()
    settings = read_settings(str(raw["revision"].get("buf.yaml", "")))
    base, head = _side(raw["base"], settings.roots), _side(raw["revision"], settings.roots)
    by_mode = {name: tuple(_reported(base, head, name, today)) for name in CATEGORIES}
    wanted = [one for one in raw["expected_annotations"] if one.get("rule")]
    under_settings.count(raw["name"], map(_expected, wanted), _under(settings, by_mode, base, head))
    for name, verdict in raw.get("per_category", {}).items():
        if verdict["ok"] and not settings.roots:  # These were asked without the roots.
            under_categories.count(f"{raw['name']} {name}", map(_expected, verdict["annotations"]), by_mode[name])
    return under_settings, under_categories


def read_settings(text: str) -> Settings:
    """The part of a `buf.yaml` (v1beta1, v1, v2) that breaking rules heed."""
    document = yaml.safe_load(text) or {}
    asked = document.get("breaking") or {}
    rules = _rules(asked.get("use") or ["FILE"]) - _rules(asked.get("except") or [])
    roots = tuple((document.get("build") or {}).get("roots") or ())
    roots += tuple(module["path"] for module in document.get("modules") or () if module.get("path", ".") != ".")
    ignored_for: dict[str, tuple[str, ...]] = {}
    for name, paths in (asked.get("ignore_only") or {}).items():
        for rule in _rules([name]):
            ignored_for[rule] = (*ignored_for.get(rule, ()), *paths)
    return Settings(
        rules,
        tuple(asked.get("ignore") or ()),
        ignored_for,
        bool(asked.get("ignore_unstable_packages")),
        roots,
    )


def _rules(names: Iterable[str]) -> frozenset[str]:
    return frozenset(rule for name in names for rule in RULES.get(name) or _OLD_NAMES.get(name, [name]))


def _under(
    settings: Settings, by_mode: Mapping[str, tuple[Annotation, ...]], base: Side, head: Side
) -> Iterator[Annotation]:
    """Each rule as the first category reports it that has it."""
    for rule in sorted(settings.rules):
        category = next((name for name, rules in RULES.items() if rule in rules), "FILE")
        for one in by_mode[category]:
            if one.rule == rule and not _is_ignored(settings, one, base, head):
                yield one


def _is_ignored(settings: Settings, one: Annotation, base: Side, head: Side) -> bool:
    patterns = (*settings.ignored, *settings.ignored_for.get(one.rule, ()))
    if any(one.file == path or one.file.startswith(f"{path}/") or fnmatch(one.file, path) for path in patterns):
        return True
    document = head.documents.get(one.file) or base.documents.get(one.file)
    if not settings.unstable_ignored or document is None:
        return False
    package = re.search(r"^package\s+([\w.]+);", document.data.decode(), re.MULTILINE)
    return package is not None and _UNSTABLE.fullmatch(package[1].rpartition(".")[2]) is not None


def _reported(base: Side, head: Side, category: str, today: date) -> Iterator[Annotation]:
    """What this project finds breaking under a category, in buf's words."""
    comparison = formats.compare("protobuf", base, head, options=Options(today, mode=CATEGORIES[category]))
    for finding in shipped().judge("case", "protobuf", comparison.changes):
        yield from _in_words_of_buf(finding, RULES[category])


def _in_words_of_buf(finding: Finding, rules: frozenset[str]) -> Iterator[Annotation]:
    position = finding.change.position
    file, line = ("", 1) if position is None or finding.change.side == "base" else (position.path, position.line)
    for verdict in finding.verdicts:
        names = [name.removeprefix("buf/") for name in verdict.rule.also if name.startswith("buf/")]
        for name in names:
            if verdict.level is Level.BREAKING and name in rules:
                yield Annotation(name, file, line)


def _expected(raw: Mapping[str, Any]) -> tuple[Annotation, str]:
    """With its message, if the case holds one."""
    line = raw["start"][0] if raw.get("start") else raw.get("line") or 1
    return Annotation(raw["rule"], raw.get("file") or "", line), raw.get("message", "")


def _side(files: Mapping[str, str], roots: Iterable[str]) -> Side:
    documents: dict[str, Document] = {}
    for path, text in files.items():
        if Path(path).suffix == SUFFIX:
            root = next((one for one in roots if path.startswith(f"{one}/")), "")
            name = path.removeprefix(f"{root}/") if root else path
            documents[name] = Document(name, name, text.encode())
    return Side(min(documents, default=None), documents)


def _text(one: Annotation) -> str:
    return f"{one.rule} {one.file or '(no file)'}:{one.line}"
