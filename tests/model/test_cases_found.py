"""What the plans brought to light, each as short as it gets."""

from __future__ import annotations

from bot.review.values import Decision, Verdict
from tests.model.plan import Delete, Forget, Happening, Join, Leave, Push, Say, SignAll, Step
from tests.model.review import Review


def played(*what: Happening) -> Decision:
    """What comes of it, each seen before the next one."""
    review = Review()
    return [review.play(Step(one)) for one in what][-1] or review.look()


def test_what_was_taken_back_stays_so_without_the_comment_the_database_and_any_other_signature() -> None:
    decision = played(
        Push("olga", "legacy", "gone"), Say("dana", "approve", 0), Say("dana", "revoke"), Delete(0), Forget()
    )
    assert decision.verdict is Verdict.HELD


def test_what_was_made_worse_stays_so_without_the_comment_and_the_database() -> None:
    decision = played(Push("olga", "status", "more"), Say("dana", "breaking", 0), Delete(0), Forget())
    assert decision.verdict is Verdict.HELD


def test_who_joins_the_deciding_team_after_calling_it_compatible_has_decided_nothing() -> None:
    decision = played(Push("olga", "legacy", "gone"), Say("mallory", "compatible", 0), Join("mallory", "api-council"))
    assert decision.verdict is Verdict.HELD
    assert "write a new comment" in decision.answers[-1].reason


def test_an_objection_to_what_is_gone_is_answered_after_the_database_was_lost() -> None:
    decision = played(
        Push("olga", "email", "gone"),
        SignAll(by_id=True),
        Forget(),
        Push("oskar", "email", "string"),
        Say("ada", "object", 0),
    )
    assert decision.verdict is Verdict.CLEAR
    assert "An objection takes" in decision.answers[-1].reason


def test_a_bare_objection_is_heard_though_the_list_that_it_is_about_was_forgotten() -> None:
    review = Review()
    for step in (
        Step(Push("olga", "email", "gone")),
        Step(Forget(), "never"),
        Step(Say("cleo", "object")),
        Step(Say("dana", "approve", 0)),
        Step(Say("chris", "approve", 0)),
    ):
        decision = review.play(step)
    assert decision is not None
    assert decision.verdict is Verdict.HELD
    review.play(Step(Push("olga", "count", "gone")))
    assert {objection.element for objection in review.decide().objections} == {"GET /email 200:$.x"}


def test_a_bare_command_that_came_too_late_to_sign_does_not_sign_once_the_lists_are_forgotten() -> None:
    """What another could see just before is not what its author saw."""
    decision = played(
        Push("olga", "email", "gone"),
        SignAll(by_id=True),
        Say("cleo", "approve"),
        Say("dana", "waive", role="checkout-web"),
        Forget(),
    )
    assert [s.person.login for r in decision.requirements for s in r.signatures] == ["dana", "chris"]
    assert not any(answer.accepted for answer in decision.answers[2:])


def test_who_was_overruled_and_signs_after_all_has_signed() -> None:
    """It is not only that their objection is gone, and with it the ruling that released the change."""
    what = Push("olga", "email", "gone"), Say("chris", "object"), Say("dana", "accept"), Say("chris", "approve")
    for decision in (played(*what), played(*what, Forget())):
        assert decision.verdict is Verdict.RELEASED
        assert [s.person.login for r in decision.requirements for s in r.signatures] == ["dana", "chris"]


def test_when_whoever_decides_pushed_the_producers_come_in() -> None:
    decision = played(Leave("devi", "api-council"), Push("dana", "email", "integer"), SignAll(by_id=True))
    assert decision.verdict is Verdict.RELEASED
    assert [s.person.login for r in decision.requirements for s in r.signatures] == ["oskar", "chris"]


def test_an_approval_that_signs_nothing_takes_no_objection_back_either() -> None:
    """What chris could see was signed, by a comment that is gone when they write: they are overruled as before."""
    review = Review()
    for step in (
        Step(Push("olga", "email", "gone")),
        Step(Say("chris", "object")),
        Step(SignAll(by_id=False)),
        Step(Delete(0), "never"),
        Step(Say("chris", "approve")),
    ):
        decision = review.play(step)
    assert decision is not None
    assert decision.verdict is Verdict.RELEASED
    assert [str(r.state) for r in decision.requirements] == ["approved", "overruled"]
    assert "already been signed" in decision.answers[-1].reason
