"""What time alone changes, with nobody saying anything: silence, expiry, waivers and sunsets that run out."""

from __future__ import annotations

from datetime import timedelta

from tests.end_to_end.test_three_repositories import ALONE, EMAIL, half, neighbour, without_the_email
from tests.github_standin import PullRequest
from tests.shop.world import REGISTRY, SPEC, Shop, registry, spec, with_required_currency, without_email

DAY = 86_400.0
BROKEN = {SPEC: without_email(spec())}


def _in_days(shop: Shop, days: int) -> str:
    return (shop.github.clock.now() + timedelta(days=days)).date().isoformat()


async def _held(shop: Shop) -> PullRequest:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    assert shop.verdict(pull) == "failure"
    return pull


# Silence


async def test_a_consumer_that_chose_so_itself_consents_by_silence_after_its_own_business_days(shop: Shop) -> None:
    await shop.on_main({REGISTRY: ALONE})
    consent = half(
        "checkout-web", "@acme/checkout", EMAIL, more="    signoff: {respond_within: 5d, on_silence: consent}\n"
    )
    await neighbour(shop, "checkout-web", {REGISTRY: consent}, "checkout")
    pull = await without_the_email(shop)
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.bot.later(4 * DAY)
    assert not shop.may_merge(pull)
    await shop.bot.later(5 * DAY)
    assert shop.may_merge(pull)
    assert "silence" in shop.comment(pull).lower()


async def test_a_consumer_that_objects_in_time_does_not_consent(shop: Shop) -> None:
    await shop.on_main({REGISTRY: ALONE})
    consent = half(
        "checkout-web", "@acme/checkout", EMAIL, more="    signoff: {respond_within: 2d, on_silence: consent}\n"
    )
    await neighbour(shop, "checkout-web", {REGISTRY: consent}, "checkout")
    pull = await without_the_email(shop)
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, "/object -- not before the release")
    await shop.bot.later(30 * DAY)
    assert not shop.may_merge(pull)


async def test_a_consumer_whose_registry_can_no_longer_be_read_does_not_consent(shop: Shop) -> None:
    """It may have taken its consent back since, in the very edit that nobody can read."""
    await shop.on_main({REGISTRY: ALONE})
    consent = half(
        "checkout-web", "@acme/checkout", EMAIL, more="    signoff: {respond_within: 5d, on_silence: consent}\n"
    )
    web = await neighbour(shop, "checkout-web", {REGISTRY: consent}, "checkout")
    pull = await without_the_email(shop)
    await shop.say(pull, shop.dana, "/approve-breaking")
    web.commit("main", {REGISTRY: "consumes: [nothing that can be read"}, author=shop.chris)
    await shop.bot.settled()
    await shop.bot.later(9 * DAY)
    assert not shop.may_merge(pull)
    web.commit("main", {REGISTRY: consent}, author=shop.chris)
    await shop.bot.settled()
    assert shop.may_merge(pull)


async def test_a_producer_cannot_choose_that_a_consumers_silence_is_consent(shop: Shop) -> None:
    """Neither in a pull request, where it is a broken registry, nor on the base."""
    theirs = registry().replace("    guarantees:\n", "    signoff: {on_silence: consent}\n    guarantees:\n")
    await shop.on_main({REGISTRY: theirs})
    pull = await _held(shop)
    await shop.bot.later(30 * DAY)
    assert not shop.may_merge(pull)


async def test_the_decision_owner_signs_for_who_is_silent_and_not_before(shop: Shop) -> None:
    pull = await _held(shop)
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.dana, "/approve-breaking as checkout-web")
    assert not shop.may_merge(pull)
    await shop.bot.later(7 * DAY)
    await shop.say(pull, shop.dana, "/approve-breaking as checkout-web -- they are on holiday")
    assert shop.may_merge(pull)


async def test_a_holiday_of_the_registry_gives_a_day_more(shop: Shop) -> None:
    days = "".join(f'"{_in_days(shop, n)}", ' for n in range(10))
    await shop.on_main({REGISTRY: registry() + f"calendar: {{time_zone: Europe/Berlin, holidays: [{days}]}}\n"})
    pull = await _held(shop)
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.bot.later(9 * DAY)
    await shop.say(pull, shop.dana, "/approve-breaking as checkout-web")
    assert not shop.may_merge(pull), "nobody has had a business day yet"
    await shop.bot.later(7 * DAY)
    await shop.say(pull, shop.dana, "/approve-breaking as checkout-web")
    assert shop.may_merge(pull)


# What runs out


async def test_a_signature_that_runs_out_holds_again_without_anybody_saying_a_word(shop: Shop) -> None:
    pull = await _held(shop)
    await shop.say(pull, shop.chris, "/approve-breaking")
    await shop.say(pull, shop.dana, f"/approve-breaking until {_in_days(shop, 3)}")
    assert shop.may_merge(pull)
    await shop.bot.later(5 * DAY)
    assert not shop.may_merge(pull)
    steps = [row.body for row in await shop.bot.services.store.ledger() if row.kind == "transition"]
    assert ("approved", "expired") in {(step["from"], step["to"]) for step in steps}


async def test_a_waiver_that_runs_out_asks_the_consumer_again(shop: Shop) -> None:
    pull = await _held(shop)
    await shop.say(
        pull, shop.dana, f"/waive checkout-web reason:emergency until:{_in_days(shop, 3)} -- the site is down"
    )
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert shop.may_merge(pull)
    await shop.bot.later(6 * DAY)
    assert not shop.may_merge(pull)
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert shop.may_merge(pull)


# Sunsets and versions


def _deprecated(sunset: str) -> str:
    promised = f'    deprecated:\n      - {{at: "GET /orders/{{id}} 200:$.customer.email", sunset: "{sunset}"}}\n'
    return registry().replace("    guarantees:\n", f"{promised}    guarantees:\n")


async def test_nobody_can_sign_a_removal_before_its_sunset_and_only_an_emergency_sets_it_aside(shop: Shop) -> None:
    await shop.on_main({REGISTRY: _deprecated(_in_days(shop, 60))})
    pull = await _held(shop)
    for person in (shop.dana, shop.chris):
        await shop.say(pull, person, "/approve-breaking")
    assert not shop.may_merge(pull)
    until = _in_days(shop, 20)
    await shop.say(pull, shop.dana, f"/waive decision-owner reason:bug_fix until:{until} -- tidy")
    assert not shop.may_merge(pull), "that is no emergency"
    await shop.say(pull, shop.dana, f"/waive decision-owner reason:security until:{until} -- it leaks")
    assert shop.may_merge(pull)


async def test_when_the_sunset_has_passed_signatures_are_enough(shop: Shop) -> None:
    await shop.on_main({REGISTRY: _deprecated(_in_days(shop, 5))})
    pull = await _held(shop)
    await shop.bot.later(7 * DAY)
    for person in (shop.dana, shop.chris):
        await shop.say(pull, person, "/approve-breaking")
    assert shop.may_merge(pull)


async def test_a_break_without_a_new_major_version_is_a_finding_of_its_own_and_no_version_signs(shop: Shop) -> None:
    text = registry().replace(
        "    guarantees:\n", "    version: {from: info.version, breaking_requires: major}\n    guarantees:\n"
    )
    await shop.on_main({REGISTRY: text})
    broken = with_required_currency(spec())
    pull = await shop.propose("currency", {SPEC: broken}, shop.olga)
    before = len(shop.ids(pull))
    raised = broken.replace("version: 2.4.0", "version: 3.0.0")
    assert raised != broken
    await shop.push(pull, {SPEC: raised}, shop.olga, "Version 3")
    assert len(shop.ids(pull)) == before - 1
    assert shop.verdict(pull) == "failure", "a version takes no signature's place"
    for person in (shop.dana, shop.chris):
        await shop.say(pull, person, "/approve-breaking")
    assert shop.may_merge(pull)


async def test_nobody_is_reminded_to_approve_what_no_approval_lets_go(shop: Shop) -> None:
    await shop.on_main({REGISTRY: _deprecated(_in_days(shop, 60))})
    pull = await _held(shop)
    await shop.say(pull, shop.chris, "/approve-breaking")
    await shop.bot.later(14 * DAY)
    assert not [c for c in pull.comments if "waits for you" in c.body]
    assert f"promised **until {_in_days(shop, 46)}**" in shop.comment(pull)
