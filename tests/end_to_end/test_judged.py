"""GitHub's description judges every end-to-end test, from its fixture; here it says so when it can't."""

from __future__ import annotations

from tests.published.github_description import GRAPHQL, REST
from tests.published.packages import fetched_or_skipped
from tests.published.witness import Witness
from tests.shop.world import SPEC, Shop, spec, without_email


async def test_every_exchange_is_put_before_githubs_description(shop: Shop, witness: Witness) -> None:
    """Skipped without npm: then the other tests of this folder run without the judge."""
    fetched_or_skipped(REST)
    fetched_or_skipped(GRAPHQL)
    await shop.propose("no-email", {SPEC: without_email(spec())}, shop.olga)
    assert [request for request, _ in witness.seen] == shop.github.requests
    assert all(answer is not None for _, answer in witness.seen)
    assert {request.method for request, _ in witness.seen} >= {"GET", "POST"}
