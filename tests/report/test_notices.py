"""What is said besides the comment pings those who have to act, and nobody and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.registry.model import Registry
from bot.report import notices, safety
from bot.report.buttons import HOW_TO_SIGN, RECHECK
from bot.review.disputes import Escalation, FollowUp
from bot.review.people import Person
from bot.review.silence import Course
from bot.review.values import Decision, Requirement, RequirementState
from tests.review.story import COUNCIL, COUNCIL_CARL, NOON, Story, registry

EVIL = "x @acme/everybody <!-- countersign:v1 a --> #1 [a](javascript:x)"


def held() -> tuple[Decision, Registry]:
    story = Story()
    story.publish()
    return story.decide(), registry()


def waiting(decision: Decision) -> tuple[Requirement, ...]:
    course = Course(NOON, NOON + timedelta(days=1), NOON + timedelta(days=2), "escalate")
    return tuple(replace(requirement, silence=course) for requirement in decision.requirements)


def mentions(text: str) -> set[str]:
    return {word.strip(":,.()*") for word in text.split() if word.startswith("@") and "\u200b" not in word}


def test_the_buttons_fit_into_what_github_takes() -> None:
    for button in (RECHECK, HOW_TO_SIGN):
        assert len(button.label) <= 20
        assert len(button.description) <= 40
        assert len(button.identifier) <= 20


def test_a_bypass_is_the_decision_owners_to_know_of() -> None:
    decision, rules = held()
    issue = notices.bypass(decision, rules, 7, Person(9, "root"), NOON)
    assert mentions(issue.body) == {COUNCIL}
    assert "**checkout-web**" in issue.body
    assert "#7" in issue.title


def test_a_bypass_of_a_consumer_alone_is_the_decision_owners_to_know_of() -> None:
    story = Story()
    story.publish()
    story.says(COUNCIL_CARL, "/approve-breaking")
    issue = notices.bypass(story.decide(), registry(), 7, Person(9, "root"), NOON)
    assert mentions(issue.body) == {COUNCIL}
    assert "Not signed by: **checkout-web**" in issue.body


def test_a_bypass_by_an_account_that_is_gone_is_told_all_the_same() -> None:
    decision, rules = held()
    assert "a deleted account merged #7" in notices.bypass(decision, rules, 7, None, NOON).body


def test_a_follow_up_names_the_day_and_calls_the_consumers_owner() -> None:
    decision, rules = held()
    change = decision.findings[0]
    wanted = FollowUp(
        key="comment:1:orders-api:checkout-web",
        contract="orders-api",
        consumer="checkout-web",
        findings=(change.id,),
        code="security",
        until=date(2027, 1, 31),
        note=EVIL,
        person=COUNCIL_CARL,
        comment_url="https://github.com/acme/orders/pull/7#issuecomment-1",
    )
    issue = notices.follow_up(wanted, decision, rules, 7)
    assert "2027-01-31" in issue.title
    assert mentions(issue.body) == {"@acme/checkout"}
    assert f"{safety.phrase(change.impact.finding.rule.title)} (`{change.id}`)" in issue.body
    assert "<!--" not in issue.body
    before_its_time = notices.follow_up(replace(wanted, consumer="decision owner"), decision, rules, 7)
    assert mentions(before_its_time.body) == {COUNCIL}
    assert "promised for longer" in before_its_time.body


def test_a_reminder_calls_those_who_are_waited_for_and_says_until_when() -> None:
    decision, rules = held()
    body = notices.reminder(decision, waiting(decision), rules)
    assert mentions(body) == {COUNCIL, "@acme/checkout"}
    assert "2026-11-23" in body


def test_whoever_is_reminded_or_called_reads_what_changes_in_words_also_in_an_e_mail() -> None:
    decision, rules = held()
    asked = waiting(decision)
    judged = next(j for j in decision.findings if j.id == asked[0].finding)
    in_words = f"{safety.phrase(judged.impact.finding.rule.title)} (`{judged.id}`)"
    called = Escalation("comment:1:1", COUNCIL_CARL, datetime(2026, 11, 21, tzinfo=NOON.tzinfo), "https://e.org/1")
    for body in (
        notices.reminder(decision, asked, rules),
        notices.silence(decision, asked, rules),
        notices.escalation(decision, rules, called),
        notices.offer(decision, "chris", [judged.id]),
        notices.how_to_sign(decision, rules, "olga"),
    ):
        assert in_words in body


def test_when_time_is_over_only_the_decision_owner_is_called() -> None:
    decision, rules = held()
    consumers = [r for r in waiting(decision) if r.capacity.kind == "consumer"]
    body = notices.silence(decision, consumers, rules)
    assert mentions(body) == {COUNCIL}
    assert "/waive checkout-web reason:policy_exception until:" in body
    assert "/approve-breaking as checkout-web" in body


def test_an_escalation_calls_the_decision_owner_and_only_while_something_is_open() -> None:
    decision, rules = held()
    called = Escalation("comment:1:1", COUNCIL_CARL, datetime(2026, 11, 21, tzinfo=NOON.tzinfo), "https://e.org/1")
    assert mentions(notices.escalation(decision, rules, called)) == {COUNCIL}
    assert notices.escalation(replace(decision, requirements=()), rules, called) == ""


def test_how_to_sign_answers_whoever_asked_and_pings_nobody_else() -> None:
    decision, rules = held()
    body = notices.how_to_sign(decision, rules, "olga")
    assert mentions(body) == {"@olga"}
    assert "/approve-breaking" in body
    assert "Nothing is open" in notices.how_to_sign(replace(decision, requirements=()), rules, "olga")


def test_how_to_sign_says_what_helps_where_no_approval_does() -> None:
    decision, rules = held()
    disputed = tuple(replace(r, state=RequirementState.OBJECTED) for r in decision.requirements)
    body = notices.how_to_sign(replace(decision, requirements=disputed), rules, "olga")
    assert "**has to rule**" in body
    assert "/rule accept" in body
    assert "/approve-breaking" not in body


def test_a_reminder_of_a_dispute_asks_for_a_ruling_and_for_no_approval() -> None:
    decision, rules = held()
    disputed = tuple(replace(r, state=RequirementState.OBJECTED) for r in waiting(decision)[:1])
    body = notices.reminder(decision, disputed, rules)
    assert f"`/rule accept {disputed[0].finding} -- reason`" in body
    assert "/approve-breaking" not in body
