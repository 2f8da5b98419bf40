"""Published decisions as plain values, for whatever keeps them: a database, the authenticated block of a comment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.judge.finding import Level
from bot.review.capacity import Capacity
from bot.review.disputes import Objection, Reclassification
from bot.review.people import Person
from bot.review.values import AskedFor, FindingSeen, PublishedDecision, RequirementState

VERSION = 2
_READ = frozenset({1, 2})
"""Version 1 knew decision owners and consumers only, and neither objections nor states."""


def as_plain(published: PublishedDecision) -> dict[str, Any]:
    """Strings, lists and dictionaries only, which any JSON writer takes. `from_plain` gives the same value back."""
    return {
        "version": VERSION,
        "digest": published.digest,
        "published_at": published.published_at.isoformat(),
        "head_sha": published.head_sha,
        "requirements": {id: list(fingerprints) for id, fingerprints in published.requirements.items()},
        "open": list(published.open),
        "asked": {
            fingerprint: [asked.contract, asked.finding, asked.capacity.kind, asked.capacity.consumer, asked.element]
            for fingerprint, asked in published.asked.items()
        },
        "withdrawn": list(published.withdrawn),
        "findings": {id: [one.fingerprint, one.contract, one.element] for id, one in published.findings.items()},
        "states": {fingerprint: state.value for fingerprint, state in published.states.items()},
        "objections": [_plain_objection(objection) for objection in published.objections],
        "raised": [_plain_reclassification(one) for one in published.raised],
        "is_draft": published.is_draft,
        "unasked": list(published.unasked),
        "is_failed": published.is_failed,
        "asked_at": published.asked_at.isoformat() if published.asked_at else None,
        "is_altered": published.is_altered,
    }


def from_plain(plain: Mapping[str, Any]) -> PublishedDecision:
    """Raises KeyError, TypeError or ValueError for what `as_plain` of this version or an earlier one did not write."""
    version = plain["version"]
    if version not in _READ:
        raise ValueError(f"a published decision of version {version!r}; this version reads up to {VERSION}")
    published = PublishedDecision(
        digest=plain["digest"],
        published_at=datetime.fromisoformat(plain["published_at"]),
        head_sha=plain["head_sha"],
        requirements={id: tuple(fingerprints) for id, fingerprints in plain["requirements"].items()},
        open=tuple(plain["open"]),
        asked={
            fingerprint: _asked_of_version_1(*values) if version == 1 else _asked(*values)
            for fingerprint, values in plain["asked"].items()
        },
        withdrawn=tuple(plain["withdrawn"]),
    )
    if version == 1:
        return published
    return PublishedDecision(
        digest=published.digest,
        published_at=published.published_at,
        head_sha=published.head_sha,
        requirements=published.requirements,
        open=published.open,
        asked=published.asked,
        withdrawn=published.withdrawn,
        findings={id: FindingSeen(*values) for id, values in plain["findings"].items()},
        states={fingerprint: RequirementState(state) for fingerprint, state in plain["states"].items()},
        objections=tuple(_objection(one) for one in plain["objections"]),
        raised=tuple(_reclassification(one) for one in plain["raised"]),
        is_draft=bool(plain["is_draft"]),
        unasked=tuple(plain.get("unasked", ())),
        is_failed=bool(plain.get("is_failed", False)),
        asked_at=datetime.fromisoformat(plain["asked_at"]) if plain.get("asked_at") else None,
        is_altered=bool(plain.get("is_altered", False)),
    )


def _asked(contract: str, finding: str, kind: Any, consumer: str | None, element: str) -> AskedFor:
    return AskedFor(contract, finding, Capacity(kind, consumer), element)


def _asked_of_version_1(contract: str, finding: str, consumer: str | None, element: str) -> AskedFor:
    capacity = Capacity("consumer", consumer) if consumer else Capacity("decision_owner")
    return AskedFor(contract, finding, capacity, element)


def _plain_objection(objection: Objection) -> dict[str, Any]:
    return {
        "finding": objection.finding,
        "contract": objection.contract,
        "element": objection.element,
        "capacity": [objection.capacity.kind, objection.capacity.consumer],
        "text": objection.text,
        "line": objection.line,
        **_plain_comment(objection),
    }


def _objection(plain: Mapping[str, Any]) -> Objection:
    return Objection(
        finding=plain["finding"],
        contract=plain["contract"],
        element=plain["element"],
        capacity=Capacity(*plain["capacity"]),
        text=plain["text"],
        line=plain["line"],
        **_comment(plain),
    )


def _plain_reclassification(one: Reclassification) -> dict[str, Any]:
    return {
        "finding": one.finding,
        "fingerprint": one.fingerprint,
        "contract": one.contract,
        "rule": one.rule,
        "before": one.before.value,
        "after": one.after.value,
        "reason": one.reason,
        "proposed_by": _plain_person(one.proposed_by) if one.proposed_by else None,
        **_plain_comment(one),
    }


def _reclassification(plain: Mapping[str, Any]) -> Reclassification:
    return Reclassification(
        finding=plain["finding"],
        fingerprint=plain["fingerprint"],
        contract=plain["contract"],
        rule=plain["rule"],
        before=Level(plain["before"]),
        after=Level(plain["after"]),
        reason=plain["reason"],
        proposed_by=Person(*plain["proposed_by"]) if plain["proposed_by"] else None,
        **_comment(plain),
    )


def _plain_comment(said: Objection | Reclassification) -> dict[str, Any]:
    """Who wrote it, when and where."""
    return {
        "person": _plain_person(said.person),
        "at": said.at.isoformat(),
        "comment": [said.comment_url, said.comment_kind, said.comment_id],
    }


def _comment(plain: Mapping[str, Any]) -> dict[str, Any]:
    url, kind, id = plain["comment"]
    return {
        "person": Person(*plain["person"]),
        "at": datetime.fromisoformat(plain["at"]),
        "comment_url": url,
        "comment_kind": kind,
        "comment_id": id,
    }


def _plain_person(person: Person) -> list[Any]:
    return [person.id, person.login, person.is_bot]
