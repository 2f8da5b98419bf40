"""The story of the demo: what people at acme do, and what must follow."""

from __future__ import annotations

import re
from datetime import timedelta

from tests.demo.organisation import (
    DAY,
    EVENTS,
    asked,
    events,
    is_held,
    is_released,
    registry,
    without_cancellation,
    without_carrier,
    without_newest_first,
)
from tests.demo.telling import Story, plain
from tests.github_standin import PullRequest
from tests.shop.world import REGISTRY, SPEC, Shop, spec, with_phone, with_required_currency, without_email

_MOST_DAYS_OF_SILENCE = 10
_ID = re.compile(r"\b[0-9a-f]{10}\b")


async def tell(story: Story, shop: Shop) -> PullRequest:
    """The whole story. Returns a pull request that is still held at its end."""
    story.chapter("The organisation")
    story.say(
        "acme/orders offers orders-api. Two repositories say that they use it: acme/checkout-web shows a pact, "
        "acme/warehouse declares what it reads and what it relies on. @acme/api-council (dana, devi) decides about "
        "compatibility. The check countersign is required on main."
    )
    await _compatible(story, shop)
    pull = await _held(story, shop)
    await _wrong_people(story, shop, pull)
    await _released(story, shop, pull)
    await _rebased(story, shop, pull)
    await _edited(story, shop, pull)
    await _disputed(story, shop, pull)
    await _waived(story, shop)
    await _observed(story, shop)
    return await _promise_taken_back(story, shop)


async def _compatible(story: Story, shop: Shop) -> None:
    story.chapter("A compatible change passes")
    story.does("olga", "adds an optional property, phone, to what is returned")
    pull = await shop.propose("phone", {SPEC: with_phone(spec())}, shop.olga, "Return the customer's phone number")
    story.quote(_headline(shop, pull))
    story.happened("the check succeeds, and it may be merged", is_released(shop, pull))
    story.happened("nobody is asked", not pull.requested_teams and not pull.requested_users)


async def _held(story: Story, shop: Shop) -> PullRequest:
    story.chapter("A breaking change is held, and exactly those it breaks are asked")
    story.does("olga", "stops returning the customer's e-mail address")
    pull = await shop.propose("no-email", {SPEC: without_email(spec())}, shop.olga, "Stop returning e-mail addresses")
    story.quote(_headline(shop, pull))
    story.happened("the check fails, and it may not be merged", is_held(shop, pull))
    comment = plain(shop.comment(pull))
    story.happened(
        "the comment says who reads it, and how we know", "reads customer.email (pact, seen 18 days ago)" in comment
    )
    story.happened("the decision owner and checkout are asked to review", asked(pull) == {"api-council", "checkout"})
    story.happened("warehouse reads other fields, and is left in peace", "warehouse" not in comment)
    return pull


async def _wrong_people(story: Story, shop: Shop, pull: PullRequest) -> None:
    story.chapter("The wrong people try to sign")
    for user, who in ((shop.mallory, "who may push but owns nothing"), (shop.olga, "who wrote the change")):
        before = len(shop.replies(pull))
        story.does(user.login, f"({who}) comments /approve-breaking")
        await shop.say(pull, user, "/approve-breaking")
        replies = shop.replies(pull)[before:]
        for reply in replies:
            story.quote(reply)
        story.happened(f"{user.login} is told why not, and it stays held", len(replies) == 1 and is_held(shop, pull))
    story.does("devi", "quotes the command inside code, to explain it")
    await shop.say(pull, shop.devi, "To sign, one writes\n\n```\n/approve-breaking\n```\n")
    story.happened("that signs nothing", is_held(shop, pull))


async def _released(story: Story, shop: Shop, pull: PullRequest) -> None:
    story.chapter("The right people sign")
    story.does("dana", "(api-council) comments /approve-breaking -- the profile service has it")
    await shop.say(pull, shop.dana, "/approve-breaking -- the profile service has it")
    story.happened("one signature is still missing: checkout-web's", is_held(shop, pull))
    story.does("chris", "(checkout) comments /approve-breaking")
    await shop.say(pull, shop.chris, "/approve-breaking")
    story.quote(_headline(shop, pull))
    story.happened("it is released", is_released(shop, pull))


async def _rebased(story: Story, shop: Shop, pull: PullRequest) -> None:
    story.chapter("A rebase keeps the signatures")
    story.does("oskar", "pushes something else to main; olga rebases")
    shop.orders.commit(
        "main", {"README.md": "# Orders\n\nSee api/openapi.yaml.\n"}, author=shop.oskar, message="Say more"
    )
    await shop.bot.settled()
    before = pull.head_sha
    pull.rebase(shop.olga)
    await shop.bot.settled()
    story.happened("the head is another commit", pull.head_sha != before)
    story.happened("it is still released", is_released(shop, pull))


async def _edited(story: Story, shop: Shop, pull: PullRequest) -> None:
    story.chapter("An edit of the change asks again")
    story.does("olga", "also demands a currency from whoever places an order")
    edited = with_required_currency(without_email(spec()))
    await shop.push(pull, {SPEC: edited}, shop.olga, "Orders have a currency")
    story.quote(_headline(shop, pull))
    story.happened("it is held again", is_held(shop, pull))
    story.happened(
        "what was signed stays signed, what is new is asked for", "Breaking, signed" in plain(shop.comment(pull))
    )


async def _disputed(story: Story, shop: Shop, pull: PullRequest) -> None:
    story.chapter("A consumer objects, and the decision owner rules")
    objection = "the app in our stores sends no currency, and its next release is in March"
    command = f"/object {_id(shop, pull, 'currency')} -- {objection}"
    story.does("chris", f"(checkout) comments {command}")
    await shop.say(pull, shop.chris, command)
    story.quote(_headline(shop, pull, lines=4))
    comment = shop.comment(pull)
    story.happened(
        "the objection is quoted, word for word, above the verdict",
        is_held(shop, pull) and -1 < comment.find(objection) < comment.find("**Held**"),
    )
    story.does("dana", "comments /approve-breaking")
    await shop.say(pull, shop.dana, "/approve-breaking")
    story.happened("a signature does not answer an objection: it stays held", is_held(shop, pull))
    ruling = "the gateway adds EUR for that app until April"
    story.does("dana", f"(api-council) comments /rule accept -- {ruling}")
    await shop.say(pull, shop.dana, f"/rule accept -- {ruling}")
    story.quote(_headline(shop, pull, lines=4))
    comment = plain(shop.comment(pull))
    story.happened("it is released", is_released(shop, pull))
    story.happened(
        "checkout-web is shown as overruled, never as having signed that",
        "checkout-web objected and was overruled" in comment,
    )
    story.happened("the ruling is there for all to read", ruling in comment)
    story.does("olga", "merges it")
    pull.merge(shop.olga)
    await shop.bot.settled()


async def _waived(story: Story, shop: Shop) -> None:
    story.chapter("Nobody answers: a reminder, the decision owner, a waiver with a date")
    story.does("oskar", "takes away that orders can be cancelled, which the warehouse does when a shelf is empty")
    files = {SPEC: without_cancellation(with_required_currency(without_email(spec())))}
    pull = await shop.propose("no-cancellation", files, shop.oskar, "Cancel by phone")
    story.quote(_headline(shop, pull))
    story.happened("the decision owner and warehouse are asked", asked(pull) == {"api-council", "warehouse"})
    story.does("dana", "signs; in the warehouse they count stock, and nobody answers")
    await shop.say(pull, shop.dana, "/approve-breaking")
    days = 0
    while not _notices(shop, pull, "silent:") and days < _MOST_DAYS_OF_SILENCE:
        days += 1
        await shop.bot.later(DAY)
    for key in ("reminded:", "silent:"):
        for notice in _notices(shop, pull, key):
            story.quote(notice)
    reminded = len(_notices(shop, pull, "reminded:")) == 1
    story.happened("warehouse is reminded once, on a business day", reminded)
    story.happened("after three of them the decision owner is called", bool(_notices(shop, pull, "silent:")))
    until = (shop.github.clock.now() + timedelta(days=60)).date().isoformat()
    waiver = f"/waive warehouse reason:policy_exception until:{until} -- they telephone until their next release"
    story.does("dana", f"comments {waiver}")
    await shop.say(pull, shop.dana, waiver)
    story.quote(_headline(shop, pull))
    story.happened("it is released, and shown as waived", is_released(shop, pull) and "waived" in shop.comment(pull))
    follow_ups = [i for i in shop.orders.issues.values() if not isinstance(i, PullRequest) and until in i.title]
    for issue in follow_ups:
        story.quote(issue.title)
    story.happened("an issue says what is due, and when", len(follow_ups) == 1)


async def _observed(story: Story, shop: Shop) -> None:
    story.chapter("A contract that is only observed")
    story.does("oskar", "takes the carrier out of an event; shipments has enforcement: observe")
    files = {EVENTS: without_carrier(events())}
    pull = await shop.propose("no-carrier", files, shop.oskar, "There is one carrier now")
    story.quote(_headline(shop, pull))
    story.happened("the check succeeds, and nobody is asked", is_released(shop, pull) and not asked(pull))
    comment = plain(shop.comment(pull))
    story.happened(
        "the comment says what it would have done", "Would have been held" in comment and "warehouse" in comment
    )


async def _promise_taken_back(story: Story, shop: Shop) -> PullRequest:
    story.chapter("An edit of the registry is a change of the contract")
    story.does("olga", "removes the promise that orders come newest first. No line of the API changes")
    files = {REGISTRY: without_newest_first(registry())}
    pull = await shop.propose("any-order", files, shop.olga, "Orders come in any order")
    story.quote(_headline(shop, pull))
    story.happened("it is held", is_held(shop, pull))
    story.happened(
        "warehouse is asked, which relies on that promise; nobody waits for checkout-web",
        "warehouse" in asked(pull) and "checkout" not in _required(shop, pull),
    )
    return pull


def _required(shop: Shop, pull: PullRequest) -> str:
    """The line that says until whose signature it is held."""
    return next(line for line in map(plain, shop.comment(pull).splitlines()) if line.startswith("Held until"))


def _notices(shop: Shop, pull: PullRequest, key: str) -> list[str]:
    mark = f"<!-- countersign-notice:{key}"
    return [each.body for each in pull.comments if each.author is shop.app.bot and mark in each.body]


def _headline(shop: Shop, pull: PullRequest, lines: int = 2) -> str:
    """How the comment begins."""
    written = [line for line in shop.comment(pull).splitlines() if line.strip()]
    return " — ".join(plain(line) for line in written[:lines])


def _id(shop: Shop, pull: PullRequest, word: str) -> str:
    """The short id of the finding that is about `word`, as the comment has it."""
    (line, *_) = [each for each in shop.comment(pull).splitlines() if word in each and _ID.search(each)]
    found = _ID.search(line)
    return found[0] if found else ""
