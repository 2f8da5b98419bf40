"""What must be signed, row by row, and who stands there when nobody does."""

from __future__ import annotations

import pytest

from bot.judge.finding import Level
from bot.registry.impact import ConsumerImpact, Guarantee, Impact, Reach
from bot.registry.model import Contract, Registry
from bot.review.people import Commit, Person, Roster
from bot.review.values import Verdict
from tests.review.story import (
    ADMIN,
    AUTHOR,
    BOT,
    CHECKOUT,
    CHECKOUT_CHE,
    CHECKOUT_CHO,
    CHECKOUT_WEB,
    COUNCIL,
    COUNCIL_CARL,
    COUNCIL_CORA,
    MOBILE_APP,
    OWNER_OLA,
    OWNERS,
    REMOVED,
    ROSTER,
    Story,
    asked_only,
    consumer,
    contract,
    finding,
    impact,
    open_for,
    registry,
    requirement,
)

BREAKING, UNCLASSIFIED, RISKY, COMPATIBLE = Level.BREAKING, Level.UNCLASSIFIED, Level.RISKY, Level.COMPATIBLE
PROMISED, MAY, OUT = Guarantee.GUARANTEED, Guarantee.MAY_CHANGE, Guarantee.OUT_OF_CONTRACT
AFFECTED, POSSIBLY, NOT = Reach.AFFECTED, Reach.POSSIBLY, Reach.NOT

DECIDES, BOTH = ["decision owner"], ["decision owner", "checkout-web"]


@pytest.mark.parametrize(
    ("level", "guarantee", "reach", "must", "asked"),
    [
        (BREAKING, PROMISED, AFFECTED, BOTH, []),
        (BREAKING, PROMISED, POSSIBLY, DECIDES, ["checkout-web"]),
        (BREAKING, PROMISED, NOT, DECIDES, []),
        (BREAKING, PROMISED, None, DECIDES, []),
        (BREAKING, MAY, AFFECTED, DECIDES, ["checkout-web"]),
        (BREAKING, MAY, POSSIBLY, [], ["checkout-web"]),
        (BREAKING, MAY, None, [], []),
        (BREAKING, OUT, AFFECTED, BOTH, []),
        (BREAKING, OUT, POSSIBLY, [], []),
        (BREAKING, OUT, None, [], []),
        (UNCLASSIFIED, PROMISED, AFFECTED, DECIDES, []),
        (UNCLASSIFIED, PROMISED, None, DECIDES, []),
        (UNCLASSIFIED, MAY, AFFECTED, DECIDES, []),
        (UNCLASSIFIED, OUT, None, DECIDES, []),
        (RISKY, PROMISED, AFFECTED, [], ["checkout-web"]),
        (RISKY, PROMISED, POSSIBLY, [], []),
        (RISKY, MAY, AFFECTED, [], []),
        (RISKY, OUT, None, [], []),
        (COMPATIBLE, PROMISED, AFFECTED, [], []),
    ],
)
def test_the_table_of_what_must_be_signed(
    level: Level, guarantee: Guarantee, reach: Reach | None, must: list[str], asked: list[str]
) -> None:
    reaches = {} if reach is None else {"checkout-web": reach}
    decision = Story((impact(finding(level), reaches, guarantee),)).decide()
    assert open_for(decision) == must
    assert asked_only(decision) == asked
    assert decision.verdict is (Verdict.HELD if must else Verdict.CLEAR)


@pytest.mark.parametrize(
    ("fact", "attributes", "asked"),
    [
        ("operation.deprecated", {}, ["checkout-web"]),
        ("parameter.deprecated", {}, ["checkout-web"]),
        ("header.sunset.added", {}, ["checkout-web"]),
        ("schema.deprecated.added", {}, ["checkout-web"]),
        ("schema.sunset.changed", {"moved": "earlier"}, ["checkout-web"]),
        ("schema.sunset.changed", {"moved": "later"}, []),
        ("operation.sunset.later", {}, []),
        ("operation.reactivated", {}, []),
        ("graphql.deprecation.added", {}, ["checkout-web"]),
        ("graphql.deprecation.reason.changed", {}, []),
        ("protobuf.deprecated", {}, ["checkout-web"]),
        ("protobuf.undeprecated", {}, []),
    ],
)
def test_who_uses_what_is_newly_deprecated_is_asked_to_acknowledge_it_and_not_waited_for(
    fact: str, attributes: dict[str, str], asked: list[str]
) -> None:
    found = finding(COMPATIBLE, fact=fact, attributes=attributes)
    decision = Story((impact(found, {"checkout-web": AFFECTED, "mobile-app": NOT}),)).decide()
    assert (open_for(decision), asked_only(decision)) == ([], asked)
    assert decision.verdict is Verdict.CLEAR
    assert all(r.wants == "acknowledgement" and "is to go" in r.why for r in decision.requirements)


@pytest.mark.parametrize(
    ("guarantee", "reach"), [(PROMISED, POSSIBLY), (PROMISED, NOT), (MAY, AFFECTED), (OUT, AFFECTED)]
)
def test_a_deprecation_asks_nobody_whom_a_risky_change_would_not_ask(guarantee: Guarantee, reach: Reach) -> None:
    found = finding(COMPATIBLE, fact="operation.deprecated")
    assert Story((impact(found, {"checkout-web": reach}, guarantee),)).decide().requirements == ()


def test_a_deprecation_waits_for_an_acknowledgement_where_the_contract_says_so() -> None:
    deprecated = impact(finding(COMPATIBLE, fact="operation.deprecated"))
    story = Story((deprecated,), registry(contract(signoff={"ack_required": True})))
    story.publish()
    assert open_for(story.decide()) == ["checkout-web"]
    assert story.decide().verdict is Verdict.HELD
    story.says(CHECKOUT_CHO, "/ack")
    assert story.decide().verdict is Verdict.RELEASED


def test_a_deprecation_may_be_objected_to_without_naming_it() -> None:
    story = Story((impact(finding(COMPATIBLE, fact="operation.deprecated")),))
    story.publish()
    story.says(CHECKOUT_CHO, "/object -- where are we to go?")
    assert story.decide().verdict is Verdict.HELD


@pytest.mark.parametrize("kind", ["declared", "somebody-said-so"])
def test_a_mere_declaration_protects_nothing_that_is_out_of_the_contract(kind: str) -> None:
    rules = registry(consumers=(consumer("checkout-web", CHECKOUT, kind),))
    assert Story((impact(guarantee=OUT),), rules).decide().requirements == ()


@pytest.mark.parametrize("level", [BREAKING, UNCLASSIFIED])
@pytest.mark.parametrize("guarantee", list(Guarantee))
def test_an_experimental_contract_only_reports(level: Level, guarantee: Guarantee) -> None:
    rules = registry(contract(lifecycle="experimental"))
    decision = Story((impact(finding(level), guarantee=guarantee),), rules).decide()
    assert decision.requirements == ()
    assert decision.verdict is Verdict.CLEAR
    assert len(decision.findings) == 1


@pytest.mark.parametrize("level", [BREAKING, UNCLASSIFIED])
def test_a_contract_only_its_own_team_depends_on_only_reports(level: Level) -> None:
    rules = registry(consumers=(consumer("orders-web", "@ACME/orders"), consumer("orders-jobs", OWNERS)))
    reaches = {"orders-web": AFFECTED}
    assert Story((impact(finding(level), reaches),), rules).decide().verdict is Verdict.CLEAR


def test_unknown_is_not_none_without_registered_consumers_the_decision_owner_signs() -> None:
    assert open_for(Story((impact(reaches={}),), registry(consumers=())).decide()) == DECIDES


def test_one_foreign_consumer_is_enough_to_ask_all() -> None:
    rules = registry(consumers=(consumer("orders-web", OWNERS), CHECKOUT_WEB))
    decision = Story((impact(reaches={"orders-web": AFFECTED}),), rules).decide()
    assert open_for(decision) == ["decision owner", "orders-web"]


def test_a_consumer_without_an_owner_is_not_of_the_team() -> None:
    rules = registry(contract(owner=None), consumers=(consumer("nobodys", None),))
    assert "decision owner" in open_for(Story((impact(reaches={"nobodys": AFFECTED}),), rules).decide())


@pytest.mark.parametrize("rules", [None, Registry(), registry(contract(id="another-api"))])
def test_an_unregistered_contract_never_blocks(rules: Registry | None) -> None:
    decision = Story((REMOVED, impact(finding(UNCLASSIFIED))), rules).decide()
    assert decision.verdict is Verdict.CLEAR
    assert len(decision.findings) == 2


def test_a_base_branch_that_is_not_gated_only_reports() -> None:
    decision = Story(gated=False).decide()
    assert decision.verdict is Verdict.REPORTED
    assert decision.requirements == ()


def test_a_consumer_added_in_the_pull_request_is_asked_and_not_required() -> None:
    story = Story(newcomers=frozenset({"checkout-web"}))
    assert open_for(story.decide()) == DECIDES
    assert asked_only(story.decide()) == ["checkout-web"]


def test_a_pull_request_cannot_make_a_contract_private_to_its_team_by_adding_a_consumer() -> None:
    rules = registry(consumers=(consumer("orders-web", OWNERS),))
    story = Story((impact(reaches={"orders-web": AFFECTED}),), rules, newcomers=frozenset({"orders-web"}))
    assert "decision owner" in open_for(story.decide())


def test_every_affected_consumer_signs_for_itself_once_a_finding() -> None:
    rules = registry(consumers=(CHECKOUT_WEB, MOBILE_APP))
    decision = Story((impact(reaches={"checkout-web": AFFECTED, "mobile-app": AFFECTED}),), rules).decide()
    assert open_for(decision) == ["decision owner", "checkout-web", "mobile-app"]


def test_the_same_change_in_two_contracts_is_required_once_per_contract() -> None:
    rules = Registry(contracts=(contract(), contract(id="orders-v2")), consumers=())
    decision = Story((impact(reaches={}), impact(finding(of="orders-v2"), {})), rules).decide()
    assert [r.contract for r in decision.requirements] == ["orders-api", "orders-v2"]


@pytest.mark.parametrize(
    ("breaking", "must", "asked"),
    [
        (("decision_owner",), DECIDES, ["checkout-web"]),
        (("affected_consumers",), ["checkout-web"], []),
        ((), DECIDES, ["checkout-web"]),
    ],
)
def test_a_policy_narrows_who_signs_but_never_to_nobody(
    breaking: tuple[str, ...], must: list[str], asked: list[str]
) -> None:
    decision = Story(rules=registry(contract(signoff={"breaking": breaking}))).decide()
    assert open_for(decision) == must
    assert asked_only(decision) == asked


def test_without_affected_consumers_the_decision_owner_signs_whatever_the_policy_says() -> None:
    rules = registry(contract(signoff={"breaking": ("affected_consumers",)}))
    assert open_for(Story((impact(reaches={}),), rules).decide()) == DECIDES


def test_an_unclassified_change_is_always_the_decision_owners() -> None:
    rules = registry(contract(signoff={"unclassified": ()}))
    assert open_for(Story((impact(finding(UNCLASSIFIED)),), rules).decide()) == DECIDES


@pytest.mark.parametrize("alias", ["", "a private consumer"])
def test_the_decision_owner_signs_for_a_private_consumer_which_is_never_named(alias: str) -> None:
    private = consumer("secret-project", "@hidden/team", visibility="private")
    found = Impact(finding(), PROMISED, "", (ConsumerImpact("secret-project", AFFECTED, alias=alias),))
    decision = Story((found,), registry(contract(signoff={"breaking": ("affected_consumers",)}), (private,))).decide()
    assert open_for(decision) == DECIDES
    assert "not named here" in requirement(decision).why
    assert "secret" not in "".join(r.why + str(r.capacity) + "".join(r.signers) for r in decision.requirements)


def test_a_private_consumer_keeps_the_decision_owner_whatever_the_policy_says() -> None:
    rules = registry(
        contract(signoff={"breaking": ("affected_consumers",)}),
        (CHECKOUT_WEB, consumer("secret-project", "@hidden/team", visibility="private")),
    )
    reaches = {"checkout-web": AFFECTED, "secret-project": AFFECTED}
    assert open_for(Story((impact(reaches=reaches),), rules).decide()) == BOTH


def test_a_requirement_carries_only_the_places_that_reach_its_consumer() -> None:
    places = ("GET /orders 200:$[*].status", "GET /orders/{id} 200:$.status")
    found = Impact(
        finding(element="Order:$.status", places=places),
        PROMISED,
        "",
        (ConsumerImpact("checkout-web", AFFECTED, places[1:]),),
    )
    decision = Story((found,)).decide()
    assert requirement(decision).places == places
    assert requirement(decision, "checkout-web").places == places[1:]


# ---- nobody there


def people(decision_owner: str | None = COUNCIL, owner: str | None = OWNERS, **rest: object) -> Contract:
    return contract(decision_owner=decision_owner, owner=owner, **rest)


FALLBACK = "@acme/architects"
ARCHITECT = Person(20, "arthur")


@pytest.mark.parametrize(
    ("policy", "roster", "may", "handles", "says"),
    [
        (people(), ROSTER, ["carl", "cora"], (COUNCIL,), ""),
        (people(None), ROSTER, ["ola"], (OWNERS,), "decision owner is not set"),
        (people("@acme/typo"), ROSTER, ["ola"], (OWNERS,), "@acme/typo could not be found"),
        (people(), Roster({COUNCIL: (), OWNERS: (OWNER_OLA,)}), ["ola"], (OWNERS,), "no people behind"),
        (people(), Roster({COUNCIL: (BOT,), OWNERS: (OWNER_OLA,)}), ["ola"], (OWNERS,), "no people behind"),
        (people(), Roster({COUNCIL: (AUTHOR,), OWNERS: (OWNER_OLA,)}), ["ola"], (OWNERS,), "had a hand in this change"),
        (people(None, None), Roster({FALLBACK: (ARCHITECT,)}, (), FALLBACK), ["arthur"], (FALLBACK,), "is not set"),
        (people(None, None), Roster({}, (ADMIN,)), ["root"], ("@root",), "owner is not set"),
        (people(None, None), Roster({FALLBACK: ()}, (ADMIN,), FALLBACK), ["root"], ("@root",), "fallback"),
    ],
)  # fmt: skip
def test_when_nobody_is_there_the_next_in_line_signs(
    policy: Contract, roster: Roster, may: list[str], handles: tuple[str, ...], says: str
) -> None:
    decision = Story((impact(reaches={}),), registry(policy), roster).decide()
    asked = requirement(decision)
    assert [person.login for person in asked.people] == may
    assert asked.signers == handles
    assert says in asked.why


def test_when_nobody_at_all_is_left_it_stays_held_and_says_so() -> None:
    story = Story((impact(reaches={}),), roster=Roster({COUNCIL: (AUTHOR,)}, (AUTHOR, BOT)))
    decision = story.decide()
    assert decision.verdict is Verdict.HELD
    assert requirement(decision).people == ()
    assert "nobody is left who may sign" in requirement(decision).why


@pytest.mark.parametrize("owner", [None, "@acme/typo", "@acme/empty"])
def test_a_consumer_whom_nobody_speaks_for_is_signed_for_by_the_decision_owner(owner: str | None) -> None:
    roster = Roster({**ROSTER.members, "@acme/empty": ()})
    decision = Story(rules=registry(consumers=(consumer("checkout-web", owner),)), roster=roster).decide()
    asked = requirement(decision, "checkout-web")
    assert asked.people == (COUNCIL_CARL, COUNCIL_CORA)
    assert "so @acme/api-council may sign" in asked.why


# ---- whoever made the change


@pytest.mark.parametrize(
    ("story", "role"),
    [
        (Story(author=COUNCIL_CARL), "the author of this pull request"),
        (Story(pushers=(COUNCIL_CARL,)), "the one who pushed"),
        (Story(commits=(Commit("3f2c1ab" + "0" * 33, (COUNCIL_CARL, ADMIN)),)), "the author of commit 3f2c1ab"),
        (Story(commits=(Commit("3f2c1ab" + "0" * 33, (None, COUNCIL_CARL)),)), "the committer of commit 3f2c1ab"),
    ],
)
def test_whoever_made_the_change_is_excluded_and_it_says_how(story: Story, role: str) -> None:
    decision = story.decide()
    assert requirement(decision).people == (COUNCIL_CORA,)
    assert role in decision.excluded[COUNCIL_CARL.id]


@pytest.mark.parametrize(
    "commit",
    [
        Commit("a" * 40, (COUNCIL_CARL, COUNCIL_CARL), touches=False),
        Commit("a" * 40, (COUNCIL_CARL, COUNCIL_CARL), base_merge=True),
        Commit("a" * 40, (None, None)),
        Commit("a" * 40, ()),
    ],
    ids=["touches no contract", "merge of the base by GitHub", "no accounts", "nobody"],
)
def test_commits_that_do_not_change_the_contract_exclude_nobody(commit: Commit) -> None:
    assert requirement(Story(commits=(commit,)).decide()).people == (COUNCIL_CARL, COUNCIL_CORA)


def test_whoever_made_the_change_may_not_sign_through_another_capacity() -> None:
    roster = Roster({**ROSTER.members, CHECKOUT: (AUTHOR, CHECKOUT_CHO)})
    assert requirement(Story(roster=roster).decide(), "checkout-web").people == (CHECKOUT_CHO,)


def test_a_policy_may_let_authors_sign() -> None:
    rules = registry(contract(signoff={"author_may_approve": True}))
    assert COUNCIL_CARL in requirement(Story(rules=rules, author=COUNCIL_CARL).decide()).people


def test_a_quorum_fills_up_from_the_next_in_line() -> None:
    rules = registry(contract(signoff={"quorum": 3}))
    asked = requirement(Story(rules=rules).decide())
    assert asked.needed == 3
    assert [person.login for person in asked.people] == ["carl", "cora", "ola"]
    assert asked.signers == (COUNCIL, OWNERS)
    assert "has 2 of the 3 people needed" in asked.why


def test_a_quorum_is_the_decision_owners_and_a_consumer_needs_one() -> None:
    rules = registry(contract(signoff={"quorum": 2}))
    decision = Story(rules=rules).decide()
    assert requirement(decision, "checkout-web").needed == 1
    assert requirement(decision, "checkout-web").people == (CHECKOUT_CHE, CHECKOUT_CHO)
