"""What a look at a pull request leaves in the ledger: the decision, each requirement's steps, what was commanded.

An auditor need not ask GitHub: comments can be edited and deleted there, and the ledger says what they said.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot import __version__
from bot.engine.bench import Bench, entry
from bot.github.pull import PullRequestState
from bot.review.capacity import Signature
from bot.review.transitions import Circumstance, transitions
from bot.review.values import Answer, Decision, PublishedDecision, Verdict
from bot.store import Entry

COMMAND = "command"
_WRITTEN = ("key", "actor", "at", "comment", "command")
_GONE = "The comment was edited or deleted."


def decided(state: PullRequestState, decision: Decision, before: PublishedDecision | None) -> list[Entry]:
    """The decision, and each requirement's step since `before`, the last one that judged anything."""
    where = Circumstance(state.head_sha, state.base_sha, __version__)
    steps = transitions(before, decision, where)
    return [_decision(state, decision), *(entry("transition", state, step.as_plain()) for step in steps)]


async def commanded(bench: Bench, state: PullRequestState, decision: Decision) -> list[Entry]:
    """Every command whose outcome is not in the ledger yet: new ones, and those that count no more.

    While nothing can be judged, only new ones are answered, and no earlier one is taken to be gone.
    """
    rows = await bench.store.entries(f"{state.repository}#{state.number}", COMMAND)
    known = {row.body["key"]: row.body for row in rows}
    counted = {key: body["counts"] for key, body in known.items()}
    present = {_key(answer): answer for answer in decision.answers}
    news = [_command(answer) for key, answer in present.items() if counted.get(key) != answer.accepted]
    if decision.verdict is not Verdict.FAILED:
        gone = (body for key, body in known.items() if key not in present and body["counts"])
        news += [{**{name: body[name] for name in _WRITTEN}, "counts": False, "reason": _GONE} for body in gone]
    return [entry(COMMAND, state, body) for body in news]


def _key(answer: Answer) -> str:
    return f"{answer.comment.kind}:{answer.comment.id}:{answer.line}"


def _command(answer: Answer) -> dict[str, Any]:
    comment = answer.comment
    return {
        "key": _key(answer),
        "actor": comment.author.account if comment.author else None,
        "at": comment.created_at.isoformat(),
        "comment": comment.url,
        "command": answer.command,
        "counts": answer.accepted,
        "reason": answer.reason,
    }


def _decision(state: PullRequestState, decision: Decision) -> Entry:
    """What was asked, who had said what to it, for which head."""
    requirements = [
        {
            "contract": requirement.contract,
            "finding": requirement.finding,
            "fingerprint": requirement.fingerprint,
            "capacity": str(requirement.capacity),
            "blocking": requirement.blocking,
            "enforcement": requirement.enforcement,
            "state": requirement.state.value,
            "signatures": [_signature(signature) for signature in requirement.signatures],
        }
        for requirement in decision.requirements
    ]
    body: Mapping[str, Any] = {
        "digest": decision.digest,
        "verdict": decision.verdict.value,
        "would": decision.would.value if decision.would else None,
        "requirements": requirements,
        "rulings": [
            {"finding": dispute.finding, "contract": dispute.contract, **_signature(dispute.ruling)}
            for dispute in decision.disputes
            if dispute.ruling is not None
        ],
        "objections": [
            {
                **one.person.account,
                "capacity": str(one.capacity),
                "finding": one.finding,
                "text": one.text,
                "at": one.at.isoformat(),
                "comment": one.comment_url,
            }
            for one in decision.objections
        ],
        "reclassified": [
            {
                **one.person.account,
                "proposed_by": one.proposed_by.account if one.proposed_by else None,
                "finding": one.finding,
                "contract": one.contract,
                "rule": one.rule,
                "from": one.before.value,
                "to": one.after.value,
                "reason": one.reason,
                "at": one.at.isoformat(),
                "comment": one.comment_url,
            }
            for one in decision.reclassified
        ],
    }
    return entry("decision", state, body)


def _signature(one: Signature) -> dict[str, Any]:
    return {
        **one.person.account,
        "act": one.act,
        "capacity": str(one.capacity),
        "at": one.signed_at.isoformat(),
        "comment": one.comment_url,
        "note": one.note,
        "code": one.code,
        "until": one.until.isoformat() if one.until else None,
        "expires_at": one.expires_at.isoformat() if one.expires_at else None,
        "for_silent": one.for_silent,
    }
