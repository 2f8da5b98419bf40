"""Whoever leaves takes what they signed along, at once, and nobody else's pull request is looked at."""

from __future__ import annotations

import asyncio

import pytest

from tests.github_standin import PullRequest
from tests.shop.world import REGISTRY, SPEC, Shop, registry, spec, without_email

BREAKING = {SPEC: without_email(spec())}


async def _signed(shop: Shop) -> PullRequest:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert shop.may_merge(pull)
    return pull


async def test_whoever_leaves_the_team_closes_the_merge_box_with_no_other_event(shop: Shop) -> None:
    pull = await _signed(shop)
    shop.teams["api-council"].remove(shop.dana)
    await shop.bot.settled()
    assert not shop.may_merge(pull)
    await shop.say(pull, shop.devi, "/approve-breaking")
    assert shop.may_merge(pull)


async def test_whoever_leaves_the_organisation_closes_it_too(shop: Shop) -> None:
    pull = await _signed(shop)
    shop.acme.remove(shop.chris)
    await shop.bot.settled()
    assert not shop.may_merge(pull)


async def test_whoever_leaves_a_child_team_does(shop: Shop) -> None:
    child = shop.acme.team("council-europe", [shop.github.user("eve")], parent=shop.teams["api-council"])
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    await shop.say(pull, shop.eve, "/approve-breaking")
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert shop.may_merge(pull)
    child.remove(shop.eve)
    await shop.bot.settled()
    assert not shop.may_merge(pull)


@pytest.mark.parametrize("what", ["delete", "rename"])
async def test_a_team_that_is_not_there_any_more_signs_nothing(shop: Shop, what: str) -> None:
    pull = await _signed(shop)
    team = shop.teams["api-council"]
    if what == "delete":
        team.delete()
    else:
        team.rename("compatibility")
    await shop.bot.settled()
    assert not shop.may_merge(pull)
    assert "could not be found on GitHub" in shop.comment(pull)


async def test_a_team_that_gets_its_old_name_back_signs_again(shop: Shop) -> None:
    pull = await _signed(shop)
    shop.teams["api-council"].rename("compatibility")
    await shop.bot.settled()
    assert not shop.may_merge(pull)
    shop.teams["api-council"].rename("api-council")
    await shop.bot.settled()
    assert shop.may_merge(pull)


async def test_the_last_of_a_team_who_leaves_and_the_first_who_joins_change_who_is_asked(shop: Shop) -> None:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    assert "There are no people behind" not in shop.comment(pull)
    shop.teams["checkout"].remove(shop.chris)
    await shop.bot.settled()
    assert "There are no people behind the consumer&#39;s owner" in shop.comment(pull)
    shop.teams["checkout"].add(shop.github.user("cora"))
    await shop.bot.settled()
    assert "There are no people behind" not in shop.comment(pull)


async def test_an_administrator_who_is_none_any_more_takes_what_they_signed_along(shop: Shop) -> None:
    await shop.on_main({REGISTRY: registry().replace('"@acme/api-council"', '"@acme/orders"')})
    shop.teams["orders"].remove(shop.oskar)
    shop.orders.grant(shop.github.user("rita"), "admin")
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    await shop.say(pull, shop.chris, "/approve-breaking")
    await shop.say(pull, shop.rita, "/approve-breaking")
    assert shop.may_merge(pull)
    shop.orders.revoke(shop.rita)
    await shop.bot.settled()
    assert not shop.may_merge(pull)


async def test_an_objection_stays_when_who_made_it_leaves_or_it_could_be_washed_off(shop: Shop) -> None:
    shop.teams["checkout"].add(shop.github.user("cora"))
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    await shop.say(pull, shop.chris, "/object -- We print it on every invoice.")
    shop.teams["checkout"].remove(shop.chris)
    await shop.bot.settled()
    assert "> We print it on every invoice" in shop.comment(pull)
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert not shop.may_merge(pull)


async def test_a_ruling_goes_with_who_made_it(shop: Shop) -> None:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    await shop.say(pull, shop.chris, "/object -- We print it on every invoice.")
    await shop.say(pull, shop.dana, "/rule accept -- It was announced a year ago.")
    assert shop.may_merge(pull)
    shop.teams["api-council"].remove(shop.dana)
    await shop.bot.settled()
    assert not shop.may_merge(pull)


async def test_news_of_somebody_else_costs_no_call(shop: Shop) -> None:
    pull = await _signed(shop)
    mark = shop.github.mark()
    shop.teams["api-council"].remove(shop.devi)
    shop.teams["api-council"].add(shop.github.user("newcomer"))
    shop.acme.team("cooks", [shop.wanda, shop.github.user("carl")])
    shop.acme.remove(shop.carl)
    shop.orders.grant(shop.github.user("guest"), "push")
    shop.orders.revoke(shop.guest)
    await shop.bot.settled()
    assert shop.github.requests_since(mark) == []
    assert shop.may_merge(pull)


async def test_a_closed_pull_request_is_not_looked_at_because_its_signer_left(shop: Shop) -> None:
    pull = await _signed(shop)
    pull.close(shop.olga)
    await shop.bot.settled()
    mark = shop.github.mark()
    shop.teams["api-council"].remove(shop.dana)
    await shop.bot.settled()
    assert shop.github.requests_since(mark) == []


async def test_who_leaves_while_their_signature_is_looked_at_has_not_signed(shop: Shop) -> None:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    await shop.say(pull, shop.chris, "/approve-breaking")
    asked, goes_on = asyncio.Event(), asyncio.Event()
    store = shop.bot.services.store
    record = store.record_publication

    async def held(*args: object, **named: object) -> bool:
        asked.set()
        await goes_on.wait()
        return await record(*args, **named)  # type: ignore[arg-type]

    store.record_publication = held  # type: ignore[method-assign]
    try:
        pull.comment(shop.dana, "/approve-breaking")
        await asked.wait()
        assert shop.may_merge(pull)
        shop.teams["api-council"].remove(shop.dana)
        await _told(shop)
    finally:
        goes_on.set()
    await shop.bot.settled()
    assert not shop.may_merge(pull)


async def _told(shop: Shop) -> None:
    """GitHub has told who left, and it was passed on to whom it concerns."""
    await shop.github.settled()
    for _ in range(1_000):
        if not await shop.bot.services.store.pending("people:acme"):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the lane of people has had no turn")
