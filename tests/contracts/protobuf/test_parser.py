"""The language is read as it is written, with places; what is not in it is refused with its line."""

from __future__ import annotations

import pytest

from bot.contracts.protobuf.model import Aggregate, Word, option
from bot.contracts.protobuf.values import shown
from bot.contracts.reading import Unreadable
from tests.contracts.protobuf.build import read


def test_every_kind_of_definition_is_read() -> None:
    file = read(
        """
        syntax = "proto2"; // a comment
        package acme . orders /* between */ .v1;
        import public "a.proto"; import weak 'b.proto'; import "c.proto";
        option java_package = "com." "acme";
        message Order {
          extensions 100 to 199, 500 to max [verification = UNVERIFIED];
          reserved 2, 9 to 11; reserved "foo", "bar";
          required int32 id = 1 [default = -0x10, (my.option).deep = "x"];
          optional .acme.orders.v1.Order parent = 3;
          map < string , Order > children = 4;
          repeated group Line = 5 { optional string sku = 1; }
          oneof kind { string name = 6; Order of = 7; option (o) = 1; }
          enum State { option allow_alias = true; NEW = 0; OLD = 0 [deprecated = true]; NEG = -1; reserved -5 to -2; }
          message Inner { ; }
          extend Order { optional int32 inner_ext = 100; }
        }
        extend Order { optional int32 rank = 101; }
        service Orders {
          rpc Get(Order) returns (stream .acme.orders.v1.Order);
          rpc Put ( stream Order ) returns ( Order ) { option idempotency_level = IDEMPOTENT; }
        }
        """
    )
    assert (file.syntax, file.package) == ("proto2", "acme.orders.v1")
    assert [(one.path, one.modifier) for one in file.imports] == [
        ("a.proto", "public"),
        ("b.proto", "weak"),
        ("c.proto", ""),
    ]
    assert [one.value for one in file.options] == ["com.acme"]
    (order,) = file.messages
    assert order.extension_ranges == [(100, 199), (500, 536_870_911)]
    assert (order.reserved, order.reserved_names) == ([(2, 2), (9, 11)], ["foo", "bar"])
    assert [(f.label, f.type, f.name, f.number, f.oneof, f.key) for f in order.fields] == [
        ("required", "int32", "id", 1, "", ""),
        ("optional", ".acme.orders.v1.Order", "parent", 3, "", ""),
        ("", "Order", "children", 4, "", "string"),
        ("repeated", ".acme.orders.v1.Order.Line", "line", 5, "", ""),
        ("", "string", "name", 6, "kind", ""),
        ("", "Order", "of", 7, "kind", ""),
    ]
    found = option(order.fields[0].options, "default")
    assert found is not None and found.value == -16
    assert [message.nested_name for message in file.all_messages()] == ["Order", "Order.Line", "Order.Inner"]
    (state,) = order.enums
    assert [(value.name, value.number) for value in state.values] == [("NEW", 0), ("OLD", 0), ("NEG", -1)]
    assert state.reserved == [(-5, -2)]
    assert [one.full_name for one in (*order.extensions, *file.extensions)] == [
        "acme.orders.v1.Order.inner_ext",
        "acme.orders.v1.rank",
    ]
    get, put = file.services[0].methods
    assert (get.client_streaming, get.server_streaming, get.output) == (False, True, ".acme.orders.v1.Order")
    assert (put.client_streaming, put.server_streaming) == (True, False)


def test_editions_have_features_that_are_inherited() -> None:
    file = read(
        """
        edition = "2023";
        option features.field_presence = IMPLICIT;
        option features = { enum_type: CLOSED [pb.java] { utf8_validation: VERIFY } };
        message A {
          option features.json_format = LEGACY_BEST_EFFORT;
          string a = 1 [features.field_presence = EXPLICIT];
          string b = 2;
          message B { string c = 1 [features = { utf8_validation: NONE }]; }
        }
        enum E { X = 0; }
        """
    )
    (a,) = file.messages
    assert [field.features["field_presence"] for field in a.fields] == ["EXPLICIT", "IMPLICIT"]
    inner = a.messages[0].fields[0].features
    assert (inner["utf8_validation"], inner["json_format"]) == ("NONE", "LEGACY_BEST_EFFORT")
    assert inner["pb.java.utf8_validation"] == "VERIFY"
    assert file.enums[0].features["enum_type"] == "CLOSED"


def test_edition_2024_has_visibility_keywords() -> None:
    file = read(
        'edition = "2024"; import option "o.proto"; export message A { local enum E { X = 0; } export message B {} } '
        "local enum F { Y = 0; }"
    )
    assert [(m.name, m.visibility) for m in file.all_messages()] == [("A", "export"), ("B", "export")]
    assert (file.enums[0].visibility, file.messages[0].enums[0].visibility) == ("local", "local")


def test_values_in_text_format_are_read_whatever_they_nest() -> None:
    file = read(
        'syntax = "proto3"; option (http) = { get: "/v1" "/a", additional: [{ put: 1 }, < x { } >]; '
        "[a.b/c.D] { n: -inf } f: 1.5f, list: [] };"
    )
    (found,) = file.options
    assert isinstance(found.value, Aggregate)
    members = dict(found.value.members)
    assert members["get"] == "/v1/a" and members["f"] == 1.5 and members["list"] == ()
    assert members["[a.b/c.D]"] == Aggregate((("n", Word("-inf")),))
    assert shown(found.value) == (
        '{ get: "/v1/a" additional: [ { put: 1 } { x: { } } ] [a.b/c.D]: { n: -inf } f: 1.5 list: [ ] }'
    )


def test_a_value_keeps_what_is_escaped_in_it() -> None:
    file = read(r'option a = "\x41\102\n\"\u00e9\'"; option b = "\q";')
    assert [one.value for one in file.options] == ["AB\n\"é'", "\\q"]


def test_words_of_the_language_are_names_elsewhere() -> None:
    file = read(
        'syntax = "proto3"; message message { string syntax = 1; string option = 2; optional string to = 3; '
        "message_ rpc = 4; group.A group = 5; stream.B stream = 6; } message message_ {} "
        "enum E { option = 0; reserved = 1; } service service { rpc rpc(stream) returns (stream stream); }"
    )
    assert [field.name for field in file.messages[0].fields] == ["syntax", "option", "to", "rpc", "group", "stream"]
    assert [value.name for value in file.enums[0].values] == ["option", "reserved"]
    (method,) = file.services[0].methods
    assert (method.input, method.client_streaming, method.output, method.server_streaming) == (
        "stream",
        False,
        "stream",
        True,
    )


@pytest.mark.parametrize("text", ["", "  // nothing\n", ";;", "\ufeffsyntax = 'proto3';"[1:]])
def test_a_file_may_define_nothing(text: str) -> None:
    assert read(text).messages == []


def test_without_a_syntax_a_file_is_proto2() -> None:
    assert read("message A { optional int32 a = 1; }").syntax == "proto2"


P3 = 'syntax = "proto3";\n'


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        (P3 + "message A {\n  int32 a = 1\n}", 4, 1, "Expected `;` after the field `a`|found `}`"),
        (P3 + "message A {", 2, 12, "the end of the file"),
        (P3 + "message A { int32 a 1; }", 2, 21, "Expected `=` after the field's name `a`"),
        (P3 + "message A { int32 a = x; }", 2, 23, "Expected the number of the field `a`"),
        (P3 + "message A { int32 = 1; }", 2, 19, "Expected the field's name"),
        (P3 + "message { }", 2, 9, "Expected the message's name"),
        (P3 + "enum E { }", 2, 1, "has no values"),
        (P3 + "enum E { A 0; }", 2, 12, "Expected `=`"),
        (P3 + "service S { rpc G(A) gives (B); }", 2, 22, "Expected `returns`"),
        (P3 + "option a = ;", 2, 12, "Expected a value"),
        (P3 + "option a = { b 1 };", 2, 16, "Expected `:` after `b`"),
        (P3 + "option a = { b: [1, ] };", 2, 21, "Expected a value after `,`"),
        (P3 + 'option a = "x\n";', 2, 12, "not closed on its line"),
        (P3 + "/* never\nclosed", 2, 1, "never closed"),
        (P3 + "message A { int32 a = 12ab; }", 2, 23, "no number"),
        (P3 + "message Ä { }", 2, 9, "does not belong"),
        (P3 + "message A { required int32 a = 1; }", 2, 13, "Only proto2 has `required`"),
        (P3 + "message A { repeated map<string, A> a = 1; }", 2, 13, "A map cannot be repeated"),
        (P3 + "message A { map<float, A> a = 1; }", 2, 13, "keys cannot be of the type `float`"),
        (P3 + "message A { oneof x { repeated A a = 1; } }", 2, 23, "has no label"),
        (P3 + "message A { reserved 5 to 2; }", 2, 22, "ends before it begins"),
        (P3 + "message A { optional group B = 1 { } }", 2, 13, "Groups exist in proto2 only"),
        (P3 + "package a; package b;", 2, 12, "second `package`"),
        (P3 + 'syntax = "proto3";', 2, 1, "must be the first statement"),
        (P3 + "nonsense;", 2, 1, "Expected a definition"),
        ("message A {\n  int32 a = 1;\n}", 2, 3, "In proto2 a field begins with"),
        ('syntax = "proto4";', 1, 10, "is not known"),
        ('edition = "2099";', 1, 11, 'write "2023" or "2024"'),
        ('edition = "2023"; message A { optional int32 a = 1; }', 1, 31, "Editions have no `optional`"),
        (P3 + "message A { int32 a = 1 [deprecated = true; }", 2, 43, "Expected `]`"),
    ],
)
def test_what_is_not_in_the_language_is_refused_where_it_stands(text: str, line: int, column: int, words: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(text)
    assert (refused.value.line, refused.value.column) == (line, column)
    assert all(word in refused.value.message for word in words.split("|"))
