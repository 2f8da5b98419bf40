"""Step 9: what people write, and what they get for it."""

from __future__ import annotations

from tests.github_standin import Comment, PullRequest
from tests.shop.world import SPEC, Shop, spec, with_required_currency, without_email


async def _held(shop: Shop) -> PullRequest:
    return await shop.propose("no-email", {SPEC: without_email(spec())}, shop.olga)


def _reactions(shop: Shop, comment: Comment) -> list[str]:
    return [reaction.content for reaction in comment.reactions if reaction.user is shop.app.bot]


async def test_a_command_is_answered_by_a_reaction_and_a_refused_one_by_the_reason(shop: Shop) -> None:
    pull = await _held(shop)
    refused = await shop.say(pull, shop.mallory, "/approve-breaking")
    accepted = await shop.say(pull, shop.dana, "/approve-breaking")
    assert (_reactions(shop, refused), _reactions(shop, accepted)) == (["confused"], ["+1"])
    (reply,) = shop.replies(pull)
    assert reply.startswith("@mallory\n")
    assert "You are not (or no longer) among those who may sign" in reply


async def test_a_revoked_signature_holds_the_merge_again(shop: Shop) -> None:
    pull = await _held(shop)
    await shop.say(pull, shop.chris, "/approve-breaking")
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert shop.may_merge(pull)
    await shop.say(pull, shop.chris, "/revoke -- the release slipped")
    assert not shop.may_merge(pull)
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert shop.may_merge(pull)


async def test_a_revocation_outlives_its_comment(shop: Shop) -> None:
    pull = await _held(shop)
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, "/approve-breaking")
    revocation = await shop.say(pull, shop.chris, "/revoke")
    revocation.delete(shop.chris)
    await shop.bot.settled()
    assert not shop.may_merge(pull)


async def test_status_says_what_is_open_and_help_how_it_works(shop: Shop) -> None:
    pull = await _held(shop)
    await shop.say(pull, shop.mallory, "/contracts status")
    await shop.say(pull, shop.chris, "/approve-breaking")
    await shop.say(pull, shop.mallory, "/contracts status")
    await shop.say(pull, shop.mallory, "/contracts help")
    first, second, help_ = shop.replies(pull)
    assert "0 of 2 signatures are there" in first and "decision owner" in first and "checkout-web" in first
    assert "1 of 2 signatures are there" in second and "checkout-web" not in second
    assert "`/approve-breaking` signs everything listed that is yours to sign" in help_
    assert not shop.may_merge(pull)


async def test_a_typo_gets_a_hint_and_signs_nothing(shop: Shop) -> None:
    pull = await _held(shop)
    comment = await shop.say(pull, shop.dana, "/aprove-breaking")
    (reply,) = shop.replies(pull)
    assert "Did you mean `/approve-breaking`?" in reply
    assert _reactions(shop, comment) == ["confused"]
    assert "0 of 2" in await _status(shop, pull)


async def test_ids_narrow_what_is_signed(shop: Shop) -> None:
    pull = await shop.propose("both", {SPEC: with_required_currency(without_email(spec()))}, shop.olga)
    email, currency = shop.ids(pull)
    await shop.say(pull, shop.dana, f"/approve-breaking {email[:6]}")
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert not shop.may_merge(pull)
    assert f"decision owner (@\u200bacme/api-council): `{currency}`, by 2026-" in await _status(shop, pull)
    await shop.say(pull, shop.devi, f"/approve-breaking {currency} -- agreed with finance")
    assert shop.may_merge(pull)
    assert "agreed with finance" in shop.comment(pull)


async def test_an_unknown_id_and_one_that_is_none_are_refused_with_what_to_write(shop: Shop) -> None:
    pull = await _held(shop)
    await shop.say(pull, shop.dana, "/approve-breaking 0123456789")
    await shop.say(pull, shop.dana, "/approve-breaking everything")
    await shop.say(pull, shop.dana, f"/approve-breaking {shop.ids(pull)[0]} 0123456789")
    unknown, none, partly_unknown = shop.replies(pull)
    assert "No finding here has an id that begins with `0123456789`" in unknown
    assert "`everything` is not an id" in none
    assert "Nothing was signed" in partly_unknown
    assert "0 of 2" in await _status(shop, pull)


async def test_as_a_consumer_signs_for_that_consumer_alone(shop: Shop) -> None:
    shop.teams["checkout"].add(shop.dana)
    pull = await _held(shop)
    await shop.say(pull, shop.dana, "/approve-breaking as checkout-web")
    status = await _status(shop, pull)
    assert "1 of 2 signatures are there" in status and "decision owner" in status
    await shop.say(pull, shop.dana, "/approve-breaking as warehouses")
    assert "`warehouses` is not asked to sign this" in shop.replies(pull)[-1]


async def test_a_review_can_carry_a_command_and_its_approval_alone_signs_nothing(shop: Shop) -> None:
    pull = await _held(shop)
    pull.review(shop.dana, "Looks fine to me", "APPROVED")
    await shop.bot.settled()
    assert "0 of 2" in await _status(shop, pull)
    pull.review(shop.dana, "/approve-breaking", "COMMENTED")
    pull.review(shop.chris, "/approve-breaking")
    await shop.bot.settled()
    assert shop.may_merge(pull)


async def test_quoted_fenced_indented_and_hidden_commands_sign_nothing(shop: Shop) -> None:
    pull = await _held(shop)
    for body in (
        "> /approve-breaking",
        "```\n/approve-breaking\n```",
        "    /approve-breaking",
        "`/approve-breaking`",
        "<!--\n/approve-breaking\n-->",
        "I would say /approve-breaking here",
        "- /approve-breaking",
    ):
        pull.comment(shop.dana, body)
        pull.comment(shop.chris, body)
    await shop.bot.settled()
    assert shop.verdict(pull) == "failure"
    assert "0 of 2" in await _status(shop, pull)


async def test_a_recheck_looks_again(shop: Shop) -> None:
    with shop.losing_webhooks():
        pull = await _held(shop)
    assert shop.checks(pull) == []
    await shop.say(pull, shop.mallory, "/recheck")
    assert shop.verdict(pull) == "failure"


async def _status(shop: Shop, pull: PullRequest) -> str:
    """What `/contracts status` answers now."""
    await shop.say(pull, shop.ada, "/contracts status")
    return shop.replies(pull)[-1]


async def test_a_ruling_is_answered_with_the_lines_for_the_registry(shop: Shop) -> None:
    pull = await shop.propose("no-email", {SPEC: without_email(spec())}, shop.olga)
    await shop.say(pull, shop.chris, "/object -- our receipts need it")
    await shop.say(pull, shop.dana, "/rule reject -- then it stays")
    (reply,) = shop.replies(pull)
    assert "```yaml\n  contracts:" in reply
    assert "level: guaranteed" in reply


async def test_everybodys_help_is_answered_where_somebody_waits_for_signatures_and_nowhere_else(shop: Shop) -> None:
    held = await shop.propose("no-email", {SPEC: without_email(spec())}, shop.olga)
    quiet = await shop.propose("readme", {"README.md": "# Orders!\n"}, shop.olga)
    for pull in (held, quiet):
        await shop.say(pull, shop.mallory, "/help")
    assert len(shop.replies(held)) == 1
    assert shop.replies(quiet) == []
    assert [c for c in quiet.comments if c.author is shop.app.bot] == []
