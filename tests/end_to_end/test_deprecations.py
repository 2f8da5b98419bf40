"""What is announced to go: those who use it are asked to say that they have seen it, and hold nobody up."""

from __future__ import annotations

from tests.shop.world import REGISTRY, SPEC, Shop, registry, spec

EMAIL = "        email:\n          type: string\n          format: email\n"
DEPRECATED = {SPEC: spec().replace(EMAIL, EMAIL + "          deprecated: true\n")}


async def test_who_uses_a_newly_deprecated_element_is_asked_in_the_comment_and_may_acknowledge_it(shop: Shop) -> None:
    pull = await shop.propose("deprecated", DEPRECATED, shop.olga)
    assert shop.may_merge(pull)
    assert "asked for an `/ack`" in shop.comment(pull)
    assert [team.slug for team in pull.requested_teams] == ["checkout"], "the warehouse does not use it"
    await shop.say(pull, shop.chris, "/ack")
    assert shop.may_merge(pull)
    assert shop.replies(pull) == []
    assert "chris" in shop.comment(pull)


async def test_a_contract_may_wait_for_what_has_to_be_seen(shop: Shop) -> None:
    waiting = registry().replace("    guarantees:\n", "    signoff: {ack_required: true}\n    guarantees:\n")
    await shop.on_main({REGISTRY: waiting})
    pull = await shop.propose("deprecated", DEPRECATED, shop.olga)
    assert not shop.may_merge(pull)
    await shop.say(pull, shop.chris, "/ack")
    assert shop.may_merge(pull)
