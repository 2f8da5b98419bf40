"""A decision on a pull request becomes its explanation: what GitHub was made to show, why, and what that rests on.

No private consumer is named in it: they stand under the name that everybody may read (`bot.report.names`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from bot.registry.impact import Reach
from bot.report import items, words
from bot.report.explained import (
    VERSION,
    Account,
    Asked,
    Barred,
    Commanded,
    Explanation,
    Fact,
    Found,
    Objected,
    Reached,
    Reclassified,
    Said,
    Shown,
    Superseded,
)
from bot.report.items import Item
from bot.report.names import Names
from bot.report.publication import CheckOutput
from bot.review.capacity import Capacity, Signature
from bot.review.disputes import Dispute, Objection, Reclassification
from bot.review.people import Person
from bot.review.silence import Course
from bot.review.values import Answer, Decision, Requirement, SupersededSignature

if TYPE_CHECKING:
    from bot.registry.model import Registry

_FINDINGS = 500
_REQUIREMENTS = 2_000
_COMMANDS = 500
_FACTS = 500
_CONSUMERS = 50
_PLACES = 20
_VALUE = 200


@dataclass(frozen=True, slots=True)
class Looked:
    """Where things stood when the pull request was looked at. facts: with the names that everybody may read. logins: of
    people that are known, by id. is_readable: people can see the decision, so whoever is asked in it is asked by now.
    """

    repository: str
    number: int
    url: str
    at: datetime
    tool_version: str
    base_ref: str
    head_sha: str
    registry_sha: str
    merge_base_sha: str | None
    draft: bool
    comment: str | None
    facts: tuple[Fact, ...]
    logins: Mapping[int, str] = field(default_factory=dict)
    is_readable: bool = True


def explanation(decision: Decision, registry: Registry | None, check: CheckOutput, looked: Looked) -> Explanation:
    """The explanation of a decision. check: as GitHub was made to show it."""
    writer = _Writer(Names(registry), {} if looked.draft else _courses(decision, looked))
    found = items.of_decision(decision, registry)
    newest = sorted(decision.answers, key=lambda a: (a.comment.created_at, a.comment.id, a.line), reverse=True)
    told = {
        "findings": (found, _FINDINGS),
        "requirements": (decision.requirements, _REQUIREMENTS),
        "commands": (newest, _COMMANDS),
        "facts": (looked.facts, _FACTS),
    }
    disputes = {objection.key: dispute for dispute in decision.disputes for objection in dispute.objections}
    return Explanation(
        version=VERSION,
        repository=looked.repository,
        number=looked.number,
        url=looked.url,
        looked_at=looked.at,
        tool_version=looked.tool_version,
        verdict=decision.verdict.value,
        would=decision.would.value if decision.would else None,
        check=Shown(check.conclusion, writer.text(check.title)),
        digest=decision.digest,
        base_ref=looked.base_ref,
        head_sha=looked.head_sha,
        registry_sha=looked.registry_sha,
        merge_base_sha=looked.merge_base_sha,
        draft=looked.draft,
        comment=looked.comment,
        next_due=decision.next_due,
        requirements=tuple(map(writer.asked, decision.requirements[:_REQUIREMENTS])),
        findings=tuple(map(writer.found, found[:_FINDINGS])),
        objections=tuple(writer.objected(one, disputes.get(one.key)) for one in decision.objections),
        reclassified=tuple(map(writer.reclassified, decision.reclassified)),
        superseded=tuple(map(writer.superseded, decision.superseded)),
        commands=tuple(map(writer.commanded, newest[:_COMMANDS])),
        may_not_sign=tuple(
            Barred(id, writer.text(role), looked.logins.get(id)) for id, role in decision.excluded.items()
        ),
        facts=looked.facts[:_FACTS],
        not_checked=writer.texts(decision.not_checked),
        faults=writer.texts(decision.faults),
        problems=writer.texts(decision.problems),
        left_out={name: len(whole) - most for name, (whole, most) in told.items() if len(whole) > most},
    )


def _courses(decision: Decision, looked: Looked) -> dict[str, Course]:
    """What begins with this decision goes before what began with an earlier one, if people can see it."""
    earlier = {one.fingerprint: one.silence for one in decision.requirements if one.silence is not None}
    return {**earlier, **decision.beginning} if looked.is_readable else earlier


class _Writer:
    """Writes every part so that it names nobody who is private."""

    def __init__(self, names: Names, courses: Mapping[str, Course]) -> None:
        """courses: of those who are asked, by fingerprint."""
        self._names = names
        self._courses = courses

    def text(self, text: str) -> str:
        return self._names.hide(text)

    def texts(self, texts: Iterable[str]) -> tuple[str, ...]:
        return tuple(map(self.text, texts))

    def asked(self, one: Requirement) -> Asked:
        course = self._courses.get(one.fingerprint)
        return Asked(
            contract=one.contract,
            finding=one.finding,
            fingerprint=one.fingerprint,
            capacity=self._capacity(one.capacity),
            state=one.state.value,
            holds=one.holds and one.enforcement == "enforce",
            blocking=one.blocking,
            enforcement=one.enforcement,
            wants=one.wants,
            why=self.text(one.why),
            may_sign=one.signers,
            people=len(one.people),
            needed=one.needed,
            places=self.texts(one.places[:_PLACES]),
            asked_at=course.asked_at if course else None,
            remind_at=course.remind_at if course else None,
            follows_at=course.follows_at if course else None,
            on_silence=course.on_silence if course else None,
            signatures=tuple(map(self._said, one.signatures)),
        )

    def found(self, item: Item) -> Found:
        finding, change = item.finding, item.finding.change
        position = change.position
        blocking = [one for one in item.requirements if one.blocking]
        reached = [*item.reached(Reach.AFFECTED), *item.reached(Reach.POSSIBLY)]
        return Found(
            id=item.id,
            contract=finding.contract,
            level=item.level.value,
            rule=finding.rule.id,
            title=self.text(finding.rule.title),
            element=self.text(change.element),
            before=None if change.before is None else self.text(words.value(change.before, _VALUE)),
            after=None if change.after is None else self.text(words.value(change.after, _VALUE)),
            path=self.text(position.path) if position else None,
            line=position.line if position else None,
            guarantee=item.guarantee.value if item.guarantee else None,
            settled=bool(blocking) and all(one.state.is_settled for one in blocking),
            consumers=tuple(
                Reached(
                    self.text(self._names.consumer(one.consumer)),
                    one.reach.value,
                    self.texts(one.uses[:_PLACES]),
                    self.texts(one.evidence[:_PLACES]) if one.alias or not self._names.is_private(one.consumer) else (),
                )
                for one in reached[:_CONSUMERS]
            ),
        )

    def objected(self, one: Objection, dispute: Dispute | None) -> Objected:
        ruling = dispute.ruling if dispute else None
        return Objected(
            finding=one.finding,
            contract=one.contract,
            capacity=self._capacity(one.capacity),
            by=_account(one.person),
            at=one.at,
            text=self.text(one.text),
            comment=one.comment_url,
            stands=dispute is not None,
            respond_by=dispute.respond_by if dispute else None,
            ruling=self._said(ruling) if ruling else None,
        )

    def reclassified(self, one: Reclassification) -> Reclassified:
        return Reclassified(
            finding=one.finding,
            contract=one.contract,
            rule=one.rule,
            before=one.before.value,
            after=one.after.value,
            by=_account(one.person),
            proposed_by=_account(one.proposed_by) if one.proposed_by else None,
            at=one.at,
            reason=self.text(one.reason),
            comment=one.comment_url,
        )

    def superseded(self, one: SupersededSignature) -> Superseded:
        return Superseded(one.finding, one.contract, one.reason, one.replaced_by, self._said(one.signature))

    def commanded(self, one: Answer) -> Commanded:
        written = one.comment
        return Commanded(
            command=self.text(one.command),
            by=_account(written.author) if written.author else None,
            at=written.created_at,
            comment=written.url,
            line=one.line,
            counts=one.accepted,
            reason=self.text(one.reason),
        )

    def _said(self, one: Signature) -> Said:
        return Said(
            act=one.act,
            by=_account(one.person),
            capacity=self._capacity(one.capacity),
            at=one.signed_at,
            comment=one.comment_url,
            note=self.text(one.note),
            expires_at=one.expires_at,
            until=one.until,
            code=one.code,
        )

    def _capacity(self, capacity: Capacity) -> str:
        if not capacity.consumers:
            return str(capacity)
        return self.text(
            words.joined([self._names.consumer(one) for one in capacity.consumers], last="or", limit=_CONSUMERS)
        )


def _account(person: Person) -> Account:
    return Account(person.id, person.login)
