"""The past of a contract as evidence for its policy: what each mode would have held, and what changed most.

The choice stays with people: a policy is a promise, and history knows only what happened.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.contracts.change import Change
from bot.judge.finding import Finding, Level
from bot.registry.drafting.words import quoted

AS_JUDGED, RISKY_TOO = "breaking", "breaking and risky"
"""For formats without modes: which levels hold a merge."""

_PROTOBUF = ("wire", "wire_json", "csr", "package", "file")
_STORED = ("none", "backward", "forward", "full")
_DEFAULTS = {"protobuf": "file", "avro": "backward", "json-schema": "backward"}

TOLERABLE = 0.1
"""The part of past changes that a policy may have held and still be suggested for its strictness: one in ten."""
FEW = 5
"""Fewer changes than this say nothing about habits."""
_FEW_PLACES, _MOST_CANDIDATES = 3, 5

_HOLDS = frozenset({Level.BREAKING, Level.UNCLASSIFIED})


def modes(format: str) -> tuple[str, ...]:
    """What a contract of this format can be judged by, from the loosest to the strictest."""
    if format == "protobuf":
        return _PROTOBUF
    return _STORED if format in ("avro", "json-schema") else (AS_JUDGED, RISKY_TOO)


def default_mode(format: str) -> str:
    """What judges when a registry says nothing."""
    return _DEFAULTS.get(format, AS_JUDGED)


@dataclass(frozen=True, slots=True)
class Step:
    """One commit that touched one contract. day: `YYYY-MM-DD`. findings: by mode, worst first in each."""

    commit: str
    day: str
    contract: str
    format: str
    findings: Mapping[str, tuple[Finding, ...]]

    def held(self, mode: str) -> bool:
        """Whether the commit would have needed a signature."""
        levels = _HOLDS | {Level.RISKY} if mode == RISKY_TOO else _HOLDS
        return any(finding.level in levels for finding in self.findings.get(mode, ()))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one mode would have done: the commits that it would have held, newest first."""

    mode: str
    held: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Restless:
    """An element that was broken time and again. addresses: where it is felt. commits: newest first."""

    element: str
    addresses: tuple[str, ...]
    commits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that would have held something, and in how many commits. title: of the newest case."""

    rule: str
    title: str
    commits: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """mode: the suggested one. reason: sentences. lines: a block for the contract's entry, without indentation."""

    mode: str
    reason: tuple[str, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Replay:
    """One contract's history. commits: how many touched it, from the day `first` to the day `last`. changed: in how
    many of these something of its meaning changed. restless and fired: most often first, under the default mode.
    """

    contract: str
    format: str
    first: str
    last: str
    commits: int
    changed: int
    outcomes: tuple[Outcome, ...]
    restless: tuple[Restless, ...]
    fired: tuple[Fired, ...]
    suggestion: Suggestion


def summed(steps: Iterable[Step]) -> tuple[Replay, ...]:
    """The steps, newest first, contract by contract."""
    by_contract: dict[tuple[str, str], list[Step]] = defaultdict(list)
    for step in steps:
        by_contract[step.contract, step.format].append(step)
    return tuple(_replay(contract, format, own) for (contract, format), own in sorted(by_contract.items()))


def _replay(contract: str, format: str, steps: Sequence[Step]) -> Replay:
    changed = sum(any(step.findings.values()) for step in steps)
    outcomes = tuple(Outcome(mode, tuple(step.commit for step in steps if step.held(mode))) for mode in modes(format))
    return Replay(
        contract,
        format,
        first=min(step.day for step in steps),
        last=max(step.day for step in steps),
        commits=len(steps),
        changed=changed,
        outcomes=outcomes,
        restless=_restless(steps, default_mode(format)),
        fired=_fired(steps, default_mode(format)),
        suggestion=_suggestion(format, steps, changed, outcomes),
    )


def _restless(steps: Sequence[Step], mode: str) -> tuple[Restless, ...]:
    """Elements that more than one commit broke; however often one commit does it, it counts once."""
    commits: dict[str, list[str]] = defaultdict(list)
    changes: dict[str, Change] = {}
    for step in steps:
        broken = {f.change.element: f.change for f in step.findings.get(mode, ()) if f.level in _HOLDS}
        for element, change in broken.items():
            commits[element].append(step.commit)
            changes.setdefault(element, change)
    found = [
        Restless(element, tuple(sorted({place.address for place in changes[element].places})), tuple(where))
        for element, where in commits.items()
        if len(where) > 1 and element != "**"
    ]
    return tuple(sorted(found, key=lambda one: (-len(one.commits), one.element)))


def _fired(steps: Sequence[Step], mode: str) -> tuple[Fired, ...]:
    count: Counter[str] = Counter()
    titles: dict[str, str] = {}
    for step in steps:
        rules = {f.rule.id: f.rule.title for f in step.findings.get(mode, ()) if f.level in _HOLDS}
        count.update(rules.keys())
        for rule, title in rules.items():
            titles.setdefault(rule, title)
    return tuple(
        Fired(rule, titles[rule], number) for rule, number in sorted(count.items(), key=lambda i: (-i[1], i[0]))
    )


def _suggestion(format: str, steps: Sequence[Step], changed: int, outcomes: Sequence[Outcome]) -> Suggestion:
    """The strictest mode that would have been bearable, with what it would have meant."""
    if changed < FEW:
        mode = default_mode(format)
        reason = [f"{_times(changed, 'change')} in this time: too few to tell, so the default is suggested."]
        return Suggestion(mode, tuple(reason), tuple(_lines(format, mode, steps)))
    promising = [outcome for outcome in outcomes if outcome.mode != "none"]
    easy = [outcome for outcome in promising if len(outcome.held) <= changed * TOLERABLE]
    chosen = easy[-1] if easy else promising[0]
    share = f"{len(chosen.held):,} of {_times(changed, 'change')}"
    if easy:
        reason = [f"`{chosen.mode}` is the strictest that would have held at most one change in ten: {share}."]
    else:
        reason = [f"Even `{chosen.mode}`, the loosest, would have held {share}: say first what may change at all."]
    reason += [
        f"`{other.mode}` would have held {len(other.held):,}."
        for other in promising
        if len(other.held) > len(chosen.held)
    ]
    return Suggestion(chosen.mode, tuple(reason), tuple(_lines(format, chosen.mode, steps)))


def _lines(format: str, mode: str, steps: Sequence[Step]) -> Iterator[str]:
    """The block to put into the contract's entry. Lines stay short: they are copied from a terminal."""
    yield "compatibility:"
    match mode:
        case "breaking":
            yield f"  mode: backward  # the default of {format}"
        case "breaking and risky":
            yield f"  mode: backward  # the default of {format}"
            yield "  # risky rules that shall hold a merge, too:"
            yield "  # rules: {breaking: [rule-id]}"
        case _:
            yield f"  mode: {mode}"
    often = [rule for rule in _fired(steps, mode) if rule.commits > 1]
    if often:
        yield f"  # {often[0].rule} would have held"
        yield f"  # {_times(often[0].commits, 'commit')}; if your consumers don't mind:"
        yield f"  # rules: {{risky: [{often[0].rule}]}}"
    candidates = [one for one in _restless(steps, mode) if len(one.addresses) <= _FEW_PLACES]
    if candidates:
        yield "guarantees:"
        yield "  # broken time and again: ask whether these may change"
        for one in candidates[:_MOST_CANDIDATES]:
            for address in one.addresses:
                yield f"  # - {{at: {quoted(address)}, level: may_change}}"
        yield '  - {at: "**", level: guaranteed}'


def _times(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")
