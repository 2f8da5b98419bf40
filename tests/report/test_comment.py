from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest

from bot.contracts.change import Place
from bot.judge.finding import Level
from bot.judge.finding import Verdict as RuleVerdict
from bot.registry.impact import ConsumerImpact, Reach
from bot.report import blocks
from bot.report.comment import COMMENT_LIMIT, comment, findings_alone
from bot.report.context import Context
from bot.report.items import Item
from bot.report.names import Names
from bot.review.capacity import Capacity
from bot.review.values import Asks, Decision, Verdict
from tests.report.rendering import Rendered
from tests.report.samples import (
    ADDED_PROPERTY,
    BROKEN_REGISTRY,
    CHECKOUT,
    CLEAR,
    CONTEXT,
    CURRENCY,
    DRAFT,
    EMAIL,
    GALLERY,
    HELD,
    MANY,
    MARIA,
    MARKER,
    NO_REGISTRY,
    NOTHING,
    NOW,
    PARTLY_SIGNED,
    PRIVATE,
    PRIVATE_REGISTRY,
    REFUNDS,
    REGISTRY,
    RELEASED,
    RESPONSE_REMOVED,
    SEVERAL_CONTRACTS,
    STATUS,
    finding,
    judged,
    refused,
    required,
    signed,
)


def lines(decision: Decision) -> list[str]:
    return [line.replace("\u200b", "") for line in comment(decision, REGISTRY, CONTEXT).splitlines() if line]


@pytest.mark.parametrize("name", GALLERY)
def test_every_sample_fits_and_ends_with_its_marker(name: str) -> None:
    whole = comment(*GALLERY[name])
    assert len(whole) <= COMMENT_LIMIT
    assert whole.startswith("### ")
    assert whole.endswith(f"{MARKER}\n")


@pytest.mark.parametrize("name", GALLERY)
def test_every_sample_is_well_formed_when_rendered(name: str) -> None:
    shown = Rendered(comment(*GALLERY[name]))
    assert shown.unbalanced == []
    assert shown.opened == []


def test_the_first_two_lines_say_what_breaks_and_who_holds_it() -> None:
    assert lines(HELD)[:2] == [
        "### ⛔ 2 breaking changes to `orders-api`",
        "**Held** until **@acme/api-council** (decision owner), **checkout-web** and **courier-app** sign.",
    ]


def test_who_must_act_and_the_command_come_before_any_finding() -> None:
    whole = comment(HELD, REGISTRY, CONTEXT)
    assert whole.index("| Who |") < whole.index("```\n/approve-breaking\n```") < whole.index("#### Changes to")


def test_one_open_signature_is_singular() -> None:
    one = replace(HELD, findings=(CURRENCY,), requirements=(required(CURRENCY),))
    assert lines(one)[:2] == [
        "### ⛔ 1 breaking change to `orders-api`",
        "**Held** until **@acme/api-council** (decision owner) signs.",
    ]
    assert "To sign one only" not in comment(one, REGISTRY, CONTEXT)


def test_breaking_and_unclassified_changes_of_several_contracts_are_counted_apart() -> None:
    assert lines(SEVERAL_CONTRACTS)[0] == (
        "### ⛔ 1 breaking and 1 unclassified change to `orders-api` and `billing-api`"
    )


def test_a_finding_says_what_changed_where_whom_it_breaks_why_and_what_to_do_instead() -> None:
    whole = comment(HELD, REGISTRY, CONTEXT).replace("\u200b", "")
    base = f"https://github.com/acme/shop/blob/{CONTEXT.base_sha}/api/orders/openapi.yaml#L212"
    for expected in (
        f"🔴 **Breaking: `email` is no longer returned** · `{EMAIL.id}`",
        f"`string` → *none* · `Customer:$.email` · [`api/orders/openapi.yaml:212`]({base}) at the base",
        "rule `response-property-removed` · promise: guaranteed",
        "- **Affects:** checkout-web reads `customer.email` (pact, seen 18 days ago)",
        "- **Possibly affects:** reporting calls `GET /orders` (declared, no evidence)",
        "- **Why:** A client that reads it finds nothing there.",
        "- **Compatible instead:** Mark it deprecated",
    ):
        assert expected in whole
    assert f"/blob/{CONTEXT.head_sha}/api/orders/openapi.yaml#L58" in whole


def test_one_edited_schema_with_forty_endpoints_is_one_finding_with_forty_places() -> None:
    whole = comment(HELD, REGISTRY, CONTEXT)
    assert whole.count("is no longer returned") == 1
    assert "**40 places:** `GET /orders 200:$.items[*].customer.email`" in whole
    assert "<summary>and 37 more</summary>" in whole


def test_an_inline_change_does_not_repeat_its_only_place() -> None:
    only = replace(HELD, findings=(CURRENCY,))
    assert "place" not in comment(only, REGISTRY, CONTEXT)


def test_the_mode_is_printed_as_a_sentence() -> None:
    assert "Promised (backward): a client written against the old definition keeps working." in comment(
        HELD, REGISTRY, CONTEXT
    )


def test_what_is_signed_and_what_is_missing_show_in_one_table() -> None:
    shown = lines(PARTLY_SIGNED)
    first = shown.index("|  | Who | Signs as | For |")
    assert shown[first + 2 : first + 6] == [
        "| ⏳ waiting | @acme/api-council | decision owner | both changes |",
        f"| ⏳ waiting | @acme/mobile | courier-app | `{EMAIL.id}` |",
        "| ✅ signed | [@tomkaiser](https://github.com/acme/shop/pull/412#issuecomment-9001) | checkout-web "
        "| both changes |",
        f"| 💬 asked only | @acme/data | reporting | `{EMAIL.id}` |",
    ]


def test_signatures_link_to_their_comments_with_the_note_verbatim() -> None:
    whole = comment(PARTLY_SIGNED, REGISTRY, CONTEXT).replace("\u200b", "")
    assert (
        "✅ [@tomkaiser](https://github.com/acme/shop/pull/412#issuecomment-9001) as checkout-web on 2026-11-21"
        in whole
    )
    assert "> We read the address from the profile service since v41.  \n  > Fine by us." in whole


def test_what_a_list_leaves_out_is_counted() -> None:
    many = replace(BROKEN_REGISTRY, problems=tuple(f"contracts.yml:{n}: wrong." for n in range(1, 1061)))
    assert "contracts.yml:50: wrong.\n- and 1,010 more\n" in comment(many, None, CONTEXT)
    capacities = [Capacity("consumer", f"consumer-{n}") for n in range(250)]
    everybody = tuple(
        required(EMAIL, capacity, signature=signed(MARIA, n, capacity)) for n, capacity in enumerate(capacities)
    )
    whole = comment(replace(HELD, findings=(EMAIL,), requirements=everybody), REGISTRY, CONTEXT)
    assert "\n- and 50 more\n" in whole


def test_a_superseded_signature_is_struck_through_with_the_reason() -> None:
    whole = comment(PARTLY_SIGNED, REGISTRY, CONTEXT)
    struck = re.search(r"~~(.+?)~~ (.+)", whole)
    assert struck is not None
    assert "maria-lopez" in struck.group(1)
    assert struck.group(2) == f"has changed since and is `{EMAIL.id}` now"


def test_a_refused_command_is_answered_with_its_reason() -> None:
    whole = comment(PARTLY_SIGNED, REGISTRY, CONTEXT).replace("\u200b", "")
    assert "You are the author of commit `3f2c1ab`, which changes this contract" in whole


def test_many_refused_commands_show_the_newest_and_count_the_others() -> None:
    answers = tuple(refused(MARIA, number, f"reason {number}.") for number in range(25))
    whole = comment(replace(HELD, answers=answers), REGISTRY, CONTEXT)
    assert "reason 24." in whole
    assert "reason 5." not in whole
    assert "- and 15 earlier ones" in whole


def test_an_incomplete_quorum_says_how_many_people_are_missing() -> None:
    half = replace(required(CURRENCY), needed=2, signatures=(signed(MARIA, 1),))
    whole = comment(replace(HELD, findings=(CURRENCY,), requirements=(half,)), REGISTRY, CONTEXT)
    assert "⏳ 1 of 2 people signed" in whole
    assert "as decision owner on 2026-11-21" in whole


def test_a_signature_that_ends_says_when() -> None:
    until = replace(signed(MARIA, 1), expires_at=NOW.replace(month=12))
    whole = comment(replace(HELD, requirements=(required(CURRENCY, signature=until),)), REGISTRY, CONTEXT)
    assert "until 2026-12-21" in whole


def test_nobody_left_to_sign_is_said_aloud_with_the_reason() -> None:
    stuck = required(EMAIL, people=(), why="Everybody in the team has worked on this change.")
    whole = comment(replace(HELD, requirements=(stuck,)), REGISTRY, CONTEXT)
    assert "**nobody here may sign**" in whole
    assert "- ⚠️ decision owner: Everybody in the team has worked on this change." in whole


def test_a_local_check_does_not_claim_to_know_who_may_sign_and_links_nowhere() -> None:
    local = replace(CONTEXT, url="", check_url="", knows_people=False)
    whole = comment(replace(HELD, requirements=(required(EMAIL, people=()),)), REGISTRY, local)
    assert "nobody here may sign" not in whole
    assert Rendered(whole).targets == []


def test_released_says_so_and_asks_nobody() -> None:
    whole = comment(RELEASED, REGISTRY, CONTEXT)
    assert whole.startswith("### ✅ Countersigned: 2 breaking changes to `orders-api`")
    assert "To sign, comment" not in whole
    assert "✅ **Breaking, signed:" in whole


def test_compatible_changes_alone_make_a_short_friendly_comment() -> None:
    shown = lines(CLEAR)
    assert shown[:2] == ["### ✅ Only compatible changes to `orders-api`", "Nobody has to sign anything."]
    assert not any(line.startswith("| Who") for line in shown)


def test_nothing_left_says_so() -> None:
    assert lines(NOTHING)[0] == "### ✅ No contract change"


def test_an_ungated_base_is_reported_and_not_held() -> None:
    whole = comment(replace(HELD, verdict=Verdict.REPORTED), REGISTRY, CONTEXT)
    assert "this base branch is not gated" in whole
    assert "/approve-breaking\n```" not in whole


def test_without_a_registry_a_draft_is_offered_and_nobody_is_claimed_to_be_affected() -> None:
    whole = comment(NO_REGISTRY, None, replace(CONTEXT, draft=DRAFT))
    assert "```yaml\n" + DRAFT.rstrip() + "\n```" in whole
    assert "Affects" not in whole
    assert "promise:" not in whole


def test_a_broken_registry_says_where_and_what_to_write() -> None:
    whole = comment(BROKEN_REGISTRY, None, replace(CONTEXT, draft=DRAFT))
    assert whole.startswith("### ❌ The contract registry cannot be read")
    assert "- `.github/contracts.yml` line 12: `decision_ownr` is not known here. Did you mean" in whole
    assert "```yaml" not in whole


def test_only_handles_that_no_request_reaches_are_mentioned() -> None:
    whole = comment(HELD, REGISTRY, replace(CONTEXT, asks=Asks(mentions=("@acme/mobile", "@octo/elsewhere"))))
    shown = Rendered(whole)
    assert len(shown.mentions) == 2
    assert "@acme/mobile" in shown.linkable
    assert "Also asked: @octo/elsewhere" in shown.linkable


@pytest.mark.parametrize("consumers", [1, 2])
def test_a_private_consumer_is_never_named(consumers: int) -> None:
    second = PRIVATE_REGISTRY.consumers[-1].model_copy(update={"id": "secret-vault"})
    registry = PRIVATE_REGISTRY.model_copy(
        update={"consumers": (*PRIVATE_REGISTRY.consumers, *[second][: consumers - 1])}
    )
    refusal = refused(MARIA, 1, "secret-warehouse is not yours to sign for.")
    whole = comment(replace(PRIVATE, answers=(refusal,)), registry, CONTEXT)
    assert "secret-warehouse" not in whole
    assert "stealth" not in whole
    assert ("a private consumer" if consumers == 1 else "private consumer 1") in whole


def test_three_hundred_findings_keep_the_verdict_and_everybody_who_must_sign() -> None:
    whole = comment(MANY, REGISTRY, CONTEXT)
    assert whole.startswith("### ⛔ 300 breaking changes to `orders-api`")
    assert "| ⏳ waiting | @\u200bacme/api-council | decision owner | all 300 changes |" in whole
    assert "| ⏳ waiting | @\u200bacme/checkout | checkout-web | all 300 changes |" in whole
    assert whole.count("is no longer returned") == 300


def test_what_does_not_fit_goes_from_the_bottom_and_is_said() -> None:
    wordy = replace(RESPONSE_REMOVED, why="Clients find nothing there. " * 30)
    severe = tuple(
        judged(finding(wordy, f"GET /{n} 200:$.x", places=[f"GET /{n}/{m} 200:$.x" for m in range(30)]), CHECKOUT)
        for n in range(60)
    )
    mild = tuple(judged(finding(ADDED_PROPERTY, f"Order:$.n{n}")) for n in range(300))
    large = replace(HELD, findings=(*severe, *mild), requirements=tuple(required(f) for f in severe))
    whole = comment(large, REGISTRY, CONTEXT)
    assert len(whole) <= COMMENT_LIMIT
    assert "300 compatible changes" in whole
    assert "Shortened to fit: compatible changes" in whole
    assert "[the full list](https://github.com/acme/shop/pull/412/checks)" in whole
    assert whole.count("is no longer returned") == 60


def test_thousands_of_findings_are_written_only_as_far_as_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []
    line = blocks.line

    def counted(item: Item, context: Context | None, names: Names, *, evidence: bool) -> str:
        written.append(id(item))
        return line(item, context, names, evidence=evidence)

    monkeypatch.setattr(blocks, "line", counted)
    many = tuple(judged(finding(RESPONSE_REMOVED, f"GET /{n} 200:$.x", line=n + 1), CHECKOUT) for n in range(5000))
    large = replace(HELD, findings=many, requirements=tuple(required(f) for f in many))
    whole = comment(large, REGISTRY, CONTEXT)
    assert len(whole) <= COMMENT_LIMIT
    assert "Shortened to fit" in whole
    assert len(written) < 2000
    assert max(Counter(written).values()) <= 2, "with a link and without, and never again for another length"


def test_a_thousand_signers_never_cost_the_verdict() -> None:
    many = tuple(required(EMAIL, Capacity("consumer", f"consumer-{n}"), (f"@acme/team-{n}",)) for n in range(3000))
    whole = comment(replace(HELD, findings=(EMAIL,), requirements=many), REGISTRY, CONTEXT)
    assert len(whole) <= COMMENT_LIMIT
    assert whole.startswith("### ⛔ 1 breaking change to `orders-api`")
    assert "more signers." in whole
    assert "/approve-breaking" in whole


def test_worse_comes_first_and_a_wider_break_before_a_narrower() -> None:
    wide = judged(finding(RESPONSE_REMOVED, "B:$.x", line=2), CHECKOUT, ConsumerImpact("other", Reach.AFFECTED))
    narrow = judged(finding(RESPONSE_REMOVED, "A:$.x", line=1), CHECKOUT)
    mild = judged(finding(replace(RESPONSE_REMOVED, level=Level.UNCLASSIFIED), "C:$.x"), CHECKOUT)
    whole = comment(replace(HELD, findings=(mild, narrow, wide)), REGISTRY, CONTEXT)
    assert whole.index("`B:$.x`") < whole.index("`A:$.x`") < whole.index("`C:$.x`")


def test_findings_alone_need_no_pull_request() -> None:
    whole = findings_alone([EMAIL.impact.finding, REFUNDS.impact.finding])
    assert whole.startswith("### 1 breaking and 1 compatible change\n")
    assert "`email` is no longer returned" in whole
    assert "Affects" not in whole
    assert Rendered(whole).targets == []


def test_no_findings_alone_say_so() -> None:
    assert findings_alone([]) == "No contract change.\n"


def test_what_the_same_edit_does_elsewhere_is_said() -> None:
    found = EMAIL.impact.finding
    mild = RuleVerdict(ADDED_PROPERTY, Level.COMPATIBLE, (Place("PUT /orders"), Place("POST /orders")))
    both = judged(replace(found, verdicts=(*found.verdicts, mild)))
    whole = comment(replace(HELD, findings=(both,)), REGISTRY, CONTEXT)
    assert "- **Compatible as well:** `refunded_at` is returned as well (2 places)" in whole
    assert "**40 places:**" in whole


def test_risky_changes_alone_are_open_to_see() -> None:
    whole = comment(replace(CLEAR, findings=(STATUS, REFUNDS)), REGISTRY, CONTEXT)
    assert whole.startswith("### ✅ Nothing breaking, 1 risky change to `orders-api`")
    assert "<details open><summary>1 risky change</summary>" in whole
    assert "affects checkout-web" in whole


def test_who_may_not_sign_is_said_by_what_they_did() -> None:
    excluded = replace(HELD, excluded={1: "the author of commit `3f2c1ab`", 2: "the author of commit `3f2c1ab`"})
    assert comment(excluded, REGISTRY, CONTEXT).count("May not sign: the author of commit `3f2c1ab`") == 1


def test_who_is_only_mentioned_is_named_with_what_to_do_should_they_not_see_it() -> None:
    context = replace(CONTEXT, asks=Asks(mentions=("@acme/mobile",)))
    whole = comment(HELD, REGISTRY, context)
    assert "📭 GitHub takes no review request for @\u200bacme/mobile here, so this only mentions them." in whole
    assert "give them read access" in whole
    assert "📭" not in comment(HELD, REGISTRY, CONTEXT)
