"""What an edit of the registry takes from those whom it protects, and where it says so."""

from __future__ import annotations

import pytest

from bot.judge.catalogue import shipped
from bot.judge.finding import Level
from bot.registry.edited import edited, faults
from bot.registry.impact import Guarantee, Reach
from bot.registry.reading import read_registry
from bot.registry.snapshot import ChangedFile, RegistryEdit, Snapshot
from tests.registry.editing import SHOP, TODAY, affected, impacts, only, rules, swapped
from tests.registry.registries import HEAD, MAIN, document

GUARANTEED = '      - {at: "**", level: guaranteed}\n'
NOTE = '      - {at: "GET /orders 200:$.note", level: may_change}\n'


def test_a_lowered_promise_reaches_those_who_use_what_it_was_made_for() -> None:
    text = swapped(NOTE, NOTE + '      - {at: "GET /orders 200", level: may_change}\n')
    impact = only(impacts(SHOP, text))
    assert impact.finding.rule.id == "guarantee-lowered"
    assert (impact.finding.change.before, impact.finding.change.after) == ("guaranteed", "may_change")
    assert impact.guarantee is Guarantee.GUARANTEED
    assert affected(impact) == ["checkout"]
    position = impact.finding.change.position
    assert position is not None
    assert (position.path, (HEAD + text).splitlines()[position.line - 1].strip()[:24]) == (
        MAIN,
        '- {at: "GET /orders 200"',
    )


def test_who_named_something_wider_is_possibly_reached() -> None:
    text = swapped('elements: ["GET /orders 200:$.id", "GET /orders query:page"]', 'elements: ["GET /orders"]')
    lowered = swapped(NOTE, NOTE + '      - {at: "GET /orders 200:$.tags", level: out_of_contract}\n', text)
    reach = {c.consumer: c.reach for c in only(impacts(text, lowered)).consumers}
    assert reach == {"checkout": Reach.POSSIBLY, "billing": Reach.NOT}


def test_who_may_use_anything_is_reached_by_any_lowered_promise() -> None:
    text = swapped('        elements: ["POST /orders request:$.sku"]\n', "")
    lowered = swapped(NOTE, NOTE + '      - {at: "GET /orders 200:$.tags", level: may_change}\n', text)
    assert affected(only(impacts(text, lowered))) == ["billing"]


def test_a_stricter_line_that_goes_uncovers_the_weaker_one_below() -> None:
    text = swapped(
        GUARANTEED, '      - {at: "GET /orders 200:$.id", level: guaranteed}\n      - {at: "**", level: may_change}\n'
    )
    impact = only(impacts(text, swapped('      - {at: "GET /orders 200:$.id", level: guaranteed}\n', "", text)))
    assert (impact.finding.rule.id, impact.finding.change.element) == ("guarantee-lowered", "**")
    assert affected(impact) == ["checkout"]


def test_the_order_of_lines_counts_where_they_overlap_and_nowhere_else() -> None:
    strict, weak = (
        '      - {at: "GET /orders 200:$.id", level: guaranteed}\n',
        '      - {at: "GET /orders 200", level: out_of_contract}\n',
    )
    elsewhere = '      - {at: "DELETE /orders", level: may_change}\n'
    text = swapped(NOTE, elsewhere + strict + weak)
    assert rules(text, swapped(NOTE, strict + weak + elsewhere)) == []
    turned = only(impacts(text, swapped(NOTE, elsewhere + weak + strict)))
    assert (turned.finding.rule.id, turned.finding.change.element) == ("guarantee-lowered", "GET /orders 200")
    assert affected(turned) == ["checkout"]


def test_a_line_that_could_never_count_changes_nothing() -> None:
    assert rules(SHOP, swapped(GUARANTEED, GUARANTEED + '      - {at: "GET /orders", level: out_of_contract}\n')) == []
    assert rules(SHOP, swapped(GUARANTEED, "")) == [], "what no line settles is guaranteed"


def test_more_lines_than_can_be_compared_are_for_the_decision_owner() -> None:
    many = "".join(f'      - {{at: "GET /things{n}", level: may_change}}\n' for n in range(400))
    impact = only(impacts(SHOP, swapped(NOTE, NOTE + many)))
    assert (impact.finding.rule.id, impact.finding.level) == ("guarantees-unclear", Level.UNCLASSIFIED)


def test_a_behaviour_affects_those_who_rely_on_it_by_name_or_may_do_so() -> None:
    gone = only(impacts(SHOP, swapped("    behaviours:\n", "    x-behaviours:\n")))
    assert gone.finding.rule.id == "behaviour-removed"
    assert {c.consumer: c.reach for c in gone.consumers} == {"billing": Reach.AFFECTED, "checkout": Reach.AFFECTED}
    assert gone.finding.change.side == "base"
    elsewhere = swapped('at: "GET /orders", statement', 'at: "PUT /carts", statement')
    weakened = only(
        impacts(elsewhere, swapped("aspect: ordering, at", "level: may_change, aspect: ordering, at", elsewhere))
    )
    assert {c.consumer: c.reach for c in weakened.consumers} == {"billing": Reach.AFFECTED, "checkout": Reach.NOT}


def test_who_says_what_it_assumes_is_held_to_its_word() -> None:
    other = "    assumes:\n      - {aspect: timing, statement: answers within 1s}\n  - id: billing"
    text = swapped("  - id: billing", other)
    gone = only(impacts(text, swapped("    behaviours:\n", "    x-behaviours:\n", text)))
    assert {c.consumer: c.reach for c in gone.consumers} == {"billing": Reach.AFFECTED, "checkout": Reach.POSSIBLY}


def test_who_assumes_the_same_without_naming_the_promise_relies_on_it_all_the_same() -> None:
    assumes = "    assumes:\n      - {aspect: %s, at: 'GET /orders', statement: %s}\n  - id: billing"
    for aspect, reach in (("ordering", Reach.AFFECTED), ("timing", Reach.POSSIBLY)):
        text = swapped("  - id: billing", assumes % (aspect, "the last is the first"))
        impact = only(impacts(text, swapped("    behaviours:\n", "    x-behaviours:\n", text)))
        assert {c.consumer: c.reach for c in impact.consumers}["checkout"] is reach


def test_a_behaviour_of_another_contract_that_has_the_same_id_is_another_promise() -> None:
    other = (
        "  - {id: carts, type: openapi, files: [carts.yaml], behaviours: [{id: sorted, aspect: ordering}]}\nconsumers:"
    )
    text = swapped("consumers:", other)
    gone = only(impacts(text, swapped(", behaviours: [{id: sorted, aspect: ordering}]", "", text)))
    assert (gone.finding.contract, affected(gone)) == ("carts", [])


VERIFIED = swapped("statement: Newest first.", "statement: Newest first., verified_by: [tests/test_sorted.py]")


def test_a_promise_that_loses_its_test_is_a_finding_although_the_registry_is_left_alone() -> None:
    documents = {MAIN: document(MAIN, HEAD + VERIFIED)}
    registry = read_registry(documents).registry

    def found(*changed: ChangedFile) -> list[tuple[str, Level, object]]:
        snapshot = Snapshot("tip", "tip", "head", changed, documents)
        return [
            (i.finding.rule.id, i.finding.level, i.finding.change.position and i.finding.change.position.line)
            for i in edited(snapshot, registry, shipped(), TODAY)
        ]

    line = next(n for n, text in enumerate((HEAD + VERIFIED).splitlines(), 1) if "verified_by" in text)
    lost = [("behaviour-test-removed", Level.RISKY, line)]
    assert found(ChangedFile("tests/test_sorted.py", "removed")) == lost
    assert found(ChangedFile("tests/test_order.py", "renamed", "tests/test_sorted.py")) == lost
    assert found(ChangedFile("tests/test_other.py", "removed")) == []
    assert found(ChangedFile("tests/test_sorted.py", "modified")) == []


def test_a_test_that_moves_along_with_its_promise_is_kept() -> None:
    moved = swapped("tests/test_sorted.py", "tests/test_order.py", VERIFIED)
    renamed = [ChangedFile("tests/test_order.py", "renamed", "tests/test_sorted.py")]
    assert impacts(VERIFIED, moved, changed=renamed) == ()
    assert [i.finding.rule.id for i in impacts(VERIFIED, moved)] == ["behaviour-unverified"]
    more = swapped("[tests/test_sorted.py]", "[tests/test_sorted.py, nightly]", VERIFIED)
    assert rules(VERIFIED, more) == ["behaviour-strengthened"]
    assert rules(more, VERIFIED) == ["behaviour-unverified"]


def test_a_test_that_is_not_there_is_said_with_file_and_line() -> None:
    def said(known: frozenset[str] | None, *changed: ChangedFile) -> list[str]:
        before, after = ({MAIN: document(MAIN, HEAD + text)} for text in (SHOP, VERIFIED))
        edit = RegistryEdit(before, after, paths=known)
        return list(faults(Snapshot("tip", "tip", "head", changed, before, registry_edit=edit)))

    (sentence,) = said(frozenset({"api/a.yaml"}))
    assert sentence.startswith(f"{MAIN}:13: `sorted` is to be verified by `tests/test_sorted.py`, which is not a file")
    assert said(frozenset({"tests/test_sorted.py"})) == []
    assert said(frozenset({"api/a.yaml"}), ChangedFile("tests/test_sorted.py", "added")) == []
    assert len(said(frozenset({"tests/test_sorted.py"}), ChangedFile("tests/test_sorted.py", "removed"))) == 1
    assert said(None) == [], "without a list of files nothing is known to be missing"


@pytest.mark.parametrize(
    ("part", "rule"),
    [
        ("level: may_change}", "guarantee-lowered"),
        ("statement: Newest first.}", "behaviour-removed"),
        ("  - id: checkout\n", "consumer-dropped"),
        ("    type: openapi\n", "contract-unregistered"),
    ],
)
def test_what_is_only_proposed_is_not_there_yet(part: str, rule: str) -> None:
    """To mark an entry as proposed takes it away; to take the mark away is to add it."""
    mark = part.replace("}", ", proposed: true}") if part.endswith("}") else part + "    proposed: true\n"
    if rule == "guarantee-lowered":
        assert rules(swapped(part, mark), SHOP) == [rule], "a line that promises less counts once a person has taken it"
    else:
        assert rules(SHOP, swapped(part, mark)) == [rule]
    assert not set(rules(swapped(part, mark), swapped(part, mark) + "ignore: [x]\n")) - {"files-widened"}


def test_lines_are_told_among_all_lines_of_the_file() -> None:
    proposed = '      - {at: "GET /carts", level: may_change, proposed: true}\n'
    text = swapped(NOTE, NOTE + proposed + '      - {at: "GET /orders 200", level: may_change}\n')
    position = only(impacts(SHOP, text)).finding.change.position
    assert position is not None
    assert '"GET /orders 200", level' in (HEAD + text).splitlines()[position.line - 1]


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        (
            "{property: latency, value: 400, unit: ms}",
            "{property: latency, value: 401, unit: ms}",
            "behaviour-weakened",
        ),
        (
            "{property: latency, value: 400, unit: ms}",
            "{property: latency, value: 300, unit: ms}",
            "behaviour-strengthened",
        ),
        ("{property: latency, value: 400, unit: ms}", "{property: latency, value: 0.4, unit: s}", "behaviour-weakened"),
        ("{property: Availability, value: 99.9}", "{property: Availability, value: 99}", "behaviour-weakened"),
        ("{property: beauty, value: 1}", "{property: beauty, value: 2}", "behaviour-weakened"),
        ("{property: latency, value: 400.0}", "{property: latency, value: 400}", None),
        (
            "{property: latency, value: 4, percentile: 99}",
            "{property: latency, value: 4, percentile: 95}",
            "behaviour-weakened",
        ),
    ],
)
def test_an_objective_is_weaker_unless_it_is_plainly_better(before: str, after: str, rule: str | None) -> None:
    text = swapped("statement: Newest first.", f"objective: {before}")
    assert rules(text, swapped(before, after, text)) == ([rule] if rule else [])


def test_a_promise_in_other_words_is_for_a_person_to_judge() -> None:
    impact = only(impacts(SHOP, swapped("Newest first.", "Mostly newest first.")))
    assert (impact.finding.rule.id, impact.finding.level) == ("behaviour-reworded", Level.UNCLASSIFIED)
    assert rules(SHOP, swapped("statement: Newest first.", 'statement: "Newest   first."')) == []


def test_a_sunset_reaches_those_who_use_what_ends() -> None:
    earlier = only(impacts(SHOP, swapped("2027-12-31", "2027-06-30")))
    assert (earlier.finding.rule.id, affected(earlier)) == ("notice-shortened", ["checkout"])
    assert rules(SHOP, swapped("2027-12-31", "2028-01-01")) == ["notice-lengthened"]
    new = '    deprecated:\n      - {at: "POST /orders request:$.sku", sunset: "2026-12-24"}\n'
    soon = only(impacts(SHOP, swapped("    deprecated:\n", new)))
    assert (soon.finding.rule.id, affected(soon)) == ("sunset-too-soon", ["billing"])


def test_a_first_date_for_what_had_none_gives_the_promised_notice_or_is_too_early() -> None:
    text = swapped(', sunset: "2027-12-31"', "")
    assert rules(text, SHOP) == ["notice-lengthened"]
    assert rules(text, swapped("2027-12-31", "2026-12-01")) == ["notice-shortened"]


def test_shorter_notice_concerns_every_consumer() -> None:
    impact = only(impacts(SHOP, swapped("notice: 90d", "notice: 12w")))
    assert (impact.finding.rule.id, affected(impact)) == ("notice-shortened", ["billing", "checkout"])
    assert rules(SHOP, swapped("notice: 90d", "notice: 2160h")) == ["notice-lengthened"]


def test_what_holds_by_default_is_compared_with_the_defaults() -> None:
    assert rules(SHOP, "defaults:\n  signoff: {quorum: 1, approval_ttl: 30d}\n" + SHOP) == []
    impact = only(impacts("defaults:\n  signoff: {quorum: 2}\n" + SHOP, "defaults:\n  signoff: {quorum: 1}\n" + SHOP))
    assert (impact.finding.rule.id, impact.finding.change.element) == ("policy-changed", "signoff.quorum")
    assert impact.finding.change.position is not None
    assert impact.finding.change.position.line == 4


def test_a_rule_that_is_lowered_back_to_its_own_level_is_lowered_all_the_same() -> None:
    text = swapped(
        "    deprecation:", "    compatibility: {rules: {breaking: [response-enum-value-added]}}\n    deprecation:"
    )
    assert rules(text, SHOP) == ["rule-lowered"]
    assert rules(SHOP, text) == ["policy-strengthened"]
    unknown = swapped("    deprecation:", "    compatibility: {rules: {compatible: [no-such-rule]}}\n    deprecation:")
    assert rules(SHOP, unknown) == []


def test_an_element_named_less_narrowly_is_no_longer_protected_as_it_was() -> None:
    wider = swapped('"GET /orders 200:$.id", ', '"GET /orders 200", ')
    assert rules(SHOP, wider) == ["consumer-dropped", "consumer-registered"]
    everything = swapped('        elements: ["GET /orders 200:$.id", "GET /orders query:page"]\n', "")
    assert rules(SHOP, everything) == ["consumer-registered"]
    dropped = next(i for i in impacts(everything, SHOP) if i.finding.rule.id == "consumer-dropped")
    assert affected(dropped) == ["checkout"]


def test_evidence_that_protects_less_is_the_consumers_own() -> None:
    declared = only(impacts(SHOP, swapped("{kind: pact}", "{kind: declared}")))
    assert (declared.finding.rule.id, affected(declared)) == ("evidence-weakened", ["checkout"])
    assert rules(SHOP, swapped("{kind: pact}", "{kind: pact, complete: true}")) == ["evidence-weakened"]
    assert rules(SHOP, swapped("{kind: pact}", '{kind: traffic, seen: "2026-11-20"}')) == []


def test_moving_to_another_entry_or_spelling_is_no_edit() -> None:
    split = swapped(
        '        elements: ["GET /orders 200:$.id", "GET /orders query:page"]\n        evidence: {kind: pact}\n',
        '        elements: ["GET /orders query:page"]\n        evidence: {kind: pact}\n'
        '      - contract: orders\n        elements: ["GET /orders  200:$.id"]\n        evidence: {kind: pact}\n',
    )
    assert rules(SHOP, split) == []
    assert rules(SHOP, swapped("@acme/council", "@ACME/council")) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("    type: openapi\n", "    type: openapi\n    title: Orders\n    x-team: blue\n"),
        (
            "    deprecation:",
            "    announce: [{tool: slack, channel: '#orders'}]\n    review: {every: 30d}\n    deprecation:",
        ),
        (
            "  - id: billing\n",
            "  - id: billing\n    criticality: low\n    confirmed: {by: '@bo', date: '2026-11-01'}\n",
        ),
        ("statement: Newest first.", "statement: Newest first., note: by created_at"),
    ],
)
def test_what_takes_no_effect_is_no_edit(before: str, after: str) -> None:
    assert rules(SHOP, swapped(before, after)) == []


def test_files_that_are_no_longer_looked_at_are_named_by_what_is_there() -> None:
    narrowed = swapped('files: ["api/**"]', 'files: ["api/a.yaml"]')
    impact = only(impacts(SHOP, narrowed))
    assert (impact.finding.rule.id, affected(impact)) == ("files-narrowed", ["billing", "checkout"])
    assert impact.finding.change.attributes["path"] == "api/b.yaml"
    assert only(impacts(SHOP, narrowed, paths=["api/a.yaml", "api/README.md"])).finding.rule.id == "files-widened"


def test_a_contract_that_moves_with_its_patterns_loses_nothing() -> None:
    moved = swapped('files: ["api/**"]', 'files: ["contracts/**"]')
    renames = [ChangedFile(f"contracts/{n}.yaml", "renamed", f"api/{n}.yaml") for n in "ab"]
    assert only(impacts(SHOP, moved, changed=renames)).finding.rule.id == "files-widened"
    assert only(impacts(SHOP, moved, changed=renames[:1])).finding.rule.id == "files-narrowed"
    gone = [renames[0], ChangedFile("api/b.yaml", "removed")]
    assert only(impacts(SHOP, moved, changed=gone)).finding.rule.id == "files-widened"


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        ("", "branches: [main]\n", "branches-narrowed"),
        ("branches: [main]\n", "", "branches-narrowed"),
        ("", 'branches: ["**"]\n', "branches-widened"),
        ("branches: [main, release/1]\n", 'branches: ["release/*", main]\n', "branches-widened"),
        ("branches: [main, develop]\n", "branches: [develop, main]\n", None),
    ],
)
def test_onto_which_branches_merges_are_held(before: str, after: str, rule: str | None) -> None:
    assert rules(SHOP + before, SHOP + after) == ([rule] if rule else [])


def test_a_lowered_enforcement_concerns_every_consumer_and_the_decision_owner() -> None:
    impact = only(impacts(SHOP, swapped("    type: openapi\n", "    type: openapi\n    enforcement: warn\n")))
    assert (impact.finding.rule.id, affected(impact)) == ("enforcement-lowered", ["billing", "checkout"])
    assert rules("defaults: {enforcement: observe}\n" + SHOP, SHOP) == ["enforcement-raised"]


def test_a_quorum_for_critical_consumers_counts_by_what_it_asks_beyond_the_usual_one() -> None:
    def signoff(words: str) -> str:
        return swapped("    deprecation:", f"    signoff: {{{words}}}\n    deprecation:")

    assert rules(signoff("quorum: 1, critical_quorum: 2"), SHOP) == ["policy-changed"]
    assert rules(signoff("quorum: 1, critical_quorum: 2"), signoff("quorum: 2")) == ["signoff-strengthened"]
    assert rules(SHOP, signoff("critical_quorum: 1")) == []


def test_criticality_counts_only_where_more_sign_for_a_critical_consumer() -> None:
    critical = swapped("  - id: checkout\n", "  - id: checkout\n    criticality: high\n")
    assert rules(critical, SHOP) == []
    more = swapped("    deprecation:", "    signoff: {critical_quorum: 2}\n    deprecation:", critical)
    lowered = only(impacts(more, swapped("criticality: high", "criticality: medium", more)))
    assert (lowered.finding.rule.id, affected(lowered)) == ("policy-changed", ["checkout"])


def test_deadlines_that_come_sooner_are_a_matter_of_policy() -> None:
    calendar = 'calendar: {time_zone: Europe/Berlin, holidays: ["2026-12-25", "2026-12-26"]}\n'
    assert rules(SHOP + calendar, SHOP + calendar.replace(', "2026-12-26"', "")) == ["policy-changed"]
    assert rules(SHOP + calendar.replace(', "2026-12-26"', ""), SHOP + calendar) == ["signoff-strengthened"]
    assert rules(SHOP + calendar, SHOP + calendar.replace("Europe/Berlin", "Asia/Tokyo")) == ["policy-changed"]
    past = SHOP + 'calendar: {holidays: ["2026-01-01"]}\n'
    assert rules(past, SHOP) == [], "no deadline is counted by a day that is past"


def test_evidence_that_is_no_longer_read_concerns_those_whose_use_it_showed() -> None:
    source = '    evidence_from: [{kind: pact, path: "pacts/*.json"}, {kind: har, path: a.har}]\n    deprecation:'
    text = swapped("    deprecation:", source)
    dropped = impacts(text, SHOP)
    assert {i.finding.rule.id for i in dropped} == {"evidence-source-dropped"}
    assert [affected(i) for i in dropped] == [["checkout"], []], "nobody is known from recordings"
    assert rules(text, swapped('"pacts/*.json"', '"contracts/*.json"', text)) == [
        "evidence-source-added",
        "evidence-source-dropped",
    ]
    assert rules(text, swapped("a.har", "'*.har'", text)) == ["evidence-source-added"]


def test_a_source_that_names_its_consumer_concerns_that_one() -> None:
    source = "    evidence_from: [{kind: har, path: a.har, consumer: billing}]\n    deprecation:"
    assert affected(only(impacts(swapped("    deprecation:", source), SHOP))) == ["billing"]


def test_a_name_that_evidence_knows_a_consumer_by_is_its_own() -> None:
    named = swapped("  - id: checkout\n", "  - id: checkout\n    known_as: [Checkout Web]\n")
    gone = only(impacts(named, SHOP))
    assert (gone.finding.rule.id, affected(gone)) == ("evidence-source-dropped", ["checkout"])
    assert rules(named, swapped("Checkout Web", "CHECKOUT WEB", named)) == []
    contract = swapped("    type: openapi\n", "    type: openapi\n    known_as: [Orders API]\n")
    assert affected(only(impacts(contract, SHOP))) == ["checkout"], "billing is not known from evidence"


def test_a_consumer_that_leaves_with_its_contract_is_asked_once() -> None:
    assert rules(SHOP, "contracts: []\n") == ["contract-unregistered"]
    impact = only(impacts(SHOP, None))
    assert (impact.finding.rule.id, affected(impact)) == ("contract-unregistered", ["billing", "checkout"])


def test_the_first_registry_and_new_contracts_weaken_nothing() -> None:
    first = impacts(None, SHOP)
    assert [(i.finding.contract, i.finding.level) for i in first] == [("orders", Level.COMPATIBLE)]
    assert impacts(None, "contracts: 5\n") == (), "where nothing was in force, nothing is held"


@pytest.mark.parametrize("text", ["contracts: 5\n", "contracts: [\n", SHOP.replace("type: openapi", "type: opneapi")])
def test_what_could_not_be_read_after_the_merge_is_unclassified_for_every_contract(text: str) -> None:
    impact = only(impacts(SHOP, text))
    assert (impact.finding.rule.id, impact.finding.level) == ("registry-unreadable", Level.UNCLASSIFIED)
    assert impact.finding.change.position is not None
    assert impact.finding.contract == "orders"


def test_what_the_base_has_itself_meanwhile_is_no_edit_of_this_change() -> None:
    without = SHOP[: SHOP.index("  - id: billing")]
    assert [i.finding.rule.id for i in impacts(SHOP, without)] == ["consumer-dropped"]
    assert impacts(SHOP, without, tip=without) == ()
    behind = swapped("notice: 90d", "notice: 90d, windows: quarterly")
    assert impacts(SHOP, SHOP + "# only a comment\n", tip=behind) == (), "the base went on, this change did not"


def test_a_private_consumer_is_never_named() -> None:
    private = swapped("  - id: billing\n", "  - id: billing\n    visibility: private\n")
    assert rules(SHOP, private) == ["consumer-visibility-changed"]
    dropped = only(impacts(private, private[: private.index("  - id: billing")]))
    shown = (dropped.finding.rule.title, dropped.finding.change.element, dict(dropped.finding.change.attributes))
    assert "billing" not in repr(shown)
    assert [(c.consumer, c.name) for c in dropped.consumers if c.reach is Reach.AFFECTED] == [
        ("billing", "a private consumer")
    ]


def test_an_assumption_that_goes_takes_the_consumers_voice_in_that_behaviour() -> None:
    text = SHOP[: SHOP.index("    assumes:")]
    impact = only(impacts(SHOP, text))
    assert (impact.finding.rule.id, affected(impact)) == ("assumption-dropped", ["billing"])


def test_nobody_is_dropped_unseen_among_a_thousand_other_edits() -> None:
    many = "".join(f"  - {{id: c{n}, owner: '@c{n}', uses: [{{contract: orders}}]}}\n" for n in range(1_100))
    without = SHOP[: SHOP.index("  - id: billing")] + many
    impact = only(impacts(SHOP, without))
    assert (impact.finding.rule.id, affected(impact)) == ("registry-rewritten", ["billing", "checkout"])


def test_two_edits_are_two_findings_however_alike() -> None:
    text = swapped('owner: "@acme/checkout"', 'owner: "@acme/orders"')
    text = swapped('owner: "@acme/billing"', 'owner: "@acme/orders"', text)
    found = impacts(SHOP, text)
    assert [affected(i) for i in found] == [["checkout"], ["billing"]]
    assert len({(i.finding.change.element, i.finding.change.identity) for i in found}) == 2
