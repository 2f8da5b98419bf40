"""Objections, verbatim and above everything else, with what the decision owner has made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.report import blocks, safety, words
from bot.report.deadlines import Deadlines
from bot.report.items import Item
from bot.report.names import Names
from bot.review.capacity import Capacity, Signature
from bot.review.disputes import Dispute, Objection
from bot.review.values import Decision, RequirementState

_SHORT = 600
_SHORT_LINES = 8
"""A longer objection shows its beginning, and unfolds."""
_LINES = 500
_NAMED = 3

_ROLES = {"decision_owner": "the decision owner", "producer_owner": "the contract's owner"}
_RULINGS: Mapping[str, str] = {
    "accept": "the change may go",
    "reject": "the change stays held; it has to be altered or dropped",
}


@dataclass(frozen=True, slots=True)
class Voice:
    """One objecting comment: its objections (one for each finding and role), and the ruling that answers them all."""

    objections: tuple[Objection, ...]
    findings: tuple[str, ...]
    ruling: Signature | None

    @property
    def first(self) -> Objection:
        return self.objections[0]

    @property
    def capacities(self) -> tuple[Capacity, ...]:
        return tuple(dict.fromkeys(o.capacity for o in self.objections))


def voices(disputes: Sequence[Dispute]) -> tuple[Voice, ...]:
    """Objections by comment and ruling; those that wait for a ruling first, then oldest first."""
    said: dict[tuple[object, ...], tuple[list[Objection], list[str], Signature | None]] = {}
    for dispute in disputes:
        ruling = dispute.ruling
        for one in dispute.objections:
            key = (one.comment_kind, one.comment_id, one.line, ruling and (ruling.comment_id, ruling.act, ruling.until))
            objections, findings, _ = said.setdefault(key, ([], [], ruling))
            objections.append(one)
            findings.append(dispute.finding)
    found = [Voice(tuple(o), tuple(dict.fromkeys(ids)), ruling) for o, ids, ruling in said.values()]
    return tuple(sorted(found, key=lambda v: (v.ruling is not None, v.first.at, v.first.comment_id)))


def section(
    decision: Decision,
    shown: Sequence[Item],
    names: Names,
    deadlines: Deadlines,
    *,
    number: int,
    length: int,
) -> tuple[str, ...]:
    """Paragraphs of Markdown; none when nobody objects. At most `number` objections, of each `length` characters."""
    all_voices = voices(decision.disputes)
    if not all_voices:
        return ()
    titles = {item.id: item.finding.rule.title for item in shown}
    overruled = overruled_consumers(decision)
    paragraphs = [f"### {_heading(all_voices, overruled, names)}"]
    for voice in all_voices[:number]:
        paragraphs += _voice(voice, titles, names, deadlines, overruled, length)
    if more := len(all_voices) - number:
        paragraphs += [f"and {words.count(more, 'more objection')}"] if more > 0 else []
    return tuple(paragraphs)


def objecting(voice: Voice, names: Names) -> str:
    """Who objects, by role: `checkout-web and the decision owner`. Not yet safe for Markdown."""
    return words.joined([role(capacity, names) for capacity in voice.capacities])


def role(capacity: Capacity, names: Names) -> str:
    return names.consumer(capacity.consumer) if capacity.consumer else _ROLES.get(capacity.kind, str(capacity))


def overruled_consumers(decision: Decision) -> frozenset[str]:
    return frozenset(
        consumer
        for r in decision.requirements
        if r.state is RequirementState.OVERRULED
        for consumer in r.capacity.consumers
    )


def what_follows(ruling: Signature) -> str:
    """What a ruling comes to, in words."""
    if ruling.act == "honour-until" and ruling.until is not None:
        return f"what is there stays until {ruling.until.isoformat()} is over"
    return _RULINGS.get(ruling.act, ruling.act)


def _heading(all_voices: Sequence[Voice], overruled: frozenset[str], names: Names) -> str:
    unruled = [voice for voice in all_voices if voice.ruling is None]
    who = list(dict.fromkeys(role(c, names) for voice in unruled or all_voices for c in voice.capacities))
    named = safety.plain(words.joined(who, limit=_NAMED))
    if unruled:
        return f"✋ {named} {'objects' if len(who) == 1 else 'object'}"
    if overruled:
        against = safety.plain(words.joined(sorted(names.consumer(id) for id in overruled), limit=_NAMED))
        return f"⚖️ {against} objected and {'was' if len(overruled) == 1 else 'were'} overruled"
    return f"⚖️ {named} objected; the decision owner has ruled"


def _voice(
    voice: Voice,
    titles: Mapping[str, str],
    names: Names,
    deadlines: Deadlines,
    overruled: frozenset[str],
    length: int,
) -> list[str]:
    first = voice.first
    about = [f"“{safety.phrase(titles[id])}” ({safety.code(id)})" for id in voice.findings if id in titles]
    who = f"{_link(first.person.login, first.comment_url)} for **{safety.plain(objecting(voice, names))}**"
    to = f", to {words.joined(about, limit=_NAMED)}" if about else ""
    paragraphs = [f"{who}, {words.date(first.at)}{to}:", *_quoted(names.hide(first.text), length)]
    if voice.ruling is None:
        day = max((d for id in voice.findings if (d := deadlines.ruling_on(id))), default="")
        by = f" It is expected by {day}." if day else ""
        return [*paragraphs, f"⚖️ **No ruling yet.** The decision owner decides.{by}"]
    ruling = voice.ruling
    by = f"{_link(ruling.person.login, ruling.comment_url)}, {words.date(ruling.signed_at)}"
    mine = sorted(safety.plain(names.consumer(id)) for c in voice.capacities for id in c.consumers if id in overruled)
    are = "is" if len(mine) == 1 else "are"
    not_signed = f" {words.joined(mine)} {are} **overruled**, and {'has' if len(mine) == 1 else 'have'} not signed."
    paragraphs.append(f"⚖️ **Ruling: {what_follows(ruling)}** ({by}).{not_signed if mine else ''}")
    return [*paragraphs, *(_quoted(names.hide(ruling.note), length) if ruling.note else ())]


def _quoted(text: str, length: int) -> list[str]:
    """All of it; what is long shows its beginning, and the whole behind a fold."""
    if len(text) <= _SHORT and text.count("\n") < _SHORT_LINES:
        return [safety.quotation(text, length, _LINES)]
    beginning = safety.quotation(text, min(_SHORT, length), _SHORT_LINES)
    if length <= _SHORT:
        return [beginning]
    whole = f"All of it ({len(text):,} characters)"
    return [beginning, blocks.details(whole, safety.quotation(text, length, _LINES))]


def _link(login: str, url: str) -> str:
    return safety.link(safety.plain(f"@{login}"), safety.web_address(url))
