"""Whoever writes what we repeat: reasons, notes, names. Nothing of it pings, links, or forges our markers."""

from __future__ import annotations

import re

import pytest

from tests.github_standin import PullRequest
from tests.report.rendering import Rendered
from tests.shop.world import SPEC, Shop, spec, without_email

_MENTION = re.compile(r"(?<![\w/])@([a-z0-9-]+(?:/[\w-]+)?)")
BREAKING = {SPEC: without_email(spec())}
PINGS = "@acme/warehouse @wanda #1 GH-1 acme/orders#1 www.evil.example https://evil.example/x mallory@evil.example"
CLOSES = "</details></summary></table> <img src=x onerror=alert(1)> <script>alert(1)</script> | a | b | ``` ~~~ `"
FORGES = (
    "<!-- countersign:v1 e30.0000000000000000000000000000000000000000000000000000000000000000 -->"
    "<!-- countersign-reply:{next} --> <!-- countersign-notice:bypass,offer:1,reminder -->"
)


async def _held(shop: Shop) -> PullRequest:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    assert shop.verdict(pull) == "failure"
    return pull


def _hostile(shop: Shop) -> str:
    """With markers for comments that are still to come: their numbers can be guessed."""
    number = shop.github.next_id()
    return "\n".join(f"{PINGS} {CLOSES} {FORGES.format(next=number + ahead)}" for ahead in range(1, 12))


def _ours(shop: Shop, pull: PullRequest) -> list[str]:
    run = shop.checks(pull)[-1]
    issues = [issue.body or "" for issue in shop.orders.issues.values() if not isinstance(issue, PullRequest)]
    return [c.body for c in pull.comments if c.author is shop.app.bot] + issues + [run.summary or "", run.text or ""]


def _harmless(shop: Shop, pull: PullRequest, *expected: str) -> None:
    """expected: who may be mentioned, being asked or answered."""
    for text in _ours(shop, pull):
        shown = Rendered(text)
        assert set(_MENTION.findall(shown.linkable.lower())) <= set(expected), text
        assert set(shown.references) <= {f"#{pull.number}"}, text
        assert shown.unbalanced == shown.opened == [], text
        assert not {"img", "script"} & set(shown.tags)
        assert not any("evil.example" in target for target in shown.targets), text
        assert len(re.findall(r"<!-- countersign-reply:\d+ [0-9a-f]{32} -->", text)) <= 1
        assert len(re.findall(r"<!-- countersign:v1 ", text)) <= 1
        assert "<!-- countersign-notice:bypass,offer" not in text


async def test_an_objection_can_neither_ping_nor_forge(shop: Shop) -> None:
    pull = await _held(shop)
    hostile = _hostile(shop)
    await shop.say(pull, shop.chris, f"/object -- as follows\n\n{hostile}")
    assert "as follows" in shop.comment(pull)
    _harmless(shop, pull, "chris")
    await shop.say(pull, shop.mallory, "/approve-breaking")
    assert any("@mallory" in reply for reply in shop.replies(pull)), "no forged marker keeps a reply from anybody"
    await shop.restart(forget=True)
    await shop.say(pull, shop.mallory, "/recheck")
    assert not shop.may_merge(pull)
    assert shop.comment(pull)
    _harmless(shop, pull, "chris", "mallory")


async def test_a_ruling_a_waiver_and_a_note_can_neither_ping_nor_forge(shop: Shop) -> None:
    pull = await _held(shop)
    hostile = _hostile(shop)
    await shop.say(pull, shop.chris, "/object -- we need it")
    await shop.say(pull, shop.dana, f"/rule reject -- as follows\n\n{hostile}")
    await shop.say(pull, shop.devi, f"/rule accept -- so be it ```\n```\n{hostile}")
    _harmless(shop, pull, "chris", "dana", "devi", "acme/api-council")
    other = await shop.propose("again", BREAKING, shop.olga)
    await shop.say(other, shop.dana, f"/waive checkout-web reason:emergency until:2099-01-01 -- no time\n\n{hostile}")
    await shop.say(other, shop.dana, f"/approve-breaking -- {PINGS}")
    _harmless(shop, other, "dana", "acme/checkout", "acme/api-council")


async def test_commands_that_are_refused_are_quoted_and_no_more(shop: Shop) -> None:
    pull = await _held(shop)
    line = _hostile(shop).splitlines()[0]
    for command in (
        f"/approve-breaking as {line}",
        f"/approve-breaking {line}",
        f"/waive {line}",
        f"/waive {line} reason:emergency until:2099-01-01 -- x",
        f"/rule {line}",
        f"/reclassify {line}",
        f"/extend {line}",
        f"/extend {line} to:2099-01-01",
        f"/aprove-breaking {line}",
        f"/contracts {line}",
    ):
        await shop.say(pull, shop.mallory, command)
    assert len(shop.replies(pull)) >= 8
    _harmless(shop, pull, "mallory")


async def test_thousands_of_commands_in_one_comment_are_answered_in_one_short_reply(shop: Shop) -> None:
    pull = await _held(shop)
    lines = "\n".join(f"/approve-breaking {number:x}zz" for number in range(2_500))
    for many in ("/aprove-breaking\n" * 3_600, lines):
        before = len(shop.replies(pull))
        await shop.say(pull, shop.mallory, many)
        assert len(shop.replies(pull)) == before + 1
        assert len(shop.replies(pull)[-1]) < 20_000
    assert "2,480 more" in shop.replies(pull)[-1]


async def test_a_forged_marker_hides_no_reply_no_notice_and_no_decision(shop: Shop) -> None:
    """Written by people, our markers mean nothing, wherever they stand."""
    pull = await _held(shop)
    markers = FORGES.format(next=shop.github.next_id() + 3)
    for person in (shop.mallory, shop.dana):
        await shop.say(pull, person, f"As agreed.\n\n{markers}")
    pull.edit_body(shop.olga, markers)
    for ours in [c for c in pull.comments if c.author is shop.app.bot]:
        ours.edit(shop.mallory, f"### Countersigned\n\n{markers.partition('<!-- countersign-reply')[0]}")
    await shop.say(pull, shop.mallory, "/approve-breaking")
    assert "### Countersigned" not in shop.comment(pull)
    assert len(shop.replies(pull)) >= 1
    assert not shop.may_merge(pull)
    pull.merge(shop.ada, bypass=True)
    await shop.bot.settled()
    assert [row for row in await shop.bot.services.store.ledger() if row.kind == "bypass"]
    assert [issue for issue in shop.orders.issues.values() if not isinstance(issue, PullRequest)]


async def test_our_comment_edited_by_a_maintainer_says_the_truth_again(shop: Shop) -> None:
    pull = await _held(shop)
    await shop.say(pull, shop.chris, "/object -- we need it")
    before = shop.comment(pull)
    ours = next(c for c in pull.comments if c.author is shop.app.bot and "countersign:v1" in c.body)
    ours.edit(shop.mallory, "### ✅ Everybody has signed\n")
    await shop.say(pull, shop.ada, "/recheck")
    assert shop.comment(pull) == before


async def test_titles_branches_and_names_of_people_are_text(shop: Shop) -> None:
    hostile = f"{CLOSES} {PINGS}"
    pull = await shop.propose("x--`@acme-warehouse`", BREAKING, shop.olga, title=hostile[:200])
    pull.merge(shop.ada, bypass=True)
    await shop.bot.settled()
    _harmless(shop, pull, "acme/api-council", "acme/checkout", "ada")


@pytest.mark.parametrize(
    "words", ["\u200b/approve-breaking", "/approve\u200b-breaking", "\uff0fapprove-breaking", "/\u0430pprove-breaking"]
)
async def test_letters_that_only_look_alike_sign_by_what_they_are(shop: Shop, words: str) -> None:
    """Invisible characters make no difference; letters of other alphabets are no command of ours."""
    pull = await _held(shop)
    await shop.say(pull, shop.mallory, words)
    assert not shop.may_merge(pull)
    await shop.say(pull, shop.chris, "/approve-breaking")
    await shop.say(pull, shop.dana, words)
    is_a_command = "\u200b" in words
    assert shop.may_merge(pull) is is_a_command


async def test_what_people_write_is_kept_as_they_wrote_it(shop: Shop) -> None:
    pull = await _held(shop)
    hostile = _hostile(shop)
    await shop.say(pull, shop.chris, f"/object -- as follows\n\n{hostile}")
    rows = [row.body for row in await shop.bot.services.store.ledger() if row.kind == "decision"]
    (objection,) = rows[-1]["objections"]
    assert objection["text"].splitlines()[2:8] == hostile.splitlines()[:6]
