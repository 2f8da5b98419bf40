"""The linter: what would surprise people later is said before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.contracts.address import parse
from bot.registry.lint import _PLAIN, lint
from bot.registry.model import Floors
from bot.registry.problem import Severity
from tests.registry.registries import reading

GOOD = """\
contracts:
  - id: orders-api
    type: openapi
    files: ["api/**"]
    entrypoint: api/openapi.yaml
    owner: "@acme/orders"
    decision_owner: "@acme/council"
    verification_owner: "@acme/qa"
    behaviours:
      - {id: newest-first, aspect: ordering, statement: Newest first., verified_by: [test_order.py]}
consumers:
  - id: checkout-web
    owner: "@acme/checkout"
    uses:
      - {contract: orders-api, elements: ["GET /orders 200:$.total"], evidence: {kind: pact}}
"""
RULES = frozenset({"response-enum-value-added", "response-property-removed"})


def found(text: str, severity: Severity | None = None, **more: object) -> list[str]:
    problems = lint(reading(text), **more)  # type: ignore[arg-type]
    return [str(p) for p in problems if severity in (None, p.severity)]


@given(st.from_regex(_PLAIN, fullmatch=True))
def test_what_is_taken_for_an_address_at_a_glance_is_one(text: str) -> None:
    assert str(parse(text))


def test_a_good_registry_has_no_problems() -> None:
    paths = ["api/openapi.yaml", "test_order.py"]
    assert found(GOOD, rule_ids=RULES, paths=paths, repository="acme/orders") == []


@pytest.mark.parametrize(
    ("old", "new", "severity", "says"),
    [
        ('    decision_owner: "@acme/council"\n', "", "error", ":4: `orders-api` is in production, but nobody decides"),
        ('"@acme/council"', '"@TODO/TODO"', "error", "is still to be named"),
        ('    owner: "@acme/orders"\n', "", "warning", "`orders-api` has no `owner`"),
        ('    verification_owner: "@acme/qa"\n', "", "warning", "has no `verification_owner`"),
        ("entrypoint: api/openapi.yaml", "entrypoint: spec/openapi.yaml", "warning", "matched by none of `files`"),
        ("entrypoint: api/openapi.yaml", "entrypoint: api/*.yaml", "error", "Write the path of one file"),
        ('["api/**"]', '["!api/x", "api/**"]', "error", "is not a pattern"),
        ("GET /orders 200", "GET orders 200", "error", ":17: The address `GET orders 200:$.total` has no path"),
        ("contract: orders-api", "contract: order-api", "error", "Did you mean `orders-api`?"),
        ("kind: pact}", "kind: pacts}", "warning", "Did you mean `pact`?"),
        (', elements: ["GET /orders 200:$.total"]', "", "info", "every break of it affects it"),
        ('    owner: "@acme/checkout"\n', "", "warning", "so nobody can be asked"),
        ("verified_by: [test_order.py]", "verified_by: []", "info", "is promised, not verified"),
        ("statement: Newest first., ", "", "warning", "`newest-first` says nothing"),
    ],
)
def test_what_is_missing_or_wrong_is_said(old: str, new: str, severity: Severity, says: str) -> None:
    assert old in GOOD
    problems = found(GOOD.replace(old, new), severity)
    assert any(says in problem for problem in problems), problems


def more(lines: str) -> str:
    """The good registry with further keys of its contract."""
    return GOOD.replace("    behaviours:\n", lines + "    behaviours:\n")


def test_a_line_that_is_never_reached_is_pointed_out() -> None:
    text = more(
        """\
    guarantees:
      - {at: "GET /orders 200:$.debug", level: out_of_contract}
      - {at: "**", level: guaranteed}
      - {at: "GET /orders 200:$.name", level: may_change}
"""
    )
    assert found(text) == [
        ".github/contracts.yml:14: This line is never reached: `**` above it covers `GET /orders 200:$.name`, and the "
        "first match wins. Put the more specific line first."
    ]


def test_a_rule_that_does_not_exist_is_an_error_with_the_nearest() -> None:
    text = more("    compatibility: {rules: {breaking: [response-enum-value-aded], compatible: [zzz]}}\n")
    problems = found(text, "error", rule_ids=RULES)
    assert "There is no rule `response-enum-value-aded`. Did you mean `response-enum-value-added`?" in problems[0]
    assert "There is no rule `zzz`" in problems[1]


def test_a_rule_on_two_levels_is_an_error() -> None:
    rules = "{breaking: [response-property-removed], risky: [response-property-removed]}"
    problems = found(more(f"    compatibility: {{rules: {rules}}}\n"), "error")
    assert "is listed as breaking and as risky" in problems[0]


@pytest.mark.parametrize(
    "text",
    [
        more("    signoff: {on_silence: consent}\n"),
        "defaults: {signoff: {on_silence: consent}}\n" + GOOD,
    ],
)
def test_a_producer_cannot_take_silence_for_consent(text: str) -> None:
    assert "Silence counts as consent only where a consumer chose that for itself" in found(text, "error")[0]


def test_a_consumer_may_consent_by_silence_for_itself() -> None:
    text = """\
component: {id: web, owner: "@acme/web"}
consumes: [{contract: "acme/orders#orders-api", signoff: {on_silence: consent}}]
"""
    assert found(text) == []


def test_a_private_consumer_in_a_file_that_others_can_read_is_an_error() -> None:
    text = GOOD.replace("- id: checkout-web\n", "- id: checkout-web\n    visibility: private\n")
    assert found(text) == []
    assert "can be read by people who may not see it" in found(text, "error", readable_by_others=True)[0]


def test_what_names_no_file_is_said_when_the_files_are_known() -> None:
    assert [p.partition(": ")[2] for p in found(GOOD, paths=["README.md", "test_order.py"])] == [
        "The entrypoint `api/openapi.yaml` is not a file of the repository. Write its path.",
        "`api/**` names no file of the repository. Correct or remove it.",
    ]


def test_an_assumption_is_backed_by_a_promise_or_shown_as_unbacked() -> None:
    text = (
        GOOD
        + """\
    assumes:
      - {aspect: ordering, at: "GET /orders", backed_by: newest-frist}
      - {aspect: timing, statement: answers within 1s}
"""
    )
    problems = found(text)
    assert "There is no behaviour `newest-frist`. Did you mean `newest-first`?" in problems[0]
    assert "An assumption about timing is backed by no promise: answers within 1s." in problems[1]


def test_what_verifies_a_promise_is_there() -> None:
    gone = found(GOOD, "error", paths=["api/openapi.yaml"])
    assert gone == [
        ".github/contracts.yml:12: `newest-first` is to be verified by `test_order.py`, which is not a file of the "
        "repository. Write the path of the test."
    ]
    paths = ["api/openapi.yaml", "tests/test_order.py"]
    for name in ("tests/test_order.py::test_newest", "'tests/*.py'", "contract-tests", "'build / tests (3.11)'"):
        assert found(GOOD.replace("[test_order.py]", f"[{name}]"), "error", paths=paths) == []


def test_a_promise_backs_only_those_who_consume_its_contract() -> None:
    other = GOOD.replace(
        "consumers:", "  - {id: payments, type: openapi, files: [p.yaml], decision_owner: '@acme/council'}\nconsumers:"
    ).replace("contract: orders-api,", "contract: payments,")
    backed = "    assumes: [{aspect: ordering, backed_by: newest-first}]\n"
    assert found(GOOD + backed, "error") == []
    assert "There is no behaviour `newest-first`" in found(other + backed, "error")[0]


def test_the_consumers_own_assumptions_are_listed_when_nothing_backs_them() -> None:
    text = """\
        component: {id: web, owner: '@a/b'}
        consumes:
          - contract: acme/orders#orders-api
            assumes:
              - {aspect: timing, statement: answers within 1s}
              - {aspect: ordering, backed_by: newest-first}
        """
    assert [p.partition(": ")[2] for p in found(text, repository="acme/web")] == [
        "An assumption about timing is backed by no promise: answers within 1s. Ask for a behaviour, and name it in "
        "`backed_by`."
    ], "whether another repository promises it is not known here"


def test_evidence_is_looked_for_where_there_are_files_and_in_kinds_that_can_be_read() -> None:
    source = "    evidence_from: [{kind: pacts, path: 'pacts/*.json'}]\nconsumers:"
    said = found(GOOD.replace("consumers:", source), paths=["api/openapi.yaml", "test_order.py"])
    assert "Evidence of kind `pacts` cannot be read. Did you mean `pact`?" in said[0]
    assert "`pacts/*.json` names no file of the repository." in said[1]


def test_signatures_that_nobody_can_give_are_said() -> None:
    signoff = "    signoff: {quorum: 2, critical_quorum: 1, breaking: [verification_owner]}\n    behaviours:"
    text = GOOD.replace("    behaviours:", signoff).replace('    verification_owner: "@acme/qa"\n', "")
    said = " ".join(found(text, "warning"))
    assert "asks for fewer than `quorum: 2`" in said
    assert "The `verification_owner` is to sign, but `orders-api` has none." in said


def test_floors_count_only_in_the_organisations_own_repository() -> None:
    assert "Move them to `acme/.github`." in found(GOOD + "floors: {quorum: 2}\n", repository="acme/orders")[0]
    assert found(GOOD + "floors: {quorum: 2}\n", "warning", repository="acme/.github") == []
    assert "Nobody has to sign" in found("floors: {quorum: 2}\n", "warning", repository="acme/.github")[0]


def test_the_default_of_the_organisation_needs_somebody_who_signs_when_it_is_lowered() -> None:
    text = "defaults: {enforcement: warn}\n"
    (said,) = found(text, "warning", repository="acme/.github")
    assert said.startswith(".github/contracts.yml:3: This holds wherever nothing else is said. Nobody has to sign")
    assert found(text, "warning", repository="acme/orders") == []
    assert found(text + GOOD, "warning", repository="acme/.github") == []


def test_what_a_repository_sets_below_the_organisations_floors_is_said_with_the_floor() -> None:
    text = GOOD.replace("    behaviours:", "    signoff: {quorum: 1}\n    behaviours:")
    said = found(text, "warning", floors=Floors(quorum=2, notice="120d"))
    assert said == [
        ".github/contracts.yml:11: `signoff.quorum: 1` is below the organisation's floor, so it counts as 2. "
        "Write `2`, or more."
    ], "what is not written, but only holds by default, is silently raised"
    defaults = found("defaults: {enforcement: observe}\n" + GOOD, "warning", floors=Floors(enforcement="enforce"))
    assert defaults[0].startswith(".github/contracts.yml:3: `enforcement: observe` is below")


def test_a_word_of_tolerance_that_nothing_is_called_is_an_error() -> None:
    text = GOOD + "    tolerates: [new_enum_value, response-property-removed]\n"
    assert ["Did you mean `new_enum_values`?" in p for p in found(text, "error", rule_ids=RULES)] == [True]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("consumes: [{contract: 'acme/orders#a'}]\n", "not by whom"),
        ("component: {id: web, owner: '@a/b'}\nconsumes: [{contract: gone}]\n", "There is no contract `gone`"),
        (
            "component: {id: web, owner: '@a/b'}\nconsumes: [{contract: 'acme/me#gone'}]\n",
            "There is no contract `gone`",
        ),
    ],
)
def test_the_consumers_half_is_checked_too(text: str, says: str) -> None:
    assert says in found(text, "error", repository="acme/me")[0]


def test_problems_of_reading_are_among_those_of_linting() -> None:
    assert "`x` is not known" in found("zz: 1\n".replace("zz", "x"), "error")[0]


def test_syntax_alone_is_said_to_be_little() -> None:
    text = GOOD[: GOOD.index("    behaviours:")] + GOOD[GOOD.index("consumers:") :]
    assert "promises syntax only" in found(text, "info")[0]
