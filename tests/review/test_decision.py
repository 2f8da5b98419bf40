"""Who signed what: each promise of the sign-off rules and of the security notes, as a story."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.contracts.document import Position
from bot.judge.finding import Level
from bot.registry.impact import Guarantee, Reach
from bot.registry.model import Registry
from bot.review.capacity import Capacity
from bot.review.decision import asks, failed, handles, published
from bot.review.people import Comment, Commit, Person, Roster
from bot.review.values import Asks, PublishedDecision, RequirementState, Verdict
from tests.review.story import (
    ADMIN,
    AUTHOR,
    BOT,
    CHANGED,
    CHECKOUT,
    CHECKOUT_CHE,
    CHECKOUT_CHO,
    CHECKOUT_WEB,
    COUNCIL,
    COUNCIL_CARL,
    COUNCIL_CORA,
    MOBILE,
    MOBILE_APP,
    MOBILE_MIA,
    OTHER,
    OWNER_OLA,
    OWNERS,
    REMOVED,
    ROSTER,
    STRANGER,
    Story,
    contract,
    finding,
    held,
    impact,
    open_for,
    registry,
    requirement,
    signed,
    signers,
)

# ---- the main road


def test_it_is_held_until_everybody_needed_has_signed_and_then_released() -> None:
    story = held()
    assert story.decide().verdict is Verdict.HELD
    story.says(COUNCIL_CARL, "/approve-breaking -- agreed in the council")
    assert open_for(story.decide()) == ["checkout-web"]
    story.says(CHECKOUT_CHO, "/approve-breaking")
    decision = story.decide()
    assert decision.verdict is Verdict.RELEASED
    assert signers(decision) == [("carl", "decision owner"), ("cho", "checkout-web")]
    assert requirement(decision).state is RequirementState.APPROVED
    assert requirement(decision).signature is not None
    assert requirement(decision).signatures[0].note == "agreed in the council"
    assert all(answer.accepted and not answer.reason for answer in decision.answers)


def test_a_bare_approval_covers_everything_open_for_all_of_a_persons_capacities() -> None:
    roster = Roster({**ROSTER.members, CHECKOUT: (COUNCIL_CARL,)})
    story = held(impacts=(REMOVED, OTHER), roster=roster)
    story.says(COUNCIL_CARL, "/approve-breaking")
    assert story.decide().verdict is Verdict.RELEASED
    assert len(signers(story.decide())) == 4


def test_as_narrows_an_approval_to_one_capacity() -> None:
    roster = Roster({**ROSTER.members, CHECKOUT: (COUNCIL_CARL,)})
    story = held(roster=roster)
    story.says(COUNCIL_CARL, "/approve-breaking as checkout-web")
    assert open_for(story.decide()) == ["decision owner"]
    story.says(COUNCIL_CARL, "/approve-breaking as decision-owner")
    assert story.decide().verdict is Verdict.RELEASED


def test_as_somebody_who_is_not_asked_is_refused_with_who_is() -> None:
    story = held()
    story.says(COUNCIL_CARL, "/approve-breaking as warehouse")
    answer = story.answer()
    assert not answer.accepted
    assert "`checkout-web` and `decision-owner`" in answer.reason


def test_an_id_signs_one_finding() -> None:
    story = held(impacts=(REMOVED, OTHER))
    id = story.decide().findings[0].id
    story.says(COUNCIL_CARL, f"/approve-breaking {id[:6]}")
    assert [r.finding for r in story.decide().requirements if r.signatures] == [id]


def test_a_review_body_signs_like_a_comment() -> None:
    story = held()
    comment = story.says(COUNCIL_CARL, "/approve-breaking")
    story.comments[0] = replace(comment, kind="review")
    assert open_for(story.decide()) == ["checkout-web"]


# ---- who may sign


@pytest.mark.parametrize(
    ("person", "says"),
    [
        (AUTHOR, "You are the author of this pull request: someone else from @acme/api-council or @acme/checkout must"),
        (STRANGER, "not (or no longer) among those who may sign what is open here"),
        (BOT, "Bots do not sign"),
        (Person(77, "dependabot[bot]"), "Bots do not sign"),
        (None, "no longer exists"),
        (OWNER_OLA, "it takes somebody from @acme/api-council or @acme/checkout"),
    ],
)
def test_the_wrong_people_are_told_why_not(person: Person | None, says: str) -> None:
    story = held()
    story.says(person, "/approve-breaking")
    answer = story.answer()
    assert not answer.accepted
    assert says in answer.reason
    assert signers(story.decide()) == []


def test_the_refusal_names_the_commit_that_disqualifies() -> None:
    story = held(commits=(Commit("3f2c1ab9d0" + "0" * 30, (COUNCIL_CARL, COUNCIL_CARL)),))
    story.says(COUNCIL_CARL, f"/approve-breaking {story.decide().findings[0].id} as decision-owner")
    assert story.answer().reason == (
        "You are the author of commit 3f2c1ab, which changes a contract or the registry: "
        "someone else from @acme/api-council must sign."
    )


def test_identity_is_the_id_and_never_the_login() -> None:
    story = held()
    story.says(Person(999, "carl"), "/approve-breaking")
    assert signers(story.decide()) == []
    story.says(Person(COUNCIL_CARL.id, "carl-renamed"), "/approve-breaking")
    assert open_for(story.decide()) == ["checkout-web"]


def test_an_edited_comment_never_signs() -> None:
    story = held()
    story.says(COUNCIL_CARL, "/approve-breaking", edited=True)
    assert "edited comments never sign" in story.answer().reason
    assert signers(story.decide()) == []


def test_a_comment_written_through_an_app_never_signs() -> None:
    story = held()
    story.says(COUNCIL_CARL, "/approve-breaking", via_app=True)
    assert "apps do not sign" in story.answer().reason
    assert signers(story.decide()) == []


@pytest.mark.parametrize("body", ["> /approve-breaking", "```\n/approve-breaking\n```", "I would `/approve-breaking`"])
def test_quoted_and_fenced_text_never_signs(body: str) -> None:
    story = held()
    story.says(COUNCIL_CARL, body)
    assert story.decide().answers == ()
    assert signers(story.decide()) == []


def test_who_has_left_the_team_no_longer_counts() -> None:
    story = signed()
    story.roster = Roster({**ROSTER.members, COUNCIL: (COUNCIL_CORA,)})
    assert open_for(story.decide()) == ["decision owner"]
    assert "no longer" in story.decide().answers[0].reason


def test_who_commits_to_the_contract_after_signing_no_longer_counts() -> None:
    story = signed()
    story.commits = (Commit("b" * 40, (COUNCIL_CARL, COUNCIL_CARL)),)
    assert open_for(story.decide()) == ["decision owner"]


def test_editing_a_signing_comment_withdraws_it() -> None:
    story = signed()
    story.edits(story.comments[0], "/approve-breaking ")
    assert open_for(story.decide()) == ["decision owner"]


def test_deleting_a_signing_comment_withdraws_it() -> None:
    story = signed()
    story.deletes(story.comments[0])
    assert open_for(story.decide()) == ["decision owner"]


def test_anybody_may_ask_for_another_look_and_for_help() -> None:
    story = held()
    for body in ("/recheck", "/contracts status", "/contracts help"):
        story.says(STRANGER, body)
        assert story.answer().accepted
    recheck, status, help = (answer.reason for answer in story.decide().answers)
    assert recheck == ""
    assert status.startswith("The merge is held: 0 of 2 signatures are there. Open for decision owner (@acme/api-cou")
    assert "/approve-breaking" in help


def test_a_slip_of_the_finger_is_answered() -> None:
    story = held()
    story.says(COUNCIL_CARL, "/approve-breakng")
    assert "Did you mean" in story.answer().reason


# ---- what is signed


def test_a_push_between_looking_and_commenting_signs_nothing_unseen() -> None:
    story = held()
    story.impacts = (REMOVED, OTHER)
    story.says(COUNCIL_CARL, "/approve-breaking")
    unseen = [r.finding for r in story.decide().requirements if not r.signatures and str(r.capacity) != "checkout-web"]
    assert unseen == [story.decide().findings[1].id]


def test_a_push_that_changes_everything_turns_a_late_approval_into_nothing() -> None:
    story = held()
    story.impacts = (CHANGED,)
    story.says(COUNCIL_CARL, "/approve-breaking")
    decision = story.decide()
    assert signers(decision) == []
    assert "is asked for again" in decision.answers[0].reason


def test_the_newest_decision_before_the_comment_is_what_was_seen() -> None:
    story = held()
    story.impacts = (OTHER,)
    story.publish()
    story.says(COUNCIL_CARL, "/approve-breaking")
    assert open_for(story.decide()) == ["checkout-web"]
    story.impacts = (REMOVED,)
    assert open_for(story.decide()) == ["decision owner", "checkout-web"]


def test_a_comment_in_the_very_moment_of_publication_has_not_seen_it() -> None:
    story = held()
    comment = story.says(COUNCIL_CARL, "/approve-breaking")
    story.comments[0] = replace(comment, created_at=story.publications[0].published_at)
    assert "Nothing had been published here" in story.answer().reason
    assert signers(story.decide()) == []


def test_an_approval_before_anything_was_published_is_refused() -> None:
    story = Story()
    story.says(COUNCIL_CARL, "/approve-breaking")
    story.publish()
    assert "Nothing had been published here" in story.answer().reason


def test_an_explicit_id_wins_over_what_was_published() -> None:
    story = Story()
    id = story.decide().findings[0].id
    story.says(COUNCIL_CARL, f"/approve-breaking {id}")
    assert open_for(story.decide()) == ["checkout-web"]


def test_a_prefix_never_means_something_that_was_published_later() -> None:
    story = Story()
    story.says(COUNCIL_CARL, f"/approve-breaking {story.decide().findings[0].id[:9]}")
    story.publish()
    assert "had not been published when you wrote this" in story.answer().reason
    assert signers(story.decide()) == []


def test_an_ambiguous_prefix_signs_nothing_and_lists_what_it_could_mean() -> None:
    story = held()
    seen = story.publications[0]
    id = next(iter(seen.requirements))
    twin = id[:6] + ("0000" if id[6:] != "0000" else "1111")
    story.publications = [replace(seen, requirements={**seen.requirements, twin: ()})]
    story.says(COUNCIL_CARL, f"/approve-breaking {id[:5]}")
    assert all(f"`{candidate}`" in story.answer().reason for candidate in (id, twin))
    assert signers(story.decide()) == []


def test_one_unknown_id_makes_the_whole_command_mean_nothing() -> None:
    story = held()
    id = story.decide().findings[0].id
    story.says(COUNCIL_CARL, f"/approve-breaking {id} ffffffffff")
    assert "begins with `ffffffffff`" in story.answer().reason
    assert signers(story.decide()) == []


def test_naming_a_finding_that_needs_no_signature_is_answered() -> None:
    risky = impact(finding(Level.COMPATIBLE, element="GET /orders 200:$.note"))
    story = held(impacts=(REMOVED, risky))
    story.says(COUNCIL_CARL, f"/approve-breaking {story.decide().findings[1].id}")
    assert "No signature is needed" in story.answer().reason


def test_ids_one_may_not_sign_are_named_and_the_others_count() -> None:
    mobiles = impact(finding(element="GET /m 200:$.a"), {"mobile-app": Reach.AFFECTED})
    story = held(impacts=(REMOVED, mobiles), rules=registry(consumers=(CHECKOUT_WEB, MOBILE_APP)))
    mine, theirs = (found.id for found in story.decide().findings)
    story.says(MOBILE_MIA, f"/approve-breaking {mine} {theirs}")
    answer = story.answer()
    assert answer.accepted
    assert f"Not counted for `{mine}`" in answer.reason
    assert signers(story.decide()) == [("mia", "mobile-app")]


def test_an_approval_survives_a_rebase_that_leaves_the_change_alone() -> None:
    story = signed()
    rule = finding(rule="renamed-rule", title="Other words")
    moved = replace(rule, change=replace(rule.change, position=Position("api/moved.yaml", 99)))
    story.impacts = (impact(moved),)
    assert story.decide().verdict is Verdict.RELEASED


def test_the_same_element_changed_again_asks_again_and_shows_the_old_signature() -> None:
    story = signed()
    story.impacts = (CHANGED,)
    decision = story.decide()
    assert open_for(decision) == ["decision owner", "checkout-web"]
    assert [(s.signature.person.login, s.reason) for s in decision.superseded] == [
        ("carl", "changed"),
        ("cho", "changed"),
    ]
    assert {s.replaced_by for s in decision.superseded} == {decision.findings[0].id}
    assert {s.finding for s in decision.superseded} != {decision.findings[0].id}


def test_changing_it_back_needs_no_second_signature() -> None:
    story = signed()
    story.impacts = (CHANGED,)
    story.publish()
    story.impacts = (REMOVED,)
    assert story.decide().verdict is Verdict.RELEASED
    assert story.decide().superseded == ()


def test_a_change_that_has_gone_needs_nothing_and_refuses_nobody_afterwards() -> None:
    story = signed()
    story.impacts = ()
    decision = story.decide()
    assert decision.verdict is Verdict.CLEAR
    assert [s.reason for s in decision.superseded] == ["gone", "gone"]
    assert all(answer.accepted for answer in decision.answers)


def test_new_evidence_on_a_signed_change_asks_only_the_new_consumer() -> None:
    story = signed(rules=registry(consumers=(CHECKOUT_WEB, MOBILE_APP)))
    story.impacts = (impact(reaches={"checkout-web": Reach.AFFECTED, "mobile-app": Reach.AFFECTED}),)
    assert open_for(story.decide()) == ["mobile-app"]


def test_another_guarantee_level_asks_again() -> None:
    story = signed()
    story.impacts = (impact(guarantee=Guarantee.MAY_CHANGE),)
    assert open_for(story.decide()) == ["decision owner"]


def test_what_was_open_only_for_others_does_not_wait_for_me() -> None:
    story = held()
    story.says(COUNCIL_CARL, "/approve-breaking")
    story.publish()
    story.says(COUNCIL_CORA, "/approve-breaking")
    assert "had already been signed" in story.answer().reason


def test_somebody_asked_only_since_the_comment_is_told_to_look_again() -> None:
    story = held(rules=registry(consumers=(CHECKOUT_WEB, MOBILE_APP)))
    story.impacts = (impact(reaches={"checkout-web": Reach.AFFECTED, "mobile-app": Reach.AFFECTED}),)
    story.says(MOBILE_MIA, "/approve-breaking")
    assert "published after you wrote this" in story.answer().reason


@pytest.mark.parametrize(
    ("story", "says"),
    [
        (Story(impacts=()), "Nothing in this pull request needs a signature"),
        (Story(gated=False), "not gated"),
        (Story(rules=None), "not in a registry"),
        (Story(rules=Registry()), "not in a registry"),
    ],
)
def test_where_nothing_needs_a_signature_an_approval_is_answered_so(story: Story, says: str) -> None:
    story = Story(impacts=story.impacts, gated=story.gated, rules=story.rules)
    story.publish()
    story.says(COUNCIL_CARL, "/approve-breaking")
    assert says in story.answer().reason


# ---- taking back


def test_whoever_signed_may_take_it_back() -> None:
    story = signed()
    story.says(COUNCIL_CARL, "/revoke -- found a reader")
    assert open_for(story.decide()) == ["decision owner"]
    assert "withdrawn" in story.decide().answers[0].reason


def test_somebody_of_the_same_capacity_may_take_it_back() -> None:
    story = signed()
    story.says(CHECKOUT_CHE, "/revoke")
    assert open_for(story.decide()) == ["checkout-web"]


def test_without_ids_a_colleagues_signature_is_left_alone_by_whoever_signed_too() -> None:
    story = held(rules=registry(contract(signoff={"quorum": 2})))
    story.says(COUNCIL_CARL, "/approve-breaking")
    story.says(COUNCIL_CORA, "/approve-breaking")
    story.says(COUNCIL_CARL, "/revoke")
    assert signers(story.decide()) == [("cora", "decision owner")]
    story.says(COUNCIL_CARL, f"/revoke {story.decide().findings[0].id}")
    assert signers(story.decide()) == []


@pytest.mark.parametrize("person", [STRANGER, OWNER_OLA, BOT, None])
def test_nobody_else_takes_it_back(person: Person | None) -> None:
    story = signed()
    story.says(person, "/revoke")
    assert not story.answer().accepted
    assert story.decide().verdict is Verdict.RELEASED


def test_after_taking_it_back_a_new_comment_signs_again() -> None:
    story = signed()
    story.says(COUNCIL_CARL, "/revoke")
    story.publish()
    story.says(COUNCIL_CARL, "/approve-breaking")
    assert story.decide().verdict is Verdict.RELEASED


def test_with_ids_only_those_are_taken_back() -> None:
    story = signed(impacts=(REMOVED, OTHER))
    id = story.decide().findings[0].id
    story.says(COUNCIL_CARL, f"/revoke {id[:5]}")
    assert [r.finding for r in story.decide().requirements if r.state is RequirementState.OPEN] == [id]


def test_a_revocation_outlives_the_comment_that_made_it() -> None:
    """Whoever may delete or edit comments must not bring a signature back to life by it."""
    story = signed()
    revocation = story.says(COUNCIL_CORA, "/revoke")
    story.publish()
    story.edits(revocation, "never mind")
    assert open_for(story.decide()) == ["decision owner"]
    story.deletes(story.comments[-1])
    story.publish()
    assert open_for(story.decide()) == ["decision owner"]


def test_an_edited_revocation_still_takes_back() -> None:
    story = signed()
    story.says(COUNCIL_CARL, "/revoke", edited=True)
    assert open_for(story.decide()) == ["decision owner"]


def test_a_revocation_takes_nothing_that_comes_after_it() -> None:
    story = held()
    story.says(COUNCIL_CARL, "/revoke")
    assert "no signature" in story.answer().reason
    story.says(COUNCIL_CARL, "/approve-breaking")
    assert open_for(story.decide()) == ["checkout-web"]


def test_whoever_made_the_change_may_still_take_back_their_teams_signature() -> None:
    story = signed(commits=(Commit("c" * 40, (COUNCIL_CORA,)),))
    story.says(COUNCIL_CORA, "/revoke")
    assert open_for(story.decide()) == ["decision owner"]


# ---- time and numbers


def test_a_signature_expires_and_is_asked_for_again() -> None:
    story = signed(rules=registry(contract(signoff={"approval_ttl": "2d"})))
    expiry = story.comments[0].created_at + timedelta(days=2)
    assert story.decide().expiring == ()
    assert next(s.expires_at for r in story.decide().requirements for s in r.signatures) == expiry
    story.now = expiry - timedelta(seconds=1)
    assert story.decide().verdict is Verdict.RELEASED
    story.now = expiry
    assert open_for(story.decide()) == ["decision owner"]
    assert [(s.signature.person.login, s.reason) for s in story.decide().superseded] == [("carl", "expired")]
    story.publish()
    story.says(COUNCIL_CARL, "/approve-breaking")
    assert open_for(story.decide()) == ["checkout-web"]


def test_until_ends_a_signature_after_that_day() -> None:
    story = held()
    story.says(COUNCIL_CARL, "/approve-breaking until 2026-11-23")
    story.now = story.now.replace(day=23, hour=23, minute=59)
    assert open_for(story.decide()) == ["checkout-web"]
    story.now = story.now.replace(day=24, hour=0, minute=0)
    assert open_for(story.decide()) == ["decision owner", "checkout-web"]


def test_until_a_day_that_has_passed_is_refused() -> None:
    story = held()
    story.says(COUNCIL_CARL, "/approve-breaking until 2026-11-20")
    assert "was over when you wrote this" in story.answer().reason


def test_until_never_prolongs_what_the_policy_allows() -> None:
    story = held()
    comment = story.says(COUNCIL_CARL, "/approve-breaking until 2099-01-01")
    (signature,) = requirement(story.decide()).signatures
    assert signature.expires_at == comment.created_at + timedelta(days=30)


def test_a_quorum_takes_that_many_different_people() -> None:
    story = held(rules=registry(contract(signoff={"quorum": 2})))
    for _ in range(2):
        story.says(COUNCIL_CARL, "/approve-breaking")
    asked = requirement(story.decide())
    assert asked.state is RequirementState.OPEN
    assert asked.signature is None
    assert len(asked.signatures) == 1
    story.publish()
    story.says(COUNCIL_CORA, "/approve-breaking")
    assert open_for(story.decide()) == ["checkout-web"]


# ---- what travels on


def test_the_digest_names_the_verdict_the_findings_and_the_states() -> None:
    story = held()
    digests = [story.decide().digest]
    story.says(STRANGER, "/contracts status")
    assert story.decide().digest == digests[0]
    story.says(COUNCIL_CARL, "/approve-breaking")
    digests.append(story.decide().digest)
    story.impacts = (REMOVED, OTHER)
    digests.append(story.decide().digest)
    story.gated = False
    digests.append(story.decide().digest)
    assert len(set(digests)) == 4


def test_a_signature_given_and_taken_back_between_two_looks_is_published() -> None:
    story = held()
    story.says(COUNCIL_CARL, "/approve-breaking")
    revocation = story.says(COUNCIL_CARL, "/revoke")
    assert story.decide().digest != story.publications[-1].digest
    story.publish()
    story.deletes(revocation)
    assert open_for(story.decide()) == ["decision owner", "checkout-web"]


def test_a_published_decision_holds_what_people_could_see() -> None:
    story = held()
    story.says(COUNCIL_CARL, "/approve-breaking")
    decision = story.decide()
    seen = published(decision, story.now, "e" * 40)
    council, checkout = decision.requirements
    assert seen.requirements == {decision.findings[0].id: (council.fingerprint, checkout.fingerprint)}
    assert seen.open == (checkout.fingerprint,)
    assert seen.digest == decision.digest
    assert seen.asked[checkout.fingerprint].capacity == Capacity("consumer", "checkout-web")


def test_a_store_that_kept_only_the_fingerprints_costs_no_signature() -> None:
    story = signed()
    story.publications = [
        PublishedDecision(p.digest, p.published_at, p.head_sha, p.requirements, p.open) for p in story.publications
    ]
    assert story.decide().verdict is Verdict.RELEASED
    story.impacts = (CHANGED,)
    assert open_for(story.decide()) == ["decision owner", "checkout-web"]


def test_a_broken_registry_fails() -> None:
    decision = failed(['`.github/contracts.yml` line 3: write `owner: "@org/team"`'])
    assert decision.verdict is Verdict.FAILED
    assert decision.problems
    assert decision.digest != failed(["another"]).digest


BROKEN = (".github/contracts.yml:3: `ownr` is not known here.", "another")


def test_who_commands_while_the_registry_is_broken_is_told_where_it_is() -> None:
    story = held()
    bodies = ("/approve-breaking", "/revoke", "/contracts status", "/contracts help", "/recheck", "/aprove-breaking")
    for body in (*bodies, "a remark"):
        story.says(COUNCIL_CARL, body)
    answers = failed(BROKEN, story.comments, story.publications).answers
    assert [(a.command, a.accepted, a.is_told) for a in answers] == [
        ("/approve-breaking", False, False),
        ("/revoke", False, False),
        ("/contracts status", True, True),
        ("/contracts help", True, True),
        ("/recheck", True, False),
        ("/aprove-breaking", False, False),
    ]
    assert ["(.github/contracts.yml:3)" in answer.reason for answer in answers] == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]
    assert "approve-breaking" in answers[-1].reason, "a slip of the finger is told as ever"


def test_a_broken_registry_does_not_take_back_what_was_answered_before() -> None:
    story = held()
    story.says(COUNCIL_CARL, "/approve-breaking")
    story.publish()
    assert failed(BROKEN, story.comments, story.publications).answers == ()


def test_commands_refused_for_a_broken_registry_stay_refused_at_the_next_look() -> None:
    story = held()
    story.says(COUNCIL_CARL, "/approve-breaking")
    first = failed(BROKEN, story.comments, story.publications)
    shown = published(first, story.comments[-1].created_at + timedelta(minutes=1), "a" * 40)
    again = failed(BROKEN, story.comments, (*story.publications, shown))
    assert again == first


def test_an_approval_written_while_the_registry_was_broken_signs_nothing_later() -> None:
    story = held()
    broken = failed(BROKEN, story.comments, story.publications)
    story.publications.append(published(broken, story.now, "a" * 40))
    story.says(COUNCIL_CARL, "/approve-breaking")
    assert story.decide().verdict is Verdict.HELD
    assert not story.answer().accepted


def test_every_handle_that_may_be_needed_is_named_once() -> None:
    rules = registry(consumers=(CHECKOUT_WEB, MOBILE_APP))
    found = (impact(reaches={"checkout-web": Reach.AFFECTED, "mobile-app": Reach.NOT}), REMOVED)
    assert handles(found, rules) == {COUNCIL, OWNERS, CHECKOUT}
    assert handles([impact(finding(Level.COMPATIBLE))], rules) == frozenset()
    assert handles(found, None) == frozenset()
    assert handles([impact(finding(of="elsewhere"))], rules) == frozenset()
    before = held(rules=rules).publications
    assert handles([], rules, before) == {COUNCIL, OWNERS, CHECKOUT}


def test_whoever_is_still_open_is_asked() -> None:
    story = held()
    assert asks(story.decide(), story.roster, "acme") == Asks(teams=("api-council", "checkout"))
    story.says(COUNCIL_CARL, "/approve-breaking")
    assert asks(story.decide(), story.roster, "Acme") == Asks(teams=("checkout",))
    assert asks(signed().decide(), ROSTER, "acme") == Asks()


def test_people_are_requested_by_login_and_foreign_teams_mentioned() -> None:
    roster = Roster({"@carl": (COUNCIL_CARL,), "@partner/web": (CHECKOUT_CHO,)}, (ADMIN,))
    consumers = (CHECKOUT_WEB.model_copy(update={"owner": "@partner/web"}),)
    story = Story(rules=registry(contract(decision_owner="@carl"), consumers), roster=roster)
    assert asks(story.decide(), roster, "acme") == Asks(users=("carl",), mentions=("@partner/web",))
    story.roster = Roster({}, (ADMIN,))
    assert asks(story.decide(), story.roster, "acme") == Asks(users=("root",))


def test_consumers_who_need_not_sign_are_asked_too() -> None:
    story = Story((impact(reaches={"mobile-app": Reach.POSSIBLY}),), registry(consumers=(MOBILE_APP,)))
    assert asks(story.decide(), ROSTER, "acme").teams == ("api-council", MOBILE.partition("/")[2])


def test_comments_are_replayed_by_time_and_not_by_position() -> None:
    story = signed()
    story.says(COUNCIL_CARL, "/revoke")
    backwards: list[Comment] = story.comments[::-1]
    assert story.decide(backwards) == story.decide()


BOTH = impact(reaches={"checkout-web": Reach.AFFECTED, "mobile-app": Reach.AFFECTED})


def test_who_signs_for_somebody_else_is_told_who_may_and_not_that_it_is_signed() -> None:
    story = held(rules=registry(consumers=(CHECKOUT_WEB, MOBILE_APP)), impacts=(BOTH,))
    story.says(CHECKOUT_CHO, "/approve-breaking")
    story.says(CHECKOUT_CHO, "/approve-breaking as mobile-app")
    assert story.answer().reason.endswith("among those who may sign that: it takes somebody from @acme/mobile.")


def test_a_decision_owner_who_signs_for_a_consumer_too_early_is_told_when_its_time_is_over() -> None:
    story = held()
    story.says(COUNCIL_CARL, "/approve-breaking as checkout-web")
    assert "`checkout-web` has until 2026-11-26 to answer" in story.answer().reason
    assert "@acme/checkout signs for it" in story.answer().reason
