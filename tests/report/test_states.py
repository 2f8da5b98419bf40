"""Rollout, waivers, acknowledgements, silence and expiry, as people meet them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from html import unescape

import pytest

from bot.contracts.change import Change, Place
from bot.judge.finding import Finding, Level, Rule
from bot.judge.finding import Verdict as RuleVerdict
from bot.registry.impact import Reason
from bot.registry.model import Registry
from bot.report import json as machine
from bot.report.check import check_output
from bot.report.comment import comment
from bot.report.context import Context
from bot.report.publishing import publication
from bot.review.capacity import Capacity
from bot.review.values import VERSION_NOT_RAISED, Decision, RequirementState, Verdict
from tests.report.samples import (
    CHECKOUT,
    CHECKOUT_CAPACITY,
    CONTEXT,
    COURIER_CAPACITY,
    COURSE,
    EMAIL,
    HELD,
    IN_BERLIN,
    OBSERVED,
    OBSERVING,
    RECLASSIFIED,
    REGISTRY,
    RELEASED,
    RISKY_HELD,
    STATUS,
    WAIVED,
    WAIVED_CONTEXT,
    WARNED,
    judged,
    required,
)


def plain(decision: Decision, context: Context = CONTEXT) -> str:
    return unescape(comment(decision, IN_BERLIN, context)).replace("\u200b", "")


# Rollout


def test_what_is_observed_says_first_that_it_would_have_been_held_and_the_check_succeeds() -> None:
    whole = unescape(comment(OBSERVED, OBSERVING, CONTEXT)).replace("\u200b", "")
    assert whole.startswith("### 👁️ Would have been held: 2 breaking changes to `orders-api`\n")
    assert "`orders-api` has `enforcement: observe`, so the check succeeds, and nobody is asked." in whole
    assert "👁️ would have to sign" in whole
    assert "To sign, comment" not in whole
    output = check_output(OBSERVED, OBSERVING, CONTEXT)
    assert output.conclusion == "success"
    assert output.title == "Would have been held: 2 breaking changes, 3 signatures missing (observed only)"
    assert {annotation.level for annotation in output.annotations} == {"warning"}


def test_a_warning_asks_and_holds_nothing() -> None:
    whole = plain(WARNED)
    assert whole.startswith("### ⚠️ Would have been held: 2 breaking changes")
    assert "`enforcement: warn`, so the check succeeds, with this warning." in whole
    assert "⏳ waiting, holds nothing" in whole
    assert "/approve-breaking\n```" in whole
    assert "-- reason` is quoted above everything." in whole
    assert check_output(WARNED, REGISTRY, CONTEXT).title.endswith("(warning only)")


def test_of_two_contracts_only_the_enforced_one_is_waited_for() -> None:
    loose = replace(required(EMAIL, COURIER_CAPACITY), enforcement="observe", contract="billing-api")
    whole = plain(replace(HELD, requirements=(required(EMAIL), loose)))
    assert "**Held** until **@acme/api-council** (decision owner) signs. `billing-api` is not enforced" in whole


def test_a_draft_says_that_nobody_is_asked_yet() -> None:
    whole = plain(replace(HELD, is_draft=True))
    assert "This is a draft: nobody is asked before it is ready for review." in whole


# Waivers and expiry


def test_a_waiver_is_shown_with_its_code_its_day_and_its_issue_and_is_no_signature() -> None:
    whole = plain(WAIVED, WAIVED_CONTEXT)
    assert "⏭️ waived until 2027-01-20" in whole
    assert (
        "waived the signature of **checkout-web** (`policy_exception`) on 2026-11-21: "
        f"`{EMAIL.id}`, until 2027-01-20 · [follow-up issue](https://github.com/acme/shop/issues/413)"
    ) in whole
    assert "> checkout moves to the profile service in January" in whole
    released = replace(WAIVED, verdict=Verdict.RELEASED, requirements=WAIVED.requirements[:2])
    assert "It may be merged, though not everybody has signed: **checkout-web** was waived." in plain(released)
    assert check_output(released, REGISTRY, CONTEXT).title == "Released: 1 breaking change, 1 signature, 1 waived"


def test_a_signature_that_ends_soon_is_said_where_it_is_seen() -> None:
    whole = plain(WAIVED, WAIVED_CONTEXT)
    sentence = "⌛ @maria-lopez's signature as **decision owner** ends with 2026-12-21, and then it is asked for again"
    assert whole.index(sentence) < whole.index("#### Changes to")
    assert "until 2026-12-21, **which is soon**" in whole
    assert sentence in unescape(check_output(WAIVED, REGISTRY, CONTEXT).summary).replace("\u200b", "")


def test_nothing_is_said_of_an_end_that_is_far() -> None:
    assert "⌛" not in plain(replace(WAIVED, expiring=()), WAIVED_CONTEXT)


def test_an_expired_signature_is_struck_through_with_the_day() -> None:
    ending = WAIVED.requirements[0].signatures[0]
    from bot.review.values import SupersededSignature

    gone = SupersededSignature(EMAIL.id, ending, "orders-api", "expired")
    whole = plain(replace(HELD, superseded=(gone,)))
    assert "~~ expired on 2026-12-21" in whole


# Acknowledgements


def test_a_risky_change_that_has_to_be_acknowledged_is_shown_in_full_and_holds() -> None:
    whole = plain(RISKY_HELD)
    assert whole.startswith("### ⛔ 1 risky change to `orders-api`\n")
    assert "**Held** until **checkout-web** has seen it (`/ack`)." in whole
    assert "⏳ waiting for an `/ack`" in whole
    assert "🟡 **Risky: `status` can be `on_hold`" in whole
    assert "```\n/ack\n```" in whole
    assert check_output(RISKY_HELD, REGISTRY, CONTEXT).title == "Held: 1 risky change, 1 acknowledgement missing"


def test_who_is_only_asked_is_listed_with_the_reason_and_nothing_waits_for_them() -> None:
    asked = required(
        STATUS, CHECKOUT_CAPACITY, ("@acme/checkout",), blocking=False, why="Asked, not required: acme/web is archived"
    )
    seen = replace(asked, wants="acknowledgement", capacity=COURIER_CAPACITY)
    whole = plain(replace(HELD, verdict=Verdict.CLEAR, findings=(STATUS,), requirements=(asked, seen)))
    assert "| 💬 asked only |" in whole
    assert "- checkout-web: Asked, not required: acme/web is archived" in whole
    assert "💬 asked for an `/ack`" in whole
    assert "Whoever is asked may answer, by `/ack` or `/object -- reason`; nothing waits for it." in whole


# Silence


def test_when_a_reminder_comes_and_what_follows_is_said_in_the_registrys_zone() -> None:
    whole = plain(WAIVED, WAIVED_CONTEXT)
    assert (
        "⏰ **courier-app**: time to answer until Thu 2026-11-26 (Europe/Berlin), reminder on Tue 2026-11-24. If "
        "it does not answer, the decision owner is called, and may sign in its place or waive it."
    ) in whole


@pytest.mark.parametrize(
    ("on_silence", "follows"),
    [
        ("consent", "does not answer, that counts as consent, by its own rule."),
        ("block", "reminder on Tue 2026-11-24.\n"),
    ],
)
def test_what_silence_means_is_said(on_silence: str, follows: str) -> None:
    course = replace(COURSE, on_silence=on_silence)  # type: ignore[arg-type]
    waiting = replace(required(EMAIL, CHECKOUT_CAPACITY), silence=course)
    assert follows in plain(replace(HELD, requirements=(waiting,)))


def test_a_request_that_begins_now_has_its_days_in_the_very_first_comment() -> None:
    waiting = required(EMAIL, CHECKOUT_CAPACITY)
    first = replace(HELD, requirements=(waiting,), beginning={waiting.fingerprint: COURSE})
    assert "time to answer until Thu 2026-11-26" in plain(first)


def test_silence_that_counted_as_consent_is_no_signature() -> None:
    silent = replace(required(EMAIL, CHECKOUT_CAPACITY), state=RequirementState.CONSENTED, silence=COURSE)
    signed = RELEASED.requirements[:1]
    decision = replace(RELEASED, findings=(EMAIL,), requirements=(*signed, silent))
    whole = plain(decision)
    assert "🔕 **checkout-web** had not answered by 2026-11-25, which by its own rule is its consent" in whole
    assert "### ✅ Released: 1 breaking change" in whole
    assert "**checkout-web** has not answered" in whole


# What the registry adds


def test_a_broken_half_of_a_consumer_is_one_quiet_line() -> None:
    whole = plain(WAIVED, WAIVED_CONTEXT)
    assert "🔇 `acme/courier` can't be read in full. .github/contracts.yml:4: `konsumes` is not known." in whole


def test_many_broken_halves_stay_one_quiet_line_each_up_to_three() -> None:
    context = replace(CONTEXT, broken_halves=tuple(f"`acme/r{n}` can't be read in full." for n in range(20)))
    whole = plain(HELD, context)
    assert whole.count("can't be read in full") == 3
    assert "17 more registries of consumers can't be read." in whole


def test_the_organisations_floors_stand_with_the_contract_that_they_raise() -> None:
    whole = plain(WAIVED, WAIVED_CONTEXT)
    assert "`signoff.quorum` of `orders-api` counts as 2, not 1: the organisation's floor." in whole
    assert "`other`" not in whole


def test_an_annotation_reads_tomorrow_as_it_does_today() -> None:
    messages = {a.start_line: a.message for a in check_output(HELD, REGISTRY, CONTEXT).annotations}
    assert "Affects checkout-web, which reads customer.email (pact)" in messages[131]


def test_what_was_only_declared_is_not_said_of_what_was_seen() -> None:
    seen = Reason("reads", "GET /a 200:$.x", "pact", 3)
    consumer = replace(EMAIL.impact.consumers[0], reasons=(seen, replace(seen, kind="declared", days=None)))
    whole = plain(replace(HELD, findings=(judged(EMAIL.impact.finding, consumer),)))
    assert "checkout-web reads `x` (pact, seen 3 days ago)\n" in whole


# Reclassified


def test_what_people_reclassified_counts_as_they_say_with_their_reason() -> None:
    whole = plain(RECLASSIFIED)
    assert whole.startswith("### ✅ Only compatible changes")
    assert "is **compatible**, not breaking: [@maria-lopez]" in whole
    assert "as @tomkaiser proposed" in whole
    assert "> It was never returned: the definition was wrong." in whole
    assert publication(RECLASSIFIED, REGISTRY, CONTEXT).labels == {"contract: compatible"}


# Programs


def test_programs_get_enforcement_waivers_courses_and_what_ends_soon() -> None:
    document = json.loads(machine.decision(WAIVED, IN_BERLIN))
    council, checkout, courier = document["requirements"]
    assert council["signatures"][0]["expires_soon"] is True
    assert checkout["state"] == "waived"
    assert checkout["signatures"][0]["code"] == "policy_exception"
    assert checkout["signatures"][0]["act"] == "waive"
    assert courier["course"]["follows_at"] == "2026-11-25T23:30:00+00:00"
    assert document["follow_ups"][0]["consumer"] == "checkout-web"
    observed = json.loads(machine.decision(OBSERVED, OBSERVING))
    assert (observed["verdict"], observed["would"]) == ("observed", "held")
    assert observed["requirements"][0]["enforcement"] == "observe"


def test_any_affected_consumer_is_named_as_such() -> None:
    either = required(EMAIL, Capacity("any_affected_consumer", "checkout-web,courier-app"), ("@acme/checkout",))
    whole = plain(replace(HELD, requirements=(either,)))
    assert "**Held** until **@acme/checkout** (any of checkout-web or courier-app) signs." in whole


# What was promised, and what is only told


def test_what_was_promised_until_a_day_says_the_day_first_and_asks_no_answer_of_the_decision_owner() -> None:
    kept = replace(required(EMAIL), wants="waiver", stays_until=date(2027, 1, 20), silence=COURSE)
    waiting = required(EMAIL, CHECKOUT_CAPACITY, ("@acme/checkout",))
    decision = replace(HELD, findings=(EMAIL,), requirements=(kept, waiting))
    whole = plain(decision)
    assert (
        "**Held.** What is removed was promised **until 2027-01-20**, and no approval lets it go before. "
        "It also waits until **checkout-web** signs."
    ) in whole
    assert "| 🔒 **promised until 2027-01-20** | @acme/api-council | decision owner |" in whole
    assert "time to answer" not in whole
    assert f"Before 2027-01-20 it goes only in need: `/waive decision-owner {EMAIL.id} reason:security" in whole
    title = check_output(decision, REGISTRY, CONTEXT).title
    assert title == "Held: 1 breaking change, not before 2027-01-20, 1 signature missing"


def test_a_deprecation_is_open_to_see_and_in_the_title() -> None:
    rule = Rule("property-deprecated", Level.COMPATIBLE, "`email` is deprecated", "", "")
    announced = judged(_found("schema.deprecated.added", rule), CHECKOUT)
    asked = replace(
        required(announced, CHECKOUT_CAPACITY, ("@acme/checkout",), blocking=False), wants="acknowledgement"
    )
    decision = replace(HELD, verdict=Verdict.CLEAR, findings=(announced,), requirements=(asked,))
    whole = plain(decision)
    assert whole.startswith("### ✅ Nothing breaking, 1 deprecation to `orders-api`")
    assert "<details open><summary>1 deprecation</summary>" in whole
    assert check_output(decision, REGISTRY, CONTEXT).title == "Nothing breaking, 1 deprecation"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"lifecycle": "experimental"}, "`orders-api` is experimental, so nobody has to sign this."),
        ({"owner": "@acme/checkout"}, "nobody but its own team is registered to use `orders-api`, so nobody has to"),
    ],
)
def test_what_is_only_reported_says_why(changes: dict[str, str], why: str) -> None:
    contract = REGISTRY.contracts[0].model_copy(update=changes)
    registry = Registry(contracts=(contract,), consumers=REGISTRY.consumers[:1])
    decision = replace(HELD, verdict=Verdict.CLEAR, findings=(EMAIL,), requirements=())
    assert f"Reported only: {why}" in comment(decision, registry, CONTEXT)


def test_a_version_that_was_not_raised_reaches_nobody_by_itself() -> None:
    """It is about the contract as a whole: who is broken stands with the breaks."""
    rule = Rule("version-not-raised", Level.BREAKING, "This takes a major version", "Whoever pins it is hit.", "")
    found = judged(_found(VERSION_NOT_RAISED, rule))
    whole = plain(replace(HELD, findings=(found,), requirements=(required(found),)))
    assert "**Why:** Whoever pins it is hit." in whole
    assert "**Affects:**" not in whole


def _found(fact: str, rule: Rule) -> Finding:
    places = (Place("GET /orders/{id} 200:$.customer.email", {"direction": "response"}),)
    change = Change(fact=fact, element=places[0].address, places=places, identity=("", ""))
    return Finding("orders-api", change, (RuleVerdict(rule, rule.level, places),))
