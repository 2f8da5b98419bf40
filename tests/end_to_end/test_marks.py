"""Whoever may push can edit what we wrote. What they write there keeps nothing from being said, and says nothing."""

from __future__ import annotations

import re

from bot.engine.bypass import BYPASS
from tests.github_standin import PullRequest
from tests.shop.world import SPEC, Shop, spec, without_email

BROKEN = {SPEC: without_email(spec())}
DAY = 86_400.0
MARK = re.compile(r"<!-- countersign-(\w+):(\S+) ([0-9a-f]{32}) -->")


def _notices(shop: Shop, pull: PullRequest, key: str) -> list[str]:
    mark = f"<!-- countersign-notice:{key}"
    return [c.body for c in pull.comments if c.author is shop.app.bot and mark in c.body]


async def test_a_mark_written_into_our_own_comment_hides_no_reply(shop: Shop) -> None:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    await shop.say(pull, shop.mallory, "/approve-breaking")
    (reply,) = [c for c in pull.comments if "countersign-reply" in c.body]
    ((_, answered, mac),) = MARK.findall(reply.body)
    ahead = range(int(answered) + 1, int(answered) + 40)
    made_up = "".join(f"<!-- countersign-reply:{n} -->\n<!-- countersign-reply:{n} {mac} -->\n" for n in ahead)
    reply.edit(shop.mallory, f"{reply.body}\n{made_up}")
    await shop.restart(forget=True)
    await shop.say(pull, shop.mallory, "/approve-breaking")
    assert len([c for c in pull.comments if "countersign-reply" in c.body and c is not reply]) == 1


async def test_a_mark_written_into_our_own_comment_hides_no_reminder_and_no_report(shop: Shop) -> None:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    twin = await shop.propose("twin", {**BROKEN, "README.md": "# Twin\n"}, shop.olga)
    await shop.bot.later(4 * DAY)
    (reminder,) = _notices(shop, twin, "reminded:")
    (real,) = MARK.findall(reminder)
    for comment in [c for c in pull.comments if c.author is shop.app.bot]:
        if "countersign:v1" not in comment.body:
            comment.delete(shop.mallory)
    forged = "".join(
        f"<!-- countersign-notice:{keys} -->\n<!-- countersign-notice:{keys} {mac} -->\n"
        for keys, mac in ((real[1], real[2]), (BYPASS, "0" * 32))
    )
    ours = next(c for c in pull.comments if c.author is shop.app.bot)
    ours.edit(shop.mallory, f"{forged}{ours.body}")
    await shop.restart(forget=True)
    await shop.say(pull, shop.ada, "/recheck")
    assert len(_notices(shop, pull, "reminded:")) == 1, "what was copied from another pull request is no reminder here"
    pull.merge(shop.ada, bypass=True)
    await shop.bot.settled()
    assert [i for i in shop.orders.issues.values() if "countersign-bypass" in (i.body or "")]


async def test_the_word_that_makes_a_review_count_needs_an_offer_of_ours(shop: Shop) -> None:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    ours = next(c for c in pull.comments if c.author is shop.app.bot)
    ours.edit(shop.mallory, f"<!-- countersign-notice:offer:{shop.chris.id} -->\n{ours.body}")
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, "countersign")
    assert not pull.may_merge
