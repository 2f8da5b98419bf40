"""What we say besides the one comment: issues about a merge without signatures and about waivers, reminders, answers to
buttons and reviews. Short texts, each for somebody who has to do something.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.registry.model import Registry
from bot.report import items, safety, signing, states, words
from bot.report.blocks import line
from bot.report.names import Names, handle
from bot.report.signing import capacity_name
from bot.review.disputes import Escalation, FollowUp
from bot.review.offers import CONFIRMATION
from bot.review.people import Person
from bot.review.values import Decision, Requirement, RequirementState

TITLE_LIMIT = 200
_FINDINGS_LISTED = 20
_IDS_LISTED = 6
_CHANGES_NAMED = 3
_A_QUARTER = timedelta(days=90)
"""For the day in an example."""


@dataclass(frozen=True, slots=True)
class Issue:
    """Title (plain text) and Markdown body."""

    title: str
    body: str


def missing(decision: Decision) -> tuple[Requirement, ...]:
    """The signatures without which nothing should have been merged."""
    return tuple(r for r in decision.requirements if r.holds and r.enforcement == "enforce")


def bypass(decision: Decision, registry: Registry | None, number: int, by: Person | None, at: datetime) -> Issue:
    """For the decision owner: the pull request `number` was merged although it was held."""
    happened = (
        f"{_who(by)} merged #{number} on {words.date(at)} while it was held, past the required check "
        "(an administrator can do that)."
    )
    to_do = "tell those affected, then either revert it or settle it with them, and close this issue."
    title = f"Merged without countersignatures: #{number}"
    return Issue(safety.clip(title, TITLE_LIMIT), "\n\n".join(_past_the_check(decision, registry, happened, to_do)))


@dataclass(frozen=True, slots=True)
class Pushed:
    """What was pushed straight to a branch. commits: how many; url: of the page that compares before and after."""

    branch: str
    after: str
    commits: int
    url: str
    by: Person | None
    at: datetime


def pushed_past(decision: Decision, registry: Registry | None, push: Pushed) -> Issue:
    """For the decision owner: something was pushed past every pull request that nobody could sign."""
    what = words.count(push.commits, "commit") if push.commits else "an earlier state"
    happened = (
        f"{_who(push.by)} pushed {safety.link(what, push.url)} straight to {safety.code(push.branch)} on "
        f"{words.date(push.at)}, past every pull request: nobody signed what it changes."
    )
    to_do = (
        "tell those affected, then either revert it or settle it with them, and close this issue. A rule that requires "
        "a pull request before merging, and lets nobody past, has GitHub refuse such pushes."
    )
    title = f"Pushed straight to {safety.bare(push.branch, 100)} without countersignatures: {push.after[:7]}"
    return Issue(safety.clip(title, TITLE_LIMIT), "\n\n".join(_past_the_check(decision, registry, happened, to_do)))


def _who(by: Person | None) -> str:
    return safety.plain(f"@{by.login}") if by else "a deleted account"


def _past_the_check(decision: Decision, registry: Registry | None, happened: str, to_do: str) -> list[str]:
    names = Names(registry)
    absent = missing(decision)
    deciding = [handle for r in absent if r.capacity.kind != "consumer" for handle in r.signers]
    owners = sorted({*deciding, *_owners(registry, {r.contract for r in absent})})
    parts = [f"{_calling(owners)}{happened}"]
    if decision.problems:
        parts.append("Nothing could be judged then: " + safety.phrase(decision.problems[0]))
    gone = {(r.contract, r.finding) for r in absent}
    shown = [i for i in items.of_decision(decision, registry) if (i.finding.contract, i.id) in gone]
    if shown:
        listed = [line(item, None, names) for item in shown[:_FINDINGS_LISTED]]
        more = len(shown) - len(listed)
        parts.append("\n".join([*listed, f"- and {words.count(more, 'more change')}"] if more > 0 else listed))
    if absent:
        parts.append("Not signed by: " + words.joined(_whose(absent, names), limit=20) + ".")
    if any(r.capacity.kind == "consumer" for r in absent):
        parts.append("Those consumers were affected and had not agreed, so this counts as a surprise for them.")
    return [*parts, f"What to do: {to_do}"]


def _whose(requirements: Sequence[Requirement], names: Names) -> list[str]:
    """Capacities with who may sign in them, each once. Nobody but the decision owner is pinged."""
    spelled: dict[str, None] = {}
    for requirement in requirements:
        signers = words.joined([safety.plain(s) for s in requirement.signers], last="or")
        who = safety.plain(capacity_name(requirement, names))
        spelled[f"**{who}** ({signers})" if signers else f"**{who}**"] = None
    return list(spelled)


def follow_up(wanted: FollowUp, decision: Decision, registry: Registry | None, number: int) -> Issue:
    """For those who have to make up for a signature that was waived on pull request `number`."""
    names = Names(registry)
    is_consumer = registry is not None and any(c.id == wanted.consumer for c in registry.consumers)
    by = safety.link(safety.plain(f"@{wanted.person.login}"), safety.web_address(wanted.comment_url))
    contract, what = safety.code(wanted.contract), _named(decision, wanted.findings)
    until = wanted.until.isoformat()
    if is_consumer:
        name, owner = names.consumer(wanted.consumer), _owner_of(wanted.consumer, registry)
        shown = safety.plain(name)
        called = [owner] if owner and not names.is_private(wanted.consumer) else []
        lacking = f"#{number} changes {contract} without the signature of **{shown}**: {what}. {by} waived it"
        to_do = f"{shown} follows the change or settles with the decision owner what else is to be done"
        title = f"{safety.bare(name)} has yet to follow #{number} (by {until})"
    else:
        called = _owners(registry, {wanted.contract})
        lacking = f"#{number} removes from {contract} what was promised for longer: {what}. {by} set that aside"
        to_do = "those who still use it are told and helped"
        title = f"#{number} removed what was promised for longer (by {until})"
    parts = [
        f"{_calling(called)}{lacking} ({safety.code(wanted.code)}).",
        safety.quotation(names.hide(wanted.note)) if wanted.note else "",
        f"**Due by {until}**, when the waiver ends: {to_do}. Then close this issue.",
    ]
    return Issue(safety.clip(title, TITLE_LIMIT), "\n\n".join(part for part in parts if part))


def how_to_sign(decision: Decision, registry: Registry | None, login: str) -> str:
    """For whoever pressed the button: what is open for whom, and what they write."""
    names = Names(registry)
    absent = [r for r in decision.requirements if r.holds]
    if not absent:
        return f"{_calling([f'@{login}'])}Nothing is open here for anybody to sign."
    rows = signing.rows(absent)
    lines = [f"{_calling([f'@{login}'])}This is open:", ""]
    for row in rows:
        who = words.joined([safety.plain(s) for s in row.first.signers], last="or") or "nobody at present"
        name = safety.plain(capacity_name(row.first, names))
        state = states.shown(row.requirements, knows_people=True)
        lines.append(f"- {state}: **{name}** ({who}), for {_changes(decision, row.requirements)}")
    how = signing.how_to_sign(rows, [item.id for item in items.of_decision(decision, registry)])
    more = f"{safety.code('/contracts help')} lists everything that can be written."
    return "\n".join([*lines, "", *([how, ""] if how else []), more])


def offer(decision: Decision, login: str, ids: Sequence[str]) -> str:
    """For whoever approved by a review and could sign."""
    what = _named(decision, ids)
    waiting = f"{words.count(len(ids), 'change')} {'waits' if len(ids) == 1 else 'wait'} for you: {what}"
    called = _calling([f"@{login}"])
    return (
        f"{called}You approved this pull request by a review. A review may be about the code only, so it "
        f"is not counted for the contract, where {waiting}.\n\n"
        f"Should it count? Answer with one word, in a new comment:\n\n{safety.fenced(CONFIRMATION)}"
    )


def reminder(decision: Decision, requirements: Sequence[Requirement], registry: Registry | None) -> str:
    """For those who were asked and have not answered: half of their time is over."""
    names = Names(registry)
    called = sorted({signer for r in requirements for signer in r.signers})
    lines = [f"{_calling(called)}This pull request waits for you.", ""]
    for name, found in _by_name(requirements, names).items():
        ends = max(r.silence.follows_at for r in found if r.silence is not None)
        lines.append(
            f"- **{safety.plain(name)}** is asked for an answer by {words.date(ends)}: {_changes(decision, found)}"
        )
    disputed = [r.finding for r in requirements if r.state is RequirementState.OBJECTED]
    if len(disputed) < len(requirements):
        lines += ["", f"Agreed: {safety.code('/approve-breaking')}. Not agreed: {safety.code('/object -- reason')}."]
    if disputed:
        lines += ["", f"Somebody objects to {_ids(disputed)}. {signing.how_to_rule(disputed[0])}"]
    return "\n".join(lines)


def silence(decision: Decision, requirements: Sequence[Requirement], registry: Registry | None) -> str:
    """For the decision owner: consumers have not answered in time."""
    names = Names(registry)
    owners = _decision_owners(requirements, registry)
    lines = [f"{_calling(owners)}No answer came in time, so it is for the decision owner to go on:", ""]
    first = capacity_name(requirements[0], names)
    until = max(r.silence.follows_at for r in requirements if r.silence is not None).date() + _A_QUARTER
    for name, found in _by_name(requirements, names).items():
        lines.append(f"- **{safety.plain(name)}**: {_changes(decision, found)}")
    waive = safety.code(f"/waive {first} reason:policy_exception until:{until.isoformat()} -- why", 200)
    sign = safety.code(f"/approve-breaking as {first}")
    lines += ["", f"It can be waived ({waive}), signed in their place ({sign}), or waited for."]
    return "\n".join(lines)


def escalation(decision: Decision, registry: Registry | None, wanted: Escalation) -> str:
    """For the decision owner, whom somebody calls now; empty when there is nothing to be called for."""
    absent = missing(decision)
    if not absent:
        return ""
    names = Names(registry)
    owners = _decision_owners(absent, registry)
    by = safety.link(safety.plain(f"@{wanted.person.login}"), safety.web_address(wanted.comment_url))
    lines = [f"{_calling(owners)}{by} asks you to look at this now. It waits for:", ""]
    for name, found in _by_name(absent, names).items():
        lines.append(f"- **{safety.plain(name)}**: {_changes(decision, found)}")
    return "\n".join(lines)


def _by_name(requirements: Sequence[Requirement], names: Names) -> dict[str, list[Requirement]]:
    found: dict[str, list[Requirement]] = {}
    for requirement in requirements:
        found.setdefault(capacity_name(requirement, names), []).append(requirement)
    return found


def _decision_owners(requirements: Sequence[Requirement], registry: Registry | None) -> list[str]:
    return _owners(registry, {requirement.contract for requirement in requirements})


def _owners(registry: Registry | None, contracts: Collection[str]) -> list[str]:
    known = registry.contracts if registry else ()
    owners = [c.decision_owner or c.owner for c in known if c.id in contracts]
    return sorted({owner for owner in owners if owner})


def _owner_of(consumer: str, registry: Registry | None) -> str | None:
    return next((c.owner for c in registry.consumers if c.id == consumer), None) if registry else None


def _calling(handles: Sequence[str]) -> str:
    """Whom the sentence after it is for. These are pinged."""
    shown = words.joined([handle(one, frozenset(handles)) for one in handles], limit=10)
    return f"{shown}: " if shown else ""


def _changes(decision: Decision, requirements: Sequence[Requirement]) -> str:
    return _named(decision, [r.finding for r in requirements])


def _named(decision: Decision, ids: Sequence[str]) -> str:
    """Changes in words, with their ids: who reads this in an e-mail sees nothing else."""
    titles = {judged.id: safety.phrase(judged.impact.finding.rule.title) for judged in decision.findings}
    shown = [f"{titles[id]} ({safety.code(id)})" if id in titles else safety.code(id) for id in dict.fromkeys(ids)]
    return words.joined(shown, limit=_CHANGES_NAMED)


def _ids(ids: Sequence[str]) -> str:
    return words.joined([safety.code(id) for id in dict.fromkeys(ids)], limit=_IDS_LISTED)
