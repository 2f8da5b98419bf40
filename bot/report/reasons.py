"""Why a consumer is affected, as the comment says it: *reads `customer.email` (pact, seen 18 days ago)*."""

from __future__ import annotations

from collections.abc import Sequence

from bot.contracts.address import AddressError, Token, parse
from bot.registry.asking.proof import age
from bot.registry.impact import Reason
from bot.report import words
from bot.report.safety import bare, code, plain

_ELEMENTS_NAMED = 3
_WAYS_NAMED = 3


def sentence(reasons: Sequence[Reason], limit: int = _WAYS_NAMED) -> str:
    """Markdown, to stand behind the consumer's name. What is done alike, and known alike, is said together."""
    told = [(_verb(r), plain(known(r)), r.element and code(last_part(r.element))) for r in _telling(reasons)]
    return _sentence(told, limit)


def spoken(reasons: Sequence[Reason]) -> str:
    """The same for places that show no Markdown."""
    return _sentence(
        [(_verb(r), bare(known(r)), r.element and bare(last_part(r.element), 120)) for r in _telling(reasons)]
    )


def undated(reasons: Sequence[Reason]) -> str:
    """The same as `spoken`, without ages: it reads tomorrow as it does today."""
    return _sentence(
        [(_verb(r), bare(r.kind, 80), r.element and bare(last_part(r.element), 120)) for r in _telling(reasons)]
    )


def _telling(reasons: Sequence[Reason]) -> list[Reason]:
    """Without the mere word for what was seen as well."""
    seen = {(reason.verb, reason.element) for reason in reasons if reason.kind != "declared"}
    return [reason for reason in reasons if reason.kind != "declared" or (reason.verb, reason.element) not in seen]


def _sentence(said: Sequence[tuple[str, str, str]], limit: int = _WAYS_NAMED) -> str:
    """said: the verb, how we know, and the element (or empty), each safe where it is shown."""
    ways: dict[tuple[str, str], dict[str, None]] = {}
    for verb, how, element in said:
        elements = ways.setdefault((verb, how), {})
        if element:
            elements[element] = None
    parts = []
    for (verb, how), elements in ways.items():
        what = words.joined(list(elements), limit=_ELEMENTS_NAMED)
        parts.append(f"{verb} {what} ({how})" if what else f"{verb} ({how})")
    return words.joined(parts, limit=limit)


def known(reason: Reason) -> str:
    """How we know, and how long ago we saw it."""
    if reason.kind == "declared":
        return "declared, no evidence" if reason.days is None else f"declared {age(reason.days)}, no evidence"
    if reason.days is None:
        return f"{reason.kind}, date unknown"
    if reason.stale:
        return f"{reason.kind}, not seen for {age(reason.days).removesuffix(' ago')}"
    return f"{reason.kind}, seen {age(reason.days)}"


def last_part(element: str) -> str:
    """What of an element's address a reader of one finding needs: `customer.email`, `page`, `Order.customer_id`."""
    try:
        tokens = parse(element).tokens
    except AddressError:
        return element
    steps = [token for token in tokens if token.kind == "step"]
    if steps:
        return "".join(token.text for token in steps).removeprefix(".")
    named = [token.text for token in tokens if token.kind == "named"]
    if named and not named[-1].startswith("{"):
        written = element.rstrip()[-len(named[-1]) :]
        return written if written.lower() == named[-1].lower() else named[-1]
    return _without_package(tokens, element)


def _verb(reason: Reason) -> str:
    return reason.verb if reason.element else "may use anything of it"


def _without_package(tokens: Sequence[Token], element: str) -> str:
    """Of a full name, as Protobuf has it (`acme.orders.v1.Order.id`), the type and what is in it."""
    names = [token.text for token in tokens]
    if len(names) < 3 or any(token.kind != "name" for token in tokens):
        return element
    first = next((n for n, name in enumerate(names) if name[:1].isupper()), 0)
    return ".".join(names[first:])
