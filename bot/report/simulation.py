"""`countersign simulate`: what would be different, first; then the decision as it would be.

As JSON: `version` 1, `now` and `then` (reports as of `check --format json`), and `difference`: verdict and title of
both, findings added and gone (ids), requirements added, gone and changed, answers (what became of what is supposed to
be said).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.text import Text

from bot.report import items, terminal
from bot.report import json as report
from bot.report.headline import check_title
from bot.report.items import Item
from bot.report.names import Names
from bot.report.safety import printable
from bot.review.values import Answer, Decision, Requirement, Verdict

if TYPE_CHECKING:
    from bot.registry.model import Registry

VERSION = 1

_BAD = frozenset({Verdict.HELD, Verdict.FAILED})


@dataclass(frozen=True, slots=True)
class Side:
    """A decision with the registry that it was made by."""

    decision: Decision
    registry: Registry | None

    @property
    def title(self) -> str:
        shown = items.of_decision(self.decision, self.registry)
        return Names(self.registry).hide(check_title(self.decision, shown))


@dataclass(frozen=True, slots=True)
class Difference:
    """From what is to what would be. changed: requirements as they are, and as they would be."""

    added: tuple[Item, ...]
    gone: tuple[Item, ...]
    asked: tuple[Requirement, ...]
    unasked: tuple[Requirement, ...]
    changed: tuple[tuple[Requirement, Requirement], ...]
    answers: tuple[Answer, ...]

    @property
    def is_nothing(self) -> bool:
        return not (self.added or self.gone or self.asked or self.unasked or self.changed)


def difference(now: Side, then: Side) -> Difference:
    """What differs between the two decisions. Where one of them could not be judged nothing came or went."""
    if Verdict.FAILED in (now.decision.verdict, then.decision.verdict):
        return Difference((), (), (), (), (), then.decision.answers)
    here = {item.id: item for item in items.of_decision(now.decision, now.registry)}
    there = {item.id: item for item in items.of_decision(then.decision, then.registry)}
    is_asked = _by_role(now.decision.requirements)
    would_be = _by_role(then.decision.requirements)
    return Difference(
        added=tuple(item for id, item in there.items() if id not in here),
        gone=tuple(item for id, item in here.items() if id not in there),
        asked=tuple(r for key, r in would_be.items() if key not in is_asked),
        unasked=tuple(r for key, r in is_asked.items() if key not in would_be),
        changed=tuple(
            (was, would_be[key])
            for key, was in is_asked.items()
            if key in would_be and _standing(was) != _standing(would_be[key])
        ),
        answers=then.decision.answers,
    )


def text(now: Side, then: Side) -> RenderableType:
    """For a terminal."""
    found = difference(now, then)
    parts: list[RenderableType] = [_titled("Now     ", now), _titled("What if ", then), Text("")]
    parts += list(_lines(found, Names(now.registry), Names(then.registry)))
    if found.is_nothing and now.decision.verdict == then.decision.verdict:
        parts.append(Text("That makes no difference to what is asked of anybody."))
    return Group(*parts, Text(""), terminal.decision(then.decision, then.registry))


def as_json(now: Side, then: Side) -> str:
    """For programs."""
    found = difference(now, then)
    names, future = Names(now.registry), Names(then.registry)
    document = {
        "version": VERSION,
        "difference": {
            "verdict": [now.decision.verdict.value, then.decision.verdict.value],
            "title": [now.title, then.title],
            "findings": {"added": [item.id for item in found.added], "gone": [item.id for item in found.gone]},
            "requirements": {
                "added": [_plain(r, future) for r in found.asked],
                "gone": [_plain(r, names) for r in found.unasked],
                "changed": [{"from": _plain(a, names), "to": _plain(b, future)} for a, b in found.changed],
            },
            "answers": [
                {"command": a.command, "counts": a.accepted, "reason": future.hide(a.reason)} for a in found.answers
            ],
        },
        "now": json.loads(report.decision(now.decision, now.registry)),
        "then": json.loads(report.decision(then.decision, then.registry)),
    }
    return json.dumps(document, indent=2) + "\n"


def _by_role(requirements: Iterable[Requirement]) -> Mapping[tuple[str, str, str], Requirement]:
    return {(r.contract, r.finding, str(r.capacity)): r for r in requirements}


def _standing(one: Requirement) -> tuple[object, ...]:
    return one.state, one.blocking, one.enforcement, one.signers, one.needed, one.wants


def _titled(label: str, side: Side) -> Text:
    style = "bold red" if side.decision.verdict in _BAD else "bold green"
    return Text(label, style="dim").append(printable(side.title), style)


def _lines(found: Difference, names: Names, future: Names) -> Iterator[Text]:
    for item in found.added:
        yield Text("+ ", style="red").append(_of(item), "default")
    for item in found.gone:
        yield Text("- ", style="green").append(_of(item), "default")
    for requirement in found.asked:
        yield Text("+ ", style="yellow").append(f"{_role(requirement, future)}: {_state(requirement)}", "default")
    for requirement in found.unasked:
        yield Text("- ", style="green").append(f"{_role(requirement, names)}: is asked no more", "default")
    for was, would in found.changed:
        told = f"{_role(would, future)}: {_state(was)} → {_state(would)}"
        yield Text("~ ", style="cyan").append(told, "default")
    for answer in found.answers:
        if not answer.accepted:
            told = f"{answer.command} would not count: {future.hide(answer.reason)}"
            yield Text("! ", style="bold yellow").append(printable(told), "default")


def _of(item: Item) -> str:
    title = printable(item.finding.rule.title).replace("`", "'")
    return f"{item.level.value}: {title}  {item.id}"


def _role(one: Requirement, names: Names) -> str:
    consumers = [names.consumer(consumer) for consumer in one.capacity.consumers]
    return printable(f"{' or '.join(consumers) or one.capacity}, {one.contract} {one.finding}")


def _state(one: Requirement) -> str:
    asked = "" if one.blocking or one.state.is_settled else ", only asked"
    enforced = "" if one.enforcement == "enforce" else f", {one.enforcement} only"
    return f"{one.state.value}{asked}{enforced}"


def _plain(one: Requirement, names: Names) -> dict[str, Any]:
    return {
        "contract": one.contract,
        "finding": one.finding,
        "capacity": " or ".join(names.consumer(c) for c in one.capacity.consumers) or str(one.capacity),
        "state": one.state.value,
        "blocking": one.blocking,
        "enforcement": one.enforcement,
        "signers": list(one.signers),
        "needed": one.needed,
    }
