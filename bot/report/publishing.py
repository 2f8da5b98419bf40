"""A decision becomes everything GitHub is made to show."""

from __future__ import annotations

from dataclasses import replace

from bot.judge.finding import Level
from bot.registry.model import Registry
from bot.report.buttons import buttons
from bot.report.check import check_output
from bot.report.comment import comment
from bot.report.context import Context
from bot.report.publication import Publication
from bot.review.values import Decision, Verdict

LABELS = {
    Level.BREAKING: "contract: breaking",
    Level.UNCLASSIFIED: "contract: breaking",
    Level.RISKY: "contract: risky",
    Level.COMPATIBLE: "contract: compatible",
}
"""A label describes the change, not its signatures, so it stays once everybody has signed. What could not be classified
is labelled breaking: unknown is not safe, and it is held in the same way.
"""

MANAGED_LABELS = frozenset(LABELS.values())
"""The labels that are ours to set and to remove."""


def publication(decision: Decision, registry: Registry | None, context: Context) -> Publication:
    """Check, comment, label and review requests for a decision."""
    return Publication(
        check=replace(check_output(decision, registry, context), buttons=buttons(decision)),
        comment=comment(decision, registry, context) if _has_something_to_say(decision, context) else None,
        labels=_labels(decision),
        review_users=context.asks.users,
        review_teams=context.asks.teams,
    )


def _has_something_to_say(decision: Decision, context: Context) -> bool:
    return bool(
        context.commented
        or decision.findings
        or decision.problems
        or decision.answers
        or decision.not_checked
        or decision.faults
        or decision.verdict is Verdict.FAILED
    )


def _labels(decision: Decision) -> frozenset[str]:
    """Exactly one when a contract changed and could be judged, otherwise none."""
    if not decision.findings or decision.verdict is Verdict.FAILED:
        return frozenset()
    reclassified = {one.fingerprint: one.after for one in decision.reclassified}
    levels = (reclassified.get(judged.fingerprint, judged.impact.finding.level) for judged in decision.findings)
    worst = max(levels, key=lambda level: level.severity)
    return frozenset({LABELS[worst]})
