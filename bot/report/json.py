"""Reports for programs: `--format json`.

Stable: `version` goes up when something is removed or changes its meaning; keys may be added without that.

    version        1
    verdict        held | released | clear | reported | warned | observed | failed (absent where there is no decision:
                   `diff`, `lint`)
    would          the verdict if every contract were enforced, or null
    title          the outcome in one line
    digest         names the decision
    draft          nobody is asked yet
    findings       worst first: id, fingerprint, contract, level, rule, title, why, instead, fact, element, before,
                   after, position {path, line, end_line, side} or null, places [address], guarantee, settled,
                   standing (in words, or empty: objected to, overruled, …), signed (settled, and by everybody's own
                   word), reclassified {from, to, login, proposed_by, at, reason, url} or null (level is then what
                   people say), undoes_since (the newest release, where it undoes what was never released, and so needs
                   nobody) or null, consumers [{consumer, reach, uses, evidence, reasons [{verb, element, kind, days,
                   stale}]}], also [{rule, level, title, places}]: what the same edit does elsewhere
    requirements   contract, finding, fingerprint, capacity {kind, consumer}, signers, blocking, state, needed, wants,
                   enforcement, why, course {asked_at, remind_at, follows_at, on_silence} or null, signatures [{login,
                   act, signed_at, expires_at, expires_soon, until, code, for_silent, url, note}]
    disputes       what somebody objects to: finding, contract, respond_by, objections [{login, capacity, at, text,
                   url}], ruling (a signature) or null
    objections     every one that was ever made here, also those taken back: as in disputes, and finding
    superseded     signatures that no longer count: finding, contract, reason, replaced_by, signature
    follow_ups     what waivers leave to be done: contract, consumer, findings, code, until, url (of the waiver)
    ignored        commands that did not count: login, command, reason, url
    not_checked, faults, problems   sentences
    problems (of lint)              severity, path, line, message, instead

Private consumers appear under the name that everybody may read. Dates are ISO 8601 with their offset.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import orjson

from bot.judge.finding import Finding
from bot.registry.impact import ConsumerImpact
from bot.registry.problem import Problem
from bot.report import items, signing
from bot.report.deadlines import Deadlines, course_of
from bot.report.headline import check_title
from bot.report.items import Item
from bot.report.names import Names
from bot.review.capacity import Capacity, Signature
from bot.review.disputes import Dispute, Objection, Reclassification
from bot.review.values import Decision, Requirement

if TYPE_CHECKING:
    from bot.registry.model import Registry

VERSION = 1

_NOT_ASCII = re.compile(r"[^\x00-\x7e]+")
_INDENTED = orjson.OPT_INDENT_2 | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


def decision(judged: Decision, registry: Registry | None) -> str:
    """A decision as a JSON object."""
    shown = items.of_decision(judged, registry)
    names = Names(registry)
    deadlines = Deadlines.of(judged, registry)
    return _text(
        {
            "version": VERSION,
            "verdict": judged.verdict.value,
            "title": names.hide(check_title(judged, shown)),
            "digest": judged.digest,
            "would": judged.would.value if judged.would else None,
            "draft": judged.is_draft,
            "findings": [_finding(item, names) for item in shown],
            "requirements": [_requirement(requirement, judged, names) for requirement in judged.requirements],
            "disputes": [_dispute(dispute, judged, names, deadlines) for dispute in judged.disputes],
            "objections": [{"finding": one.finding, **_objection(one, names)} for one in judged.objections],
            "superseded": [
                {
                    "finding": gone.finding,
                    "contract": gone.contract,
                    "reason": gone.reason,
                    "replaced_by": gone.replaced_by,
                    "signature": _signature(gone.signature, judged, names),
                }
                for gone in judged.superseded
            ],
            "follow_ups": [
                {
                    "contract": one.contract,
                    "consumer": names.consumer(one.consumer),
                    "findings": list(one.findings),
                    "code": one.code,
                    "until": one.until.isoformat(),
                    "url": one.comment_url,
                }
                for one in judged.follow_ups
            ],
            "ignored": [
                {
                    "login": answer.comment.author.login if answer.comment.author else None,
                    "command": names.hide(answer.command),
                    "reason": names.hide(answer.reason),
                    "url": answer.comment.url,
                }
                for answer in judged.answers
                if not answer.accepted
            ],
            "not_checked": [names.hide(sentence) for sentence in judged.not_checked],
            "faults": [names.hide(sentence) for sentence in judged.faults],
            "problems": list(judged.problems),
        }
    )


def findings(found: Sequence[Finding]) -> str:
    """Findings alone as a JSON object (`countersign diff --format json`)."""
    shown = items.of_findings(found)
    return _text({"version": VERSION, "findings": [_finding(item, Names(None)) for item in shown]})


def lint(problems: Sequence[Problem]) -> str:
    """Problems of a registry as a JSON object."""
    listed = [
        {
            "severity": problem.severity,
            "path": problem.path,
            "line": problem.line,
            "message": problem.message,
            "instead": problem.instead,
        }
        for problem in problems
    ]
    return _text({"version": VERSION, "problems": listed})


def _finding(item: Item, names: Names) -> dict[str, Any]:
    finding, change, position = item.finding, item.finding.change, item.finding.change.position
    return {
        "id": item.id or None,
        "contract": finding.contract,
        "level": item.level.value,
        "rule": finding.rule.id,
        "title": finding.rule.title,
        "why": finding.rule.why,
        "instead": finding.rule.instead,
        "fact": change.fact,
        "element": change.element,
        "before": change.before,
        "after": change.after,
        "position": None
        if position is None
        else {
            "path": position.path,
            "line": position.line,
            "end_line": max(position.line, position.end_line),
            "side": change.side,
        },
        "places": [place.address for place in finding.places],
        "also": [
            {
                "rule": verdict.rule.id,
                "level": verdict.level.value,
                "title": verdict.rule.title,
                "places": [place.address for place in verdict.places],
            }
            for verdict in finding.verdicts[1:]
        ],
        "guarantee": item.guarantee.value if item.guarantee else None,
        "settled": item.is_settled,
        "standing": item.standing,
        "signed": item.is_signed,
        "reclassified": _reclassified(item.reclassified, names) if item.reclassified else None,
        "undoes_since": item.undoes_since or None,
        "consumers": [
            {
                "consumer": names.consumer(consumer.consumer),
                "reach": consumer.reach.value,
                "uses": list(consumer.uses),
                "evidence": _evidence(consumer, names),
                "reasons": _reasons(consumer, names),
            }
            for consumer in (item.impact.consumers if item.impact else ())
        ],
    }


def _evidence(consumer: ConsumerImpact, names: Names) -> list[str]:
    """Evidence of a private consumer names no reference when it was written for an alias; otherwise it is left out."""
    return list(consumer.evidence) if consumer.alias or not names.is_private(consumer.consumer) else []


def _reasons(consumer: ConsumerImpact, names: Names) -> list[dict[str, Any]]:
    if names.is_private(consumer.consumer) and not consumer.alias:
        return []
    return [
        {
            "verb": reason.verb,
            "element": reason.element,
            "kind": reason.kind,
            "days": reason.days,
            "stale": reason.stale,
        }
        for reason in consumer.reasons
    ]


def _reclassified(one: Reclassification, names: Names) -> dict[str, Any]:
    return {
        "from": one.before.value,
        "to": one.after.value,
        "login": one.person.login,
        "proposed_by": one.proposed_by.login if one.proposed_by else None,
        "at": one.at.isoformat(),
        "reason": names.hide(one.reason),
        "url": one.comment_url,
    }


def _requirement(requirement: Requirement, judged: Decision, names: Names) -> dict[str, Any]:
    course = course_of(requirement, judged)
    return {
        "contract": requirement.contract,
        "finding": requirement.finding,
        "fingerprint": requirement.fingerprint,
        "capacity": _capacity(requirement.capacity, names),
        "signers": list(requirement.signers),
        "blocking": requirement.blocking,
        "state": requirement.state.value,
        "needed": requirement.needed,
        "wants": requirement.wants,
        "enforcement": requirement.enforcement,
        "why": names.hide(requirement.why),
        "course": None
        if course is None
        else {
            "asked_at": course.asked_at.isoformat(),
            "remind_at": course.remind_at.isoformat(),
            "follows_at": course.follows_at.isoformat(),
            "on_silence": course.on_silence,
        },
        "signatures": [_signature(one, judged, names) for one in signing.signatures_of(requirement)],
    }


def _capacity(capacity: Capacity, names: Names) -> dict[str, Any]:
    shown = [names.consumer(consumer) for consumer in capacity.consumers]
    return {"kind": capacity.kind, "consumer": ",".join(shown) or None}


def _signature(signature: Signature, judged: Decision, names: Names) -> dict[str, Any]:
    return {
        "login": signature.person.login,
        "act": signature.act,
        "signed_at": signature.signed_at.isoformat(),
        "expires_at": signature.expires_at.isoformat() if signature.expires_at else None,
        "expires_soon": signature in judged.expiring,
        "until": signature.until.isoformat() if signature.until else None,
        "code": signature.code,
        "for_silent": signature.for_silent,
        "url": signature.comment_url,
        "note": names.hide(signature.note),
    }


def _dispute(dispute: Dispute, judged: Decision, names: Names, deadlines: Deadlines) -> dict[str, Any]:
    respond_by = deadlines.ruling_due(dispute.finding)
    return {
        "finding": dispute.finding,
        "contract": dispute.contract,
        "respond_by": respond_by.isoformat() if respond_by and dispute.ruling is None else None,
        "objections": [_objection(one, names) for one in dispute.objections],
        "ruling": _signature(dispute.ruling, judged, names) if dispute.ruling else None,
    }


def _objection(objection: Objection, names: Names) -> dict[str, Any]:
    return {
        "login": objection.person.login,
        "capacity": _capacity(objection.capacity, names),
        "at": objection.at.isoformat(),
        "text": names.hide(objection.text),
        "url": objection.comment_url,
    }


def _text(document: dict[str, Any]) -> str:
    """ASCII only: every reader takes it, and half characters of a hostile contract stay escapes."""
    try:
        text = orjson.dumps(document, default=str, option=_INDENTED).decode()
    except TypeError:  # half characters, and numbers of more than 64 bits
        return json.dumps(document, indent=2, default=str) + "\n"
    return _NOT_ASCII.sub(lambda found: json.dumps(found[0])[1:-1], text) + "\n"
