"""The hidden block that ends our comment: which signatures count, so that they outlive the database.

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
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.review.values import AskedFor, Capacity, Decision, PublishedDecision

_BLOCK = re.compile(r"<!-- countersign:v1 ([A-Za-z0-9_-]+)\.([0-9a-f]{64}) -->")
_LONGEST = 2_000_000
"""Bytes a block may unpack to: thousands of signatures, and no bomb even if a key leaks."""
_BEFORE = timedelta(seconds=1)


def sealing_key(secret: str) -> bytes:
    """A key of its own, derived from one of the app's secrets."""
    return hmac.digest(secret.encode(), b"countersign: the block in the comment, v1", hashlib.sha256)


def seal(decision: Decision, subject: str, key: bytes) -> str:
    """The block for a decision on the pull request `subject` ("REPOSITORY_ID/NUMBER")."""
    elements = {finding.id: finding.impact.finding.change.element for finding in decision.findings}
    signed: dict[tuple[str, int, int], list[list[str | None]]] = {}
    for requirement in decision.requirements:
        for signature in requirement.signatures:
            comment = (signature.comment_kind, signature.comment_id, int(signature.signed_at.timestamp()))
            signed.setdefault(comment, []).append(
                [
                    requirement.fingerprint,
                    requirement.finding,
                    requirement.contract,
                    requirement.capacity.consumer,
                    elements.get(requirement.finding, ""),
                ]
            )
    value = {"signed": [[*comment, asked] for comment, asked in sorted(signed.items())], "taken": decision.withdrawn}
    packed = zlib.compress(json.dumps(value, separators=(",", ":")).encode(), 9)
    text = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    return f"<!-- countersign:v1 {text}.{_mac(text, subject, key)} -->"


def is_sealed(body: str, subject: str, keys: Sequence[bytes]) -> bool:
    """Whether `body` ends with a block of ours for this pull request."""
    return _authentic(body, subject, keys) is not None


def restored(body: str, subject: str, keys: Sequence[bytes]) -> tuple[PublishedDecision, ...]:
    """What was open to those whose signatures the block names, each just before they signed; nothing for any other
    block. Deciding on these gives the same signatures, as far as their comments and authors still stand.
    """
    text = _authentic(body, subject, keys)
    value = _unpacked(text) if text is not None else None
    if not isinstance(value, dict):
        return ()
    withdrawn = tuple(str(name) for name in value.get("taken", ()))
    return tuple(_published(entry, withdrawn) for entry in value.get("signed", ()))


def _published(entry: list[Any], withdrawn: tuple[str, ...]) -> PublishedDecision:
    kind, id, signed_at, asked = entry
    requirements: dict[str, tuple[str, ...]] = {}
    meanings: dict[str, AskedFor] = {}
    for fingerprint, finding, contract, consumer, element in asked:
        requirements[finding] = (*requirements.get(finding, ()), fingerprint)
        capacity = Capacity("consumer", consumer) if consumer is not None else Capacity("decision_owner")
        meanings[fingerprint] = AskedFor(contract, finding, capacity, element)
    return PublishedDecision(
        digest=f"restored:{kind}:{id}",
        published_at=datetime.fromtimestamp(signed_at, UTC) - _BEFORE,
        head_sha="",
        requirements=requirements,
        open=tuple(meanings),
        asked=meanings,
        withdrawn=withdrawn,
    )


def _authentic(body: str, subject: str, keys: Sequence[bytes]) -> str | None:
    blocks = _BLOCK.findall(body)
    if not blocks:
        return None
    text, mac = blocks[-1]
    return text if any(hmac.compare_digest(mac, _mac(text, subject, key)) for key in keys) else None


def _mac(text: str, subject: str, key: bytes) -> str:
    return hmac.new(key, f"{subject}\n{text}".encode(), hashlib.sha256).hexdigest()


def _unpacked(text: str) -> Any:
    try:
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        unpacker = zlib.decompressobj()
        plain = unpacker.decompress(packed, _LONGEST)
        return None if unpacker.unconsumed_tail else json.loads(plain)
    except (binascii.Error, zlib.error, ValueError):
        return None
