"""An organisation's registries at three sizes: 500 contracts, 2,000 consumers and 50,000 used elements, half and a
quarter of that. Measured is what one pull request costs once everything is known, in a process of its own.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from benchmarks.measure import Figure

CONTRACTS, CONSUMERS, ELEMENTS = 500, 2_000, 50_000
_PARTS = (4, 2, 1)
_A_PRODUCER = 10
"""Contracts in one producer's repository, where there are many."""
_A_FILE = 10
_RUNS = 3
_MAIN = ".github/contracts.yml"
_SHAPES = {
    "halves": "50 producers, 2,000 consumers' halves",
    "platform": "one producer, 2,000 consumers' halves",
    "single": "all in one repository",
}
_HEAD = "apiVersion: contracts.review/v1\nkind: ContractRegistry\n"
_MEGABYTE = 1_000_000
_WORK = ("lint", "join", "impact")


def registry() -> Sequence[Figure]:
    """Lint, join and impact of one pull request: in many repositories, and the same in one."""
    figures: list[Figure] = []
    for shape, title in _SHAPES.items():
        sizes = [_measured(shape, part) for part in _PARTS]
        whole, half = sizes[-1], sizes[-2]
        total = sum(whole[step] for step in _WORK)
        note = ", ".join(f"{step} {whole[step] * 1000:.0f} ms" for step in _WORK)
        figures += [
            Figure(f"registry, {title}: lint, join and impact", total, "s", 1, note=note),
            Figure(f"registry, {title}: memory", whole["memory"] / _MEGABYTE, "MB", 300),
            Figure(
                f"registry, {title}: the whole over half of it",
                total / sum(half[step] for step in _WORK),
                "×",
                2.5,
                note=" → ".join(f"{sum(size[step] for step in _WORK) * 1000:.0f} ms" for size in sizes),
            ),
            Figure(f"registry, {title}: reading the files", whole["read"], "s", note="once for each version of a file"),
        ]
    return figures


@dataclass(frozen=True, slots=True)
class _Organisation:
    """A part of the whole: every number divided by it."""

    part: int

    @property
    def contracts(self) -> range:
        return range(CONTRACTS // self.part)

    @property
    def consumers(self) -> range:
        return range(CONSUMERS // self.part)

    def elements(self, consumer: int) -> Iterator[str]:
        """Some of the properties of some of the contract's operations."""
        for n in range(ELEMENTS // CONSUMERS):
            spot = consumer * 7 + n
            yield f"GET /things{self.used_by(consumer)}/{{id}} 200:$.items[*].part{spot % 9}.field{spot}"

    def contract(self, number: int) -> str:
        return f"""\
  - id: contract-{number}
    type: openapi
    files: [api/{number}/**]
    owner: "@acme/team-{number}"
    decision_owner: "@acme/council"
    verification_owner: "@acme/qa"
    guarantees:
      - {{at: "GET /things1/** 200:$.**.field7", level: may_change}}
      - {{at: "**", level: guaranteed}}
    behaviours:
      - {{id: sorted, aspect: ordering, statement: Newest first., verified_by: [contract-tests]}}
"""

    def used_by(self, consumer: int) -> int:
        return consumer % len(self.contracts)

    def single(self) -> dict[str, str]:
        """Everything in one repository."""
        return self._producer(self.contracts, self.consumers, self._in_full)

    def halves(self, a_producer: int) -> dict[str, dict[str, str]]:
        """Producers that name half of their consumers, and consumers that speak for themselves; files by repository."""
        repositories = {
            f"acme/producer-{number}": self._producer(
                self.contracts[first : first + a_producer], self.consumers[1::2], self._in_short
            )
            for number, first in enumerate(self.contracts[::a_producer])
        }
        for user in self.consumers:
            producer = self.used_by(user) // a_producer
            repositories[f"acme/consumer-{user}"] = {
                _MAIN: f'{_HEAD}component: {{id: consumer-{user}, owner: "@acme/users-{user}"}}\nconsumes:\n'
                f"  - contract: acme/producer-{producer}#contract-{self.used_by(user)}\n    elements:\n"
                + self._listed(user, 6)
            }
        return repositories

    def _producer(self, contracts: range, users: range, entry: Callable[[int], str]) -> dict[str, str]:
        """A registry in files of ten contracts, with those of `users` who use them."""
        files = {_MAIN: _HEAD + 'include: ["contracts/*.yml"]\n'}
        for first in contracts[::_A_FILE]:
            mine = range(first, min(first + _A_FILE, contracts.stop))
            entries = "".join(entry(user) for contract in mine for user in self.users(contract) if user in users)
            files[f"contracts/{first}.yml"] = (
                f"{_HEAD}contracts:\n{''.join(map(self.contract, mine))}consumers:\n{entries}"
            )
        return files

    def users(self, contract: int) -> range:
        return self.consumers[contract :: len(self.contracts)]

    def _in_short(self, user: int) -> str:
        uses = f"{{contract: contract-{self.used_by(user)}, elements: [GET /things1]}}"
        return f'  - {{id: consumer-{user}, repo: acme/consumer-{user}, owner: "@acme/users-{user}", uses: [{uses}]}}\n'

    def _in_full(self, user: int) -> str:
        return (
            f'  - id: consumer-{user}\n    owner: "@acme/users-{user}"\n    uses:\n'
            f"      - contract: contract-{self.used_by(user)}\n        elements:\n{self._listed(user, 10)}"
            "        evidence: {kind: pact, seen: '2026-11-02'}\n    assumes: [{aspect: ordering, backed_by: sorted}]\n"
        )

    def _listed(self, consumer: int, indent: int) -> str:
        return "".join(f'{" " * indent}- "{element}"\n' for element in self.elements(consumer))


def _measured(shape: str, part: int) -> dict[str, float]:
    """Medians of the seconds of each step and of the peak of memory in bytes, in processes of their own."""
    command = [sys.executable, "-m", "benchmarks.registry", shape, str(part)]
    runs: list[dict[str, float]] = [
        json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout) for _ in range(_RUNS)
    ]
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def main(shape: str, part: int) -> dict[str, float]:
    """One measurement, in this very process."""
    import time

    from bot.contracts.change import Change, Place
    from bot.contracts.document import Document
    from bot.judge.finding import Finding, Level, Rule, Verdict
    from bot.registry.graph.half import Half
    from bot.registry.graph.joined import join, of
    from bot.registry.lint import lint
    from bot.registry.reading import read_registry
    from bot.registry.trace import trace

    organisation = _Organisation(part)
    match shape:
        case "halves":
            written = organisation.halves(_A_PRODUCER)
        case "platform":
            written = organisation.halves(CONTRACTS)
        case _:
            written = {"acme/producer-0": organisation.single()}
    took: dict[str, float] = {}
    started = time.perf_counter()

    def lap(name: str) -> None:
        nonlocal started
        now = time.perf_counter()
        took[name] = now - started
        started = now

    readings = {
        repository: read_registry({path: Document(path, path, text.encode()) for path, text in files.items()})
        for repository, files in written.items()
    }
    lap("read")
    problems = [
        str(p) for name, found in readings.items() for p in lint(found, repository=name) if p.severity != "info"
    ]
    assert problems == [], problems[:3]
    lap("lint")
    graph = join(Half(name, n, found.registry) for n, (name, found) in enumerate(readings.items()))
    lap("join")
    removed = dict.fromkeys(element for user in organisation.users(3) for element in organisation.elements(user))
    changes = [
        Change("schema.property.removed", place, (Place(place, {"direction": "response"}),)) for place in removed
    ]
    rule = Rule("response-property-removed", Level.BREAKING, "", "", "")
    findings = [Finding("contract-3", one, (Verdict(rule, Level.BREAKING, one.places),)) for one in changes]
    producer = of(graph, "acme/producer-0")
    impacts = trace(findings, producer, "contract-3", date(2026, 11, 21))
    assert any(consumer.reach == "affected" for impact in impacts for consumer in impact.consumers)
    lap("impact")
    took["memory"] = _peak()
    return took


def _peak() -> int:
    """In bytes. Not `ru_maxrss`, which a process has from whoever started it."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], int(sys.argv[2]))))
