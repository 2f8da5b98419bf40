"""Numbers for Prometheus, in its text format (version 0.0.4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from bot.engine.lanes import LaneStatistics
from bot.parsing.pool import PoolStatistics
from bot.store import Backlog

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(slots=True)
class DeliveryStatistics:
    """Since the start of the process. `outcomes` counts answers to POST /webhook; `seconds` is their sum."""

    outcomes: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


def render(deliveries: DeliveryStatistics, backlog: Backlog, lanes: LaneStatistics, pool: PoolStatistics) -> str:
    """No name of a repository or a person is in it: the page is open to whoever can reach the server."""
    answered = sum(deliveries.outcomes.values())
    lines = [
        *_labelled("deliveries_total", "Webhook deliveries by outcome.", "outcome", deliveries.outcomes),
        *_plain("delivery_seconds_sum", "counter", "Seconds until deliveries were answered.", deliveries.seconds),
        *_plain("delivery_seconds_count", "counter", "Deliveries that were answered.", answered),
        *_plain("pending_rows", "gauge", "Deliveries that lanes have yet to look at.", backlog.rows),
        *_plain("pending_lanes", "gauge", "Lanes with such deliveries.", backlog.lanes),
        *_plain("failing_lanes", "gauge", "Lanes whose last reconcile failed.", backlog.failing),
        *_plain("lag_seconds", "gauge", "Age of the oldest pending delivery.", backlog.oldest_seconds),
        *_plain("reconciles_running", "gauge", "Reconciles under way.", lanes.running),
        *_plain("reconcile_seconds_sum", "counter", "Seconds spent in reconciles.", lanes.seconds),
        *_plain("reconcile_seconds_count", "counter", "Reconciles that ended.", lanes.reconciles),
        *_plain("reconcile_failures_total", "counter", "Reconciles that failed and are tried again.", lanes.failures),
        *_plain("reconcile_postponed_total", "counter", "Reconciles put off, by rate limits.", lanes.postponed),
        *_plain("parsing_requests_total", "counter", "Requests to the parsing pool.", pool.requests),
        *_plain("parsing_cached_total", "counter", "Those answered from its cache.", pool.cached),
        *_plain("parsing_seconds_total", "counter", "Seconds that parsing children worked.", pool.seconds),
        *_labelled("parsing_failures_total", "Files that a parsing child gave up on.", "kind", pool.failures),
    ]
    return "\n".join(lines) + "\n"


def _plain(name: str, kind: str, help: str, value: float) -> Iterator[str]:
    yield from _head(name, kind, help)
    yield f"countersign_{name} {value:.6f}" if isinstance(value, float) else f"countersign_{name} {value}"


def _labelled(name: str, help: str, label: str, values: Mapping[str, int]) -> Iterable[str]:
    yield from _head(name, "counter", help)
    for value, count in sorted(values.items()):
        yield f'countersign_{name}{{{label}="{value}"}} {count}'


def _head(name: str, kind: str, help: str) -> Iterator[str]:
    yield f"# HELP countersign_{name} {help}"
    yield f"# TYPE countersign_{name} {kind}"
