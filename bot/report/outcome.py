"""The verdict in a sentence or two: what holds the merge, what would, and how it came to be released."""

from __future__ import annotations

from collections.abc import Sequence

from bot.registry.impact import Guarantee
from bot.registry.model import Registry
from bot.report import safety, signing, words
from bot.report.items import Item
from bot.report.names import Names
from bot.report.signing import Row, capacity_name
from bot.review.values import Decision, Requirement, RequirementState, Verdict

_NAMED = 5
_UNREADABLE = frozenset({"contract.unreadable", "registry.unreadable"})


def outcome(
    decision: Decision,
    shown: Sequence[Item],
    rows: Sequence[Row],
    names: Names,
    registry: Registry | None,
    mentions: frozenset[str] = frozenset(),
) -> str:
    """Markdown. `mentions`: the handles that are pinged."""
    severe = [item for item in shown if item.is_severe]
    match decision.verdict:
        case Verdict.HELD:
            held = [row for row in rows if row.first.enforcement == "enforce"]
            said = [_held("Held", held, names, mentions), *_unreadable(severe), *_not_enforced(rows), *_draft(decision)]
            return " ".join(said)
        case Verdict.WARNED | Verdict.OBSERVED:
            return f"{_held('Would have been held', rows, names, mentions)} {_why_not_held(decision, rows)}"
        case Verdict.RELEASED:
            return _released(decision, names)
        case Verdict.FAILED:
            return "Until that is mended on the base branch, the check fails and nobody can sign."
        case _ if severe and not any(item.impact for item in severe):
            return "Reported only: it is not registered who depends on this, so nobody is asked."
        case Verdict.REPORTED if severe:
            return "Reported only: this base branch is not gated, so nobody is asked to sign."
        case _ if severe:
            return f"Reported only: {_why_only_reported(severe, registry)}nobody has to sign this."
        case _ if any(row.open for row in rows):
            return (
                "Nobody has to sign anything. Whoever is asked may answer, by `/ack` or `/object -- reason`; nothing "
                "waits for it."
            )
        case _:
            return "Nobody has to sign anything."


def _why_only_reported(severe: Sequence[Item], registry: Registry | None) -> str:
    """`` `orders-api` is experimental, so ``; empty when the findings say themselves why."""
    from bot.registry.trace import only_owner_depends  # a report without a registry does not need it, and starts sooner

    contracts = {contract.id: contract for contract in registry.contracts} if registry else {}
    reasons: dict[str, None] = {}
    for item in severe:
        contract = contracts.get(item.finding.contract)
        if registry is None or contract is None or item.undoes_since:
            continue
        named = safety.code(contract.id)
        if contract.lifecycle == "experimental":
            reasons[f"{named} is experimental"] = None
        elif only_owner_depends(contract.id, registry):
            reasons[f"nobody but its own team is registered to use {named}"] = None
        elif item.guarantee is not Guarantee.GUARANTEED:
            reasons["what breaks was never promised"] = None
    return f"{words.joined(list(reasons), limit=_NAMED)}, so " if reasons else ""


def _held(word: str, rows: Sequence[Row], names: Names, mentions: frozenset[str]) -> str:
    """`**Held** until **checkout-web** signs.` What a ruling holds is said first."""
    ruled = signing.ruled([r for row in rows for r in row.open])
    waiting = signing.awaited(rows, names, mentions)
    if ruled:
        also = [f"It also waits until {waiting}."] if waiting else []
        return " ".join([f"**{word}.**", *ruled, *also])
    return f"**{word}** until {waiting}." if waiting else f"**{word}.**"


def _unreadable(severe: Sequence[Item]) -> list[str]:
    """Whoever only made a slip need not wait for anybody."""
    if severe and all(item.finding.change.fact in _UNREADABLE for item in severe):
        return ["Once what can't be read is repaired, this is judged anew, and may need nobody."]
    return []


def _not_enforced(rows: Sequence[Row]) -> list[str]:
    contracts = dict.fromkeys(row.first.contract for row in rows if row.first.enforcement != "enforce" and row.open)
    if not contracts:
        return []
    named = words.joined([safety.code(contract) for contract in contracts])
    return [f"{named} {'is' if len(contracts) == 1 else 'are'} not enforced, so nothing waits for what is open there."]


def _draft(decision: Decision) -> list[str]:
    return ["This is a draft: nobody is asked before it is ready for review."] if decision.is_draft else []


def _why_not_held(decision: Decision, rows: Sequence[Row]) -> str:
    terms: dict[str, list[str]] = {}
    for row in rows:
        holding = [r for r in row.open if r.blocking]
        if holding:
            terms.setdefault(row.first.enforcement, []).append(row.first.contract)
    said = [
        f"{words.joined([safety.code(contract) for contract in dict.fromkeys(contracts)])} "
        f"{'has' if len(set(contracts)) == 1 else 'have'} {safety.code(f'enforcement: {term}')}"
        for term, contracts in terms.items()
    ]
    why = words.joined(said) or "Nothing is enforced"
    asked = "and nobody is asked" if decision.verdict is Verdict.OBSERVED else "with this warning"
    return f"{why}, so the check succeeds, {asked}."


def _released(decision: Decision, names: Names) -> str:
    """Who has not signed is said: a tidy summary would hide what people disagree about."""
    sentences = []
    for state, singular, plural in (
        (RequirementState.OVERRULED, "was **overruled**", "were **overruled**"),
        (RequirementState.WAIVED, "was waived", "were waived"),
        (
            RequirementState.CONSENTED,
            "has not answered, its own way to consent",
            "have not answered, their own way to consent",
        ),
    ):
        who = _in_state(decision.requirements, state, names)
        if who:
            sentences.append(f"{words.joined(who, limit=_NAMED)} {singular if len(who) == 1 else plural}")
    ruled = any(dispute.ruling for dispute in decision.disputes)
    if not sentences and not ruled:
        return "Everybody it concerns has signed. It may be merged."
    if not sentences:
        return "It may be merged: the decision owner has ruled on what was objected to."
    return f"It may be merged, though not everybody has signed: {'; '.join(sentences)}."


def _in_state(requirements: Sequence[Requirement], state: RequirementState, names: Names) -> list[str]:
    found = dict.fromkeys(safety.plain(capacity_name(r, names)) for r in requirements if r.state is state)
    return [f"**{name}**" for name in found]
