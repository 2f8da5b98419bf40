"""Comments replayed in the order written: which signatures they leave, and what became of every command.

Nothing here remembers. The comments as GitHub holds them now, the decisions published so far and the people who belong
to the teams now give the same signatures each time. Only revocations are kept (`withdrawn`), because they must outlive
the comment that made them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from bot.review.authority import DECISION_OWNER, PRODUCER_OWNER, listed
from bot.review.capacity import Signature
from bot.review.case import Case, signature_name, written
from bot.review.commands import Action, Command
from bot.review.deadlines import asked_since, courses
from bot.review.declined import NOT_THEN, Declined
from bot.review.deprecating import deprecate
from bot.review.disputes import Escalation, Revocation
from bot.review.extension import extend
from bot.review.outcome import Outcome, Refused, human, in_order, is_past, signer
from bot.review.people import Comment, Person
from bot.review.rulings import OBJECTED, rule, waive
from bot.review.selection import Selection, Unselectable, is_for, select
from bot.review.silence import Course

CHANGED_SINCE = "What this signed is no longer part of the pull request as it was; what replaced it is asked for again."
WITHDRAWN = "This was withdrawn by `/revoke` or a later ruling; to sign again, write a new comment."
NOT_ALONE = (
    "Somebody else objects in the same role. It counts once they have taken that back, or the decision owner has ruled."
)
STAYS = (
    "What is removed was promised until a day that is still to come, and no approval clears that: keep it until then. "
    "In need, `/waive decision-owner`, the id, `reason:security` or `reason:emergency`, and `until:` a day."
)


@dataclass(frozen=True, slots=True)
class Signed:
    """signatures: by requirement fingerprint, those not withdrawn, oldest first: of each person the newest of each kind
    (an approval, a waiver, a ruling). outcomes: of every command, in the order written.
    """

    signatures: Mapping[str, tuple[Signature, ...]]
    outcomes: tuple[Outcome, ...]
    withdrawn: tuple[str, ...]
    escalations: tuple[Escalation, ...] = ()
    revocations: tuple[Revocation, ...] = ()


def replay(
    comments: Iterable[Comment],
    case: Case,
    nothing_to_sign: str = "Nothing in this pull request needs a signature.",
) -> Signed:
    """`nothing_to_sign`: the reason to give when there is no requirement at all."""
    ledger = _Ledger(case, nothing_to_sign)
    for comment, command in in_order(comments):
        ledger.take(comment, command)
    return ledger.close()


@dataclass(slots=True)
class _Ledger:
    """The replay's running state."""

    case: Case
    nothing_to_sign: str
    outcomes: list[Outcome] = field(default_factory=list)
    escalations: list[Escalation] = field(default_factory=list)
    called: dict[tuple[str, date], datetime] = field(default_factory=dict)

    def take(self, comment: Comment, command: Command) -> None:
        heard = self.case.heard.outcomes.get((comment.kind, comment.id, command.line))
        if heard is not None:
            self.outcomes.append(heard)
            return
        try:
            self.outcomes.append(self._outcome(comment, command))
        except (Refused, Unselectable) as refused:
            self.outcomes.append(self._refusal(comment, command, str(refused)))

    def _refusal(self, comment: Comment, command: Command, reason: str) -> Outcome:
        """Who objected without being asked to sign takes that back by approving, and does no more by it."""
        if (comment.kind, comment.id, command.line) not in self.case.heard.taken_back:
            return Outcome(comment, command, False, reason)
        return Outcome(
            comment, command, True, f"Your objection is taken back, and nothing signed. {reason}", is_told=True
        )

    def close(self) -> Signed:
        """Revocations of earlier times are applied last: then they hold, whatever has become of their comments."""
        taken_back = {name for name in self.case.known.withdrawn if not Declined.is_name(name)}
        withdrawn = self.case.withdrawn | taken_back | set(self.case.declined.names())
        valid: dict[str, tuple[Signature, ...]] = {}
        for fingerprint, signatures in self.case.signed.items():
            left = [s for s in signatures if signature_name(s, fingerprint) not in withdrawn]
            newest = {(s.person.id, _kind(s)): s for s in left}
            if newest:
                valid[fingerprint] = tuple(sorted(newest.values(), key=lambda s: (s.signed_at, s.comment_id)))
        outcomes = tuple(self._settled(outcome, withdrawn) for outcome in self.outcomes)
        return Signed(valid, outcomes, tuple(sorted(withdrawn)), tuple(self.escalations), tuple(self.case.revocations))

    def _settled(self, outcome: Outcome, withdrawn: set[str]) -> Outcome:
        """An approval's answer says also what has become of it since."""
        if not outcome.signed:
            return outcome
        names = {f"{outcome.comment.kind}:{outcome.comment.id}:{fingerprint}" for fingerprint in outcome.signed}
        reasons = [outcome.reason] if outcome.reason else []
        if names <= withdrawn:
            reasons.append(WITHDRAWN)
        elif not any(fingerprint in self.case.known.present for fingerprint in outcome.signed):
            reasons.append(CHANGED_SINCE)
        return replace(outcome, reason=" ".join(reasons))

    def _outcome(self, comment: Comment, command: Command) -> Outcome:
        if command.problem:
            raise Refused(command.problem)
        match command.action:
            case Action.APPROVE:
                return self._approve(comment, command, signer(comment))
            case Action.ACK:
                return self._acknowledge(comment, command, signer(comment))
            case Action.RULE:
                return rule(self.case, comment, command, signer(comment))
            case Action.WAIVE:
                return waive(self.case, comment, command, signer(comment))
            case Action.REVOKE:
                return self._revoke(comment, command, human(comment))
            case Action.EXTEND:
                return extend(self.case.authority, comment, command, signer(comment))
            case Action.DEPRECATE:
                return deprecate(self.case.authority, comment, command, signer(comment))
            case Action.ESCALATE:
                return self._escalate(comment, command, human(comment))
        return Outcome(comment, command, True)

    # ---- /approve-breaking and /ack

    def _approve(self, comment: Comment, command: Command, person: Person) -> Outcome:
        if is_past(command, comment):
            raise Refused(f"{command.until} was over when you wrote this. Write a day to come, or leave `until` out.")
        selection = self._selection(comment, command)
        mine = [f for f in selection.fingerprints if self._may_sign(person, f, comment, command)]
        kept_back = {f: reason for f in mine if (reason := self._takes_more(f, comment))}
        signed = [f for f in mine if f not in kept_back]
        if not mine:
            raise Refused(self._too_early(person, selection, comment, command) or self._why_not(person, selection))
        if not signed:
            raise Refused(" ".join(dict.fromkeys(kept_back.values())))
        for fingerprint in signed:
            silent = person.id not in self.case.people(fingerprint)
            self.case.sign(
                fingerprint, written(self.case, comment, command, person, fingerprint, "approve", for_silent=silent)
            )
        objected = {f: NOT_ALONE for f in signed if self._colleague_objects(f, person, comment)}
        reasons = [self._left_out(person, selection, mine), *self._for_those({**kept_back, **objected})]
        left_out = " ".join(reason for reason in reasons if reason)
        return Outcome(comment, command, True, left_out, tuple(signed), partly=bool(left_out))

    def _colleague_objects(self, fingerprint: str, person: Person, comment: Comment) -> bool:
        """Whether somebody else objects in the very role in which the person signs."""
        capacity = self.case.asked(fingerprint).capacity
        objections = self.case.standing(fingerprint, comment.created_at)
        return any(o.capacity == capacity and o.person.id != person.id for o in objections)

    def _acknowledge(self, comment: Comment, command: Command, person: Person) -> Outcome:
        selection = self._selection(comment, command)
        mine = [f for f in selection.fingerprints if self._may_sign(person, f, comment, command)]
        if not mine:
            raise Refused(self._why_not(person, selection))
        enough = [f for f in mine if self._is_enough_to_acknowledge(f)]
        if not enough:
            raise Refused(
                "More than having seen it is asked of you: write `/approve-breaking`, or `/object -- reason`."
            )
        for fingerprint in enough:
            self.case.sign(fingerprint, written(self.case, comment, command, person, fingerprint, "ack"))
        return Outcome(comment, command, True, "", tuple(enough))

    def _is_enough_to_acknowledge(self, fingerprint: str) -> bool:
        requirement = self.case.known.present.get(fingerprint)
        return requirement is None or requirement.wants == "acknowledgement" or not requirement.blocking

    def _takes_more(self, fingerprint: str, comment: Comment) -> str:
        """Why an approval is not enough here, empty when it is."""
        requirement = self.case.known.present.get(fingerprint)
        if requirement is not None and requirement.wants == "waiver":
            return STAYS
        return OBJECTED if self.case.needs_ruling(fingerprint, comment.created_at) else ""

    def _for_those(self, kept_back: Mapping[str, str]) -> Iterable[str]:
        for reason in dict.fromkeys(kept_back.values()):
            ids = dict.fromkeys(self.case.asked(f).finding for f, why in kept_back.items() if why == reason)
            yield f"Not counted for {listed([f'`{id}`' for id in ids])}: {reason}"

    def _may_sign(self, person: Person, fingerprint: str, comment: Comment, command: Command) -> bool:
        """One of those who are asked; or, for a consumer that is named and has not answered in time, the decision owner
        (only what is written after that time, and says so).
        """
        if self.case.admits(person, self.case.people(fingerprint), fingerprint, comment):
            return True
        asked = self.case.asked(fingerprint)
        if command.consumer is None or asked.capacity.kind != "consumer":
            return False
        course = self._course_then(fingerprint, comment)
        if course is None or course.on_silence != "escalate" or comment.created_at < course.follows_at:
            return False
        return self.case.admits_stand_in(person, asked.contract, comment)

    def _too_early(self, person: Person, selection: Selection, comment: Comment, command: Command) -> str:
        """For a decision owner who signs for a consumer that has time to answer yet; else empty."""
        for fingerprint in selection.fingerprints if command.consumer else ():
            asked = self.case.asked(fingerprint)
            course = self._course_then(fingerprint, comment)
            others = {one.id for one in self.case.authority.for_silent(asked.contract).people}
            is_escalated = course is not None and course.on_silence == "escalate"
            if course is not None and is_escalated and asked.capacity.kind == "consumer" and person.id in others:
                handles = self.case.authority.signers(asked.contract, asked.capacity).handles
                return (
                    f"`{asked.capacity}` has until {course.follows_at.date()} to answer. Before that is over only "
                    f"somebody from {listed(handles, 'or')} signs for it."
                )
        return ""

    def _course_then(self, fingerprint: str, comment: Comment) -> Course | None:
        """What was to follow on silence when the comment was written: an answer ends that, and must not undo itself."""
        requirement = self.case.known.present.get(fingerprint)
        if requirement is None:
            return None
        since = asked_since(self.case.known.seen_at(comment.created_at))
        return courses([requirement], since, self.case.authority.registry).get(fingerprint)

    def _selection(self, comment: Comment, command: Command) -> Selection:
        """What was signed when there was something to sign stays signed, even if nothing needs a signature now."""
        try:
            selection = select(command, comment, self.case.known)
        except Unselectable:
            if self.case.known.present:
                raise
            selection = Selection(())
        if not selection.fingerprints and not self.case.known.present:
            raise Refused(self.nothing_to_sign)
        return selection

    def _why_not(self, person: Person, selection: Selection) -> str:
        if any(person.id in self.case.people(fingerprint) for fingerprint in selection.fingerprints):
            return NOT_THEN
        if not selection.is_narrowed and (reason := self._why_not_listed(person, selection)):
            return reason
        wanted = [self.case.known.asked[fingerprint] for fingerprint in selection.fingerprints]
        signers = [self.case.authority.signers(asked.contract, asked.capacity) for asked in wanted]
        handles = sorted({handle for found in signers for handle in found.handles})
        for asked in wanted:
            did = self.case.authority.excludes(asked.contract, person)
            if did is not None and handles:
                return f"You are {did}: someone else from {listed(handles, 'or')} must sign."
            if did is not None:
                return f"You are {did}, so you can't sign it. {signers[0].note}".strip()
        if not handles:
            return f"Nobody may sign this at present. {signers[0].note}".strip()
        what = "that" if selection.is_narrowed else "what is open here"
        who = listed(handles, "or")
        return f"You are not (or no longer) among those who may sign {what}: it takes somebody from {who}."

    def _why_not_listed(self, person: Person, selection: Selection) -> str:
        """For a bare approval by somebody who is asked, only not by what was open in the list that they could see."""
        theirs = [f for f in self.case.known.present if person.id in self.case.people(f)]
        if any(fingerprint not in selection.shown for fingerprint in theirs):
            return "What is asked of you here was published after you wrote this: read the present list, comment again."
        if theirs:
            return "Everything that is asked of you here had already been signed when you wrote this."
        return "" if selection.fingerprints else "Nothing was open in the list that you could see when you wrote this."

    def _left_out(self, person: Person, selection: Selection, mine: Sequence[str]) -> str:
        """Ids that somebody named and could not sign: the rest counts, these do not, and it says so."""
        covered = {self.case.known.asked[fingerprint].finding for fingerprint in mine}
        missed = [id for id in selection.by_id if id not in covered]
        if not missed:
            return ""
        left = [f for f in selection.fingerprints if self.case.known.asked[f].finding in missed]
        named = listed([f"`{id}`" for id in missed])
        if not left:
            return f"Not counted for {named}."
        return f"Not counted for {named}: " + self._why_not(
            person, Selection(tuple(left), tuple(missed), is_narrowed=True)
        )

    # ---- /revoke

    def _revoke(self, comment: Comment, command: Command, person: Person) -> Outcome:
        """Without ids: the person's own signatures, or those of the capacities they share if they gave none."""
        own: list[tuple[str, Signature]] = []
        shared: list[tuple[str, Signature]] = []
        chosen = self._named(command)
        for fingerprint in self.case.signed:
            asked = self.case.asked(fingerprint)
            if chosen is not None and fingerprint not in chosen:
                continue
            if command.consumer is not None and not is_for(asked.capacity, command.consumer):
                continue
            for signature in self.case.counted(fingerprint):
                if signature.person.id == person.id:
                    own.append((fingerprint, signature))
                elif person.id in self._sharers(fingerprint, signature):
                    shared.append((fingerprint, signature))
        objections = (comment.kind, comment.id, command.line) in self.case.heard.taken_back
        targets = own + shared if chosen is not None else own or ([] if objections else shared)
        if not targets and not objections:
            which = "for that" if chosen is not None or command.consumer else "here"
            raise Refused(
                f"There was no signature {which} of yours, or of the people you sign with, when you wrote this."
            )
        for fingerprint, signature in targets:
            self.case.take_back(fingerprint, signature, person, comment)
        return Outcome(comment, command, True)

    def _sharers(self, fingerprint: str, signature: Signature) -> frozenset[int]:
        """Whoever speaks in the same role as the one who signed."""
        asked, authority = self.case.asked(fingerprint), self.case.authority
        if signature.act == "waive":
            return authority.waivers(asked.contract).members
        requirement = self.case.known.present.get(fingerprint)
        needed = requirement.needed if requirement is not None else None
        members = authority.signers(asked.contract, asked.capacity, needed).members
        return members | authority.for_silent(asked.contract).members if signature.for_silent else members

    def _named(self, command: Command) -> set[str] | None:
        """The fingerprints meant by the ids, None without ids. Taking back is the safe direction: all that match."""
        if not command.ids:
            return None
        asked = self.case.known.asked.items()
        return {fingerprint for fingerprint, one in asked if one.finding.startswith(command.ids)}

    # ---- /escalate

    def _escalate(self, comment: Comment, command: Command, person: Person) -> Outcome:
        """The contract's owner, or an affected consumer, calls the decision owner now: for each requirement once a day,
        whoever writes it, so that nobody is called all the time.
        """
        waiting = [r for r in self.case.known.present.values() if r.blocking]
        if not waiting:
            raise Refused(self.nothing_to_sign)
        authority = self.case.authority
        handles: dict[str, None] = {}
        theirs: list[str] = []
        for requirement in waiting:
            consumers = [r for r in self.case.known.present.values() if r.capacity.consumers]
            speaks = person.id in authority.signers(requirement.contract, PRODUCER_OWNER).members or any(
                person.id in authority.signers(r.contract, r.capacity).members for r in consumers
            )
            if speaks:
                theirs.append(requirement.fingerprint)
                handles.update(dict.fromkeys(authority.signers(requirement.contract, DECISION_OWNER).handles))
        if not handles:
            raise Refused("The contract's owner and consumers that are asked here may call the decision owner.")
        seen = {
            f
            for published in self.case.known.seen_at(comment.created_at)
            for f in (*published.asked, *published.states)
        }
        theirs = [fingerprint for fingerprint in theirs if fingerprint in seen] or theirs
        day = comment.created_at.astimezone(UTC).date()
        new = tuple(fingerprint for fingerprint in theirs if (fingerprint, day) not in self.called)
        if not new:
            at = min(self.called[fingerprint, day] for fingerprint in theirs).astimezone(UTC)
            raise Refused(
                f"The decision owner was already called for this at {at:%H:%M} UTC; once a day is enough. It can be "
                f"repeated on {day + timedelta(days=1)}."
            )
        self.called.update(((fingerprint, day), comment.created_at) for fingerprint in new)
        key = f"{comment.kind}:{comment.id}:{command.line}"
        self.escalations.append(Escalation(key, person, comment.created_at, comment.url, new))
        return Outcome(comment, command, True, f"Called: {listed(tuple(handles), 'and')}.", is_told=True)


def _kind(signature: Signature) -> str:
    """Of each person one of each kind counts: an approval and an acknowledgement are the same kind of thing."""
    return "approve" if signature.act == "ack" else signature.act
