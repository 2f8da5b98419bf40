"""What a replay of the comments knows while it goes through them, and what it has gathered so far."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock

from bot.registry.span import duration
from bot.review.authority import DECISION_OWNER, Authority, Signers
from bot.review.capacity import RULINGS, Act, Signature
from bot.review.commands import Command
from bot.review.declined import Declined, role_of
from bot.review.disputes import Objection, Revocation
from bot.review.hearing import Heard
from bot.review.people import Comment, Person
from bot.review.selection import Known
from bot.review.values import AskedFor


@dataclass(slots=True)
class Case:
    """known, authority, heard: what was asked, who may answer, and who objects. signed: by fingerprint, what every
    comment said to it, oldest first. withdrawn: names of signatures taken back (`signature_name`).
    """

    known: Known
    authority: Authority
    heard: Heard
    signed: dict[str, list[Signature]] = field(default_factory=dict)
    withdrawn: set[str] = field(default_factory=set)
    revocations: list[Revocation] = field(default_factory=list)
    declined: Declined = field(init=False)

    def __post_init__(self) -> None:
        self.declined = self.heard.declined

    def people(self, fingerprint: str) -> set[int]:
        """Who may sign or rule on it now. Where only a waiver helps, others may be asked for that."""
        requirement = self.known.present.get(fingerprint)
        if requirement is not None and requirement.wants != "waiver":
            return {person.id for person in requirement.people}
        asked = self.asked(fingerprint)
        return {person.id for person in self.authority.signers(asked.contract, asked.capacity).people}

    def admits(self, person: Person, able: Collection[int], fingerprint: str, comment: Comment) -> bool:
        """Whether the person may sign this now (is among the `able`), and might when they wrote the comment."""
        asked = self.asked(fingerprint)
        is_known = self.authority.is_known(asked.contract, asked.capacity)
        role = role_of(asked.contract, asked.capacity)
        return self.declined.admits(person, able, role, comment.created_at, is_known=is_known)

    def admits_stand_in(self, person: Person, contract: str, comment: Comment) -> bool:
        """The same for somebody who signs for a consumer that does not answer."""
        return self._admits_for(person, self.authority.for_silent(contract), contract, "silent", comment)

    def admits_waiver(self, person: Person, contract: str, comment: Comment) -> bool:
        """The same for somebody who does without a consumer's signature."""
        return self._admits_for(person, self.authority.waivers(contract), contract, "waiver", comment)

    def _admits_for(self, person: Person, signers: Signers, contract: str, what: str, comment: Comment) -> bool:
        able = {one.id for one in signers.people}
        is_known = self.authority.is_known(contract, DECISION_OWNER)
        return self.declined.admits(person, able, role_of(contract, what), comment.created_at, is_known=is_known)

    def standing(self, fingerprint: str, before: datetime) -> tuple[Objection, ...]:
        """Objections to the finding of a requirement that stood just before a moment."""
        return self.heard.standing_at(self.known.asked[fingerprint].finding, before)

    def needs_ruling(self, fingerprint: str, before: datetime) -> bool:
        """Whether a decision owner who spoke at that moment had objections before them that nothing had answered."""
        objections = self.standing(fingerprint, before)
        if not objections or self.known.asked[fingerprint].capacity != DECISION_OWNER:
            return False
        newest = max(o.at for o in objections)
        rulings = [s for s in self.counted(fingerprint) if s.act in RULINGS]
        if not rulings or rulings[-1].signed_at <= newest:
            return True
        ruling = rulings[-1]
        is_over = ruling.act == "honour-until" and ruling.until is not None and end_of(ruling.until) <= before
        return not (ruling.act == "accept" or is_over)

    def counted(self, fingerprint: str) -> list[Signature]:
        return [s for s in self.signed.get(fingerprint, ()) if signature_name(s, fingerprint) not in self.withdrawn]

    def asked(self, fingerprint: str) -> AskedFor:
        return self.known.asked[fingerprint]

    def sign(self, fingerprint: str, signature: Signature) -> None:
        self.signed.setdefault(fingerprint, []).append(signature)

    def take_back(self, fingerprint: str, signature: Signature, person: Person, comment: Comment) -> None:
        self.withdrawn.add(signature_name(signature, fingerprint))
        self.revocations.append(Revocation(fingerprint, person, comment.created_at, comment.url))


def signature_name(signature: Signature, fingerprint: str) -> str:
    """What a revocation remembers: this comment signs this fingerprint no more."""
    return f"{signature.comment_kind}:{signature.comment_id}:{fingerprint}"


def written(
    case: Case,
    comment: Comment,
    command: Command,
    person: Person,
    fingerprint: str,
    act: Act,
    *,
    for_silent: bool = False,
) -> Signature:
    """What a comment says to a requirement. It lasts for the contract's `approval_ttl`, once it has begun to count."""
    asked = case.asked(fingerprint)
    ttl = duration(case.authority.contracts[asked.contract].signoff.approval_ttl)
    expires: datetime | None = comment.created_at + ttl
    if act == "waive" and command.until is not None:
        expires = end_of(command.until)
    elif act == "honour-until" and command.until is not None:
        expires = end_of(command.until) + ttl
    elif act == "reject":
        expires = None
    elif command.until is not None:
        expires = min(comment.created_at + ttl, end_of(command.until))
    return Signature(
        person=person,
        capacity=asked.capacity,
        signed_at=comment.created_at,
        comment_url=comment.url,
        comment_id=comment.id,
        note=command.note,
        expires_at=expires,
        comment_kind=comment.kind,
        act=act,
        until=command.until if act in ("honour-until", "waive") else None,
        code=command.code,
        for_silent=for_silent,
    )


def end_of(day: date) -> datetime:
    """The moment after a day is over, in UTC."""
    return datetime.combine(day + timedelta(days=1), clock(0), UTC)
