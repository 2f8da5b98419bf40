"""Whoever may push here, or writes commits, and uses that to speak for others or to have others speak for nothing."""

from __future__ import annotations

import base64
import re
import zlib

import pytest

from tests.end_to_end.test_three_repositories import ALONE, EMAIL, half, neighbour
from tests.end_to_end.unpacked import unpacked
from tests.github_standin import PullRequest, Signer
from tests.github_standin.world.git import WEB_FLOW
from tests.shop.world import REGISTRY, SPEC, Shop, spec, with_phone, without_email

BREAKING = {SPEC: without_email(spec())}


async def _held(shop: Shop) -> PullRequest:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    assert shop.verdict(pull) == "failure"
    return pull


# In the commits


async def test_who_writes_everybody_else_into_a_commit_does_not_sign_with_their_own_team(shop: Shop) -> None:
    """Whoever a commit names as a co-author may not sign it. That must not leave the producers to sign for them all."""
    others = (shop.dana, shop.devi, shop.chris, shop.wanda)
    trailers = "\n".join(f"Co-authored-by: {other.login} <{other.email}>" for other in others)
    shop.orders.commit("no-email", BREAKING, author=shop.olga, message=f"Tidy up\n\n{trailers}")
    pull = shop.orders.open_pull_request("no-email", shop.olga)
    await shop.bot.settled()
    for person in (shop.oskar, shop.dana, shop.chris):
        await shop.say(pull, person, "/approve-breaking")
    assert not shop.may_merge(pull)
    assert "those whom commits merely name" in shop.comment(pull)
    await shop.say(pull, shop.ada, "/approve-breaking")
    assert shop.may_merge(pull), "the administrators are left"


async def test_who_pushed_the_branch_before_there_was_a_pull_request_does_not_sign_it(shop: Shop) -> None:
    """The commit says that nobody made it; the event of the opening names who opens it."""
    shop.orders.grant(shop.dana, "push")
    nobody = Signer("Nobody", "nobody@acme.example")
    shop.orders.commit("no-email", BREAKING, author=nobody, pusher=shop.dana)
    shop.orders.commit("no-email", {"README.md": "# All\n"}, author=shop.oskar)
    await shop.bot.settled()
    pull = shop.orders.open_pull_request("no-email", shop.olga)
    await shop.bot.settled()
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert "You are the one who pushed" in shop.replies(pull)[-1]
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert not shop.may_merge(pull)


async def test_who_made_the_first_of_very_many_commits_does_not_sign(shop: Shop) -> None:
    """REST lists 250 commits of a pull request at most; GraphQL, which is asked, has no such bound (dcoapp/app#310)."""
    shop.orders.grant(shop.dana, "push")
    sha = shop.orders.make_commit(BREAKING, (shop.orders.tip("main"),), shop.dana, "Break it")
    for number in range(260):
        sha = shop.orders.make_commit({"n.txt": f"{number}\n"}, (sha,), shop.olga, f"{number}")
    shop.orders.push("no-email", sha, shop.olga)
    pull = shop.orders.open_pull_request("no-email", shop.olga)
    await shop.bot.settled()
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert "You are the author of commit" in shop.replies(pull)[-1]


async def test_a_merge_that_only_looks_like_githubs_makes_nobody_out_of_who_made_it(shop: Shop) -> None:
    """It says that GitHub committed it, merges an old commit of main, and takes back what was added since."""
    new, old = spec(), shop.orders.make_commit(BREAKING, (shop.orders.tip("main"),), shop.ada, "Without e-mail")
    shop.orders.push("main", old, shop.ada)
    await shop.on_main({SPEC: new})
    head = shop.orders.make_commit({"README.md": "# All\n"}, (shop.orders.tip("main"),), shop.olga, "Docs")
    forged = shop.orders.make_commit(BREAKING, (head, old), shop.dana, "Merge branch 'main'", WEB_FLOW)
    shop.orders.push("no-email", forged, shop.olga)
    pull = shop.orders.open_pull_request("no-email", shop.olga)
    await shop.bot.settled()
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert f"You are the author of commit {forged[:7]}" in shop.replies(pull)[-1]
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert not shop.may_merge(pull)


# In our comment


@pytest.mark.parametrize("afterwards", ["left as it is", "put back", "locked"])
async def test_what_is_signed_below_a_comment_of_ours_that_somebody_changed_is_no_consent(
    shop: Shop, afterwards: str
) -> None:
    """Whoever may push can edit our comment, so that others sign something harmless."""
    pull = await _held(shop)
    ours = next(c for c in pull.comments if c.author is shop.app.bot and "countersign:v1" in c.body)
    true, id = ours.body, shop.ids(pull)[0]
    shop.github.hold_webhooks()
    ours.edit(shop.mallory, f"### Nothing breaks; for form's sake `{id}` has to be signed\n")
    pull.comment(shop.dana, "/approve-breaking")
    pull.comment(shop.chris, f"/approve-breaking {id}")
    if afterwards == "put back":
        ours.edit(shop.mallory, true)
    if afterwards == "locked":
        pull.lock(shop.mallory)
    shop.github.release_webhooks()
    await shop.bot.settled()
    assert not shop.may_merge(pull)
    if afterwards == "locked":
        pull.unlock(shop.mallory)
        await shop.bot.settled()
        assert not shop.may_merge(pull)
    assert "Somebody had changed the text of our comment" in shop.replies(pull)[-1]
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, f"/approve-breaking {id}")
    assert shop.may_merge(pull), "below the true list again"


async def test_a_block_that_somebody_made_up_shows_nobody_what_they_never_saw(shop: Shop) -> None:
    """The database is lost; the block in our comment says, in other hands, that what breaks was seen and signed."""
    signed = await _held(shop)
    genuine = [await shop.say(signed, person, "/approve-breaking") for person in (shop.dana, shop.chris)]
    (block,) = unpacked(shop.comment(signed))
    pull = await shop.propose("later", {SPEC: with_phone(spec())}, shop.olga)
    bare = [await shop.say(pull, person, "/approve-breaking") for person in (shop.dana, shop.chris)]
    await shop.push(pull, BREAKING, shop.olga, "Break it")
    assert not shop.may_merge(pull)
    for real, other in zip(genuine, bare, strict=True):
        block = block.replace(str(real.id), str(other.id))
    packed = base64.urlsafe_b64encode(zlib.compress(block.encode())).decode().rstrip("=")
    ours = next(c for c in pull.comments if c.author is shop.app.bot and "countersign:v1" in c.body)
    body = re.sub(r"<!-- countersign:v1 .* -->", f"<!-- countersign:v1 {packed}.{'0' * 64} -->", ours.body)
    await shop.stop()
    ours.edit(shop.mallory, body)
    for file in shop.folder.glob("countersign.db*"):
        file.unlink()
    await shop.start()
    await shop.say(pull, shop.mallory, "/recheck")
    assert not shop.may_merge(pull)


# Around the conversation


@pytest.mark.parametrize("silence", ["escalate", "consent"])
@pytest.mark.parametrize("is_told", [True, False])
async def test_whoever_is_locked_out_of_the_conversation_does_not_consent_by_their_silence(
    shop: Shop, silence: str, is_told: bool
) -> None:
    """Whoever may push can lock it; then only those who may push can comment, and the consumer can't."""
    more = f"    signoff: {{on_silence: {silence}}}\n"
    await shop.on_main({REGISTRY: ALONE})
    files = {REGISTRY: half("checkout-web", "@acme/checkout", EMAIL, more=more)}
    await neighbour(shop, "checkout-web", files, "checkout")
    pull = await _held(shop)
    if is_told:
        pull.lock(shop.olga)
        await shop.bot.settled()
    else:
        with shop.losing_webhooks():
            pull.lock(shop.olga)
    await shop.bot.later(20 * 86_400)
    pull.unlock(shop.olga)
    await shop.bot.settled()
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.dana, "/approve-breaking as checkout-web")
    assert not shop.may_merge(pull)
    await shop.bot.later(20 * 86_400)
    await shop.say(pull, shop.dana, "/approve-breaking as checkout-web")
    assert shop.may_merge(pull), "once they could have answered"


# Around the files


CUSTOMER = "{type: object, required: [id, email], properties: {id: {type: string}, email: {type: string}}}"
PROTO = (
    'syntax = "proto3";\npackage orders;\nimport "proto/common/money.proto";\n'
    "message Order { string id = 1; common.Money total = 2; }\n"
)
MONEY = 'syntax = "proto3";\npackage common;\nmessage Money { int64 units = 1; string currency = 2; }\n'


def _order(customer: str) -> str:
    """A description in which an order's customer is described by `customer`."""
    return f"""\
openapi: 3.0.3
info: {{title: Orders, version: '1.0.0'}}
paths:
  /orders/{{id}}:
    get:
      parameters: [{{name: id, in: path, required: true, schema: {{type: string}}}}]
      responses:
        '200':
          description: An order
          content:
            application/json:
              schema: {{type: object, required: [customer], properties: {{customer: {customer}}}}}
"""


@pytest.mark.parametrize("format", ["openapi", "protobuf"])
async def test_what_a_contract_refers_to_is_watched_wherever_it_lies(shop: Shop, format: str) -> None:
    """In a folder that is ignored; in a file that the contract's patterns do not name."""
    if format == "openapi":
        spec = _order("{$ref: '../vendor/customer.yaml'}")
        files = {REGISTRY: ALONE + 'ignore: ["vendor/**"]\n', SPEC: spec, "vendor/customer.yaml": CUSTOMER}
        change = {"vendor/customer.yaml": CUSTOMER.replace(", email]", "]").replace(", email: {type: string}", "")}
    else:
        registry = ALONE.replace("type: openapi", "type: protobuf").replace(SPEC, "proto/orders/**")
        files = {REGISTRY: registry, "proto/orders/orders.proto": PROTO, "proto/common/money.proto": MONEY}
        change = {"proto/common/money.proto": MONEY.replace(" string currency = 2;", "")}
    await shop.on_main(files)
    pull = await shop.propose("less", change, shop.olga)
    assert not shop.may_merge(pull)
    assert "Changes to `orders-api`" in shop.comment(pull)


async def test_a_part_of_a_contract_is_not_moved_to_where_nobody_would_look(shop: Shop) -> None:
    """Nothing breaks by that; but of the next change of `customer.txt` nobody would think that it matters."""
    await shop.on_main({REGISTRY: ALONE, SPEC: _order(CUSTOMER)})
    moved = {SPEC: _order("{$ref: '../shared/customer.txt'}"), "shared/customer.txt": CUSTOMER}
    pull = await shop.propose("move", moved, shop.olga)
    assert not shop.may_merge(pull)
    assert "can&#39;t be followed" in shop.comment(pull)
