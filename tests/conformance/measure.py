"""How far the bot's verdicts agree with a file of cases."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import yaml

from bot.contracts import formats
from bot.judge.catalogue import shipped
from bot.judge.finding import Finding, Level
from tests.conformance.buf import measure_annotations
from tests.conformance.cases import Case
from tests.conformance.policies import policy


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One case where the verdicts differ. `reason` is set when the difference is deliberate."""

    name: str
    said: str
    reason: str | None


@dataclass(slots=True)
class Agreement:
    """Counts over one file. `breaking_found` of `breaking`; `breaking_false` of `compatible`.

    agree, breaking_found and breaking_false are counted as they are; `deliberate` says how many of the disagreements
    have a reason on the list. levels_found of levels: cases with a warning that are risky here.
    unsupported: the format of the cases that can't be judged yet.
    annotations_found of annotations, where the source says what it reports where: the same rule at the same file and
    line. annotations_extra: reported here only. category_annotations: the same under each whole category of buf's.
    annotations_deliberate: those of all these that differ for a reason on the list.
    """

    cases: int = 0
    agree: int = 0
    errors: int = 0
    breaking: int = 0
    breaking_found: int = 0
    compatible: int = 0
    breaking_false: int = 0
    deliberate: int = 0
    levels: int | None = None
    levels_found: int | None = None
    unsupported: str | None = None
    annotations: int | None = None
    annotations_found: int | None = None
    annotations_extra: int | None = None
    category_annotations: int | None = None
    category_annotations_found: int | None = None
    category_annotations_extra: int | None = None
    annotations_deliberate: int | None = None
    disagreements: list[Disagreement] = field(default_factory=list)

    def as_json(self) -> dict[str, int | str]:
        """The numbers under the names that the measuring asks for."""
        numbers = {
            name: getattr(self, name)
            for name in (
                *("cases", "agree", "errors", "breaking", "breaking_found", "compatible", "breaking_false"),
                *("deliberate", "levels", "levels_found", "unsupported"),
                *("annotations", "annotations_found", "annotations_extra", "annotations_deliberate"),
                *("category_annotations", "category_annotations_found", "category_annotations_extra"),
            )
        }
        return {name: value for name, value in numbers.items() if value is not None}


Deliberate = Sequence[tuple[re.Pattern[str], str]]


def read_deliberate(path: Path) -> Deliberate:
    """The list of disagreements that are meant, with their reasons."""
    entries = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    return [(re.compile(entry["name"]), " ".join(str(entry["reason"]).split())) for entry in entries]


def measure(
    cases: Iterable[Case], today: date, deliberate: Deliberate, step: Callable[[], None] = lambda: None
) -> Agreement:
    """Judges every case of a supported format. A crash is an error and a disagreement, never the end."""
    result = Agreement()
    for case in cases:
        result.cases += 1
        step()
        if case.format not in formats.FORMATS:
            result.unsupported = case.format
            continue
        _measure_one(result, case, today, deliberate)
    return result


def _measure_one(result: Agreement, case: Case, today: date, deliberate: Deliberate) -> None:
    if case.breaking:
        result.breaking += 1
    else:
        result.compatible += 1
    try:
        findings = judge(case, today)
    except Exception as error:
        result.errors += 1
        result.disagreements.append(Disagreement(case.name, f"crashed: {error!r}", None))
        return
    if "expected_annotations" in case.raw:
        _measure_annotations(result, case, today, deliberate)
        return
    levels = {finding.level for finding in findings}
    _measure_levels(result, case, findings)
    if case.breaking:
        found = Level.BREAKING in levels
        result.breaking_found += found
        agrees = found
    else:
        false = bool(levels & {Level.BREAKING, Level.UNCLASSIFIED})
        result.breaking_false += false
        agrees = not false
    if agrees:
        result.agree += 1
        return
    reason = next((reason for pattern, reason in deliberate if pattern.search(case.name)), None)
    result.deliberate += reason is not None
    result.disagreements.append(Disagreement(case.name, _said(case, findings), reason))


def _measure_annotations(result: Agreement, case: Case, today: date, deliberate: Deliberate) -> None:
    """Cases of buf: a case is breaking when something is reported under its own settings."""
    own, whole = measure_annotations(case.raw, today)
    result.annotations = (result.annotations or 0) + own.expected
    result.annotations_found = (result.annotations_found or 0) + own.found
    result.annotations_extra = (result.annotations_extra or 0) + len(own.extra)
    result.category_annotations = (result.category_annotations or 0) + whole.expected
    result.category_annotations_found = (result.category_annotations_found or 0) + whole.found
    result.category_annotations_extra = (result.category_annotations_extra or 0) + len(whole.extra)
    result.annotations_deliberate = result.annotations_deliberate or 0
    for said in (*own.missing, *own.extra, *whole.missing, *whole.extra):
        reason = next((reason for pattern, reason in deliberate if pattern.search(said)), None)
        result.annotations_deliberate += reason is not None
        if reason is None:
            result.disagreements.append(Disagreement(case.name, said, None))
    agrees = own.reports == case.breaking
    result.agree += agrees
    result.breaking_found += case.breaking and own.reports
    result.breaking_false += not case.breaking and own.reports


def _measure_levels(result: Agreement, case: Case, findings: Sequence[Finding]) -> None:
    if case.levels is None:
        return
    result.levels, result.levels_found = result.levels or 0, result.levels_found or 0
    if "risky" in case.levels:
        result.levels += 1
        result.levels_found += any(verdict.level is Level.RISKY for finding in findings for verdict in finding.verdicts)


def judge(case: Case, today: date) -> tuple[Finding, ...]:
    """The case's findings, as a pull request would get them."""
    asked = policy(case.format, case.mode, case.day(today))
    comparison = formats.compare(case.format, asked.read(case.base), asked.read(case.head), options=asked.options)
    return asked.counted(shipped().judge("case", case.format, comparison.changes, asked.overrides))


def _said(case: Case, findings: Sequence[Finding]) -> str:
    expected = "breaking expected" if case.breaking else "compatible expected"
    found = ", ".join(sorted({f"{v.rule.id} ({v.level})" for f in findings for v in f.verdicts})) or "nothing"
    return f"{expected}; found {found}"
