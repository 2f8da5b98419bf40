"""Whoever says something of a consumer that is not theirs to say: in registries of their own, in evidence."""

from __future__ import annotations

import json
import time

import pytest

from tests.end_to_end.test_three_repositories import (
    ALONE,
    CHECKOUT,
    EMAIL,
    READS_PACTS,
    STATUS,
    asked,
    half,
    neighbour,
    neighbours,
    pact,
    without_the_email,
)
from tests.end_to_end.unpacked import unpacked
from tests.github_standin.world.git import Content
from tests.shop.world import REGISTRY, SPEC, Shop, spec, with_phone

TOLERATES = "    tolerates: [response-required-property-removed]\n"


def registered(*lines: str) -> str:
    """The producer's registry with `checkout-web`, of which it says this as well."""
    more = "".join(f", {line}" for line in lines)
    use = f'uses: [{{contract: orders-api, elements: ["{EMAIL}"]}}]'
    return ALONE + f"consumers:\n  - {{id: checkout-web{more}, {use}}}\n"


async def _held_for_checkout(shop: Shop) -> None:
    pull = await without_the_email(shop)
    assert "checkout" in asked(shop, pull)
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.mallory, "/approve-breaking")
    await shop.say(pull, shop.mallory, "/approve-breaking as checkout-web")
    assert not shop.may_merge(pull)
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert shop.may_merge(pull), shop.comment(pull)


# Halves that claim to be somebody else


@pytest.mark.parametrize("owner", ["@mallory", "@acme/checkout"])
@pytest.mark.parametrize("known", ['owner: "@acme/checkout"', 'repo: acme/checkout-web, owner: "@acme/checkout"'])
async def test_a_half_that_claims_anothers_id_tolerates_nothing_for_it(shop: Shop, known: str, owner: str) -> None:
    """mallory's own repository says that it is checkout-web, whoever it says is its owner, and that nothing matters."""
    await shop.on_main({REGISTRY: registered(known)})
    claim = half("checkout-web", owner, "GET /orders", more=TOLERATES)
    theirs = await neighbour(shop, "mallorys", {REGISTRY: claim})
    theirs.grant(shop.mallory, "admin")
    await _held_for_checkout(shop)


async def test_a_half_that_claims_a_consumer_without_an_owner_does_not_sign_for_it(shop: Shop) -> None:
    """Nobody is known to own it, so the decision owner signs; mallory is not the one who was missing."""
    await shop.on_main({REGISTRY: registered()})
    claim = half("checkout-web", "@mallory", "GET /orders", more=TOLERATES)
    theirs = await neighbour(shop, "mallorys", {REGISTRY: claim})
    theirs.grant(shop.mallory, "admin")
    pull = await without_the_email(shop)
    await shop.say(pull, shop.mallory, "/approve-breaking")
    assert shop.verdict(pull) == "failure"
    assert "email" in shop.comment(pull)
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert shop.may_merge(pull)


async def test_a_copy_of_a_consumers_repository_takes_nobodys_place(shop: Shop) -> None:
    await neighbours(shop)
    copied = CHECKOUT.replace('owner: "@acme/checkout"', 'owner: "@mallory"') + TOLERATES
    copy = await neighbour(shop, "checkout-web-2", {REGISTRY: copied})
    copy.grant(shop.mallory, "admin")
    await _held_for_checkout(shop)


async def test_a_half_that_names_somebody_elses_team_as_its_owner_blocks_for_nobody(shop: Shop) -> None:
    await shop.on_main({REGISTRY: ALONE})
    theirs = await neighbour(shop, "mallorys", {REGISTRY: half("mallorys", "@acme/checkout", EMAIL)})
    theirs.grant(shop.mallory, "admin")
    pull = await without_the_email(shop)
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert shop.may_merge(pull)


async def test_a_half_in_another_organisation_neither_blocks_nor_is_heard(shop: Shop) -> None:
    await shop.on_main({REGISTRY: ALONE})
    evil = shop.github.organisation("evil")
    evil.owner(shop.mallory)
    spies = evil.team("spies", [shop.mallory])
    theirs = evil.repository("thing", {REGISTRY: half("thing", "@evil/spies", EMAIL)})
    theirs.grant(spies, "push")
    shop.app.install(evil)
    await shop.bot.settled()
    pull = await without_the_email(shop)
    assert "evil" not in shop.comment(pull)
    await shop.say(pull, shop.mallory, "/object -- this must not go")
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert shop.may_merge(pull)


async def test_a_fork_of_a_consumer_speaks_for_nobody(shop: Shop) -> None:
    """A fork holds the same registry on its default branch, and belongs to somebody else."""
    checkout, _ = await neighbours(shop)
    fork = checkout.fork(shop.mallory)
    fork.commit("main", {REGISTRY: CHECKOUT.replace("@acme/checkout", "@mallory") + TOLERATES}, author=shop.mallory)
    shop.app.install(shop.mallory)
    await shop.bot.settled()
    await _held_for_checkout(shop)


async def test_a_branch_or_a_pull_request_of_a_consumer_says_nothing_before_it_is_merged(shop: Shop) -> None:
    checkout, _ = await neighbours(shop)
    checkout.grant(shop.mallory, "push")
    checkout.commit("idea", {REGISTRY: half("checkout-web", "@mallory", STATUS)}, author=shop.mallory)
    checkout.open_pull_request("idea", shop.mallory)
    await shop.bot.settled()
    await _held_for_checkout(shop)


# Who is there


@pytest.mark.parametrize("order", ["as it was", "the other way round"])
async def test_a_consumer_that_is_taken_away_and_brought_back_is_there_whatever_comes_first(
    shop: Shop, order: str
) -> None:
    """Webhooks come in any order; what the last one says is not always what is true."""
    checkout, _ = await neighbours(shop)
    shop.github.hold_webhooks()
    shop.installation.remove(checkout)
    shop.installation.add(checkout)
    shop.github.release_webhooks(list if order == "as it was" else lambda held: held[::-1])
    await shop.bot.settled()
    await _held_for_checkout(shop)


async def test_an_old_delivery_that_is_sent_again_takes_nobody_away(shop: Shop) -> None:
    checkout, _ = await neighbours(shop)
    shop.installation.remove(checkout)
    shop.installation.add(checkout)
    await shop.bot.settled()
    for gone in [d for d in shop.github.deliveries if d.action == "removed"]:
        shop.github.redeliver(gone)
    await shop.bot.settled()
    await shop.restart(forget=True)
    for gone in [d for d in shop.github.deliveries if d.action in ("removed", "created")]:
        shop.github.redeliver(gone)  # now it is not even known
    await shop.bot.settled()
    await _held_for_checkout(shop)


# Hostile evidence


def _bomb() -> str:
    names = "abcdefgh"
    lines = "".join(f"{n}: &{n} [{','.join(['*' + b] * 9)}]\n" for b, n in zip(names, names[1:] + "i", strict=True))
    return "a: &a [x,x,x,x,x,x,x,x,x]\n" + lines


def _deep(depth: int) -> str:
    return pact("checkout-web", "email").replace('"x"', "[" * depth + '"x"' + "]" * depth)


def _many(count: int) -> str:
    whole = json.loads(pact("checkout-web", "id"))
    whole["interactions"] = [{**whole["interactions"][0], "description": f"n{n}"} for n in range(count)]
    return json.dumps(whole)


HOSTILE: dict[str, tuple[str, str, Content]] = {
    "a pact of 20,000 interactions": ("pact", "pacts/x.json", _many(20_000)),
    "a pact as deep as it is long": ("pact", "pacts/x.json", _deep(20_000)),
    "a pact that is cut": ("pact", "pacts/x.json", pact("checkout-web", "email")[:-20]),
    "a pact of numbers that nobody can hold": (
        "pact", "pacts/x.json", pact("checkout-web", "email").replace('"status": 200', '"status": 1e999999999')),
    "a pact that is a list": ("pact", "pacts/x.json", "[[[]]]"),
    "bytes": ("pact", "pacts/x.json", b"\x00\xff" * 100_000),
    "a bomb of aliases among stubs": ("stub", "stubs/x.yml", _bomb()),
    "a bomb of aliases in the catalogue": ("backstage", "catalog-info.yaml", _bomb()),
    "a query that never ends": ("graphql", "q/x.graphql", "query { " + "a { " * 20_000),
    "a recording of anything": ("har", "h/x.har", json.dumps({"log": {"entries": [{}] * 50_000}})),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "path", "content"), HOSTILE.values(), ids=HOSTILE.keys())
async def test_hostile_evidence_costs_little_and_takes_nothing_away(
    shop: Shop, kind: str, path: str, content: Content
) -> None:
    """Whatever cannot be read, the consumer is there with what it declares, and the bot goes on."""
    await shop.on_main({REGISTRY: ALONE})
    more = f'    evidence_from: [{{kind: {kind}, path: "{path}"}}]\n'
    files: dict[str, Content] = {REGISTRY: half("checkout-web", "@acme/checkout", EMAIL, more=more), path: content}
    started = time.monotonic()
    await neighbour(shop, "checkout-web", files, "checkout")
    await _held_for_checkout(shop)
    assert time.monotonic() - started < 60
    fine = await shop.propose("phone", {SPEC: with_phone(spec())}, shop.oskar)
    assert shop.may_merge(fine)


async def test_evidence_speaks_for_no_contract_that_does_not_want_it(shop: Shop) -> None:
    """A pact that names another consumer, in a repository of mallory's, neither adds to nor takes from that one."""
    await neighbours(shop)
    files: dict[str, Content] = {
        REGISTRY: half("mallorys", "@mallory", STATUS, more=READS_PACTS),
        "pacts/x.json": pact("warehouse", "email"),
    }
    theirs = await neighbour(shop, "mallorys", files)
    theirs.grant(shop.mallory, "admin")
    pull = await without_the_email(shop)
    assert "warehouse" not in asked(shop, pull)


# Names that must not be told


async def _with_a_secret(shop: Shop) -> None:
    await shop.on_main({REGISTRY: ALONE})
    secret = await neighbour(
        shop, "skunkworks", {REGISTRY: half("skunk-app", "@acme/checkout", EMAIL)}, "checkout", private=True
    )
    secret.revoke(shop.mallory)
    await neighbour(shop, "warehouse", {REGISTRY: half("warehouse", "@acme/warehouse", EMAIL)}, "warehouse")


def _told(shop: Shop) -> str:
    """Everything that anybody who can read `orders` may read there, the hidden blocks unpacked."""
    texts = [comment.body for issue in shop.orders.issues.values() for comment in issue.comments]
    texts += [f"{issue.title} {issue.body}" for issue in shop.orders.issues.values()]
    for run in shop.orders.check_runs:
        texts += [str(run.title), str(run.summary), str(run.text), str(run.annotations)]
    return "\n".join([*texts, *(block for text in texts for block in unpacked(text))])


async def test_no_command_makes_us_name_a_private_consumer(shop: Shop) -> None:
    await _with_a_secret(shop)
    pull = await without_the_email(shop)
    for person in (shop.mallory, shop.olga, shop.dana):
        for command in (
            "/contracts status",
            "/contracts help",
            "/approve-breaking as skunk",
            "/approve-breaking as consumer",
            "/waive skunk reason:emergency until:2099-01-01 -- who is it?",
            "/object as skunk -- who is it?",
            "/ack as skunk",
            "/revoke as skunk",
            "/escalate",
            f"/reclassify {shop.ids(pull)[0]} risky -- who is it?",
        ):
            await shop.say(pull, person, command)
    await shop.say(pull, shop.chris, "/object -- we need it")
    await shop.say(pull, shop.dana, "/rule accept -- go")
    await shop.bot.later(20 * 86_400)
    pull.merge(shop.ada, bypass=True)
    await shop.bot.settled()
    told = _told(shop)
    asked_for = told.replace("as skunk", "").replace("/waive skunk", "")
    assert "skunk-app" not in told
    assert "skunkworks" not in told
    assert "skunk" not in asked_for.replace("`skunk`", "")


async def test_a_bypass_over_a_private_consumer_does_not_name_it(shop: Shop) -> None:
    await _with_a_secret(shop)
    pull = await without_the_email(shop)
    pull.merge(shop.ada, bypass=True)
    await shop.bot.settled()
    assert "skunk" not in _told(shop)


async def test_a_private_consumers_reminders_and_waivers_do_not_name_it(shop: Shop) -> None:
    await _with_a_secret(shop)
    pull = await without_the_email(shop)
    await shop.say(pull, shop.dana, "/waive warehouse reason:emergency until:2099-01-01 -- no time")
    await shop.bot.later(30 * 86_400)
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert "skunk" not in _told(shop)
