"""What tools have proposed and nobody has settled yet: one line an entry, and what is left to name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.contracts.tree import Pointer
from bot.registry.drafting.words import TODO_OWNER
from bot.registry.model import Consumer, Contract, Drafted, RegistryFile
from bot.registry.problem import Severity

_INSTEAD = "Take `proposed: true` away once it is right."


def notes(file: RegistryFile) -> Iterator[tuple[Severity, Pointer, str, str]]:
    """Severity, place, what is wrong, what to write instead."""
    for index, contract in enumerate(file.contracts):
        at: Pointer = ("contracts", index)
        if contract.proposed:
            yield "info", at, f"The contract `{contract.id}` is proposed: it counts for nothing yet.", _settle(contract)
        for name, what in (("guarantees", "promise"), ("behaviours", "behaviour"), ("deprecated", "deprecation")):
            yield from _inner(getattr(contract, name), (*at, name), what)
    for index, consumer in enumerate(file.consumers):
        at = ("consumers", index)
        if consumer.proposed:
            yield "info", at, f"The consumer `{consumer.id}` is proposed: it counts for nothing yet.", _settle(consumer)
        elif consumer.owner == TODO_OWNER:
            message = f"The `owner` of `{consumer.id}` is still to be named."
            yield "error", (*at, "owner"), message, 'Write `owner: "@org/team"`.'
        yield from _inner(consumer.uses, (*at, "uses"), "use")
        yield from _inner(consumer.assumes, (*at, "assumes"), "assumption")
    for index, entry in enumerate(file.consumes):
        at = ("consumes", index)
        if entry.proposed:
            message = f"That `{entry.contract}` is consumed is proposed: it counts for nothing yet."
            yield "info", at, message, _INSTEAD
        yield from _inner(entry.assumes, (*at, "assumes"), "assumption")
    if file.component is not None and file.component.owner == TODO_OWNER:
        message = f"The `owner` of the component `{file.component.id}` is still to be named."
        yield "error", ("component", "owner"), message, 'Write `owner: "@org/team"`.'


def _inner(entries: Sequence[Drafted], at: Pointer, what: str) -> Iterator[tuple[Severity, Pointer, str, str]]:
    for number, entry in enumerate(entries):
        if entry.proposed:
            about = getattr(entry, "at", None) or getattr(entry, "contract", "")
            yield "info", (*at, number), f"This {what} of `{about}` is proposed: it counts for nothing yet.", _INSTEAD


def _settle(entry: Contract | Consumer) -> str:
    names = [n for n in ("owner", "decision_owner", "verification_owner") if getattr(entry, n, None) == TODO_OWNER]
    if not names:
        return _INSTEAD
    named = " and ".join(f"`{name}`" for name in names)
    return f"Name its {named}, then take `proposed: true` away."
