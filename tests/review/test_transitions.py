"""The ledger's rows: every step of every requirement, with whoever caused it."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.review.transitions import Circumstance, Transition, transitions
from tests.review.story import (
    CHANGED,
    CHECKOUT_CHO,
    COUNCIL_CARL,
    RISKY,
    Story,
    contract,
    held,
    registry,
    signed,
)

WHERE = Circumstance("e" * 40, "f" * 40, "0.1.0")


def steps(story: Story) -> tuple[Transition, ...]:
    """Since the last published decision."""
    before = story.publications[-1] if story.publications else None
    return transitions(before, story.decide(), WHERE)


def told(story: Story) -> list[tuple[str, str | None, str, str, str | None]]:
    """(capacity, from, to, cause, login) of each step."""
    return [
        (
            str(step.capacity),
            step.before.value if step.before else None,
            step.after.value,
            step.cause,
            step.person.login if step.person else None,
        )
        for step in steps(story)
    ]


def test_asking_is_the_first_step() -> None:
    assert told(Story()) == [
        ("decision owner", None, "open", "asked", None),
        ("checkout-web", None, "open", "asked", None),
    ]


def test_where_nothing_changed_nothing_is_written() -> None:
    assert told(signed()) == []


def test_a_signature_is_written_with_person_comment_head_registry_and_version() -> None:
    story = held()
    comment = story.says(COUNCIL_CARL, "/approve-breaking")
    (step,) = steps(story)
    assert step.as_plain() == {
        "contract": "orders-api",
        "finding": step.finding,
        "fingerprint": step.fingerprint,
        "capacity": "decision owner",
        "from": "open",
        "to": "approved",
        "cause": "approve",
        "actor": {"id": COUNCIL_CARL.id, "login": "carl"},
        "comment": comment.url,
        "at": comment.created_at.isoformat(),
        "code": None,
        "note": None,
        "until": None,
        "replaced_by": None,
        "head_sha": "e" * 40,
        "registry_sha": "f" * 40,
        "tool_version": "0.1.0",
    }


def test_a_dispute_and_its_ruling() -> None:
    story = held()
    story.says(CHECKOUT_CHO, "/object -- no")
    assert told(story) == [
        ("decision owner", "open", "objected", "object", "cho"),
        ("checkout-web", "open", "objected", "object", "cho"),
    ]
    story.publish()
    story.says(COUNCIL_CARL, "/rule accept -- announced")
    assert told(story) == [
        ("decision owner", "objected", "approved", "accept", "carl"),
        ("checkout-web", "objected", "overruled", "accept", "carl"),
    ]


def test_a_revocation_names_whoever_took_it_back() -> None:
    story = signed()
    story.says(CHECKOUT_CHO, "/revoke")
    assert told(story) == [("checkout-web", "approved", "open", "revoke", "cho")]


def test_an_expired_signature_expires_and_is_asked_for_again() -> None:
    story = signed(rules=registry(contract(signoff={"approval_ttl": "1d"})))
    story.now = datetime(2026, 11, 30, tzinfo=UTC)
    assert told(story) == [
        ("decision owner", "approved", "expired", "time", "carl"),
        ("decision owner", "expired", "open", "time", None),
        ("checkout-web", "approved", "expired", "time", "cho"),
        ("checkout-web", "expired", "open", "time", None),
    ]


def test_a_waiver_is_written_with_its_reason_code() -> None:
    story = held()
    story.says(COUNCIL_CARL, "/waive checkout-web reason:emergency until:2026-12-01 -- fire")
    (step,) = steps(story)
    assert (step.after.value, step.code, step.note) == ("waived", "emergency", "fire")
    assert step.as_plain()["until"] == "2026-12-01"


def test_what_changed_again_is_superseded_and_what_has_gone_is_moot() -> None:
    story = signed()
    story.impacts = (CHANGED,)
    assert told(story) == [
        ("decision owner", None, "open", "asked", None),
        ("checkout-web", None, "open", "asked", None),
        ("decision owner", "approved", "superseded", "change", None),
        ("checkout-web", "approved", "superseded", "change", None),
    ]
    assert steps(story)[-1].replaced_by == story.decide().findings[0].id
    story.impacts = ()
    assert [step[2] for step in told(story)] == ["moot", "moot"]


def test_rows_of_an_earlier_version_have_states_too() -> None:
    story = held(impacts=(RISKY,))
    story.publications = [
        type(p)(p.digest, p.published_at, p.head_sha, p.requirements, p.open, p.asked) for p in story.publications
    ]
    assert told(story) == []
    story.says(CHECKOUT_CHO, "/ack")
    assert told(story) == [("checkout-web", "open", "acknowledged", "ack", "cho")]
