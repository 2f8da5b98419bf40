"""Comments replayed in the order written: which signatures they leave, and what became of every command.

Nothing here remembers. The comments as GitHub holds them now, the decisions published so far and the people who belong
to the teams now give the same signatures each time. Only revocations are kept (`withdrawn`), because they must outlive
the comment that made them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from datetime import time as clock

from bot.registry.span import duration
from bot.review.authority import Authority, is_bot, listed
from bot.review.commands import Action, Command, parse
from bot.review.selection import Known, Selection, Unselectable, is_for, select
from bot.review.values import AskedFor, Comment, Person, Signature

CHANGED_SINCE = "What this signed is no longer part of the pull request as it was; what replaced it is asked for again."
WITHDRAWN = "This approval was withdrawn by `/revoke`; to sign again, write a new comment."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one command. `signed`: the fingerprints that an approval signed when it was written; `partly`:
    not all that it named.
    """

    comment: Comment
    command: Command
    accepted: bool
    reason: str = ""
    signed: tuple[str, ...] = ()
    partly: bool = False


@dataclass(frozen=True, slots=True)
class Signed:
    """signatures: by requirement fingerprint, those not withdrawn, oldest first, at most one a person (the newest)."""

    signatures: Mapping[str, tuple[Signature, ...]]
    outcomes: tuple[Outcome, ...]
    withdrawn: tuple[str, ...]


def replay(
    comments: Iterable[Comment],
    known: Known,
    authority: Authority,
    nothing_to_sign: str = "Nothing in this pull request needs a signature.",
) -> Signed:
    """`nothing_to_sign`: the reason to give when there is no requirement at all."""
    ledger = _Ledger(known, authority, nothing_to_sign)
    distinct = {(comment.kind, comment.id): comment for comment in comments}
    for comment in sorted(distinct.values(), key=lambda c: (c.created_at, c.id, c.kind)):
        for command in parse(comment.body):
            ledger.take(comment, command)
    return ledger.close()


def signature_name(signature: Signature, fingerprint: str) -> str:
    """What a revocation remembers: this comment signs this fingerprint no more."""
    return f"{signature.comment_kind}:{signature.comment_id}:{fingerprint}"


class _Refused(Exception):
    """The reason, for the person who wrote the command."""


@dataclass(slots=True)
class _Ledger:
    """The replay's running state."""

    known: Known
    authority: Authority
    nothing_to_sign: str
    signed: dict[str, list[Signature]] = field(default_factory=dict)
    withdrawn: set[str] = field(default_factory=set)
    outcomes: list[Outcome] = field(default_factory=list)

    def take(self, comment: Comment, command: Command) -> None:
        try:
            self.outcomes.append(self._outcome(comment, command))
        except (_Refused, Unselectable) as refused:
            self.outcomes.append(Outcome(comment, command, False, str(refused)))

    def close(self) -> Signed:
        """Revocations of earlier times are applied last: then they hold, whatever has become of their comments."""
        withdrawn = self.withdrawn | set(self.known.withdrawn)
        valid: dict[str, tuple[Signature, ...]] = {}
        for fingerprint, signatures in self.signed.items():
            left = [s for s in signatures if signature_name(s, fingerprint) not in withdrawn]
            newest = {s.person.id: s for s in left}
            if newest:
                valid[fingerprint] = tuple(sorted(newest.values(), key=lambda s: (s.signed_at, s.comment_id)))
        outcomes = tuple(self._settled(outcome, withdrawn) for outcome in self.outcomes)
        return Signed(valid, outcomes, tuple(sorted(withdrawn)))

    def _settled(self, outcome: Outcome, withdrawn: set[str]) -> Outcome:
        """An approval's answer says also what has become of it since."""
        if not outcome.signed:
            return outcome
        names = {f"{outcome.comment.kind}:{outcome.comment.id}:{fingerprint}" for fingerprint in outcome.signed}
        reasons = [outcome.reason] if outcome.reason else []
        if names <= withdrawn:
            reasons.append(WITHDRAWN)
        elif not any(fingerprint in self.known.present for fingerprint in outcome.signed):
            reasons.append(CHANGED_SINCE)
        return replace(outcome, reason=" ".join(reasons))

    def _outcome(self, comment: Comment, command: Command) -> Outcome:
        if command.problem:
            raise _Refused(command.problem)
        if command.action is Action.APPROVE:
            return self._approve(comment, command, _signer(comment))
        if command.action is Action.REVOKE:
            return self._revoke(comment, command, _human(comment))
        return Outcome(comment, command, True)

    # ---- /approve-breaking

    def _approve(self, comment: Comment, command: Command, person: Person) -> Outcome:
        if command.until is not None and command.until < comment.created_at.astimezone(UTC).date():
            raise _Refused("The day after `until` had already passed. Write a day to come, or leave `until` out.")
        selection = self._selection(comment, command)
        mine = [f for f in selection.fingerprints if self._may_sign(person, self.known.asked[f])]
        if not mine:
            raise _Refused(self._why_not(person, selection))
        for fingerprint in mine:
            asked = self.known.asked[fingerprint]
            signature = self._signature(comment, command, person, asked)
            self.signed.setdefault(fingerprint, []).append(signature)
        left_out = self._left_out(person, selection, mine)
        return Outcome(comment, command, True, left_out, tuple(mine), partly=bool(left_out))

    def _selection(self, comment: Comment, command: Command) -> Selection:
        """What was signed when there was something to sign stays signed, even if nothing needs a signature now."""
        try:
            selection = select(command, comment, self.known)
        except Unselectable:
            if self.known.present:
                raise
            selection = Selection(())
        if not selection.fingerprints and not self.known.present:
            raise _Refused(self.nothing_to_sign)
        return selection

    def _may_sign(self, person: Person, asked: AskedFor) -> bool:
        return person.id in {able.id for able in self.authority.signers(asked.contract, asked.capacity).people}

    def _signature(self, comment: Comment, command: Command, person: Person, asked: AskedFor) -> Signature:
        contract = self.authority.contracts[asked.contract]
        expires = comment.created_at + duration(contract.signoff.approval_ttl)
        if command.until is not None:
            end_of_day = datetime.combine(command.until + timedelta(days=1), clock(0), UTC)
            expires = min(expires, end_of_day)
        return Signature(
            person=person,
            capacity=asked.capacity,
            signed_at=comment.created_at,
            comment_url=comment.url,
            comment_id=comment.id,
            note=command.note,
            expires_at=expires,
            comment_kind=comment.kind,
        )

    def _why_not(self, person: Person, selection: Selection) -> str:
        if not selection.by_id and (reason := self._why_not_listed(person, selection)):
            return reason
        wanted = [self.known.asked[fingerprint] for fingerprint in selection.fingerprints]
        signers = [self.authority.signers(asked.contract, asked.capacity) for asked in wanted]
        handles = sorted({handle for found in signers for handle in found.handles})
        for asked in wanted:
            did = self.authority.excludes(asked.contract, person)
            if did is not None and handles:
                return f"You are {did}: someone else from {listed(handles, 'or')} must sign."
            if did is not None:
                return f"You are {did}, so you can't sign it. {signers[0].note}".strip()
        if not handles:
            return f"Nobody may sign this at present. {signers[0].note}".strip()
        what = "that" if selection.by_id else "what is open here"
        who = listed(handles, "or")
        return f"You are not (or no longer) among those who may sign {what}: it takes somebody from {who}."

    def _why_not_listed(self, person: Person, selection: Selection) -> str:
        """For a bare approval by somebody who is asked, only not by what was open in the list that they could see."""
        theirs = [f for f in self.known.present if self._may_sign(person, self.known.asked[f])]
        if any(fingerprint not in selection.shown for fingerprint in theirs):
            return "What is asked of you here was published after you wrote this: read the present list, comment again."
        if theirs:
            return "Everything that is asked of you here had already been signed when you wrote this."
        return "" if selection.fingerprints else "Nothing was open in the list that you could see when you wrote this."

    def _left_out(self, person: Person, selection: Selection, mine: Sequence[str]) -> str:
        """Ids that somebody named and could not sign: the rest counts, these do not, and it says so."""
        covered = {self.known.asked[fingerprint].finding for fingerprint in mine}
        missed = [id for id in selection.by_id if id not in covered]
        if not missed:
            return ""
        left = [f for f in selection.fingerprints if self.known.asked[f].finding in missed]
        named = listed([f"`{id}`" for id in missed])
        if not left:
            return f"Not counted for {named}."
        return f"Not counted for {named}: " + self._why_not(person, Selection(tuple(left), tuple(missed)))

    # ---- /revoke

    def _revoke(self, comment: Comment, command: Command, person: Person) -> Outcome:
        """Without ids: the person's own signatures, or those of the capacities they share if they gave none."""
        own: list[tuple[str, Signature]] = []
        shared: list[tuple[str, Signature]] = []
        chosen = self._named(command)
        for fingerprint, signatures in self.signed.items():
            asked = self.known.asked[fingerprint]
            if chosen is not None and fingerprint not in chosen:
                continue
            if command.consumer is not None and not is_for(asked.capacity, command.consumer):
                continue
            for signature in signatures:
                if signature_name(signature, fingerprint) in self.withdrawn:
                    continue
                if signature.person.id == person.id:
                    own.append((fingerprint, signature))
                elif person.id in self.authority.signers(asked.contract, asked.capacity).members:
                    shared.append((fingerprint, signature))
        targets = own + shared if chosen is not None else own or shared
        if not targets:
            which = "for that" if chosen is not None or command.consumer else "here"
            raise _Refused(
                f"There was no signature {which} of yours, or of the people you sign with, when you wrote this."
            )
        self.withdrawn.update(signature_name(signature, fingerprint) for fingerprint, signature in targets)
        return Outcome(comment, command, True)

    def _named(self, command: Command) -> set[str] | None:
        """The fingerprints meant by the ids, None without ids. Taking back is the safe direction: all that match."""
        if not command.ids:
            return None
        return {fingerprint for fingerprint, asked in self.known.asked.items() if asked.finding.startswith(command.ids)}


def _human(comment: Comment) -> Person:
    """Whoever wrote it, if it was a person. Raises _Refused."""
    if comment.author is None:
        raise _Refused("The account that wrote this no longer exists, and nobody can sign for it.")
    if is_bot(comment.author):
        raise _Refused("Bots do not sign: a person has to.")
    if comment.via_app:
        raise _Refused("An app wrote this in your name, and apps do not sign: write the comment yourself.")
    return comment.author


def _signer(comment: Comment) -> Person:
    person = _human(comment)
    if comment.edited:
        raise _Refused("This comment was edited, and edited comments never sign: write a new one.")
    return person
