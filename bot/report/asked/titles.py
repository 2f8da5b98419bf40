"""What each kind of gap is called, the same in every report."""

from __future__ import annotations

from bot.registry.asking.unbacked import Kind

TITLES: dict[Kind, str] = {
    "assumption_unbacked": "Assumed, and promised by nobody",
    "promise_unverified": "Promised, and held by no test",
    "use_undeclared": "Used, and never declared",
    "use_unpromised": "Used, although it is not promised",
    "only_declared": "Declared as used, never seen",
    "evidence_stale": "Not seen for long",
    "only_producer_says": "Only the producer says so",
    "only_consumer_says": "Only the consumer says so",
}
