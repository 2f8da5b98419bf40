"""Who must act and how, as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.report import safety, states, words
from bot.report.names import Names, handle
from bot.review.authority import DECISION_OWNER
from bot.review.capacity import Signature
from bot.review.values import Decision, Requirement, RequirementState

_IDS_SHOWN = 4
_SIGNERS_SHOWN = 3
_A_DAY = "YYYY-MM-DD"
_EMERGENCY = safety.code("reason:emergency")


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
    def is_asked(self) -> bool:
        """Whoever is only observed is not bothered."""
        return self.first.enforcement != "observe"

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
    """Whom the merge waits for and what for, as Markdown; empty when a ruling holds it, or nothing does.

    `**@acme/council** (decision owner) rules on the objection, and **checkout-web** and **courier-app** sign`
    """
    waiting: dict[tuple[str, str], dict[str, None]] = {verbs: {} for verbs in _VERBS.values()}
    for row in all_rows:
        for kind in dict.fromkeys(_awaits(r) for r in row.open if r.blocking):
            if kind in _VERBS:
                waiting[_VERBS[kind]][_awaited_name(row, names, mentions)] = None
    clauses = [
        f"{words.joined(list(who), limit=5)} {singular if len(who) == 1 else plural}"
        for (singular, plural), who in waiting.items()
        if who
    ]
    return words.joined(clauses, last="and") if len(clauses) < 2 else f"{', '.join(clauses[:-1])}, and {clauses[-1]}"


_VERBS = {
    "ruling": ("rules on the objection", "rule on the objections"),
    "signature": ("signs", "sign"),
    "acknowledgement": ("has seen it (`/ack`)", "have seen it (`/ack`)"),
}


def _awaits(requirement: Requirement) -> str:
    """Who objects has answered; what is rejected, honoured or promised until a day waits for nobody."""
    if requirement.state is RequirementState.OBJECTED:
        return "ruling" if requirement.capacity == DECISION_OWNER else ""
    return requirement.wants if requirement.state is RequirementState.OPEN else ""


def ruled(requirements: Sequence[Requirement]) -> tuple[str, ...]:
    """What rulings and promises make of the merge, a sentence for each kind."""
    found: list[str] = []
    if (kept := until_when(requirements)) is not None:
        days = (
            f" **until {kept}**, and no approval lets it go before"
            if kept
            else " for longer, and no approval lets it go"
        )
        found.append(f"What is removed was promised{days}.")
    if any(r.state is RequirementState.REJECTED for r in requirements):
        found.append("The decision owner has **rejected** it: it has to be altered or dropped.")
    honoured = {r.signature.until for r in requirements if r.state is RequirementState.HONOURED and r.signature}
    if last := max((day for day in honoured if day), default=None):
        found.append(f"By ruling, what is there stays **until {last.isoformat()} is over**.")
    return tuple(found)


def until_when(requirements: Sequence[Requirement]) -> str | None:
    """Until when what is removed was promised ("2027-01-20"); empty when no day is known, None when nothing was."""
    kept = [r for r in requirements if _awaits(r) == "waiver"]
    if not kept:
        return None
    return max((r.stays_until.isoformat() for r in kept if r.stays_until), default="")


def _awaited_name(row: Row, names: Names, mentions: frozenset[str]) -> str:
    if row.first.capacity.kind == "consumer":
        return f"**{safety.plain(capacity_name(row.first, names))}**"
    signers = [handle(signer, mentions) for signer in row.first.signers]
    role = safety.plain(capacity_name(row.first, names))
    return f"**{words.joined(signers, last='or')}** ({role})" if signers else f"**the {role}**"


def table(all_rows: Sequence[Row], names: Names, mentions: frozenset[str], knows_people: bool) -> str:
    """State · who · signs as · for, which is left out where there is only one change. The state comes first: what is
    behind it is off the screen of a phone. `knows_people`: whether GitHub was asked who stands behind the handles.
    """
    contracts = {row.first.contract for row in all_rows}
    findings = {(r.contract, r.finding) for row in all_rows for r in row.requirements}
    headings = ["", "Who", "Signs as", *(["For"] if len(findings) > 1 else [])]
    lines = [_cells(headings), _cells(["---"] * len(headings))]
    for row in all_rows:
        what = _signs_what(row, len(findings))
        if len(contracts) > 1:
            what = f"{safety.code(row.first.contract)}: {what}"
        state = states.shown(row.requirements, knows_people)
        capacity = safety.plain(capacity_name(row.first, names))
        lines.append(_cells([state, _signers(row, mentions), capacity, what][: len(headings)]))
    return "\n".join(lines)


def _cells(texts: Sequence[str]) -> str:
    return f"| {' | '.join(texts)} |"


def short_list(all_rows: Sequence[Row], names: Names, limit: int) -> str:
    """The same people in one paragraph, for when there is no room for a table."""
    shown = [
        f"{'✅' if not row.open else '⏳' if row.is_blocking else '💬'} {_signers(row, frozenset())} as "
        f"{safety.plain(capacity_name(row.first, names))}"
        for row in all_rows[:limit]
    ]
    more = len(all_rows) - len(shown)
    return "; ".join([*shown, f"and {words.count(more, 'more signer')}"] if more else shown) + "."


def _signers(row: Row, mentions: frozenset[str]) -> str:
    by_person = {signature.person.id: signature for r in row.signed for signature in signatures_of(r)}
    if not row.open and by_person:
        return words.joined([signed_by(signature) for signature in by_person.values()])
    requirement = row.first
    if requirement.signers:
        return words.joined([handle(s, mentions) for s in requirement.signers], last="or", limit=_SIGNERS_SHOWN)
    people_here = [handle(f"@{person.login}", mentions) for person in requirement.people]
    return words.joined(people_here, last="or", limit=_SIGNERS_SHOWN) or "nobody"


def signed_by(signature: Signature) -> str:
    """The person, linked to what they wrote. Nobody is pinged."""
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


def is_to_be_ruled(row: Row) -> bool:
    """Whether an objection waits here for `/rule`."""
    return row.is_asked and any(_awaits(r) == "ruling" for r in row.open)


def is_to_be_signed(row: Row) -> bool:
    """Whether the merge waits for `/approve-breaking` here, or would."""
    return row.is_asked and any(r.blocking and _awaits(r) == "signature" for r in row.open)


def how_to_rule(finding: str) -> str:
    """What the decision owner may answer to an objection, and what each answer comes to."""
    rulings = (
        (f"/rule accept {finding} -- reason", "the change may go, against the objection"),
        (f"/rule reject {finding} -- reason", "the change has to be altered or dropped"),
        (f"/rule honour-until {_A_DAY} {finding} -- reason", "the change waits until that day is over"),
    )
    listed = "\n".join(f"- {safety.code(command)}: {effect}" for command, effect in rulings)
    return (
        f"The decision owner comments one of\n\n{listed}\n\nWhoever objects takes it back by {safety.code('/revoke')}."
    )


def how_to_sign(rows_shown: Sequence[Row], order: Sequence[str]) -> str:
    """The commands to type, complete and ready to copy; empty when no command would help.

    order: ids of findings as they are listed; the first of them is the example.
    """
    ranks = {id: rank for rank, id in enumerate(order)}
    waiting = [r for row in rows_shown for r in row.open if r.blocking]
    waiting.sort(key=lambda r: ranks.get(r.finding, len(ranks)))
    kinds = {_awaits(r) for r in waiting}
    to_sign = list(dict.fromkeys(r.finding for r in waiting if _awaits(r) == "signature"))
    parts: list[str] = []
    if to_sign:
        parts.append(f"To sign, comment\n\n{safety.fenced('/approve-breaking')}")
        only_some = f" To sign one only: {safety.code(f'/approve-breaking {to_sign[0]}')}." if len(to_sign) > 1 else ""
        is_enforced = any(r.enforcement == "enforce" for r in waiting)
        follows = "holds it until the decision owner rules" if is_enforced else "is quoted above everything"
        parts.append(
            f"It signs everything listed here that is yours to sign.{only_some} Not agreed? "
            f"{safety.code(f'/object {to_sign[0]} -- reason')} {follows}."
        )
    elif "acknowledgement" in kinds:
        parts.append(f"Who has seen it comments\n\n{safety.fenced('/ack')}")
    if (kept := next((r for r in waiting if _awaits(r) == "waiver"), None)) is not None:
        earlier = f"Before {kept.stays_until.isoformat()}" if kept.stays_until else "Before its day"
        waive = f"/waive decision-owner {kept.finding} reason:security until:{_A_DAY} -- why"
        parts.append(f"{earlier} it goes only in need: {safety.code(waive, 200)} or {_EMERGENCY}.")
    if disputed := next((r for r in waiting if _awaits(r) == "ruling"), None):
        parts.append(how_to_rule(disputed.finding))
    return "\n\n".join(parts)
