"""What people have said to the requirements, and which commands did not count, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.report import safety, words
from bot.report.names import Names
from bot.report.signing import capacity_name, signatures_of, signed_by
from bot.review.capacity import RULINGS, Signature
from bot.review.disputes import FollowUp, Objection, Reclassification
from bot.review.values import Answer, Decision, Requirement, RequirementState, SupersededSignature

_REASONS_SHOWN = 10
_IDS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody said as a list item, and their note as a quotation (empty: there is none)."""

    text: str
    note: str = ""

    def shown(self, with_note: bool) -> str:
        return f"{self.text}\n\n{self.note}\n" if self.note and with_note else self.text


def signatures(decision: Decision, names: Names, follow_ups: Mapping[str, str]) -> tuple[Entry, ...]:
    """One for each comment and capacity; then silence that counts; then, struck through, what no longer counts.

    follow_ups: by `FollowUp.key`, the address of the issue that a waiver has opened.
    """
    by_comment: dict[tuple[str, int, str], dict[str, tuple[Requirement, Signature]]] = {}
    for requirement in decision.requirements:
        for signature in signatures_of(requirement):
            key = (signature.comment_kind, signature.comment_id, capacity_name(requirement, names))
            by_comment.setdefault(key, {})[requirement.finding] = (requirement, signature)
    quoted = {d.ruling.comment_id for d in decision.disputes if d.ruling}  # with the objections, above everything
    entries = []
    for (_, _, capacity), said in by_comment.items():
        requirement, signature = next(iter(said.values()))
        text = f"- {_said(signature, capacity, tuple(said))}{_ends(signature, decision)}"
        if any(r.state is RequirementState.OBJECTED for r, _ in said.values()):
            text += "; somebody objects, so it does not decide"
        if signature.act == "waive":
            text += _follow_up(signature, requirement, decision.follow_ups, follow_ups)
        note = "" if signature.comment_id in quoted else signature.note
        entries.append(Entry(text, _quoted(note, names)))
    return (
        *entries,
        *(Entry(text) for text in _silences(decision.requirements, names)),
        *(Entry(text) for text in _superseded(decision.superseded, names)),
        *_earlier_objections(decision, names),
    )


def reclassified(decision: Decision, names: Names) -> tuple[Entry, ...]:
    """What people say a finding is, against the catalogue."""
    return tuple(
        Entry(
            f"- 🏷️ {safety.code(one.finding)} is **{one.after.value}**, not {one.before.value}: "
            f"{_link(one.person.login, one.comment_url)} on {words.date(one.at)}{_proposed(one)}",
            _quoted(one.reason, names),
        )
        for one in decision.reclassified
    )


def refusals(answers: Sequence[Answer], names: Names) -> tuple[str, ...]:
    """The commands that did not count and why, newest first."""
    refused = sorted(
        (answer for answer in answers if not answer.accepted),
        key=lambda answer: (answer.comment.created_at, answer.comment.id),
        reverse=True,
    )
    entries = [_refusal(answer, names) for answer in refused[:_REASONS_SHOWN]]
    more = len(refused) - len(entries)
    return (*entries, f"- and {words.count(more, 'earlier one')}") if more else tuple(entries)


def _said(signature: Signature, capacity: str, findings: Sequence[str]) -> str:
    who, role = signed_by(signature), safety.plain(capacity)
    what = f" on {words.date(signature.signed_at)}: {_ids(findings)}"
    if signature.act in RULINGS:
        return f"⚖️ {who} ruled {safety.code(signature.act)}{what}"
    match signature.act:
        case "ack":
            return f"👀 {who} has seen it as {role}{what}"
        case "waive":
            whose = "what was promised for longer" if role == "decision owner" else f"the signature of **{role}**"
            code = f" ({safety.code(signature.code)})" if signature.code else ""
            return f"⏭️ {who} waived {whose}{code}{what}"
    instead = ", which had not answered in time," if signature.for_silent else ""
    return f"✅ {who} as {role}{instead}{what}"


def _ends(signature: Signature, decision: Decision) -> str:
    if signature.act == "honour-until" and signature.until:
        return f", which stays until {signature.until.isoformat()}"
    if signature.expires_at is None:
        return ""
    soon = ", **which is soon**" if signature in decision.expiring else ""
    valid = "" if signature.act == "waive" else "valid "
    return f", {valid}until {words.last_day(signature.expires_at)}{soon}"


def _follow_up(
    signature: Signature, requirement: Requirement, wanted: Sequence[FollowUp], addresses: Mapping[str, str]
) -> str:
    consumer = str(requirement.capacity)
    for one in wanted:
        if (one.contract, one.consumer, one.until) == (requirement.contract, consumer, signature.until):
            target = safety.web_address(addresses.get(one.key, ""))
            return f" · {safety.link('follow-up issue', target)}" if target else ""
    return ""


def _silences(requirements: Sequence[Requirement], names: Names) -> Iterator[str]:
    silent: dict[str, list[Requirement]] = {}
    for requirement in requirements:
        if requirement.state is RequirementState.CONSENTED:
            silent.setdefault(capacity_name(requirement, names), []).append(requirement)
    for capacity, found in silent.items():
        by = max((words.date(r.silence.follows_at) for r in found if r.silence), default="")
        when = f" by {by}" if by else " in time"
        yield (
            f"- 🔕 **{safety.plain(capacity)}** had not answered{when}, which by its own rule is its consent: "
            f"{_ids([r.finding for r in found])}"
        )


def _superseded(superseded: Sequence[SupersededSignature], names: Names) -> Iterator[str]:
    for gone in superseded:
        consumers = gone.signature.capacity.consumers
        capacity = words.joined([names.consumer(c) for c in consumers], last="or") or str(gone.signature.capacity)
        yield f"- ~~{_said(gone.signature, capacity, [gone.finding])}~~ {_why_superseded(gone)}"


def _why_superseded(gone: SupersededSignature) -> str:
    match gone.reason:
        case "expired":
            ended = gone.signature.expires_at
            return f"expired on {words.last_day(ended)}" if ended else "expired"
        case "gone":
            return "is no longer part of this pull request"
        case "changed":
            now = f" and is {safety.code(gone.replaced_by)} now" if gone.replaced_by else ""
            return f"has changed since{now}"


def _earlier_objections(decision: Decision, names: Names) -> Iterator[Entry]:
    """Those that were taken back, or are about something that is gone: what was said stays to be read."""
    standing = {o.key for dispute in decision.disputes for o in dispute.objections}
    said: dict[tuple[str, int, int], list[Objection]] = {}
    for one in decision.objections:
        if one.key not in standing:
            said.setdefault((one.comment_kind, one.comment_id, one.line), []).append(one)
    for same in said.values():
        first = same[0]
        who, ids = _link(first.person.login, first.comment_url), _ids([o.finding for o in same])
        text = f"- ~~✋ {who} objected on {words.date(first.at)}: {ids}~~ taken back, or about what is no longer here"
        yield Entry(text, _quoted(first.text, names))


def _refusal(answer: Answer, names: Names) -> str:
    who = safety.plain(f"@{answer.comment.author.login}" if answer.comment.author else "a deleted account")
    command = safety.code(names.hide(answer.command), 80)
    target = safety.web_address(answer.comment.url)
    return f"- {who}, {safety.link(command, target)}: {safety.phrase(names.hide(answer.reason))}"


def _proposed(one: Reclassification) -> str:
    return f", as {safety.plain(f'@{one.proposed_by.login}')} proposed" if one.proposed_by else ""


def _link(login: str, url: str) -> str:
    return safety.link(safety.plain(f"@{login}"), safety.web_address(url))


def _ids(findings: Sequence[str]) -> str:
    return words.joined([safety.code(id) for id in dict.fromkeys(findings)], limit=_IDS_SHOWN)


def _quoted(text: str, names: Names) -> str:
    """As a quotation inside of a list item; empty when nothing was said."""
    return "  " + safety.quotation(names.hide(text)).replace("\n", "\n  ") if text else ""
