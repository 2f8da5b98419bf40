"""What somebody objects to stands above everything, in their words; what became of it is never smoothed over."""

from __future__ import annotations

import json
from dataclasses import replace
from html import unescape

import pytest

from bot.report import json as machine
from bot.report.check import TEXT_LIMIT, check_output
from bot.report.comment import COMMENT_LIMIT, comment
from bot.review.disputes import Dispute
from bot.review.values import Decision
from tests.report.rendering import Rendered
from tests.report.samples import (
    CHECKOUT_CAPACITY,
    CONTEXT,
    CURRENCY,
    EMAIL,
    HELD,
    HONOURED,
    HOSTILE_TEXT,
    IN_BERLIN,
    LONG_OBJECTION,
    MANY,
    MANY_FINDINGS,
    MARIA,
    OBJECTED,
    OVERRULED,
    PRIVATE_REGISTRY,
    REGISTRY,
    REJECTED,
    YUKI,
    disputed,
    objection,
    required,
    signed,
)
from tests.report.test_terminal import shown


def plain(decision: Decision) -> str:
    return unescape(comment(decision, IN_BERLIN, CONTEXT)).replace("\u200b", "")


def test_an_objection_is_quoted_above_the_verdict() -> None:
    whole = plain(OBJECTED)
    assert whole.startswith("### ✋ checkout-web objects\n")
    said = "> our receipts print it  \n> and nothing else has it"
    assert whole.index(said) < whole.index("### ⛔ 1 breaking change") < whole.index("**Held** until")


def test_who_objects_in_which_role_to_what_is_said_and_linked() -> None:
    assert (
        "[@tomkaiser](https://github.com/acme/shop/pull/412#issuecomment-9100) for **checkout-web**, 2026-11-21, "
        f"to “`email` is no longer returned” (`{EMAIL.id}`):"
    ) in plain(OBJECTED)


def test_the_ruling_is_waited_for_until_a_day_in_the_registrys_zone() -> None:
    whole = plain(OBJECTED)
    assert "**No ruling yet.** The decision owner decides. It is expected by Thu 2026-11-26 (Europe/Berlin)." in whole
    assert "**Held** until **@acme/api-council** (decision owner) rules on the objection." in whole
    assert "| ✋ **objects** | @acme/checkout | checkout-web |" in whole
    assert "⚖️ **has to rule**" in whole
    assert f"- `/rule accept {EMAIL.id} -- reason`: the change may go, against the objection" in whole
    assert f"- `/rule reject {EMAIL.id} -- reason`: the change has to be altered or dropped" in whole
    assert f"- `/rule honour-until YYYY-MM-DD {EMAIL.id} -- reason`: the change waits until that day is over" in whole


def test_a_signature_given_before_an_objection_is_said_not_to_decide() -> None:
    council, *others = OBJECTED.requirements
    before = replace(council, signatures=(signed(MARIA, 9001),))
    whole = plain(replace(OBJECTED, requirements=(before, *others)))
    assert "somebody objects, so it does not decide" in whole


def test_who_objects_to_one_change_and_waits_for_another_has_both_said() -> None:
    council, checkout, courier = OBJECTED.requirements
    more = (required(CURRENCY), required(CURRENCY, CHECKOUT_CAPACITY, ("@acme/checkout",)))
    whole = plain(replace(OBJECTED, findings=(EMAIL, CURRENCY), requirements=(council, checkout, courier, *more)))
    assert "⚖️ **has to rule** on 1, ⏳ 1 waiting" in whole
    assert "✋ **objects** to 1, ⏳ 1 waiting" in whole


def test_a_long_objection_shows_its_beginning_and_unfolds_to_all_of_it() -> None:
    whole = plain(disputed(text=LONG_OBJECTION))
    beginning, _, rest = whole.partition("<details>")
    assert "> We print it on every invoice." in beginning
    assert "Until 12 December." not in beginning
    assert f"All of it ({len(LONG_OBJECTION):,} characters)" in rest
    assert rest.index("Until 12 December.") < rest.index("### ⛔")


def test_the_words_of_an_objection_do_no_harm() -> None:
    decision = disputed(text=HOSTILE_TEXT)
    output = check_output(decision, REGISTRY, CONTEXT)
    for markdown in (comment(decision, REGISTRY, CONTEXT), output.summary):
        rendered = Rendered(markdown)
        assert rendered.mentions == []
        assert "img" not in rendered.tags
        assert rendered.unbalanced == []


def test_a_consumer_that_was_overruled_is_never_shown_as_having_signed() -> None:
    whole = plain(OVERRULED)
    assert whole.startswith("### ⚖️ checkout-web objected and was overruled\n")
    assert "> our receipts print it" in whole
    assert "⚖️ **Ruling: the change may go** ([@maria-lopez]" in whole
    assert "checkout-web is **overruled**, and has not signed." in whole
    assert "> They have had another source since May." in whole
    assert "### ✅ Released: 1 breaking change" in whole and "Countersigned:" not in whole
    assert "It may be merged, though not everybody has signed: **checkout-web** was **overruled**." in whole
    assert "| ⚖️ **overruled** |" in whole and "| ⚖️ ruled |" in whole
    assert "⚖️ **Breaking, overruled: `email` is no longer returned**" in whole
    assert whole.count("They have had another source since May.") == 1


def test_a_rejected_change_is_held_whoever_signs() -> None:
    whole = plain(REJECTED)
    assert "**Held.** The decision owner has **rejected** it: it has to be altered or dropped." in whole
    assert "To sign, comment" not in whole


def test_what_is_honoured_until_a_day_is_held_until_then() -> None:
    assert "**Held.** By ruling, what is there stays **until 2027-01-20 is over**." in plain(HONOURED)


@pytest.mark.parametrize(
    ("decision", "title"),
    [
        (OBJECTED, "Held: 1 objection, 1 breaking change"),
        (OVERRULED, "Released: 1 breaking change, 2 signatures, 1 overruled"),
        (REJECTED, "Held (rejected by ruling): 1 breaking change"),
        (HONOURED, "Held until 2027-01-20 is over, by ruling: 1 breaking change"),
    ],
)
def test_the_title_of_the_check_says_what_divides_people(decision: Decision, title: str) -> None:
    assert check_output(decision, REGISTRY, CONTEXT).title == title


def test_one_comment_about_several_changes_is_quoted_once() -> None:
    both = (objection(EMAIL, "not before May"), objection(CURRENCY, "not before May"))
    decision = replace(
        HELD,
        disputes=tuple(Dispute(one.finding, "orders-api", (one,)) for one in both),
        objections=both,
    )
    whole = plain(decision)
    assert whole.count("> not before May") == 1
    assert f"(`{EMAIL.id}`) and “query parameter `currency` must be sent now” (`{CURRENCY.id}`)" in whole


def test_several_objections_are_all_quoted_and_those_without_a_ruling_come_first() -> None:
    first, second = objection(EMAIL, "we read it"), objection(CURRENCY, "we cannot send it", 9200, person=YUKI)
    ruled = OVERRULED.disputes[0].ruling
    decision = replace(
        HELD,
        disputes=(Dispute(EMAIL.id, "orders-api", (first,), ruled), Dispute(CURRENCY.id, "orders-api", (second,))),
        objections=(first, second),
    )
    whole = plain(decision)
    assert whole.index("> we cannot send it") < whole.index("> we read it") < whole.index("**Held** until")


def test_an_objection_that_was_taken_back_can_still_be_read() -> None:
    whole = plain(replace(HELD, objections=(objection(EMAIL, "not before May"),)))
    assert whole.startswith("### ⛔ 2 breaking changes")
    assert "taken back, or about what is no longer here" in whole
    assert "> not before May" in whole


def test_objections_outlive_hundreds_of_findings() -> None:
    said = objection(MANY_FINDINGS[0], LONG_OBJECTION)
    decision = replace(MANY, disputes=(Dispute(said.finding, "orders-api", (said,)),), objections=(said,))
    whole = plain(decision)
    assert len(comment(decision, IN_BERLIN, CONTEXT)) <= COMMENT_LIMIT
    assert "Until 12 December." in whole
    assert "| decision owner | all 300 changes |" in whole


def test_a_hundred_long_objections_never_cost_the_verdict_or_those_who_must_sign() -> None:
    many = tuple(
        objection(MANY_FINDINGS[n], f"objection {n}: " + "`x`" * 1_300, comment=10_000 + n) for n in range(100)
    )
    decision = replace(
        MANY, disputes=tuple(Dispute(one.finding, "orders-api", (one,)) for one in many), objections=many
    )
    whole = comment(decision, IN_BERLIN, CONTEXT)
    assert len(whole) <= COMMENT_LIMIT
    assert "**Held** until" in whole and "/approve-breaking" in whole
    assert "more objections" in whole and "Shortened to fit" in whole
    summary = check_output(decision, IN_BERLIN, CONTEXT).summary
    assert len(summary.encode()) <= TEXT_LIMIT
    assert "all 300 changes" in summary


def test_a_private_consumer_that_objects_is_not_named() -> None:
    said = objection(EMAIL, "secret-warehouse needs it")
    said = replace(said, capacity=replace(said.capacity, consumer="secret-warehouse"))
    decision = replace(HELD, disputes=(Dispute(EMAIL.id, "orders-api", (said,)),), objections=(said,))
    for text in (
        comment(decision, PRIVATE_REGISTRY, CONTEXT),
        check_output(decision, PRIVATE_REGISTRY, CONTEXT).summary,
        machine.decision(decision, PRIVATE_REGISTRY),
    ):
        assert "secret-warehouse" not in text
        assert "a private consumer" in text


def test_programs_get_disputes_with_their_rulings() -> None:
    (open_one,) = json.loads(machine.decision(OBJECTED, IN_BERLIN))["disputes"]
    assert open_one["ruling"] is None
    assert open_one["respond_by"] == "2026-11-25T23:30:00+00:00"
    assert open_one["objections"][0]["text"] == "our receipts print it\nand nothing else has it"
    document = json.loads(machine.decision(OVERRULED, IN_BERLIN))
    assert document["disputes"][0]["ruling"]["act"] == "accept"
    assert document["findings"][0]["standing"] == "overruled"
    assert document["findings"][0]["signed"] is False


def test_a_terminal_shows_objections_first() -> None:
    from bot.report import terminal

    text = shown(terminal.decision(OVERRULED, IN_BERLIN))
    assert text.startswith("✋ @tomkaiser objects for checkout-web, 2026-11-21:\n  │ our receipts print it\n")
    assert text.index("Ruling by @maria-lopez: the change may go") < text.index("Released: 1 breaking change")
    assert "not everybody has signed: checkout-web was overruled" in text
