"""Reading registries: what is right is kept, what is wrong is said with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.contracts.document import Document
from bot.registry.reading import Reading, included, read_registry, registry_paths
from tests.registry.registries import HEAD, MAIN, document, reading, registry

EXAMPLES = Path(__file__).parents[3] / "shared" / "design"
CONTRACT = """\
contracts:
  - id: orders-api
    type: openapi
    files: ["api/**"]
"""


def problems(text: str) -> list[str]:
    found = reading(text)
    assert found.registry is None
    return [str(p) for p in found.problems]


def test_no_registry_is_none_and_no_problem() -> None:
    assert read_registry({}) == Reading(None)


@pytest.mark.parametrize("text", ["", "\n\n", "# later\n---\n# much later\n"])
def test_an_empty_registry_is_none_and_no_problem(text: str) -> None:
    assert read_registry({MAIN: document(MAIN, text)}) == Reading(None)


def test_a_registry_lies_in_github_or_else_in_the_root() -> None:
    assert registry_paths()[0] == ".github/contracts.yml"
    found = read_registry({"contracts.yml": document("contracts.yml", HEAD + CONTRACT)})
    assert found.registry is not None
    assert found.registry.contract("orders-api").type == "openapi"


def test_a_file_that_is_given_alone_is_read_wherever_it_lies() -> None:
    found = read_registry({"drafts/mine.yml": document("drafts/mine.yml", "contracts: 3\n")})
    assert {p.path for p in found.errors} == {"drafts/mine.yml"}


def test_a_contracts_file_of_another_tool_in_the_root_is_no_registry() -> None:
    assert read_registry({"contracts.yml": document("contracts.yml", "stubs: [a]\n")}) == Reading(None)


def test_a_registry_of_ours_in_the_root_is_never_taken_for_another_tools() -> None:
    found = read_registry({"contracts.yml": document("contracts.yml", "contracts: []\n")})
    assert found.registry is None
    assert "has no `apiVersion`" in str(found.problems[0])


def test_a_second_registry_file_is_said_not_to_be_read() -> None:
    both = {path: document(path, HEAD + CONTRACT) for path in (MAIN, "contracts.yml")}
    found = read_registry(both)
    assert found.registry is not None
    assert [(p.severity, p.path) for p in found.problems] == [("warning", "contracts.yml")]


def test_every_problem_is_found_at_its_line_with_what_to_write() -> None:
    found = problems(
        """\
        contracts:
          - id: orders-api
            type: opnapi
            files: api/*.yaml
            decison_owner: "@acme/council"
            owner: acme/orders
            guarantees:
              - {at: "**", level: garanteed}
            deprecated:
              - {at: "GET /x", sunset: 2026-02-30}
            announce:
              - tool: slack
                channel: #orders
            signoff: {quorum: 0, respond_within: 3 days}
          - type: openapi
            files: []
        consumers:
          - id: 12
        """
    )
    assert found == [
        ".github/contracts.yml:5: `type` is `opnapi`, which is not known. Did you mean `openapi`? Write one of "
        "`openapi`, `asyncapi`, `json-schema`, `graphql`, `protobuf`, `avro`, `sql`, `odcs`, `dbt`, `other`.",
        '.github/contracts.yml:6: `files` must be a list. Write `["api/*.yaml"]`.',
        ".github/contracts.yml:7: `decison_owner` is not known in contract `orders-api`. Did you mean "
        "`decision_owner`?",
        '.github/contracts.yml:8: `owner` is `acme/orders`. Write a GitHub handle in quotes: `"@user"` or '
        '`"@org/team"`.',
        ".github/contracts.yml:10: `level` is `garanteed`, which is not known. Did you mean `guaranteed`? Write one of "
        "`guaranteed`, `may_change`, `out_of_contract`.",
        ".github/contracts.yml:12: `sunset` `2026-02-30` is no date of the calendar: write YYYY-MM-DD.",
        '.github/contracts.yml:15: `channel` is empty. A `#` starts a comment and needs quotes: `"#channel"`.',
        ".github/contracts.yml:16: `quorum` is `0`: input should be greater than or equal to 1.",
        ".github/contracts.yml:16: `respond_within` is `3 days`. Write a whole number of hours, days or weeks: `12h`, "
        "`30d`, `2w`.",
        ".github/contracts.yml:17: Entry 2 of `contracts` has no `id`. Write `id: orders-api`.",
        '.github/contracts.yml:18: `files` is empty. Write `files: ["api/orders/**/*.yaml"]`.',
        ".github/contracts.yml:20: `id` must be text, but `12` is read as a number or truth value. Put it in quotes: "
        '`id: "…"`.',
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("on: push\n", "A key called `on` is read as true or false"),
        ("contracts: [{id: a, owner: @acme/orders}]\n", 'write `"@acme/orders"`'),
        ("ignore: [GET /orders/{id} x]\n", 'write `["GET /orders/{id}"]`'),
        ("ignore:\n  - **\n", 'write `"**"`'),
        ("ignore: []\nignore: []\n", "`ignore` is written twice"),
        ("ignore: [a\n", "not valid YAML"),
        ("contracts: 3\n", "`contracts` must be a list"),
        ("contracts: [x]\n", "entry 1 of `contracts` must be a mapping"),
        ("consumers: [{id: a, uses: [{contract: b, evidence: {ref: 3e21}}]}]\n", "`ref` must be text"),
        ("consumers: [{id: a, repo: acme}]\n", "Write `owner/repository`."),
        ("consumes: [{contract: 'acme/orders#'}]\n", "Write `owner/repository#contract-id`"),
        ("branches: main\n", 'Write `["main"]`'),
        ("zzz: 1\n", "keys of your own begin with `x-`"),
    ],
)
def test_the_traps_of_yaml_are_named(text: str, says: str) -> None:
    found = problems(text)
    assert len(found) == 1
    assert says in found[0]


def test_a_version_of_the_format_that_we_do_not_know_is_refused() -> None:
    found = reading("", head="apiVersion: contracts.review/v2\nkind: ContractRegistry\n")
    assert [str(p) for p in found.problems] == [
        ".github/contracts.yml:1: `apiVersion` is `contracts.review/v2`, which is not known. Did you mean "
        "`contracts.review/v1`? Write one of `contracts.review/v1`."
    ]


def test_extension_keys_are_left_to_others_at_any_depth() -> None:
    found = registry(CONTRACT + "    x-team: {cost: 3}\nx-anything: [1]\n")
    assert found.contract("orders-api").files == ("api/**",)


def test_dates_and_yaml_words_stay_text() -> None:
    found = registry(
        CONTRACT
        + """\
    review: {last: 2026-09-15}
    behaviours: [{id: no, aspect: ordering, statement: on}]
"""
    )
    contract = found.contract("orders-api")
    assert contract.review.last == "2026-09-15"
    assert (contract.behaviours[0].id, contract.behaviours[0].statement) == ("no", "on")


@pytest.mark.parametrize(
    ("written", "mode", "against"),
    [
        ("full", "full", ("base",)),
        ("BACKWARD", "backward", ("base",)),
        ("FORWARD_TRANSITIVE", "forward", ("all_releases",)),
        ("backward_transitive", "backward", ("all_releases",)),
        ("FULL_ALL", "full", ("all_releases",)),
        ("DISABLED", "full", ("all_releases",)),
    ],
)
def test_mode_names_of_other_registries_are_understood(written: str, mode: str, against: tuple[str, ...]) -> None:
    compatibility = (
        registry(CONTRACT + f"    compatibility: {{mode: {written}}}\n").contract("orders-api").compatibility
    )
    assert (compatibility.mode, compatibility.against) == (mode, against)


def test_a_type_may_be_called_as_elsewhere() -> None:
    assert registry(CONTRACT.replace("openapi", "gRPC")).contract("orders-api").type == "protobuf"


def test_defaults_hold_key_by_key_where_a_contract_does_not_say_otherwise() -> None:
    found = registry(
        "defaults: {signoff: {quorum: 2, respond_within: 5d}, review: {every: 30d}}\n"
        + CONTRACT
        + "    signoff: {respond_within: 1d}\n"
    )
    contract = found.contract("orders-api")
    assert (contract.signoff.quorum, contract.signoff.respond_within, contract.review.every) == (2, "1d", "30d")
    assert contract.signoff.approval_ttl == "30d"


def test_included_files_are_merged() -> None:
    found = reading(
        'include: ["contracts/*.yml"]\ndefaults: {signoff: {quorum: 2}}\n' + CONTRACT,
        contracts__events_yml="""\
        contracts: [{id: order-events, type: asyncapi, files: [events/]}]
        consumers: [{id: etl, uses: [{contract: orders-api}]}]
        ignore: ["**/fixtures/**"]
        """,
    )
    assert found.registry is not None
    assert [c.id for c in found.registry.contracts] == ["orders-api", "order-events"]
    assert [c.id for c in found.registry.consumers_of("orders-api")] == ["etl"]
    assert found.registry.contract("order-events").signoff.quorum == 2
    assert found.registry.ignore == ("**/fixtures/**",)
    assert included(found.documents[MAIN]) == ("contracts/*.yml",)


def test_an_id_given_twice_is_refused_wherever_it_stands() -> None:
    found = reading(CONTRACT, contracts__more_yml=CONTRACT)
    assert [str(p) for p in found.errors] == [
        "contracts/more.yml:4: A second contract is called `orders-api`; the first is in `.github/contracts.yml`. "
        "Join the two, or give one another `id`."
    ]


def test_an_unknown_id_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        registry(CONTRACT).contract("payments-api")


@pytest.mark.skipif(not EXAMPLES.exists(), reason="the design folder is not here")
@pytest.mark.parametrize("name", ["example.contracts.yml", "example.consumer.contracts.yml"])
def test_every_term_of_the_design_is_known_and_kept(name: str) -> None:
    data = (EXAMPLES / name).read_bytes()
    found = read_registry({MAIN: Document(MAIN, "0" * 40, data)})
    assert found.problems == ()
    assert found.registry is not None
    if found.registry.contracts:
        contract = found.registry.contract("orders-api")
        assert contract.version is not None
        assert contract.version.from_ == "info.version"
        assert [b.id for b in contract.behaviours] == ["newest-first", "safe-retry", "p95-read", "busy-is-503"]
        assert contract.deprecated[0].sunset == "2027-01-01"
    else:
        assert found.registry.component is not None
        assert found.registry.consumes[0].evidence_from[0].provider == "Orders"


WORDS = """
apiVersion kind contracts consumers consumes component defaults id type files uses owner signoff guarantees at level x-a
elements evidence include on compatibility rules mode version from deprecated objective value verified_by sunset
"""
KEYS = st.sampled_from(WORDS.split())
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.sampled_from(["@acme/x", "**", "openapi", "contracts.review/v1", "ContractRegistry", "30d", "2026-01-01"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=25,
)


@given(st.dictionaries(KEYS, VALUES, max_size=6))
def test_no_generated_registry_stops_the_reader(value: dict[str, object]) -> None:
    import json

    found = read_registry({MAIN: document(MAIN, json.dumps(value))})
    assert found.registry is not None or found.errors
    for problem in found.problems:
        assert problem.line >= 1
        assert problem.message


@given(st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
def test_no_bytes_stop_the_reader(data: bytes) -> None:
    found = read_registry({MAIN: Document(MAIN, "0" * 40, data)})
    assert found.registry is None


def test_a_bomb_is_refused_by_name() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
    )
    assert "expand" in problems(bomb)[0]


def test_a_registry_of_thousands_of_contracts_is_read() -> None:
    entries = "".join(f"- {{id: c{n}, type: openapi, files: [services/c{n}/openapi.yaml]}}\n" for n in range(5_000))
    assert read_registry({MAIN: document(MAIN, f"{HEAD}contracts:\n{entries}")}).registry is not None
    assert len(entries) > 256 * 1024


def test_a_registry_that_is_too_large_is_told_how_large_it_may_be() -> None:
    (problem,) = read_registry({MAIN: document(MAIN, "contracts: []\n" + "# more\n" * 200_000)}).problems
    assert "larger than 1 MB" in problem.message


def test_a_file_of_nothing_but_mistakes_is_refused_without_listing_them() -> None:
    (some,) = read_registry({MAIN: document(MAIN, "contracts: [" + "{}," * 2_000 + "]\n")}).problems
    assert "6,002 things" in some.message
    (more,) = read_registry({MAIN: document(MAIN, "contracts: [" + "{}," * 60_000 + "]\n")}).problems
    assert "60,001 entries" in more.message


@pytest.mark.parametrize("id", ["\u0441heckout", "check\u200bout", "check\u202eout", "=checkout()", "<b>checkout"])
def test_an_id_that_only_looks_like_anothers_is_no_id(id: str) -> None:
    text = f'component: {{id: "{id}", owner: "@acme/checkout"}}\nconsumes: [{{contract: acme/orders#orders-api}}]\n'
    assert any(f"`id` is `{id}`" in problem for problem in problems(text))
