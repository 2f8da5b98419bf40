"""Step 8: what GitHub is made to show, and how little is written for it."""

from __future__ import annotations

from collections import Counter

from tests.github_standin import PullRequest, Request
from tests.shop.world import REGISTRY, SPEC, Shop, registry, spec, with_phone, without_email

BREAKING = {SPEC: without_email(spec())}


def _writes(shop: Shop, mark: int) -> list[str]:
    """What the bot wrote since, as METHOD and the end of the path; reactions are answers, not publications."""
    written: list[Request] = [r for r in shop.github.requests_since(mark) if r.writes]
    found = [f"{r.method} {r.path.removeprefix('/repos/acme/orders/')}" for r in written]
    return [one for one in found if not one.endswith("/reactions")]


def _many(count: int, kind: str) -> str:
    """`count` further operations that all take a parameter of this type."""
    paths = "".join(
        f"  /reports/{n}:\n    get:\n      parameters:\n        - {{name: p{n}, in: query, schema: {{type: {kind}}}}}\n"
        f"      responses:\n        '200': {{description: Report {n}}}\n"
        for n in range(count)
    )
    return spec().replace("components:\n  responses:", f"{paths}components:\n  responses:")


async def test_a_second_look_at_the_same_state_writes_nothing(shop: Shop) -> None:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    await shop.say(pull, shop.mallory, "/approve-breaking")
    await shop.say(pull, shop.dana, "/approve-breaking")
    for repeat in range(3):
        mark = shop.github.mark()
        await shop.say(pull, shop.oskar, "/recheck")
        assert shop.github.requests_since(mark), repeat
        assert _writes(shop, mark) == []
    mark = shop.github.mark()
    shop.checks(pull)[-1].rerequest(shop.olga)
    await shop.bot.settled()
    assert _writes(shop, mark) == []


async def test_one_comment_is_updated_in_place(shop: Shop) -> None:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    before = next(c for c in pull.comments if c.author is shop.app.bot)
    for person in (shop.dana, shop.chris):
        await shop.say(pull, person, "/approve-breaking")
    await shop.push(pull, {SPEC: with_phone(spec())}, shop.olga, "Not that, then")
    ours = [c for c in pull.comments if c.author is shop.app.bot]
    assert ours == [before]
    assert "compatible" in before.body and shop.verdict(pull) == "success"


async def test_more_than_fifty_findings_are_annotated_in_batches_and_all_are_listed(shop: Shop) -> None:
    await shop.on_main({SPEC: _many(70, "string")})
    mark = shop.github.mark()
    pull = await shop.propose("integers", {SPEC: _many(70, "integer")}, shop.olga)
    (run,) = shop.checks(pull)
    assert len(run.annotations) == 70
    assert len({(a["path"], a["start_line"]) for a in run.annotations}) == 70
    calls = [r.body for r in shop.github.requests_since(mark) if r.writes and "check-runs" in r.path]
    sizes = [len(body["output"].get("annotations", [])) for body in calls if isinstance(body, dict)]
    assert sizes == [50, 20]
    assert run.text is not None and run.text.count("🔴") == 70
    assert run.conclusion == "failure"
    assert len(shop.comment(pull)) <= 65_536
    mark = shop.github.mark()
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert shop.verdict(pull) == "success"
    mark = shop.github.mark()
    await shop.say(pull, shop.oskar, "/recheck")
    assert _writes(shop, mark) == []


async def test_thousands_of_findings_stay_within_githubs_limits_and_an_ambiguous_prefix_signs_none(shop: Shop) -> None:
    await shop.on_main({SPEC: _many(1_500, "string")})
    pull = await shop.propose("integers", {SPEC: _many(1_500, "integer")}, shop.olga)
    run = shop.checks(pull)[-1]
    assert run.conclusion == "failure"
    assert run.title is not None and "1,500" in run.title
    assert run.text is not None and len(run.text.encode()) <= 65_535
    assert "1,500 breaking changes" in shop.comment(pull) and len(shop.comment(pull)) <= 65_536
    ids = shop.ids(pull)
    twice = next(prefix for prefix, count in Counter(id[:4] for id in ids).items() if count > 1)
    await shop.say(pull, shop.dana, f"/approve-breaking {twice}")
    assert f"`{twice}` could be `{twice}" in shop.replies(pull)[-1] and "Nothing was signed" in shop.replies(pull)[-1]
    assert shop.verdict(pull) == "failure"
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert shop.verdict(pull) == "success"


async def test_a_refused_reviewer_never_loses_the_others_and_is_mentioned(shop: Shop) -> None:
    shop.orders.revoke(shop.teams["checkout"])
    shop.acme.base_permission = None
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    assert {team.slug for team in pull.requested_teams} == {"api-council", "warehouse"}
    assert "@acme/checkout" in shop.comment(pull)
    assert "@acme/api-council" not in shop.comment(pull)
    mark = shop.github.mark()
    await shop.say(pull, shop.oskar, "/recheck")
    assert _writes(shop, mark) == []


async def test_a_person_who_decides_is_requested_and_the_author_is_not(shop: Shop) -> None:
    await shop.on_main({REGISTRY: registry().replace('"@acme/api-council"', '"@dana"')})
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    assert [user.login for user in pull.requested_users] == ["dana"]
    shop.orders.grant(shop.dana, "push")
    hers = await shop.propose("hers", BREAKING, shop.dana)
    assert shop.dana not in hers.requested_users
    assert shop.verdict(hers) == "failure"


async def test_who_was_asked_once_is_not_asked_again_when_somebody_withdraws_the_request(shop: Shop) -> None:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    pull.withdraw_request(shop.olga, teams=["checkout"])
    await shop.say(pull, shop.oskar, "/recheck")
    assert "checkout" not in {team.slug for team in pull.requested_teams}


async def test_the_label_follows_the_verdict_and_others_are_left_alone(shop: Shop) -> None:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    pull.add_labels(shop.olga, ["urgent"])
    assert _labels(pull) == {"contract: breaking", "urgent"}
    await shop.push(pull, {SPEC: with_phone(spec())}, shop.olga, "Not that, then")
    assert _labels(pull) == {"contract: compatible", "urgent"}
    pull.remove_label(shop.mallory, "contract: compatible")
    pull.add_labels(shop.mallory, ["contract: breaking"])
    await shop.bot.settled()
    assert _labels(pull) == {"contract: compatible", "urgent"}
    await shop.push(pull, {SPEC: spec()}, shop.olga, "Nothing at all")
    assert _labels(pull) == {"urgent"}


async def test_a_deleted_comment_of_ours_comes_back_with_the_signatures(shop: Shop) -> None:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    await shop.say(pull, shop.dana, "/approve-breaking")
    next(c for c in pull.comments if c.author is shop.app.bot).delete(shop.ada)
    await shop.bot.settled()
    assert "as decision owner" in shop.comment(pull)
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert shop.may_merge(pull)


async def test_a_comment_of_ours_that_somebody_edits_says_the_truth_again(shop: Shop) -> None:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    ours = next(c for c in pull.comments if c.author is shop.app.bot)
    before = ours.body
    ours.edit(shop.mallory, "Everything is signed.")
    await shop.bot.settled()
    assert ours.body == before


async def test_in_a_locked_conversation_the_check_still_holds_and_releases(shop: Shop) -> None:
    shop.orders.commit("no-email", BREAKING, author=shop.olga)
    shop.github.hold_webhooks()
    pull = shop.orders.open_pull_request("no-email", shop.olga)
    pull.lock(shop.ada)
    shop.github.release_webhooks()
    await shop.bot.settled()
    assert shop.verdict(pull) == "failure"
    assert pull.comments == []
    pull.unlock(shop.ada)
    await shop.say(pull, shop.oskar, "/recheck")
    await shop.say(pull, shop.dana, "/approve-breaking")
    pull.lock(shop.ada)
    shop.orders.grant(shop.chris, "push")
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert shop.may_merge(pull)


async def test_a_pull_request_that_stops_breaking_lets_the_comment_say_so(shop: Shop) -> None:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    await shop.push(pull, {SPEC: spec()}, shop.olga, "Keep it")
    assert shop.verdict(pull) == "success"
    assert "breaking change" not in shop.comment(pull).splitlines()[0]


async def test_a_draft_is_judged_like_any_other(shop: Shop) -> None:
    shop.orders.commit("no-email", BREAKING, author=shop.olga)
    pull = shop.orders.open_pull_request("no-email", shop.olga, draft=True)
    await shop.bot.settled()
    assert shop.verdict(pull) == "failure"
    pull.ready(shop.olga)
    await shop.bot.settled()
    assert shop.verdict(pull) == "failure"


def _labels(pull: PullRequest) -> set[str]:
    return {label.name for label in pull.labels}
