"""What a comparison says, where, and what it leaves alone."""

from __future__ import annotations

from datetime import date

import pytest

from bot.contracts.document import Document, Position, Side
from bot.contracts.formats import compare, recognise
from bot.contracts.options import Mode, Options
from tests.contracts.protobuf.build import changes, compared, facts, levels, only, side

P3 = 'syntax = "proto3";\npackage acme.v1;\n'
P2 = 'syntax = "proto2";\npackage acme.v1;\n'
TODAY = date(2026, 11, 20)
MODES: tuple[Mode, ...] = ("file", "package", "csr", "wire_json", "wire")


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.proto", P3, "protobuf"),
        ("a.proto", "// c\nmessage A {}", "protobuf"),
        ("a.PROTO", 'edition = "2023";', "protobuf"),
        ("a.proto", "just words", None),
        ("a.txt", P3, None),
    ],
)
def test_a_file_is_recognised_by_its_ending_and_its_statements(path: str, text: str, expected: str | None) -> None:
    assert recognise(path, text.encode()) == expected


def test_a_change_stands_at_the_head_and_is_named_by_its_full_name() -> None:
    found = only(P3 + "message Order {\n  int32 total = 1;\n}", P3 + "message Order {\n\n  string total = 1;\n}")
    assert (found.fact, found.element) == ("protobuf.field.type.changed", "acme.v1.Order.total")
    assert (found.before, found.after, found.side) == ("int32", "string", "head")
    assert found.position == Position("a.proto", 5, 3, 5, 9)


def test_what_went_is_shown_where_it_is_missing() -> None:
    before = P3 + "message Order {\n  message Line { }\n  enum State { NEW = 0; }\n}\nmessage Cart { }\n"
    after = P3 + "\nmessage Order {\n}\n"
    found = {change.element: change.position.line for change in changes(before, after) if change.position}
    assert found == {"acme.v1.Order.Line": 4, "acme.v1.Order.State": 4, "acme.v1.Cart": 1}


def test_a_removed_message_is_one_change_with_all_that_it_held() -> None:
    before = P2 + (
        "message Order { extensions 10; message Line { enum Kind { A = 0; } } extend Order { optional int32 x = 10; } }"
    )
    found = only(before, P2)
    assert [(place.address, place.attributes["kind"]) for place in found.places] == [
        ("acme.v1.Order", "message"),
        ("acme.v1.Order.Line", "message"),
        ("acme.v1.Order.Line.Kind", "enum"),
        ("acme.v1.Order.x", "extension"),
    ]


MOVED = (
    {"a.proto": P3 + "message Item { string id = 1; } message Order { }", "b.proto": P3},
    {"a.proto": P3 + "message Order { }", "b.proto": P3 + "message Item { string id = 1; }"},
)


def test_a_type_that_moves_between_files_is_lost_only_to_those_who_import_files() -> None:
    assert facts(*MOVED) == ["type.moved"]
    assert {mode: levels(*MOVED, mode) for mode in MODES} == {
        "file": ["breaking"],
        "package": ["compatible"],
        "csr": ["breaking"],
        "wire_json": ["compatible"],
        "wire": ["compatible"],
    }


def test_a_moved_type_that_is_imported_publicly_is_not_deleted() -> None:
    before, after = MOVED
    passed_on = {
        "a.proto": P3 + 'import public "c.proto"; message Order { }',
        "b.proto": after["b.proto"],
        "c.proto": P3 + 'import public "b.proto";',
    }
    assert set(levels(before, passed_on, "file")) == {"compatible"}


def test_what_moved_is_still_compared() -> None:
    before, after = MOVED
    changed = {**after, "b.proto": P3 + "message Item { int32 id = 1; }"}
    assert facts(before, changed) == ["type.moved", "field.type.changed"]


def test_a_renamed_file_is_a_removed_file_whose_types_are_not_lost() -> None:
    text = P3 + "message Order { } enum State { NEW = 0; }"
    before, after = {"a.proto": text, "c.proto": P3}, {"b.proto": text, "c.proto": P3}
    assert facts(before, after) == ["file.removed", "file.added"]
    assert levels(before, after, "file") == ["breaking", "compatible"]
    assert levels(before, after, "package") == ["compatible", "compatible"]


def test_a_file_that_is_no_longer_imported_is_not_gone() -> None:
    imports = P3 + 'import "lib/money.proto"; message Order { }'
    base = side({"a.proto": imports, "lib/money.proto": P3 + "message Money { }"}, {"a.proto"})
    head = side({"a.proto": P3 + "message Order { }"}, {"a.proto"})
    assert compare("protobuf", base, head, options=Options(TODAY)).changes == ()


def test_a_contract_that_loses_all_the_files_at_hand_is_said_file_by_file() -> None:
    found = compare("protobuf", side({"a.proto": P3, "b.proto": P3}), Side(None), options=Options(TODAY)).changes
    assert [change.fact for change in found] == ["protobuf.file.removed", "protobuf.file.removed"]


def test_a_package_that_changes_is_said_once_and_its_definitions_are_still_compared() -> None:
    before = P3 + "message Order { string id = 1; Order next = 2; } service Orders { rpc Get(Order) returns (Order); }"
    renamed = before.replace("acme.v1", "acme.v2")
    assert facts(before, renamed) == ["package.changed"]
    assert facts(before, renamed.replace("string id", "int32 id")) == ["package.changed", "field.type.changed"]


def test_messages_that_are_alike_on_the_wire_are_told_apart_by_mode() -> None:
    before = P3 + "message A { string id = 1; } message B { A a = 1; }"
    after = P3 + "message A { string key = 1; } message B { A a = 1; }"
    assert {mode: levels(before, after, mode) for mode in MODES} == {
        "file": ["breaking"],
        "package": ["breaking"],
        "csr": ["breaking"],
        "wire_json": ["breaking"],
        "wire": ["compatible"],
    }


def test_an_enum_of_another_place_stands_for_the_old_one_when_it_has_its_name_and_values() -> None:
    def texts(values: str, kind: str) -> str:
        inner = f"message Inner {{ enum State {{ {values} }} }}"
        return P3 + f"enum State {{ NEW = 0; }} {inner} message Order {{ {kind} state = 1; }}"

    same = texts("A = 0;", "State"), texts("A = 0;", "Inner.State")
    grown = texts("NEW = 0; PAID = 1;", "State"), texts("NEW = 0; PAID = 1;", "Inner.State")
    assert levels(*same, "wire") == ["breaking"]
    assert levels(*grown, "wire") == ["compatible"]
    assert levels(*grown, "file") == ["breaking"]


def test_a_map_is_a_list_of_its_entries() -> None:
    before = P3 + "message A { map<string, int32> counts = 1; }"
    after = (
        P3 + "message A { repeated CountsEntry counts = 1; message CountsEntry { string key = 1; int32 value = 2; } }"
    )
    assert facts(before, after) == ["field.cardinality.changed", "type.added"]
    assert facts(before, before.replace("int32>", "int64>")) == ["field.type.changed"]
    assert facts(before, before.replace("<string", "<int32")) == ["field.type.changed"]


def test_delimited_messages_are_written_in_another_way() -> None:
    edition = 'edition = "2023"; message A { A next = 1 %s; }'
    found = only(edition % "", edition % "[features.message_encoding = DELIMITED]")
    assert (found.before, found.after, found.attributes["wire"]) == ("A (message)", "A (delimited)", False)


@pytest.mark.parametrize(
    ("before", "after", "differs"),
    [
        ("int32 a = 1 [default = 1]", "int64 a = 1 [default = 0x1]", False),
        ("int32 a = 1", "int32 a = 1 [default = 0]", False),
        ("bool a = 1 [default = true]", "bool a = 1", True),
        ("double a = 1 [default = nan]", "double a = 1 [default = nan]", False),
        ("double a = 1 [default = inf]", "double a = 1 [default = -inf]", True),
        ('string a = 1 [default = "x"]', 'bytes a = 1 [default = "x"]', False),
        ('string a = 1 [default = "x"]', 'string a = 1 [default = "y"]', True),
        ("E a = 1", "E a = 1 [default = ONE]", False),
        ("E a = 1", "E a = 1 [default = TWO]", True),
    ],
)
def test_a_default_is_compared_by_its_value(before: str, after: str, differs: bool) -> None:
    text = P2 + "enum E {{ ONE = 1; TWO = 2; }} message A {{ optional {}; }}"
    assert ("field.default.changed" in facts(text.format(before), text.format(after))) is differs


def test_an_import_that_is_missing_leaves_alone_what_does_not_depend_on_it() -> None:
    text = P3 + 'import "money.proto";\nmessage Order { Money total = 1; %s }'
    assert facts(text % "int32 a = 2;", text % "int64 a = 2;") == ["field.type.changed"]
    assert compared(text % "", text % "/* nothing */").changes == ()


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("Money", "lib.Money", ["type.unresolved"]),
        ("Money", "Price", ["field.type.changed"]),
        ("Money", "int64", ["field.type.changed"]),
        ("Money", "Money", []),
    ],
)
def test_what_a_missing_import_hides_is_not_guessed(before: str, after: str, expected: list[str]) -> None:
    text = P3 + 'import "money.proto";\nmessage Order { %s total = 1; }'
    assert facts(text % before, text % after) == expected
    method = P3 + 'import "money.proto";\nservice S { rpc Get(%s) returns (X); }'
    if before != "int64" != after:
        assert facts(method % before, method % after) == [
            "method.type.changed" if one == "field.type.changed" else one for one in expected
        ]


def test_a_removed_import_makes_its_names_doubtful() -> None:
    before = P3 + 'import "money.proto";\nmessage Order { Money total = 1; }'
    after = P3 + "message Order { Money total = 1; }"
    assert facts(before, after) == ["type.unresolved"]


def test_a_name_stands_for_the_innermost_definition_and_says_so_when_that_changes() -> None:
    before = P3 + "message Money { } message Order { Money total = 1; }"
    after = P3 + "message Money { } message Order { message Money { } Money total = 1; }"
    found = [change for change in changes(before, after) if change.fact == "protobuf.field.type.changed"]
    assert [(change.before, change.after) for change in found] == [("acme.v1.Money", "acme.v1.Order.Money")]


def test_imports_are_found_below_any_folder_above_and_well_known_ones_without_a_file() -> None:
    files = {
        "proto/acme/order.proto": P3
        + 'import "acme/lib/money.proto"; import "google/protobuf/struct.proto";\n'
        + "message Order { Money total = 1; google.protobuf.NullValue nothing = 2; }",
        "proto/acme/lib/money.proto": P3 + "message Money { }",
    }
    edited = {
        **files,
        "proto/acme/order.proto": files["proto/acme/order.proto"].replace("Money total", "acme.v1.Money total"),
    }
    assert facts(files, edited) == []
    as_enum = {**files, "proto/acme/lib/money.proto": P3 + "enum Money { NONE = 0; }"}
    assert facts(files, as_enum) == ["type.kind.changed"]


def test_a_file_that_cannot_be_read_is_a_change_of_its_own_and_the_others_are_compared() -> None:
    before = {"a.proto": P3 + "message A { int32 a = 1; }", "b.proto": P3}
    after = {"a.proto": P3 + "message A { int64 a = 1; }", "b.proto": P3 + "message {"}
    first, second = changes(before, after)
    assert (first.fact, second.fact) == ("protobuf.field.type.changed", "contract.unreadable")
    assert second.position is not None and (second.position.path, second.position.line) == ("b.proto", 3)


def test_an_unreadable_file_is_told_from_its_next_version() -> None:
    one = changes(P3, P3 + "message {")[0].identity
    two = changes(P3, P3 + "message { {")[0].identity
    assert one != two


def test_a_file_that_could_not_be_had_is_unclassified() -> None:
    there = Side("a.proto", {"a.proto": Document("a.proto", "1", P3.encode())})
    not_there = Side("a.proto", {}, {"a.proto": "is a symbolic link"})
    (found,) = compare("protobuf", there, not_there, options=Options(TODAY)).changes
    assert found.fact == "contract.unreadable" and "symbolic link" in str(found.attributes["reason"])


@pytest.mark.parametrize(
    ("mode", "category"), [("backward", "file"), ("forward", "file"), ("none", "wire"), ("csr", "csr")]
)
def test_modes_of_other_formats_have_a_meaning_here(mode: Mode, category: str) -> None:
    found = only(P3 + "message A { string id = 1; }", P3 + "message A { int32 id = 1; }", mode)
    assert found.attributes["mode"] == category


@pytest.mark.parametrize(
    ("before", "after", "alone"),
    [
        ("string a = 1;", "oneof k { string a = 1; }", [True]),
        ("string a = 1; string b = 2;", "oneof k { string a = 1; string b = 2; }", [False, False]),
        ("oneof k { string b = 2; } string a = 1;", "oneof k { string b = 2; string a = 1; }", [False]),
    ],
)
def test_a_field_alone_in_a_new_oneof_is_told_from_fields_that_share_one(
    before: str, after: str, alone: list[bool]
) -> None:
    found = changes(P3 + f"message A {{ {before} }}", P3 + f"message A {{ {after} }}")
    assert [one.attributes["alone"] for one in found if one.fact == "protobuf.field.oneof.changed"] == alone


def test_what_a_compiler_would_refuse_is_told_and_compared_all_the_same() -> None:
    after = P3 + "message A { string a = 1; int32 b = 1;\n string b = 3; }\nmessage A { }"
    found = compared(P3, after)
    assert [(fault.message, fault.position.line) for fault in found.faults if fault.position] == [
        ("`A` gives the number 1 to several fields.", 3),
        ("`A` has several fields called `b`.", 4),
        ("`acme.v1.A` is defined several times.", 5),
    ]
    assert "type.added" in [change.fact.removeprefix("protobuf.") for change in found.changes]


def test_missing_imports_are_told() -> None:
    found = compared(P3, P3 + 'import "lib/money.proto"; import "google/protobuf/any.proto";')
    assert found.not_checked == (
        "`lib/money.proto`, which `a.proto` imports, is not in the repository: what it defines was compared by name.",
    )
