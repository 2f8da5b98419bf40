"""How a contract has fared so far: what was held, or would have been, and how often people said that it was wrongly.
A team reads it before it turns the enforcement up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from bot.judge.finding import Level
from bot.report import words
from bot.report.safety import printable
from bot.review.values import RequirementState

_SUBJECTS_NAMED = 3
_NUMBERS = ("Held", "Findings", "Settled", "Wrong", "Bypassed")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the ledger, as far as it is needed. subject: `acme/orders#12`, or `acme/orders` of a push."""

    kind: str
    subject: str
    body: Mapping[str, Any]


@dataclass(slots=True)
class Fared:
    """One contract of one repository. Findings are (subject, shown id) pairs, each once however often it was judged.

    enforcement: as it was last. held: subjects that it held, or would have. findings: what had to be signed, or would
    have; settled: those for which that came about; wrong: those that people made less than the catalogue says, by rule.
    bypassed: what was merged or pushed past the check.
    """

    repository: str
    contract: str
    enforcement: str = ""
    held: set[str] = field(default_factory=set)
    findings: set[tuple[str, str]] = field(default_factory=set)
    settled: set[tuple[str, str]] = field(default_factory=set)
    wrong: dict[tuple[str, str], str] = field(default_factory=dict)
    bypassed: set[str] = field(default_factory=set)


def fared(rows: Iterable[Row]) -> tuple[Fared, ...]:
    """By repository and contract. rows: of the kinds `decision` and `bypass`, oldest first; others say nothing."""
    found: dict[tuple[str, str], Fared] = {}

    def of(subject: str, contract: str) -> Fared:
        repository = subject.partition("#")[0]
        return found.setdefault((repository, contract), Fared(repository, contract))

    for row in rows:
        if row.kind == "bypass":
            for contract in dict.fromkeys(one["contract"] for one in row.body.get("missing", ())):
                of(row.subject, contract).bypassed.add(_place(row))
        elif row.kind == "decision":
            _forget(found.values(), row.subject)
            for (contract, finding), asked in _by_finding(row.body.get("requirements", ())).items():
                _add(of(row.subject, contract), row.subject, finding, asked)
            for one in row.body.get("reclassified", ()):
                if "contract" in one and Level(one["to"]).severity < Level(one["from"]).severity:
                    of(row.subject, one["contract"]).wrong[row.subject, one["finding"]] = one["rule"]
    return tuple(found[key] for key in sorted(found))


def _place(row: Row) -> str:
    """The pull request; or, of what was pushed past them all, its last commit as well."""
    return f"{row.subject}@{row.body.get('merge_sha')}" if "branch" in row.body else row.subject


def _forget(known: Iterable[Fared], subject: str) -> None:
    """A newer decision says anew what is settled, and what was said to be wrong."""
    for one in known:
        one.settled = {finding for finding in one.settled if finding[0] != subject}
        one.wrong = {finding: rule for finding, rule in one.wrong.items() if finding[0] != subject}


def _by_finding(requirements: Iterable[Mapping[str, Any]]) -> Mapping[tuple[str, str], list[Mapping[str, Any]]]:
    """What must be signed, by contract and finding."""
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for one in requirements:
        if one.get("blocking"):
            found.setdefault((one["contract"], one["finding"]), []).append(one)
    return found


def _add(to: Fared, subject: str, finding: str, asked: Iterable[Mapping[str, Any]]) -> None:
    to.held.add(subject)
    to.findings.add((subject, finding))
    if all(RequirementState(one["state"]).is_settled for one in asked):
        to.settled.add((subject, finding))
    for one in asked:
        to.enforcement = one.get("enforcement", to.enforcement)


def terminal(known: Iterable[Fared]) -> RenderableType:
    """A table, and below it the rules that people found wrong."""
    contracts = tuple(known)
    if not contracts:
        return Text("Nothing was held so far, and nothing would have been.")
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for title in ("Contract", "Now"):
        table.add_column(title)
    for title in _NUMBERS:
        table.add_column(title, justify="right")
    for one in contracts:
        numbers = (one.held, one.findings, one.settled, one.wrong, one.bypassed)
        shown = [f"{len(number):,}" for number in numbers]
        name = Text(printable(f"{one.repository} {one.contract}"))
        table.add_row(name, printable(one.enforcement), *shown)
    wrong = list(_wrong(contracts))
    return Group(table, Text(), Text("Wrong, as people said by /reclassify:", style="bold"), *wrong) if wrong else table


def _wrong(contracts: Iterable[Fared]) -> Iterator[Text]:
    by_rule: dict[str, list[str]] = {}
    for one in contracts:
        for (subject, _), rule in one.wrong.items():
            by_rule.setdefault(rule, []).append(subject)
    for rule, subjects in sorted(by_rule.items(), key=lambda found: (-len(found[1]), found[0])):
        named = words.joined(list(dict.fromkeys(subjects)), limit=_SUBJECTS_NAMED)
        yield Text(printable(f"  {rule}: {words.count(len(subjects), 'time')} ({named})"))
