"""Rows of the ledger as lines on a terminal: what became of what, and who did it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.text import Text

from bot.report import words
from bot.report.explained import Row
from bot.report.safety import printable

ROWS_SHOWN = 20


def rows(ledger: Sequence[Row]) -> Iterator[Text]:
    """The newest, oldest of them first. A decision that is the same word as before is told by its transitions."""
    width = len(str(ledger[-1].id)) if ledger else 0
    for row in _told(ledger)[-ROWS_SHOWN:]:
        said = f"{row.id:>{width}}  {row.at:%Y-%m-%d %H:%M}  {printable(_said(row))}"
        yield Text(said, style="" if row.kind != "decision" else "dim")


def receipt(ledger: Sequence[Row]) -> str:
    """What to keep elsewhere, so that nobody can write these rows anew unseen (docs/cli.md, audit)."""
    return f"`countersign audit verify --head` takes the newest one's hash: {ledger[-1].hash}"


def _told(ledger: Sequence[Row]) -> list[Row]:
    told: list[Row] = []
    verdict = None
    for row in ledger:
        if row.kind == "decision":
            same, verdict = row.body.get("verdict") == verdict, row.body.get("verdict")
            if same:
                continue
        told.append(row)
    return told


def _said(row: Row) -> str:
    body = row.body
    by = _by(body.get("actor"))
    match row.kind:
        case "transition":
            step = f"{body.get('from')} → {body.get('to')}" if body.get("from") else "is asked"
            return f"{body.get('capacity')}, {body.get('finding')}: {step}{by}"
        case "decision":
            return f"decision: {body.get('verdict')}"
        case "closed":
            past = ", past the check" if body.get("bypass") else ""
            return f"{'merged' if body.get('merged') else 'closed'}{by}{past}"
        case "bypass":
            return f"bypass{by}: {words.count(len(body.get('missing') or ()), 'signature')} missing"
        case kind:
            return f"{kind.replace('-', ' ')}{by} {body.get('issue') or ''}"


def _by(actor: object) -> str:
    return f" by @{actor['login']}" if isinstance(actor, Mapping) and actor.get("login") else ""
