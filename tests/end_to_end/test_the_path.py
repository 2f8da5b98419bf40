"""The main job, from a signed webhook to a merge that was held and then released."""

from __future__ import annotations

from tests.shop.world import SPEC, Shop, spec, with_phone, without_email


async def test_a_compatible_change_passes(shop: Shop) -> None:
    pull = await shop.propose("phone", {SPEC: with_phone(spec())}, shop.olga, "Return the phone number")
    assert shop.verdict(pull) == "success"
    assert pull.may_merge
    assert {label.name for label in pull.labels} == {"contract: compatible"}


async def test_a_breaking_change_is_held_until_the_right_people_have_signed(shop: Shop) -> None:
    pull = await shop.propose("no-email", {SPEC: without_email(spec())}, shop.olga, "Stop returning the e-mail")
    assert shop.verdict(pull) == "failure"
    assert not pull.may_merge
    assert "breaking" in shop.comment(pull)
    assert {team.slug for team in pull.requested_teams} >= {"api-council", "checkout"}

    await shop.say(pull, shop.mallory, "/approve-breaking")
    assert shop.verdict(pull) == "failure"
    assert any("mallory" in reply for reply in shop.replies(pull))

    await shop.say(pull, shop.dana, "/approve-breaking -- the profile service has it")
    assert shop.verdict(pull) == "failure"
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert shop.verdict(pull) == "success", shop.comment(pull)
    assert pull.may_merge
