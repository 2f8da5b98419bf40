"""`make bench`: every figure beside its goal. `make bench ARGS=pushes` for some of them; `--strict` fails on a miss."""

from __future__ import annotations

import argparse
import sys

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks.big_contract import big_contract, next_push, small_contract
from benchmarks.measure import Benchmark, Figure
from benchmarks.patience import event_loop, webhooks
from benchmarks.peers import peers
from benchmarks.pushes import pushes
from benchmarks.registry import registry

BENCHMARKS: dict[str, Benchmark] = {
    "big_contract": big_contract,
    "next_push": next_push,
    "small_contract": small_contract,
    "peers": peers,
    "pushes": pushes,
    "registry": registry,
    "event_loop": event_loop,
    "webhooks": webhooks,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("names", nargs="*", help=f"some of: {', '.join(BENCHMARKS)}")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a goal is missed")
    options = parser.parse_args()
    unknown = set(options.names) - BENCHMARKS.keys()
    if unknown:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    chosen = [name for name in BENCHMARKS if not options.names or name in options.names]
    figures: list[Figure] = []
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("measuring", total=len(chosen))
        for name in chosen:
            progress.update(task, description=name)
            figures += BENCHMARKS[name]()
            progress.advance(task)
    Console().print(_table(figures))
    return 1 if options.strict and not all(figure.is_met for figure in figures) else 0


def _table(figures: list[Figure]) -> Table:
    table = Table("what", "measured", "goal", "")
    for figure in figures:
        value = f"{figure.value:,.2f} {figure.unit}".strip() if figure.unit else f"{figure.value:,.0f}"
        sign = "≤" if figure.better == "lower" else "≥"
        goal = f"{sign} {figure.goal:g} {figure.unit}".strip() if figure.goal is not None else ""
        verdict = "" if figure.goal is None else "[green]met[/]" if figure.is_met else "[red]missed[/]"
        table.add_row(figure.name + (f"\n[dim]{figure.note}[/]" if figure.note else ""), value, goal, verdict)
    return table


if __name__ == "__main__":
    sys.exit(main())
