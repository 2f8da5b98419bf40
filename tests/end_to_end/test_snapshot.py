"""Steps 3 and 4: what of a pull request is a contract change, wherever its files lie and however they are written."""

from __future__ import annotations

import json

import pytest
import yaml

from tests.github_standin import Submodule, Symlink
from tests.github_standin.world.git import Content
from tests.shop.world import REGISTRY, SPEC, Shop, registry, spec, without_email

CUSTOMER = """\
type: object
required: [id, email]
properties:
  id: {type: string, format: uuid}
  email: {type: string, format: email}
  display_name: {type: string}
"""


def _with_customer_elsewhere() -> str:
    """The spec, with the customer in a file outside of the registry's globs."""
    document = yaml.safe_load(spec())
    document["components"]["schemas"]["Customer"] = {"$ref": "../shared/customer.yaml"}
    return yaml.safe_dump(document, sort_keys=False)


async def test_a_renamed_contract_is_followed_and_judged_by_what_changed_in_it(shop: Shop) -> None:
    moved = await shop.propose("move", {SPEC: None, "api/v1/openapi.yaml": spec()}, shop.olga)
    assert shop.verdict(moved) == "success"
    broken = {SPEC: None, "api/v1/openapi.yaml": without_email(spec())}
    changed = await shop.propose("move-and-break", broken, shop.olga)
    assert shop.verdict(changed) == "failure"
    assert "`email` is no longer returned" in shop.comment(changed)


async def test_a_deleted_contract_is_held(shop: Shop) -> None:
    pull = await shop.propose("away", {SPEC: None}, shop.olga)
    assert shop.verdict(pull) == "failure"
    assert "checkout-web" in shop.comment(pull) and "warehouse" in shop.comment(pull)


async def test_a_referenced_file_outside_of_the_globs_is_part_of_the_contract(shop: Shop) -> None:
    await shop.on_main({SPEC: _with_customer_elsewhere(), "shared/customer.yaml": CUSTOMER})
    gone = CUSTOMER.replace("  email: {type: string, format: email}\n", "").replace("[id, email]", "[id]")
    pull = await shop.propose("no-email", {"shared/customer.yaml": gone}, shop.olga)
    assert shop.verdict(pull) == "failure"
    assert "shared/customer.yaml:5" in shop.comment(pull)
    untouched = await shop.propose("elsewhere", {"shared/other.yaml": "a: 1\n"}, shop.olga)
    assert shop.verdict(untouched) == "success"


async def test_whoever_changed_only_a_referenced_file_may_not_sign_either(shop: Shop) -> None:
    await shop.on_main({SPEC: _with_customer_elsewhere(), "shared/customer.yaml": CUSTOMER})
    gone = CUSTOMER.replace("  email: {type: string, format: email}\n", "").replace("[id, email]", "[id]")
    sha = shop.orders.make_commit({"shared/customer.yaml": gone}, (shop.orders.tip("main"),), shop.dana, "Less")
    shop.orders.push("no-email", sha, shop.olga)
    pull = shop.orders.open_pull_request("no-email", shop.olga)
    await shop.bot.settled()
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert f"You are the author of commit {sha[:7]}" in shop.replies(pull)[-1]


async def test_json_is_judged_as_yaml_is_and_changing_one_into_the_other_changes_nothing(shop: Shop) -> None:
    await shop.on_main({REGISTRY: registry().replace("openapi.yaml", "openapi.json").replace("**/*.yaml", "**/*.json")})
    text = json.dumps(yaml.safe_load(spec()), indent=2)
    await shop.on_main({SPEC: None, "api/openapi.json": text})
    broken = json.loads(text)
    del broken["components"]["schemas"]["Customer"]["properties"]["email"]
    broken["components"]["schemas"]["Customer"]["required"].remove("email")
    pull = await shop.propose("no-email", {"api/openapi.json": json.dumps(broken, indent=2)}, shop.olga)
    assert shop.verdict(pull) == "failure"
    line = next(n for n, written in enumerate(text.splitlines(), 1) if '"email": {' in written)
    assert f"api/openapi.json:{line}" in shop.comment(pull)
    compact = await shop.propose("compact", {"api/openapi.json": json.dumps(json.loads(text))}, shop.olga)
    assert shop.verdict(compact) == "success"


async def test_openapi_3_1_is_judged_too(shop: Shop) -> None:
    newer = spec().replace("openapi: 3.0.3", "openapi: 3.1.0")
    await shop.on_main({SPEC: newer})
    nullable = newer.replace("email:\n          type: string", "email:\n          type: [string, 'null']")
    pull = await shop.propose("nullable", {SPEC: nullable}, shop.olga)
    assert shop.verdict(pull) == "failure"
    held = await shop.propose("no-email", {SPEC: without_email(newer)}, shop.olga)
    assert shop.verdict(held) == "failure"


async def test_a_change_beside_the_contracts_is_none_of_our_business(shop: Shop) -> None:
    pull = await shop.propose("docs", {"README.md": "# All orders\n", "src/app.py": "x = 1\n"}, shop.olga)
    assert shop.verdict(pull) == "success"
    assert pull.comments == []
    assert pull.labels == []


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "content",
    [
        "openapi: 3.0.3\npaths: {\n",
        "",
        b"\xff\xfe\x00openapi: 3.0.3",
        b"openapi: 3.0.3\npaths: {}\x00\n",
        "openapi: 3.0.3\nopenapi: 3.1.0\npaths: {}\n",
        "openapi: 3.0.3\n" + BOMB,
        "{" * 20_000,
        Symlink("/etc/passwd"),
        Submodule("1" * 40),
        "version https://git-lfs.github.com/spec/v1\noid sha256:" + "a" * 64 + "\nsize 123\n",
    ],
    ids=["cut", "empty", "utf-16", "nul", "twice", "aliases", "nested", "symlink", "submodule", "lfs"],
)
async def test_a_contract_that_cannot_be_read_is_held_for_the_decision_owner(shop: Shop, content: Content) -> None:
    pull = await shop.propose("odd", {SPEC: content}, shop.olga)
    assert shop.verdict(pull) == "failure"
    assert shop.ids(pull)
    await shop.say(pull, shop.dana, "/approve-breaking -- known, mended in the next release")
    assert shop.may_merge(pull)


async def test_a_contract_above_a_megabyte_is_read_whole(shop: Shop) -> None:
    padding = "".join(f"    Padding{n}:\n      type: string\n" for n in range(40_000))
    large = spec().rstrip("\n") + "\n" + padding
    assert len(large) > 1_000_000
    await shop.on_main({SPEC: large})
    pull = await shop.propose("no-email", {SPEC: without_email(large)}, shop.olga)
    assert shop.verdict(pull) == "failure"
    assert shop.comment(pull).count("🔴") == 1


async def test_a_change_of_more_than_three_hundred_files_misses_none(shop: Shop) -> None:
    files: dict[str, Content | None] = {f"src/{n:04}.txt": "x" for n in range(310)}
    pull = await shop.propose("large", files | {"zzz.txt": "z", SPEC: without_email(spec())}, shop.olga)
    assert shop.verdict(pull) == "failure"
    assert "`email` is no longer returned" in shop.comment(pull)


async def test_a_pull_request_from_a_fork_is_judged_and_released(shop: Shop) -> None:
    shop.github.user("frida")
    fork = shop.orders.fork(shop.frida)
    fork.commit("idea", {SPEC: without_email(spec())}, author=shop.frida)
    pull = shop.orders.open_pull_request((fork, "idea"), shop.frida)
    await shop.bot.settled()
    assert shop.verdict(pull) == "failure"
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert shop.may_merge(pull)
