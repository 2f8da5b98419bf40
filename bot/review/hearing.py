"""What people say against a finding before anybody signs it: objections, and that it is no such finding at all.

An objection is about an element. It stays while the change does, however that is altered, until whoever made it takes
it back or the decision owner rules. Objections are kept with the published decisions: what a person wrote outlives its
comment. So is a reclassification that makes a finding worse, since deleting a comment must release nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.contracts.address import Relation, read, relation
from bot.judge.finding import Level
from bot.registry.impact import Reach
from bot.registry.model import Contract
from bot.review.authority import DECISION_OWNER, PRODUCER_OWNER, Authority, listed
from bot.review.capacity import Capacity
from bot.review.commands import Action, Command
from bot.review.declined import NOT_THEN, Declined, role_of
from bot.review.disputes import Objection, Reclassification, Revocation
from bot.review.fingerprint import blanked
from bot.review.lists import Lists, seen_as
from bot.review.outcome import Outcome, Refused, human, in_order, is_past, signer
from bot.review.people import Comment, Person
from bot.review.requirements import only_reports, quorum
from bot.review.selection import ALTERED, is_for, shown_to, was_altered
from bot.review.sunset import stays_until
from bot.review.values import FindingSeen, JudgedFinding, PublishedDecision

_LEVELS: Mapping[str, Level] = {"compatible": Level.COMPATIBLE, "risky": Level.RISKY, "breaking": Level.BREAKING}


@dataclass(frozen=True, slots=True)
class Heard:
    """objections: every one ever made. made: by the shown id of a present finding, those that were made against it,
    oldest first. gone_at: by key, when one was taken back.
    reclassified: by finding fingerprint, what counts. raised: those that made a finding worse, to keep.
    outcomes: by (kind, comment, line), of the commands that are dealt with here.
    taken_back: the same keys, of `/revoke` and approvals that took back an objection. retracted: by the shown id of a
    present finding, who took back an objection to it last.
    declined: who was refused up to now, also here, because the decision was not theirs.
    """

    objections: tuple[Objection, ...]
    made: Mapping[str, tuple[Objection, ...]]
    gone_at: Mapping[str, datetime]
    reclassified: Mapping[str, Reclassification]
    raised: tuple[Reclassification, ...]
    outcomes: Mapping[tuple[str, int, int], Outcome]
    taken_back: frozenset[tuple[str, int, int]]
    declined: Declined
    retracted: Mapping[str, Revocation] = field(default_factory=dict)

    @property
    def standing(self) -> dict[str, tuple[Objection, ...]]:
        """By the shown id of a present finding, what stands against it to this day, oldest first."""
        left = {id: tuple(o for o in made if o.key not in self.gone_at) for id, made in self.made.items()}
        return {id: objections for id, objections in left.items() if objections}

    def standing_at(self, finding: str, moment: datetime) -> tuple[Objection, ...]:
        """What stood against a finding just before a moment: made by then, and not taken back by then."""
        return tuple(
            o
            for o in self.made.get(finding, ())
            if o.at < moment and not (o.key in self.gone_at and self.gone_at[o.key] < moment)
        )

    @property
    def levels(self) -> dict[str, Level]:
        return {fingerprint: one.after for fingerprint, one in self.reclassified.items()}


def hear(
    comments: Iterable[Comment],
    findings: Sequence[JudgedFinding],
    publications: Iterable[PublishedDecision],
    authority: Authority,
    newcomers: Collection[str] = (),
) -> Heard:
    """publications: every decision published so far, in any order."""
    ordered = tuple(sorted(publications, key=lambda p: p.published_at))
    hearing = _Hearing(findings, ordered, authority, newcomers)
    for comment, command in in_order(comments):
        hearing.take(comment, command)
    return hearing.close()


@dataclass(slots=True)
class _Hearing:
    findings: Sequence[JudgedFinding]
    publications: Sequence[PublishedDecision]
    authority: Authority
    newcomers: Collection[str]
    present: dict[str, JudgedFinding] = field(default_factory=dict)
    by_element: dict[tuple[str, str], list[JudgedFinding]] = field(default_factory=dict)
    objections: dict[str, Objection] = field(default_factory=dict)
    gone_at: dict[str, datetime] = field(default_factory=dict)
    proposals: dict[tuple[str, Level], Person] = field(default_factory=dict)
    votes: dict[tuple[str, Level], set[int]] = field(default_factory=dict)
    kept: list[Reclassification] = field(default_factory=list)
    raised: list[Reclassification] = field(default_factory=list)
    outcomes: dict[tuple[str, int, int], Outcome] = field(default_factory=dict)
    taken_back: set[tuple[str, int, int]] = field(default_factory=set)
    retracted: dict[str, Revocation] = field(default_factory=dict)
    declined: Declined = field(init=False)
    lists: Lists = field(init=False)

    def __post_init__(self) -> None:
        self.lists = Lists(self.publications, self.present)
        self.declined = Declined.remembered(name for published in self.publications for name in published.withdrawn)
        for finding in self.findings:
            self.present[finding.id] = finding
            change = finding.impact.finding
            self.by_element.setdefault((change.contract, blanked(change.change.element)), []).append(finding)
        for published in self.publications:
            self.objections.update((objection.key, objection) for objection in published.objections)
            self.kept += (one for one in published.raised if one not in self.kept)

    def take(self, comment: Comment, command: Command) -> None:
        key = (comment.kind, comment.id, command.line)
        try:
            if command.action is Action.OBJECT:
                self.outcomes[key] = self._object(comment, command)
            elif command.action is Action.RECLASSIFY:
                self.outcomes[key] = self._reclassify(comment, command)
            elif command.action in (Action.REVOKE, Action.APPROVE):
                self._take_back(comment, command)
        except Refused as refused:
            if command.action in (Action.OBJECT, Action.RECLASSIFY):
                self.outcomes[key] = Outcome(comment, command, False, str(refused))

    def close(self) -> Heard:
        made: dict[str, list[Objection]] = {}
        objections = tuple(sorted(self.objections.values(), key=lambda o: (o.at, o.comment_id, o.key)))
        for objection in objections:
            for finding in self._about(objection):
                made.setdefault(finding.id, []).append(objection)
        said = {(one.comment_kind, one.comment_id, one.finding, one.after): one for one in (*self.kept, *self.raised)}
        decided = sorted(said.values(), key=lambda r: (r.at, r.comment_id))
        present = {finding.fingerprint for finding in self.findings}
        return Heard(
            objections=objections,
            made={id: tuple(found) for id, found in made.items()},
            gone_at=self.gone_at,
            reclassified={one.fingerprint: one for one in decided if one.fingerprint in present},
            raised=tuple(one for one in decided if one.after.severity > one.before.severity),
            outcomes=self.outcomes,
            taken_back=frozenset(self.taken_back),
            declined=self.declined,
            retracted=self.retracted,
        )

    # ---- /object

    def _object(self, comment: Comment, command: Command) -> Outcome:
        person = human(comment)
        made: list[Objection] = []
        unheard: dict[str, FindingSeen] = {}
        meant = self.lists.meant(comment, command)
        if not command.ids and shown_to(self.publications, comment) is None:
            meant = self._already_made(comment, command) or self._whatever_there_is()
        for id, seen in meant.items():
            capacities = self._capacities(person, seen, id, command.consumer)
            if not capacities:
                unheard[id] = seen
            for capacity in capacities:
                made.append(
                    Objection(
                        finding=id,
                        contract=seen.contract,
                        element=seen.element,
                        capacity=capacity,
                        person=person,
                        at=comment.created_at,
                        text=command.note,
                        comment_url=comment.url,
                        comment_id=comment.id,
                        comment_kind=comment.kind,
                        line=command.line,
                    )
                )
        if not made:
            raise Refused(self._why_not(unheard.values()))
        self._forget_stand_ins(comment, command)
        for objection in made:
            kept = self.objections.get(objection.key)
            if kept is None or not kept.text:
                self.objections[objection.key] = objection  # as it was first written
        reason = ""
        if command.ids and unheard:
            reason = f"Not counted for {listed([f'`{id}`' for id in unheard])}: {self._who_may(unheard.values())}"
        return Outcome(comment, command, True, reason, is_told=bool(reason))

    def _already_made(self, comment: Comment, command: Command) -> dict[str, FindingSeen]:
        line = (comment.kind, comment.id, command.line)
        made = (o for o in self.objections.values() if (o.comment_kind, o.comment_id, o.line) == line)
        return {o.finding: FindingSeen("", o.contract, o.element) for o in made}

    def _whatever_there_is(self) -> dict[str, FindingSeen]:
        """What an objection is to when it is not known what could be seen: nobody goes unheard because we forgot."""
        return {id: seen_as(finding) for id, finding in self.present.items() if self.lists.is_worth_it(id)}

    def _forget_stand_ins(self, comment: Comment, command: Command) -> None:
        """What the block in our comment kept of this very line without naming its consumer, now that it is heard."""
        known = self.authority.consumers
        for key, kept in list(self.objections.items()):
            is_this = (kept.comment_kind, kept.comment_id, kept.line) == (comment.kind, comment.id, command.line)
            if is_this and kept.capacity.consumer is not None and kept.capacity.consumer not in known:
                del self.objections[key]

    def _why_not(self, unheard: Collection[FindingSeen]) -> str:
        if not unheard:
            return "Nothing that concerns you was in the list that you could see when you wrote this: name the ids."
        return f"{self._who_may(unheard)} If it concerns you, have the registry say what you use."

    def _who_may(self, unheard: Collection[FindingSeen]) -> str:
        if any(self._only_reports(seen.contract) for seen in unheard):
            return "This contract is only reported on, so there is nothing to block."
        return "An objection takes a consumer whom the change reaches, the decision owner or the contract's owner."

    def _only_reports(self, contract: str) -> bool:
        known = self.authority.contracts.get(contract)
        return known is None or only_reports(known, self.authority.registry, self.newcomers)

    def _capacities(self, person: Person, seen: FindingSeen, id: str, named: str | None) -> tuple[Capacity, ...]:
        """In which roles the person may object: for each consumer that it reaches, or else as an owner.

        Whoever made the change may, too: an objection only ever holds.
        """
        if self._only_reports(seen.contract):
            return ()
        consumers = [
            Capacity("consumer", impact.consumer)
            for finding in self._near(id, seen)
            for impact in finding.impact.consumers
            if impact.reach is not Reach.NOT
        ]
        mine = [c for c in dict.fromkeys(consumers) if self._speaks_for(person, seen.contract, c)]
        owners = [c for c in (DECISION_OWNER, PRODUCER_OWNER) if self._speaks_for(person, seen.contract, c)]
        if named is not None:
            return tuple(c for c in (*mine, *owners) if is_for(c, named))
        return tuple(mine or owners[:1])

    def _speaks_for(self, person: Person, contract: str, capacity: Capacity) -> bool:
        return person.id in self.authority.signers(contract, capacity).members

    def _about(self, objection: Objection) -> Iterable[JudgedFinding]:
        return self._near(objection.finding, FindingSeen("", objection.contract, objection.element))

    def _near(self, id: str, seen: FindingSeen) -> Sequence[JudgedFinding]:
        """The finding itself; when it is no longer there, whatever is found at its element now, or at what holds it."""
        if id in self.present:
            return (self.present[id],)
        return self.by_element.get((seen.contract, blanked(seen.element))) or self._holding(seen)

    def _holding(self, seen: FindingSeen) -> Sequence[JudgedFinding]:
        """To take away the whole instead of a part of it answers nobody who objected to that."""
        element = read(seen.element)
        return [
            finding
            for (contract, _), findings in self.by_element.items()
            if contract == seen.contract
            for finding in findings
            if finding.impact.finding.level is not Level.COMPATIBLE
            and relation(element, read(finding.impact.finding.change.element)) is Relation.ELEMENT_CONTAINS_USE
        ]

    # ---- taking back

    def _take_back(self, comment: Comment, command: Command) -> None:
        """Whoever objected may take it back, by `/revoke` or by signing after all. No edited comment does, and no
        approval that means nothing. Raises Refused.
        """
        person = signer(comment)
        if command.action is Action.APPROVE:
            self._refuse_what_means_nothing(comment, command)
        own = [o for o in self.objections.values() if o.person.id == person.id and o.at < comment.created_at]
        if command.consumer is not None:
            own = [o for o in own if is_for(o.capacity, command.consumer)]
        if command.ids:
            own = [o for o in own if self._is_meant(o, command.ids)]
        elif command.action is not Action.REVOKE:
            unsigned = self.lists.unsigned_before(comment)
            own = [o for o in own if any(finding.id in unsigned for finding in self._about(o))]
        own = [o for o in own if o.key not in self.gone_at]
        if own:
            self.gone_at.update((o.key, comment.created_at) for o in own)
            self.taken_back.add((comment.kind, comment.id, command.line))
            by = Revocation("", person, comment.created_at, comment.url)
            self.retracted.update((finding.id, by) for o in own for finding in self._about(o))

    def _refuse_what_means_nothing(self, comment: Comment, command: Command) -> None:
        if is_past(command, comment):
            raise Refused(f"{command.until} was over when you wrote this.")
        if was_altered(self.publications, comment):
            raise Refused(ALTERED)
        if command.ids:
            self.lists.meant(comment, command)

    def _is_meant(self, objection: Objection, prefixes: tuple[str, ...]) -> bool:
        ids = [objection.finding, *(finding.id for finding in self._about(objection))]
        return any(id.startswith(prefixes) for id in ids)

    # ---- /reclassify

    def _reclassify(self, comment: Comment, command: Command) -> Outcome:
        person = signer(comment)
        finding, contract, after = self._to_reclassify(comment, command)
        if self._may_decide(person, contract.id, comment):
            return self._decide_level(comment, command, person, finding, contract, after)
        if did := self.authority.excludes(contract.id, person):
            raise Refused(f"You are {did}: someone else has to say what it is.")
        deciders = self.authority.signers(contract.id, DECISION_OWNER)
        who = listed(deciders.handles, "or")
        if not self._speaks_for(person, contract.id, PRODUCER_OWNER):
            if person.id in {one.id for one in deciders.people}:
                raise Refused(NOT_THEN)
            raise Refused(f"Whether a finding is right is for the contract's owner to propose and for {who} to decide.")
        self.proposals[finding.fingerprint, after] = person
        how = f"/reclassify {finding.id} {command.level} -- reason"
        reason = f"Proposed. It counts once somebody from {who} writes `{how}`."
        return Outcome(comment, command, True, reason, is_told=True)

    def _to_reclassify(self, comment: Comment, command: Command) -> tuple[JudgedFinding, Contract, Level]:
        """The finding that is meant, its contract, and what it is to be. Raises Refused where nobody could say so."""
        if was_altered(self.publications, comment):
            raise Refused(ALTERED)
        ((id, seen),) = self.lists.meant(comment, command).items()
        finding = self.present.get(id)
        if finding is None or (seen.fingerprint and finding.fingerprint != seen.fingerprint):
            raise Refused(f"What `{id}` stood for has changed since: see the present list.")
        if not self.lists.was_seen(finding, comment):
            raise Refused(f"`{id}` had not been published when you wrote this: look at the list, and write it again.")
        contract = self.authority.contracts.get(seen.contract)
        if contract is None or command.level is None:
            raise Refused("That contract is not in the registry on the base branch, so nothing is held because of it.")
        if finding.impact.finding.change.fact.startswith("registry."):
            raise Refused("What an edit of the registry takes from others is not for the catalogue to say.")
        if stays_until(finding.impact, contract, comment.created_at.date()):
            raise Refused("What is removed was promised until a day that is still to come; its level does not matter.")
        return finding, contract, _LEVELS[command.level]

    def _decide_level(
        self,
        comment: Comment,
        command: Command,
        person: Person,
        finding: JudgedFinding,
        contract: Contract,
        after: Level,
    ) -> Outcome:
        before = finding.impact.finding.level
        votes = self.votes.setdefault((finding.fingerprint, after), set())
        votes.add(person.id)
        needed = quorum(finding.impact, contract, self.authority) if after.severity < before.severity else 1
        if len(votes) < needed:
            reason = f"{len(votes)} of {needed} people of the decision owner say so; it counts once all of them do."
            return Outcome(comment, command, True, reason, is_told=True)
        one = Reclassification(
            finding=finding.id,
            fingerprint=finding.fingerprint,
            contract=contract.id,
            rule=finding.impact.finding.rule.id,
            before=before,
            after=after,
            person=person,
            at=comment.created_at,
            reason=command.note,
            comment_url=comment.url,
            comment_id=comment.id,
            comment_kind=comment.kind,
            proposed_by=self.proposals.get((finding.fingerprint, after)),
        )
        self.raised.append(one)
        return Outcome(comment, command, True)

    def _may_decide(self, person: Person, contract: str, comment: Comment) -> bool:
        able = {one.id for one in self.authority.signers(contract, DECISION_OWNER).people}
        is_known = self.authority.is_known(contract, DECISION_OWNER)
        return self.declined.admits(person, able, role_of(contract, "level"), comment.created_at, is_known=is_known)
