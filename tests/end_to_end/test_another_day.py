"""A day later, when nothing has happened: ages have grown, and nobody is bothered."""

from __future__ import annotations

from tests.end_to_end.test_evidence import DAY
from tests.end_to_end.test_three_repositories import ALONE, READS_PACTS, asked, half, neighbour, pact, without_the_email
from tests.github_standin import PullRequest
from tests.shop.world import REGISTRY, Shop


async def _digest(shop: Shop, pull: PullRequest) -> str:
    entries = await shop.bot.services.store.entries(f"acme/orders#{pull.number}", "decision")
    return str(entries[-1].body["digest"])


async def test_another_day_makes_evidence_older_and_asks_nobody_again(shop: Shop) -> None:
    await shop.on_main({REGISTRY: ALONE})
    files = {
        REGISTRY: half("checkout-web", "@acme/checkout", more=READS_PACTS),
        "pacts/orders.json": pact("checkout-web", "id", "email"),
    }
    await neighbour(shop, "checkout-web", files, "checkout")
    shop.github.clock.advance(18 * DAY)
    pull = await without_the_email(shop)
    assert "18 days ago" in shop.comment(pull)
    whom, comments, digest = asked(shop, pull), len(pull.comments), await _digest(shop, pull)
    mark = shop.github.mark()
    await shop.bot.later(DAY)
    await shop.say(pull, shop.oskar, "/recheck")
    assert "19 days ago" in shop.comment(pull)
    assert asked(shop, pull) == whom
    assert len(pull.comments) == comments + 1, "the one that asked for another look"
    assert await _digest(shop, pull) == digest
    written = {request.path.rpartition("/")[2] for request in shop.github.requests_since(mark) if request.writes}
    assert "requested_reviewers" not in written
