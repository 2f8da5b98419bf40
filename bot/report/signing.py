"""Who must act, who has signed, and which commands did not count, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.report import safety, words
from bot.report.names import Names, handle
from bot.review.values import Answer, Decision, Requirement, Signature, SupersededSignature

_REASONS_SHOWN = 10
_IDS_SHOWN = 4
_SIGNERS_SHOWN = 3


@dataclass(frozen=True)
class Row:
    """The signatures that one capacity owes for one contract: a line of the table of who must act."""

    requirements: tuple[Requirement, ...]

    @property
    def first(self) -> Requirement:
        return self.requirements[0]

    @property
    def is_blocking(self) -> bool:
        return self.first.blocking

    @cached_property
    def open(self) -> tuple[Requirement, ...]:
        return tuple(r for r in self.requirements if not r.state.is_settled)

    @cached_property
    def signed(self) -> tuple[Requirement, ...]:
        return tuple(r for r in self.requirements if r.state.is_settled)

    @property
    def can_be_signed(self) -> bool:
        return all(r.people for r in self.open)


def rows(requirements: Sequence[Requirement]) -> tuple[Row, ...]:
    """Requirements by capacity and contract: what holds the merge first, what is only asked last."""
    grouped: dict[tuple[object, ...], list[Requirement]] = {}
    for requirement in requirements:
        key = (requirement.contract, requirement.capacity, requirement.signers, requirement.blocking)
        grouped.setdefault(key, []).append(requirement)
    return tuple(sorted((Row(tuple(group)) for group in grouped.values()), key=_rank))


def _rank(row: Row) -> tuple[bool, bool, str, bool, str]:
    capacity = row.first.capacity
    return (not row.is_blocking, not row.open, row.first.contract, capacity.kind == "consumer", str(capacity))


def signatures_of(requirement: Requirement) -> tuple[Signature, ...]:
    """All signatures that count for it, oldest first, a quorum that is not complete included."""
    return requirement.signatures or ((requirement.signature,) if requirement.signature else ())


def capacity_name(requirement: Requirement, names: Names) -> str:
    """`decision owner`, or the consumer's name as it may be shown. Not yet safe for Markdown."""
    capacity = requirement.capacity
    if not capacity.consumers:
        return str(capacity)
    shown = [names.consumer(consumer) for consumer in capacity.consumers]
    return shown[0] if capacity.kind == "consumer" else f"any of {words.joined(shown, last='or')}"


def awaited(all_rows: Sequence[Row], names: Names, mentions: frozenset[str] = frozenset()) -> str:
    """Whom the merge waits for, as Markdown: `**@acme/council** (decision owner) and **checkout-web**`."""
    waiting = [row for row in all_rows if row.is_blocking and row.open]
    spelled = dict.fromkeys(_awaited_name(row, names, mentions) for row in waiting)
    return words.joined(list(spelled), limit=5)


def verb(waiting: str) -> str:
    """`signs` after one name in an `awaited` list, `sign` after several."""
    return "signs" if waiting.count("**") == 2 else "sign"


def _awaited_name(row: Row, names: Names, mentions: frozenset[str]) -> str:
    if row.first.capacity.kind == "consumer":
        return f"**{safety.plain(capacity_name(row.first, names))}**"
    signers = [handle(signer, mentions) for signer in row.first.signers]
    return f"**{words.joined(signers, last='or')}** (decision owner)" if signers else "**a decision owner**"


def table(all_rows: Sequence[Row], names: Names, mentions: frozenset[str], knows_people: bool) -> str:
    """Who · signs as · for · state. `knows_people`: whether GitHub was asked who stands behind the handles."""
    contracts = {row.first.contract for row in all_rows}
    findings = {(r.contract, r.finding) for row in all_rows for r in row.requirements}
    lines = ["| Who | Signs as | For | |", "| --- | --- | --- | --- |"]
    for row in all_rows:
        what = _signs_what(row, len(findings))
        if len(contracts) > 1:
            what = f"{safety.code(row.first.contract)}: {what}"
        icon, state = _state(row, knows_people)
        capacity = safety.plain(capacity_name(row.first, names))
        lines.append(f"| {_signers(row, mentions)} | {capacity} | {what} | {icon} {state} |")
    return "\n".join(lines)


def short_list(all_rows: Sequence[Row], names: Names, limit: int) -> str:
    """The same people in one paragraph, for when there is no room for a table."""
    shown = [
        f"{_state(row, True)[0]} {_signers(row, frozenset())} as {safety.plain(capacity_name(row.first, names))}"
        for row in all_rows[:limit]
    ]
    more = len(all_rows) - len(shown)
    return "; ".join([*shown, f"and {words.count(more, 'more signer')}"] if more else shown) + "."


def _state(row: Row, knows_people: bool) -> tuple[str, str]:
    if not row.open:
        return "✅", "signed"
    if not row.is_blocking:
        return "💬", "asked only"
    if knows_people and not row.can_be_signed:
        return "⚠️", "**nobody here may sign**"
    return "⏳", _progress(row)


def _progress(row: Row) -> str:
    """How far a row that is not complete has come: findings signed, or people of a quorum."""
    if row.signed:
        return f"{len(row.signed)} of {len(row.requirements)} signed"
    needed = max(r.needed for r in row.open)
    if needed == 1:
        return "waiting"
    so_far = min(len(signatures_of(r)) for r in row.open)
    return f"{so_far} of {words.count(needed, 'person', 'people')} signed" if so_far else f"{needed} people must sign"


def _signers(row: Row, mentions: frozenset[str]) -> str:
    if not row.open:
        by_person = {signature.person.id: signature for r in row.signed for signature in signatures_of(r)}
        return words.joined([_signed_by(signature) for signature in by_person.values()]) or "signed"
    requirement = row.first
    if requirement.signers:
        return words.joined([handle(s, mentions) for s in requirement.signers], last="or", limit=_SIGNERS_SHOWN)
    people_here = [handle(f"@{person.login}", mentions) for person in requirement.people]
    return words.joined(people_here, last="or", limit=_SIGNERS_SHOWN) or "nobody"


def _signed_by(signature: Signature) -> str:
    name = safety.plain(f"@{signature.person.login}")
    target = safety.web_address(signature.comment_url)
    return safety.link(name, target)


def _signs_what(row: Row, all_findings: int) -> str:
    requirements = row.open or row.requirements
    ids = list(dict.fromkeys(r.finding for r in requirements))
    if len(ids) == all_findings > 1:
        return "both changes" if all_findings == 2 else f"all {all_findings:,} changes"
    if len(ids) > _IDS_SHOWN:
        return f"{len(ids):,} changes"
    return words.joined([safety.code(id) for id in ids], limit=_IDS_SHOWN)


def explanations(all_rows: Sequence[Row], names: Names) -> tuple[str, ...]:
    """Why the open rows are asked, each sentence once, in the rows' order."""
    sentences = dict.fromkeys(
        (capacity_name(row.first, names), names.hide(requirement.why))
        for row in all_rows
        for requirement in row.open
        if requirement.why
    )
    return tuple(f"{safety.plain(who)}: {safety.phrase(why)}" for who, why in sentences)


def exclusions(decision: Decision) -> tuple[str, ...]:
    """Who may not sign, by what they did: they made the change."""
    return tuple(f"May not sign: {safety.phrase(role)}" for role in dict.fromkeys(decision.excluded.values()))


def how_to_sign(decision: Decision) -> str:
    """The command to type, complete and ready to copy."""
    open_ids = list(dict.fromkeys(r.finding for r in decision.requirements if not r.state.is_settled))
    only_some = f" To sign one only: {safety.code(f'/approve-breaking {open_ids[0]}')}" if len(open_ids) > 1 else ""
    return (
        f"To sign, comment\n\n{safety.fenced('/approve-breaking')}\n\n"
        f"<sub>It signs everything in the table that is yours to sign.{only_some}</sub>"
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """A signature as a list item, and the person's note as a quotation (empty: there is none)."""

    text: str
    note: str = ""

    def shown(self, with_note: bool) -> str:
        return f"{self.text}\n\n{self.note}\n" if self.note and with_note else self.text


def signatures(
    requirements: Sequence[Requirement], superseded: Sequence[SupersededSignature], names: Names
) -> tuple[Entry, ...]:
    """One for each signing comment and capacity; then those that no longer count, struck through."""
    by_comment: dict[tuple[int, str], dict[str, Signature]] = {}
    for requirement in requirements:
        for signature in signatures_of(requirement):
            key = (signature.comment_id, capacity_name(requirement, names))
            by_comment.setdefault(key, {})[requirement.finding] = signature
    entries = []
    for (_, capacity), signed in by_comment.items():
        signature = next(iter(signed.values()))
        until = f", until {words.date(signature.expires_at)}" if signature.expires_at else ""
        note = safety.quotation(signature.note).replace("\n", "\n  ") if signature.note else ""
        text = f"- ✅ {_signing(signature, capacity, tuple(signed))}{until}"
        entries.append(Entry(text, f"  {note}" if note else ""))
    return (*entries, *(Entry(text) for text in _superseded(superseded, names)))


def _signing(signature: Signature, capacity: str, findings: Sequence[str]) -> str:
    ids = words.joined([safety.code(id) for id in findings], limit=6)
    return f"{_signed_by(signature)} as {safety.plain(capacity)} on {words.date(signature.signed_at)}: {ids}"


def _superseded(superseded: Sequence[SupersededSignature], names: Names) -> Iterator[str]:
    for gone in superseded:
        consumer = gone.signature.capacity.consumer
        capacity = names.consumer(consumer) if consumer else "decision owner"
        yield f"- ~~{_signing(gone.signature, capacity, [gone.finding])}~~ {_why_superseded(gone)}"


def _why_superseded(gone: SupersededSignature) -> str:
    match gone.reason:
        case "expired":
            return "has expired"
        case "gone":
            return "is no longer part of this pull request"
        case "changed":
            now = f" and is {safety.code(gone.replaced_by)} now" if gone.replaced_by else ""
            return f"has changed since{now}"


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


def _refusal(answer: Answer, names: Names) -> str:
    who = safety.plain(f"@{answer.comment.author.login}" if answer.comment.author else "a deleted account")
    command = safety.code(answer.command, 80)
    target = safety.web_address(answer.comment.url)
    return f"- {who}, {safety.link(command, target)}: {safety.phrase(names.hide(answer.reason))}"
