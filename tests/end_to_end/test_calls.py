"""What a pull request costs in calls to GitHub. Goals of the design: a push with contracts at most five, without them
two, an approving comment four, chatter none; and when nothing has changed, no writes.
"""

from __future__ import annotations

from tests.shop.world import SPEC, Shop, spec, with_phone, without_email

BREAKING = {SPEC: without_email(spec())}


def _calls(shop: Shop, mark: int) -> list[str]:
    """Since the mark, without the token."""
    asked = (r for r in shop.github.requests_since(mark) if not r.path.endswith("/access_tokens"))
    return [f"{r.method} {r.path.partition('/repos/acme/orders')[2] or r.path}" for r in asked]


async def test_an_approving_comment_costs_four_calls(shop: Shop) -> None:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    for person in (shop.dana, shop.chris):
        mark = shop.github.mark()
        await shop.say(pull, person, "/approve-breaking")
        calls = _calls(shop, mark)
        assert len(calls) <= 4, calls
    assert shop.may_merge(pull)


async def test_a_push_costs_five_calls_with_contracts_and_two_without(shop: Shop) -> None:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    mark = shop.github.mark()
    await shop.push(pull, {SPEC: without_email(with_phone(spec()))}, shop.olga, "More")
    assert len(_calls(shop, mark)) <= 5, _calls(shop, mark)
    plain = await shop.propose("words", {"README.md": "# Words\n"}, shop.olga)
    mark = shop.github.mark()
    await shop.push(plain, {"README.md": "# More words\n"}, shop.olga, "More")
    assert len(_calls(shop, mark)) <= 2, _calls(shop, mark)


async def test_chatter_costs_nothing_and_looking_again_writes_nothing(shop: Shop) -> None:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    mark = shop.github.mark()
    await shop.say(pull, shop.chris, "Interesting!")
    assert _calls(shop, mark) == []
    await shop.say(pull, shop.chris, "/recheck")
    assert [call for call in _calls(shop, mark) if "graphql" not in call and "/reactions" not in call] == []


async def test_whoever_left_the_team_just_before_signs_nothing_though_they_are_asked_about_along(shop: Shop) -> None:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    await shop.say(pull, shop.dana, "/approve-breaking")
    shop.teams["checkout"].remove(shop.chris)
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert not shop.may_merge(pull)
    shop.teams["checkout"].add(shop.oskar)
    await shop.say(pull, shop.oskar, "/approve-breaking")
    assert shop.may_merge(pull)
