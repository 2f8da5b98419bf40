"""The story of the demo: what people at acme do, and what must follow."""

from __future__ import annotations

import re

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from tests.github_standin import PullRequest
from tests.shop.world import SPEC, Shop, spec, with_phone, with_required_currency, without_email

_TAG = re.compile(r"<[^>]+>|[*`#]|\[([^\]]*)\]\([^)]*\)")


class Story:
    """Tells, and keeps count of what did not happen."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.steps = 0
        self.missed = 0

    def chapter(self, title: str) -> None:
        self._console.print()
        self._console.print(Text(title, style="bold underline"))

    def say(self, text: str) -> None:
        self._console.print(Padding(Text(text), (0, 0, 0, 2)))

    def does(self, who: str, what: str) -> None:
        line = Text(f"{who} ", style="bold cyan")
        line.append(what, style="not bold default")
        self._console.print(Padding(line, (0, 0, 0, 2)))

    def quote(self, text: str) -> None:
        self._console.print(Padding(Text(f"“{plain(text)}”", style="italic dim"), (0, 0, 0, 6)))

    def happened(self, what: str, is_true: bool) -> None:
        """A step of the story, checked."""
        self.steps += 1
        self.missed += not is_true
        mark = Text("  ✓ " if is_true else "  ✗ ", style="bold green" if is_true else "bold red")
        self._console.print(mark.append(what, style="not bold default"))


def plain(markdown: str) -> str:
    """The first lines of a comment as a reader would say them."""
    visible = _TAG.sub(lambda m: m[1] or "", markdown.split("<!--", 1)[0])
    return " ".join(visible.replace("\u200b", "").split())


async def tell(story: Story, shop: Shop) -> None:
    """The whole story."""
    story.chapter("The organisation")
    story.say(
        "acme/orders offers orders-api. checkout-web and warehouse use it: one tested by a pact, one seen in traffic."
    )
    story.say(
        "@acme/api-council (dana, devi) decides about its compatibility. The check countersign is required on main."
    )
    await _compatible(story, shop)
    pull = await _held(story, shop)
    await _wrong_people(story, shop, pull)
    await _released(story, shop, pull)
    await _rebased(story, shop, pull)
    await _edited(story, shop, pull)


async def _compatible(story: Story, shop: Shop) -> None:
    story.chapter("A compatible change passes")
    story.does("olga", "adds an optional property, phone, to what is returned")
    pull = await shop.propose("phone", {SPEC: with_phone(spec())}, shop.olga, "Return the customer's phone number")
    story.quote(_headline(shop, pull))
    story.happened("the check succeeds, and it may be merged", shop.verdict(pull) == "success" and pull.may_merge)
    story.happened("nobody is asked", not pull.requested_teams and not pull.requested_users)


async def _held(story: Story, shop: Shop) -> PullRequest:
    story.chapter("A breaking change is held")
    story.does("olga", "stops returning the customer's e-mail address")
    pull = await shop.propose("no-email", {SPEC: without_email(spec())}, shop.olga, "Stop returning e-mail addresses")
    story.quote(_headline(shop, pull))
    comment = shop.comment(pull)
    story.happened("the check fails, and it may not be merged", shop.verdict(pull) == "failure" and not pull.may_merge)
    story.happened("checkout-web is affected: its pact reads the address", "**Affects:** checkout-web reads" in comment)
    asked = {team.slug for team in pull.requested_teams}
    story.happened("the decision owner and checkout are asked to review", {"api-council", "checkout"} <= asked)
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
        told = len(replies) == 1 and shop.verdict(pull) == "failure"
        story.happened(f"{user.login} is told why not, and it stays held", told)
    story.does("devi", "quotes the command inside code, to explain it")
    await shop.say(pull, shop.devi, "To sign, one writes\n\n```\n/approve-breaking\n```\n")
    story.happened("that signs nothing", shop.verdict(pull) == "failure")


async def _released(story: Story, shop: Shop, pull: PullRequest) -> None:
    story.chapter("The right people sign")
    story.does("dana", "(api-council) comments /approve-breaking -- the profile service has it")
    await shop.say(pull, shop.dana, "/approve-breaking -- the profile service has it")
    story.happened("one signature is still missing: checkout-web's", shop.verdict(pull) == "failure")
    story.does("chris", "(checkout) comments /approve-breaking")
    await shop.say(pull, shop.chris, "/approve-breaking")
    story.quote(_headline(shop, pull))
    story.happened("it is released", shop.verdict(pull) == "success" and pull.may_merge)


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
    story.happened("it is still released", shop.verdict(pull) == "success" and pull.may_merge)


async def _edited(story: Story, shop: Shop, pull: PullRequest) -> None:
    story.chapter("An edit of the change asks again")
    story.does("olga", "also demands a currency from whoever places an order")
    edited = with_required_currency(without_email(spec()))
    await shop.push(pull, {SPEC: edited}, shop.olga, "Orders have a currency")
    story.quote(_headline(shop, pull))
    story.happened("it is held again", shop.verdict(pull) == "failure" and not pull.may_merge)
    comment = shop.comment(pull)
    story.happened("what was signed stays signed, what is new is asked for", "Breaking, signed" in comment)


def _headline(shop: Shop, pull: PullRequest) -> str:
    lines = [line for line in shop.comment(pull).splitlines() if line.strip()]
    return " — ".join(plain(line) for line in lines[:2])
