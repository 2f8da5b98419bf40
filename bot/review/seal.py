"""The hidden block that ends our comment: which signatures count, so that they outlive the database; and since when
whoever has not answered is asked.

It is authenticated (HMAC-SHA256 over the block and the pull request it belongs to), so a block that somebody else
pasted, or copied from another pull request, restores nothing. What it says is only where to look: every comment it
names is read again on GitHub and judged by the same rules as ever.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.review.disputes import Objection
from bot.review.lists import seen_as
from bot.review.people import CommentKind
from bot.review.record import as_plain, from_plain
from bot.review.selection import asked_for, restored_for
from bot.review.values import Decision, FindingSeen, PublishedDecision, Requirement, RequirementState

_BLOCK = re.compile(r"<!-- countersign:v1 ([A-Za-z0-9_-]+)\.([0-9a-f]{64}) -->")
_LONGEST = 2_000_000
"""Bytes a block may unpack to: thousands of signatures, and no bomb even if a key leaks."""
_MOST_ROOM = 30_000
"""Characters that a block may take with what costs no signature when it is lost: since when who is asked."""
_BEFORE = timedelta(seconds=1)
_AFTER = timedelta(seconds=1)
_LONG_AGO = datetime(2008, 1, 1, tzinfo=UTC)
"""Before there were pull requests."""

_WAITING = frozenset({RequirementState.OPEN, RequirementState.OBJECTED, RequirementState.CONSENTED})

_CommentKey = tuple[datetime, CommentKind, int]


def sealing_key(secret: str) -> bytes:
    """A key of its own, derived from one of the app's secrets."""
    return hmac.digest(secret.encode(), b"countersign: the block in the comment, v1", hashlib.sha256)


def seal(decision: Decision, subject: str, key: bytes) -> str:
    """The block for a decision on the pull request `subject` ("REPOSITORY_ID/NUMBER")."""
    signed = [*_what_outlives_its_comment(decision), *_as_they_saw_it(decision)]
    block = _block(_packed([*signed, *_since_when(decision)]), subject, key)
    return block if len(block) <= _MOST_ROOM else _block(_packed(signed), subject, key)


def is_sealed(body: str, subject: str, keys: Sequence[bytes]) -> bool:
    """Whether `body` ends with a block of ours for this pull request."""
    return _authentic(body, subject, keys) is not None


def restored(body: str, subject: str, keys: Sequence[bytes]) -> tuple[PublishedDecision, ...]:
    """What was open to those whose signatures the block names, each just before they signed; since when the others are
    asked; nothing for any other block. Deciding on these gives the same signatures, as far as their comments and
    authors still stand, and leaves everybody the time that they had.
    """
    text = _authentic(body, subject, keys)
    try:
        return tuple(from_plain(one) for one in _unpacked(text)) if text is not None else ()
    except (KeyError, TypeError, ValueError):
        return ()  # written by another version: the signatures are asked for again


def carried_on(bodies: Sequence[str], subject: str, keys: Sequence[bytes]) -> str | None:
    """The block of our newest comment (`bodies`, oldest first) once more, signed with the first key: for while nothing
    can be decided, and nobody's signature may be lost. None when there is none.
    """
    texts = (text for body in reversed(bodies) if (text := _authentic(body, subject, keys)) is not None)
    newest = next(texts, None)
    return None if newest is None else _block(newest, subject, keys[0])


def _what_outlives_its_comment(decision: Decision) -> Iterator[PublishedDecision]:
    """What was taken back, whose word was declined, what was made worse: also where nobody's signature counts. As if it
    had been said before everything else, since it shows nothing to anybody.
    """
    if decision.withdrawn or decision.raised:
        yield PublishedDecision(
            digest="restored",
            published_at=_LONG_AGO,
            head_sha="",
            requirements={},
            open=(),
            withdrawn=decision.withdrawn,
            raised=tuple(replace(one, reason="") for one in decision.raised),
            is_draft=True,
        )


def _as_they_saw_it(decision: Decision) -> Iterator[PublishedDecision]:
    """For each comment that counts, a decision of just before it in which exactly what it is about was to be seen.

    Objections come along, since they outlive their comments, but not their words, which are read again from there; and
    whoever objects for a consumer that must not be named here is not named.
    """
    aliases = {
        reached.consumer: reached.alias
        for finding in decision.findings
        for reached in finding.impact.consumers
        if reached.alias
    }
    elements = {finding.id: finding.impact.finding.change.element for finding in decision.findings}
    present = {finding.id: seen_as(finding) for finding in decision.findings}
    signed: dict[_CommentKey, list[Requirement]] = {}
    discussed: dict[_CommentKey, dict[str, FindingSeen]] = {}
    objected: dict[_CommentKey, list[Objection]] = {}
    for requirement in decision.requirements:
        for signature in requirement.signatures:
            comment = (signature.signed_at, signature.comment_kind, signature.comment_id)
            signed.setdefault(comment, []).append(requirement)
    for objection in decision.objections:
        seen = present.get(objection.finding, FindingSeen("", objection.contract, objection.element))
        comment = (objection.at, objection.comment_kind, objection.comment_id)
        discussed.setdefault(comment, {})[objection.finding] = seen
        objected.setdefault(comment, []).append(_without_names(objection, aliases))
    for one in decision.reclassified:
        discussed.setdefault((one.at, one.comment_kind, one.comment_id), {})[one.finding] = present[one.finding]
    for comment in sorted(signed.keys() | discussed.keys()):
        signed_at, kind, id = comment
        requirements = signed.get(comment, [])
        ids: dict[str, tuple[str, ...]] = {}
        for requirement in requirements:
            ids[requirement.finding] = (*ids.get(requirement.finding, ()), requirement.fingerprint)
        yield PublishedDecision(
            digest=restored_for(kind, id),
            published_at=signed_at - _BEFORE,
            head_sha="",
            requirements=ids,
            open=tuple(requirement.fingerprint for requirement in requirements),
            asked={r.fingerprint: asked_for(r, elements[r.finding]) for r in requirements},
            findings=discussed.get(comment, {}),
            objections=tuple(objected.get(comment, ())),
            is_draft=True,
        )


def _since_when(decision: Decision) -> Iterator[PublishedDecision]:
    """Who waits for what, in a list for each moment since when they do. And for who signed in the place of a consumer
    that did not answer, that its time was over then: otherwise they could not have.
    """
    since: dict[datetime, dict[str, RequirementState]] = {}
    for requirement in decision.requirements if not decision.is_draft else ():
        course = decision.beginning.get(requirement.fingerprint, requirement.silence)
        if course is not None and requirement.state in _WAITING:
            since.setdefault(course.asked_at, {})[requirement.fingerprint] = requirement.state
        for signature in requirement.signatures:
            if signature.for_silent:
                since.setdefault(_LONG_AGO, {})[requirement.fingerprint] = RequirementState.OPEN
                since.setdefault(signature.signed_at + _AFTER, {})[requirement.fingerprint] = RequirementState.APPROVED
    for at, states in sorted(since.items()):
        yield PublishedDecision(f"restored:asked:{at.isoformat()}", at, "", {}, (), states=states)


def _without_names(objection: Objection, aliases: Mapping[str, str]) -> Objection:
    consumer = objection.capacity.consumer
    alias = aliases.get(consumer) if consumer else None
    capacity = replace(objection.capacity, consumer=alias) if alias else objection.capacity
    return replace(objection, capacity=capacity, text="")


def _authentic(body: str, subject: str, keys: Sequence[bytes]) -> str | None:
    blocks = _BLOCK.findall(body)
    if not blocks:
        return None
    text, mac = blocks[-1]
    return text if any(hmac.compare_digest(mac, _mac(text, subject, key)) for key in keys) else None


def _block(text: str, subject: str, key: bytes) -> str:
    return f"<!-- countersign:v1 {text}.{_mac(text, subject, key)} -->"


def _mac(text: str, subject: str, key: bytes) -> str:
    return hmac.new(key, f"{subject}\n{text}".encode(), hashlib.sha256).hexdigest()


def _packed(published: Sequence[PublishedDecision]) -> str:
    value = [as_plain(one) for one in published]
    packed = zlib.compress(json.dumps(value, separators=(",", ":")).encode(), 9)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def _unpacked(text: str) -> Any:
    """Raises ValueError for what is no packed JSON, or too much of it."""
    try:
        unpacker = zlib.decompressobj()
        plain = unpacker.decompress(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), _LONGEST)
    except (binascii.Error, zlib.error) as error:
        raise ValueError("no packed block") from error
    if unpacker.unconsumed_tail:
        raise ValueError("a block that unpacks to too much")
    return json.loads(plain)
