"""What we say besides the one comment: issues about a merge without signatures and about waivers, reminders, answers to
buttons and reviews. Short texts, each for somebody who has to do something.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.registry.model import Registry
from bot.report import items, safety, words
from bot.report.blocks import line
from bot.report.names import Names, handle
from bot.report.signing import capacity_name
from bot.review.values import Decision, Person, Requirement

TITLE_LIMIT = 200
_FINDINGS_LISTED = 20


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
    names = Names(registry)
    who = safety.plain(f"@{by.login}") if by else "a deleted account"
    absent = missing(decision)
    owners = sorted({handle for r in absent if r.capacity.kind != "consumer" for handle in r.signers})
    called = f"{words.joined([handle(o, frozenset(owners)) for o in owners])}: " if owners else ""
    parts = [
        f"{called}{who} merged #{number} on {words.date(at)} while it was held, past the required check "
        "(an administrator can do that)."
    ]
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
        parts.append("This counts as a surprise for the consumers named: they were affected and had not agreed.")
    parts.append("What to do: tell those affected, then either revert it or settle it with them, and close this issue.")
    return Issue(safety.clip(f"Merged without countersignatures: #{number}", TITLE_LIMIT), "\n\n".join(parts))


def _whose(requirements: Sequence[Requirement], names: Names) -> list[str]:
    """Capacities with who may sign in them, each once. Nobody but the decision owner is pinged."""
    spelled: dict[str, None] = {}
    for requirement in requirements:
        signers = words.joined([safety.plain(s) for s in requirement.signers], last="or")
        who = safety.plain(capacity_name(requirement, names))
        spelled[f"**{who}** ({signers})" if signers else f"**{who}**"] = None
    return list(spelled)
