"""Whether the changes that a source names are found, under the names that the rules list as `also`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from bot.contracts.formats import compare
from bot.judge.catalogue import shipped
from tests.conformance.cases import Case, read_cases
from tests.conformance.policies import policy


@dataclass(slots=True)
class ChangeTypes:
    """Counts over one file. missing: `case: type`."""

    expected: int = 0
    found: int = 0
    missing: list[str] = field(default_factory=list)


def measure_change_types(path: Path, tool: str, today: date) -> ChangeTypes:
    """tool: the prefix under which rules name this source's change types (`graphql-inspector`)."""
    result = ChangeTypes()
    for case, named in zip(read_cases(path), _named(path), strict=True):
        found = _found(case, tool, today)
        for change_type in named:
            result.expected += 1
            if change_type in found:
                result.found += 1
            else:
                result.missing.append(f"{case.name}: {change_type}")
    return result


def _named(path: Path) -> Iterable[list[str]]:
    for line in path.read_bytes().splitlines():
        raw: dict[str, Any] = orjson.loads(line)
        yield [str(one["type"]) for one in raw.get("expected_changes") or ()]


def _found(case: Case, tool: str, today: date) -> set[str]:
    asked = policy(case.format, case.mode, case.day(today))
    changes = compare(case.format, case.base, case.head, options=asked.options).changes
    return {
        name.partition("/")[2]
        for finding in shipped().judge("case", case.format, changes, asked.overrides)
        for verdict in finding.verdicts
        for name in verdict.rule.also
        if name.partition("/")[0] == tool
    }
