"""A clone's registry with the consumers that a server has told of."""

from __future__ import annotations

from bot.registry.asking.visible import Sight, seen_by
from bot.registry.graph import joined
from bot.registry.graph.elsewhere import knows, with_others
from bot.registry.model import Registry
from bot.report.asked.whole import from_whole, whole
from tests.registry.graph.halves import EMAIL, ORDERS, REGISTERED, STATUS, consumer, producer

OTHER = consumer(EMAIL, repository="elsewhere/billing", component="billing", owner="@elsewhere/billing")


def _both(*halves: object, readable: frozenset[str] | None = None) -> tuple[Registry, Registry, int]:
    """As the gate sees it, and as a clone sees it with what the server tells somebody who may read `readable`."""
    home = producer(REGISTERED)
    graph = joined.join([home, *halves])  # type: ignore[list-item]
    everything = frozenset(graph.halves)
    told = from_whole(whole(seen_by(graph, Sight(everything if readable is None else readable, frozenset()))))
    assert knows(told, ORDERS.upper()) and not knows(told, "acme/other") and home.registry is not None
    clone = joined.seen_by(joined.join([home]), ORDERS, home.registry)
    return joined.seen_by(graph, ORDERS, home.registry), *with_others(clone, told, ORDERS)


def _uses(registry: Registry) -> dict[str, tuple[str | None, frozenset[str]]]:
    return {
        one.id: (one.owner, frozenset(element for use in one.uses for element in use.elements))
        for one in registry.consumers
    }


def test_it_has_whom_the_gate_has_with_what_they_use_and_their_own_word() -> None:
    gate, clone, unnamed = _both(consumer(EMAIL), OTHER)
    assert _uses(clone) == _uses(gate)
    assert _uses(clone)["checkout-web"] == ("@acme/checkout", frozenset({STATUS, EMAIL}))
    assert unnamed == 0
    assert clone.own_words == gate.own_words
    assert not clone.own_words["billing"].blocks  # another organisation's half may not hold the merge


def test_whom_somebody_may_not_see_is_counted() -> None:
    secret = consumer(EMAIL, repository="acme/secret", component="secret", hidden=True)
    _, clone, unnamed = _both(consumer(EMAIL), secret, readable=frozenset({ORDERS, "acme/checkout-web"}))
    assert "secret" not in _uses(clone) and unnamed == 1
