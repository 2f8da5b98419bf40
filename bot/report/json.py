"""Reports for programs: `--format json`.

Stable: `version` goes up when something is removed or changes its meaning; keys may be added without that.

    version        1
    verdict        held | released | clear | reported | warned | observed | failed (absent where there is no decision:
                   `diff`, `lint`)
    title          the outcome in one line
    digest         names the decision
    findings       worst first: id, fingerprint, contract, level, rule, title, why, instead, fact, element, before,
                   after, position {path, line, end_line, side} or null, places [address], guarantee, signed,
                   consumers [{consumer, reach, uses, evidence}], also [{rule, level, title, places}]: what the same
                   edit does elsewhere
    requirements   contract, finding, fingerprint, capacity {kind, consumer}, signers, blocking, state, needed, why,
                   signatures [{login, signed_at, url, note}]
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
from bot.report.headline import check_title
from bot.report.items import Item
from bot.report.names import Names
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
    return _text(
        {
            "version": VERSION,
            "verdict": judged.verdict.value,
            "title": names.hide(check_title(judged, shown)),
            "digest": judged.digest,
            "findings": [_finding(item, names) for item in shown],
            "requirements": [_requirement(requirement, names) for requirement in judged.requirements],
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
        "level": finding.level.value,
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
        "signed": item.is_signed,
        "consumers": [
            {
                "consumer": names.consumer(consumer.consumer),
                "reach": consumer.reach.value,
                "uses": list(consumer.uses),
                "evidence": _evidence(consumer, names),
            }
            for consumer in (item.impact.consumers if item.impact else ())
        ],
    }


def _evidence(consumer: ConsumerImpact, names: Names) -> list[str]:
    """Evidence of a private consumer names no reference when it was written for an alias; otherwise it is left out."""
    return list(consumer.evidence) if consumer.alias or not names.is_private(consumer.consumer) else []


def _requirement(requirement: Requirement, names: Names) -> dict[str, Any]:
    consumer = requirement.capacity.consumer
    return {
        "contract": requirement.contract,
        "finding": requirement.finding,
        "fingerprint": requirement.fingerprint,
        "capacity": {
            "kind": requirement.capacity.kind,
            "consumer": names.consumer(consumer) if consumer else None,
        },
        "signers": list(requirement.signers),
        "blocking": requirement.blocking,
        "state": requirement.state.value,
        "needed": requirement.needed,
        "why": names.hide(requirement.why),
        "signatures": [
            {
                "login": signature.person.login,
                "signed_at": signature.signed_at.isoformat(),
                "url": signature.comment_url,
                "note": signature.note,
            }
            for signature in signing.signatures_of(requirement)
        ],
    }


def _text(document: dict[str, Any]) -> str:
    """ASCII only: every reader takes it, and half characters of a hostile contract stay escapes."""
    try:
        text = orjson.dumps(document, default=str, option=_INDENTED).decode()
    except TypeError:  # half characters, and numbers of more than 64 bits
        return json.dumps(document, indent=2, default=str) + "\n"
    return _NOT_ASCII.sub(lambda found: json.dumps(found[0])[1:-1], text) + "\n"
