"""The floors of an organisation: what every repository may be asked for at least; and what holds where one is silent.

Whoever decides about a contract of the same repository signs for them, as for the rest of its policy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.registry.edits.edit import WHOLE, Edit, Side, listed, spelled
from bot.registry.model import Contract, Floors
from bot.registry.span import duration
from bot.registry.terms import Enforcement

_ENFORCEMENTS: tuple[str, ...] = Enforcement.__args__  # type: ignore[attr-defined]


def compare(old: Contract, base: Side, head: Side) -> Iterator[Edit]:
    """Each floor that differs."""
    before, after = base.registry.floors or Floors(), head.registry.floors or Floors()
    for name in Floors.model_fields:
        was, now = getattr(before, name), getattr(after, name)
        if _plain(was) == _plain(now):
            continue
        side = head if head.has_root("floors") else base
        yield Edit(
            contract=old.id,
            fact=f"registry.floor.{'lowered' if _is_lower(name, was, now) else 'raised'}",
            element=f"floors.{name}",
            spot=side.at_root("floors"),
            before=_shown(was),
            after=_shown(now),
            identity=(spelled(was), spelled(now)),
        )


def compare_default(old: Contract, base: Side, head: Side) -> Iterator[Edit]:
    """How contracts of the other repositories are enforced that do not say it."""
    was, now = (side.registry.default_enforcement or "enforce" for side in (base, head))
    if was == now:
        return
    lowered = _ENFORCEMENTS.index(now) < _ENFORCEMENTS.index(was)
    side = head if head.has_root("defaults") else base
    yield Edit(
        contract=old.id,
        fact=f"registry.enforcement.{'lowered' if lowered else 'raised'}",
        element="defaults.enforcement",
        spot=side.at_root("defaults"),
        before=was,
        after=now,
        identity=(spelled(was), spelled(now)),
        reach=(WHOLE,) if lowered else (),
    )


def _is_lower(name: str, was: Any, now: Any) -> bool:
    """A floor that is gone is the lowest. Another fallback, and other people who may waive, are others to decide."""
    if was in (None, (), {}):
        return False
    if now in (None, (), {}):
        return True
    match name:
        case "notice":
            return duration(now) < duration(was)
        case "approval_ttl":
            return duration(now) > duration(was)
        case "quorum":
            return bool(now < was)
        case "enforcement":
            return _ENFORCEMENTS.index(now) < _ENFORCEMENTS.index(was)
        case "author_may_approve":
            return bool(now)
        case "breaking":
            return not set(was) <= set(now)
        case "rules":
            return any(_severity(now, rule) < _severity(was, rule) for rules in was.values() for rule in rules)
        case _:
            return True


def _severity(rules: Mapping[str, tuple[str, ...]], rule: str) -> int:
    return next((n for n, level in ((2, "breaking"), (1, "risky")) if rule in rules.get(level, ())), 0)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return frozenset(str(one).lower() for one in value)
    if isinstance(value, dict):
        return {key: frozenset(rules) for key, rules in value.items() if rules}
    return value


def _shown(value: Any) -> object:
    if isinstance(value, tuple):
        return listed(value)
    if isinstance(value, dict):
        return listed(f"{rule} ({level})" for level, rules in value.items() for rule in rules)
    return value
