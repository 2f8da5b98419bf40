"""A contract's own policy: who decides, what must be signed, how strictly is compared, how long before is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.judge.catalogue import Catalogue
from bot.judge.finding import Level
from bot.registry.edits.behaviours import everybody
from bot.registry.edits.edit import WHOLE, Edit, Side, listed, spelled
from bot.registry.edits.plain import differing_keys, members
from bot.registry.model import Contract, Registry
from bot.registry.span import duration

_IsWeaker = Callable[[Any, Any], bool]
"""(before, after) of a term that differs: whether what was before protected more."""

_MODES: Mapping[str, set[str]] = {
    "none": set(),
    "full": {"full", "backward", "forward"},
    "file": {"file", "package", "csr", "wire_json", "wire"},
    "package": {"package", "wire_json", "wire"},
    "wire_json": {"wire_json", "wire"},
}
"""What a mode holds. Any other holds itself alone; to go from one that is not held by the other is to lose it."""


def _loses_a_member(before: Mapping[str, bool], after: Mapping[str, bool]) -> bool:
    return not before.keys() <= after.keys()


def _is_less(before: int, after: int) -> bool:
    return after < before


def _is_shorter(before: str, after: str) -> bool:
    return duration(after) < duration(before)


def _is_longer(before: str, after: str) -> bool:
    return duration(after) > duration(before)


def _sinks(*weakest_first: str) -> _IsWeaker:
    return lambda before, after: weakest_first.index(after) < weakest_first.index(before)


def _loses_a_signatory(before: Mapping[str, bool], after: Mapping[str, bool]) -> bool:
    """Where every affected consumer signs, any of them does."""
    return not before.keys() <= after.keys() | ({"any_affected_consumer"} if "affected_consumers" in after else set())


def _was_somebody(before: str, _after: str) -> bool:
    return bool(before)


def _covers_less(before: str, after: str) -> bool:
    return not _MODES.get(before, {before}) <= _MODES.get(after, {after})


def _always(_before: object, _after: object) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class _Term:
    """facts: for weaker and for not weaker. protects: "" nobody in particular, `everybody` all consumers of the
    contract, `users` those that use anything of it, as far as they say what they tolerate.
    """

    is_weaker: _IsWeaker
    facts: tuple[str, str]
    protects: str = ""


def _pair(stem: str, weaker: str = "weakened", stronger: str = "strengthened") -> tuple[str, str]:
    return f"registry.{stem}.{weaker}", f"registry.{stem}.{stronger}"


_SIGNOFF, _POLICY = _pair("signoff"), _pair("policy")
_CHANGED = ("registry.authority.changed", "registry.authority.changed")

_TERMS: Mapping[tuple[str, ...], _Term] = {
    ("decision_owner",): _Term(_always, _CHANGED),
    ("owner",): _Term(_always, _CHANGED),
    ("verification_owner",): _Term(_was_somebody, _pair("verification_owner", "changed", "named")),
    ("type",): _Term(_always, ("registry.type.changed",) * 2, "users"),
    ("enforcement",): _Term(_sinks("observe", "warn", "enforce"), _pair("enforcement", "lowered", "raised"), "users"),
    ("signoff", "breaking"): _Term(_loses_a_signatory, _SIGNOFF),
    ("signoff", "unclassified"): _Term(_loses_a_member, _SIGNOFF),
    ("signoff", "quorum"): _Term(_is_less, _SIGNOFF),
    ("signoff", "critical_quorum"): _Term(_is_less, _SIGNOFF),
    ("signoff", "ack_required"): _Term(lambda before, _: before, _SIGNOFF),
    ("signoff", "author_may_approve"): _Term(lambda before, _: not before, _SIGNOFF),
    ("signoff", "reverts"): _Term(_sinks("unreleased", "asked"), _SIGNOFF),
    ("signoff", "approval_ttl"): _Term(_is_longer, _SIGNOFF),
    ("signoff", "respond_within"): _Term(_is_shorter, _SIGNOFF),
    ("signoff", "on_silence"): _Term(_sinks("consent", "escalate", "block"), _SIGNOFF),
    ("compatibility", "mode"): _Term(_covers_less, _POLICY),
    ("compatibility", "against"): _Term(_loses_a_member, _POLICY),
    ("compatibility", "content"): _Term(_sinks("open", "closed", "strict"), _POLICY),
    ("version", "breaking_requires"): _Term(_sinks("none", "minor", "major"), _POLICY),
    ("deprecation", "notice"): _Term(_is_shorter, _pair("notice", "shortened", "lengthened"), "everybody"),
    ("deprecation", "windows"): _Term(
        _sinks("any", "monthly", "quarterly"), _pair("window", "loosened", "tightened"), "everybody"
    ),
    ("deprecation", "require"): _Term(
        _loses_a_member, _pair("deprecation_requirement", "dropped", "added"), "everybody"
    ),
}


def compare(
    old: Contract, new: Contract, base: Side, head: Side, protected: Registry, catalogue: Catalogue
) -> Iterator[Edit]:
    """Every term of the policy that differs."""
    before, after = _plain(old), _plain(new)
    for key in sorted(differing_keys(before, after)):
        if key == ("lifecycle",):
            yield _lifecycle(old, new, head)
            continue
        if key == ("signoff", "critical_quorum") and old.signoff.critical_quorum == new.signoff.critical_quorum:
            continue  # it only follows `quorum`, which is an edit of its own
        term = _TERMS[key]
        was, now = _at(before, key), _at(after, key)
        weaker = term.is_weaker(was, now)
        yield Edit(
            contract=old.id,
            fact=term.facts[0 if weaker else 1],
            element=".".join(key),
            spot=_spot(old.id, key, now, base, head),
            before=_shown(was),
            after=_shown(now),
            identity=(spelled(was), spelled(now)),
            attributes={"term": ".".join(key)},
            reach=(WHOLE,) if weaker and term.protects == "users" else (),
            concerns=everybody(protected, old.id) if weaker and term.protects == "everybody" else (),
        )
    yield from _rules(old, new, base, head, catalogue)


def _plain(contract: Contract) -> dict[str, Any]:
    """What takes effect of it, or is a promise; sets as `members`."""
    compatibility, deprecation = contract.compatibility, contract.deprecation
    return {
        "decision_owner": _handle(contract.decision_owner),
        "owner": _handle(contract.owner),
        "verification_owner": _handle(contract.verification_owner),
        "type": contract.type,
        "lifecycle": contract.lifecycle,
        "enforcement": contract.enforcement,
        "signoff": {
            **{name: _settled(value) for name, value in contract.signoff.model_dump().items()},
            "critical_quorum": max(contract.signoff.quorum, contract.signoff.critical_quorum or 0),
        },
        "compatibility": {
            "mode": compatibility.mode,
            "against": members(compatibility.against),
            "content": compatibility.content,
        },
        "version": {"breaking_requires": contract.version.breaking_requires if contract.version else "none"},
        "deprecation": {name: _settled(value) for name, value in deprecation.model_dump().items()},
    }


def _handle(handle: str | None) -> str:
    """GitHub's handles are the same in upper and lower case."""
    return handle.lower() if handle else ""


def _settled(value: object) -> object:
    return members(value) if isinstance(value, tuple) else value


def _at(value: Mapping[str, Any], key: Sequence[str]) -> Any:
    found: Any = value
    for step in key:
        found = found[step]
    return found


def _spot(contract: str, key: Sequence[str], now: object, base: Side, head: Side) -> Any:
    return base.at_contract(contract, *key) if now == "" else head.at_contract(contract, *key)


def _shown(value: object) -> object:
    if isinstance(value, Mapping):
        return listed(value)
    return None if value == "" else value


def _lifecycle(old: Contract, new: Contract, head: Side) -> Edit:
    """Nobody is held for an experimental contract, so to become one is to leave the gate."""
    lowered = new.lifecycle == "experimental"
    raised = old.lifecycle == "experimental" or new.lifecycle == "production"
    return Edit(
        contract=old.id,
        fact=f"registry.lifecycle.{'lowered' if lowered else 'raised' if raised else 'changed'}",
        element="lifecycle",
        spot=head.at_contract(new.id, "lifecycle"),
        before=old.lifecycle,
        after=new.lifecycle,
        identity=(old.lifecycle, new.lifecycle),
        reach=(WHOLE,) if lowered else (),
    )


def _rules(old: Contract, new: Contract, base: Side, head: Side, catalogue: Catalogue) -> Iterator[Edit]:
    """Rules of the catalogue whose level the contract's overrides move. Ids that do not exist move nothing."""
    before, after = _overrides(old), _overrides(new)
    for rule in sorted(before.keys() | after.keys()):
        entry = catalogue.entries.get(rule)
        if entry is None:
            continue
        was, now = before.get(rule, entry.level), after.get(rule, entry.level)
        if was is now:
            continue
        lowered = now.severity < was.severity
        side = head if rule in after else base
        yield Edit(
            contract=old.id,
            fact=f"registry.rule.{'lowered' if lowered else 'raised'}",
            element=f"compatibility.rules.{rule}",
            spot=side.at_contract(old.id, "compatibility", "rules", (after if rule in after else before)[rule].value),
            before=was.value,
            after=now.value,
            identity=(was.value, now.value),
            attributes={"rule": rule},
        )


def _overrides(contract: Contract) -> dict[str, Level]:
    return {rule: Level(level) for level, rules in contract.compatibility.rules.items() for rule in rules}
