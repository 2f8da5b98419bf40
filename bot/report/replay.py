"""What `countersign suggest-policy` found in the history of contracts: terminal, Markdown, JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import orjson
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bot.registry.replay import AS_JUDGED, RISKY_TOO, Fired, Outcome, Replay, Restless
from bot.report import safety, words
from bot.report.safety import printable

_SHOWN = 5
_MEANINGS = {
    AS_JUDGED: "what the catalogue calls breaking",
    RISKY_TOO: "what the catalogue calls breaking or risky",
    "none": "nothing but what nobody can read",
    "backward": "a reader of the new definition reads what was written by the old one",
    "forward": "a reader of the old definition reads what is written by the new one",
    "full": "readers of either definition read what was written by the other",
    "wire": "data keeps being read in binary; names do not count",
    "wire_json": "data keeps being read, in binary and in JSON",
    "csr": "data keeps being read, and no definition is lost to a schema registry",
    "package": "data keeps being read, and code that imports packages keeps compiling",
    "file": "data keeps being read, and code that imports single files keeps compiling",
}


def terminal(replays: Sequence[Replay], notes: Sequence[str]) -> RenderableType:
    """Each contract with what every mode would have held, what changed most, and the suggested block."""
    parts: list[RenderableType] = [Text(printable(note), style="yellow") for note in notes]
    for number, replay in enumerate(replays):
        if number or notes:
            parts.append(Text(""))
        parts += _one(replay)
    return Group(*parts)


def _one(replay: Replay) -> Iterator[RenderableType]:
    yield Text(printable(replay.contract), style="bold underline")
    yield _indented(Text(_summary(replay)))
    yield Text("")
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for title in ("Would have held", "", "If held by", "That is"):
        table.add_column(title, header_style="dim", overflow="fold")
    most = max(replay.changed, 1)
    for outcome in replay.outcomes:
        chosen = outcome.mode == replay.suggestion.mode
        bar = "█" * round(12 * len(outcome.held) / most)
        table.add_row(
            Text(f"{len(outcome.held):,} of {replay.changed:,}"),
            Text(bar or "·", style="red" if outcome.held else "dim"),
            Text(f"{outcome.mode}{' ←' if chosen else ''}", style="bold green" if chosen else ""),
            Text(_MEANINGS[outcome.mode], style="dim"),
        )
    yield _indented(table)
    if replay.restless:
        yield Text("")
        yield _indented(Text("Broken time and again (may these change?)", style="bold"))
        for restless in replay.restless[:_SHOWN]:
            yield _indented(_indented(Text(_restless(restless))))
    if replay.fired:
        yield Text("")
        yield _indented(Text("Rules that would have held a merge most often", style="bold"))
        for fired in replay.fired[:_SHOWN]:
            yield _indented(_indented(Text(_fired(fired))))
    yield Text("")
    yield _indented(Text("Suggested, for a person to decide", style="bold"))
    for sentence in replay.suggestion.reason:
        yield _indented(_indented(Text(sentence)))
    yield _indented(_indented(Text(f"It means: {_MEANINGS[replay.suggestion.mode]}.")))
    yield Text("")
    for line in replay.suggestion.lines:
        yield _indented(_indented(Text(safety.spaced(line), style="dim" if line.lstrip().startswith("#") else "green")))


def markdown(replays: Sequence[Replay], notes: Sequence[str]) -> str:
    """The same, to paste into a pull request."""
    lines = [*notes, ""] if notes else []
    for replay in replays:
        lines += [f"### {safety.code(replay.contract)}", "", _summary(replay), ""]
        lines += ["| would have held | if held by | that is |", "| --- | --- | --- |"]
        for outcome in replay.outcomes:
            mode = f"**`{outcome.mode}`**" if outcome.mode == replay.suggestion.mode else f"`{outcome.mode}`"
            lines.append(f"| {len(outcome.held):,} of {replay.changed:,} | {mode} | {_MEANINGS[outcome.mode]} |")
        if replay.restless:
            lines += ["", "Broken time and again (may these change?)", ""]
            lines += [f"- {safety.code(one.element)} in {_commits(one.commits)}" for one in replay.restless[:_SHOWN]]
        if replay.fired:
            lines += ["", "Rules that would have held a merge most often", ""]
            lines += [f"- `{one.rule}` in {words.count(one.commits, 'commit')}" for one in replay.fired[:_SHOWN]]
        lines += ["", "Suggested, for a person to decide. " + " ".join(replay.suggestion.reason), ""]
        lines += [safety.fenced("\n".join(replay.suggestion.lines), "yaml"), ""]
    return "\n".join(lines)


def json(replays: Sequence[Replay], notes: Sequence[str]) -> str:
    """`version: 1`, as of `--format json` everywhere: keys may be added."""
    value = {"version": 1, "notes": list(notes), "contracts": [_object(replay) for replay in replays]}
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


def _object(replay: Replay) -> dict[str, Any]:
    def outcome(one: Outcome) -> dict[str, Any]:
        return {"mode": one.mode, "would_hold": len(one.held), "commits": list(one.held)}

    return {
        "contract": replay.contract,
        "type": replay.format,
        "first": replay.first,
        "last": replay.last,
        "commits": replay.commits,
        "changed": replay.changed,
        "modes": [outcome(one) for one in replay.outcomes],
        "changed_most": [
            {"element": one.element, "addresses": list(one.addresses), "commits": list(one.commits)}
            for one in replay.restless
        ],
        "rules": [{"rule": one.rule, "title": one.title, "commits": one.commits} for one in replay.fired],
        "suggested": {
            "mode": replay.suggestion.mode,
            "reason": list(replay.suggestion.reason),
            "block": "\n".join(replay.suggestion.lines) + "\n",
        },
    }


def _summary(replay: Replay) -> str:
    touched = words.count(replay.commits, "commit")
    return (
        f"{replay.format}: {touched} touched it from {replay.first} to {replay.last}; "
        f"{replay.changed:,} changed what it means."
    )


def _restless(one: Restless) -> str:
    felt = (
        "" if one.addresses == (one.element,) else f", felt at {printable(words.joined(list(one.addresses), limit=3))}"
    )
    return f"{printable(one.element)}  {_commits(one.commits)}{felt}"


def _fired(one: Fired) -> str:
    return f"{one.rule}  {words.count(one.commits, 'commit')}, such as: {printable(one.title).replace('`', chr(39))}"


def _commits(commits: Sequence[str]) -> str:
    named = words.joined([commit[:8] for commit in commits], limit=4)
    return f"{words.count(len(commits), 'commit')} ({named})"


def _indented(inner: RenderableType) -> Padding:
    return Padding(inner, (0, 0, 0, 2), expand=False)
