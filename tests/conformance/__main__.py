"""`python -m tests.conformance DIR`: agreement with case files, as a table and by name, or as JSON."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from tests.conformance.cases import read_cases
from tests.conformance.measure import Agreement, measure, read_deliberate

_DELIBERATE = Path(__file__).with_name("deliberate.yml")


def main(arguments: list[str] | None = None) -> int:
    """Exit 0 when every file could be run (agreement is a number, not a condition), 2 when there is none."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of *.jsonl case files")
    parser.add_argument("--json", action="store_true", help="print one object, by file name, and nothing else")
    parser.add_argument(
        "--today",
        type=date.fromisoformat,
        default=datetime.now(UTC).date(),
        help="the day to judge on, for cases that name none (YYYY-MM-DD)",
    )
    asked = parser.parse_args(arguments)
    files = sorted(asked.folder.glob("*.jsonl"))
    if not files:
        print(f"{asked.folder}: no *.jsonl case files here", file=sys.stderr)
        return 2
    results = _run(files, asked.today)
    if asked.json:
        print(json.dumps({name: result.as_json() for name, result in results.items()}, indent=2))
    else:
        _print(results)
    return 0


def _run(files: list[Path], today: date) -> dict[str, Agreement]:
    deliberate = read_deliberate(_DELIBERATE)
    console = Console(stderr=True)
    results: dict[str, Agreement] = {}
    with Progress(console=console, disable=not console.is_terminal, transient=True) as progress:
        for path in files:
            cases = list(read_cases(path))
            task = progress.add_task(path.stem, total=len(cases))
            results[path.stem] = measure(cases, today, deliberate, lambda task=task: progress.advance(task))  # type: ignore[misc]
    return results


def _print(results: dict[str, Agreement]) -> None:
    console = Console(width=None if sys.stdout.isatty() else 140)
    table = Table("file", "cases", "agree", "breaking found", "false", "levels", "deliberate", "errors")
    for name, result in results.items():
        if result.unsupported is not None and not result.breaking + result.compatible:
            table.add_row(name, str(result.cases), f"{result.unsupported}: not supported yet", *[""] * 5)
            continue
        table.add_row(
            name,
            str(result.cases),
            _share(result.agree, result.breaking + result.compatible),
            _share(result.breaking_found, result.breaking),
            _share(result.breaking_false, result.compatible),
            "" if result.levels is None else _share(result.levels_found or 0, result.levels),
            str(result.deliberate),
            str(result.errors),
        )
    console.print(table)
    for name, result in results.items():
        for one in result.disagreements:
            mark = "deliberate" if one.reason else "DISAGREES"
            console.print(f"{name}: {mark}: {one.name}", style=None if one.reason else "bold", markup=False)
            console.print(f"    {one.said}", markup=False, highlight=False)
            if one.reason:
                console.print(f"    {one.reason}", markup=False, highlight=False)
        for kind, whole, found, extra in (
            ("annotations", result.annotations, result.annotations_found, result.annotations_extra),
            (
                "annotations of whole categories",
                result.category_annotations,
                result.category_annotations_found,
                result.category_annotations_extra,
            ),
        ):
            if whole is not None:
                console.print(f"{name}: {kind}: {_share(found or 0, whole)} found, {extra} extra", highlight=False)


def _share(part: int, whole: int) -> str:
    return f"{part}/{whole} ({100 * part / whole:.1f} %)" if whole else "–"


if __name__ == "__main__":
    sys.exit(main())
