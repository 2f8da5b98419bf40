"""What holds for any definition."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.contracts.document import Document
from bot.contracts.protobuf.format import referenced_files
from bot.contracts.protobuf.parser import parse
from bot.contracts.reading import Unreadable
from tests.contracts.protobuf.build import changes

NAMES = st.sampled_from(["id", "note", "Order", "State", "message", "to", "x1", "a_b"])
SCALARS = st.sampled_from(["int32", "string", "bytes", "bool", "double", "fixed64", "Thing", ".acme.Thing", "un.Known"])
OPTIONS = st.sampled_from(
    ["", " [deprecated = true]", ' [json_name = "j"]', " [(a.b).c = -1.5]", ' [(o) = { a: [1, "x"] b {} }]']
)


@st.composite
def fields(draw: st.DrawFn) -> str:
    label = draw(st.sampled_from(["", "optional ", "repeated "]))
    names = draw(st.lists(NAMES, max_size=4, unique=True))
    return " ".join(f"{label}{draw(SCALARS)} {name} = {number}{draw(OPTIONS)};" for number, name in enumerate(names, 1))


@st.composite
def files(draw: st.DrawFn) -> str:
    syntax = draw(st.sampled_from(['syntax = "proto3";', 'syntax = "proto3"; import "gone.proto";']))
    inner = f"message Inner {{ {draw(fields())} reserved 10 to 20; reserved 'old'; }}"
    oneof = "oneof kind { string left = 90; Thing right = 91; } map<string, Thing> all = 92;"
    values = " ".join(f"V{number} = {number};" for number in range(draw(st.integers(1, 4))))
    return (
        f"{syntax} package acme; message Thing {{ {draw(fields())} {draw(st.sampled_from(['', inner]))} "
        f"{draw(st.sampled_from(['', oneof]))} }} enum Kind {{ {values} }} "
        "service Things { rpc Get(Thing) returns (stream Thing); }"
    )


@given(files())
@settings(max_examples=60, deadline=None)
def test_a_file_against_itself_finds_nothing(text: str) -> None:
    assert changes(text, text + " ") == ()


@given(files(), st.sampled_from(["\n", "  ", " /* a ; } */ ", " // message X {\n"]))
@settings(max_examples=60, deadline=None)
def test_layout_and_comments_change_no_verdict(text: str, noise: str) -> None:
    pieces = re.split(r'("[^"]*"|\'[^\']*\'| )', text)
    other = "".join(noise if piece == " " else piece for piece in pieces)
    assert changes(text, other) == ()


@given(files(), files())
@settings(max_examples=60, deadline=None)
def test_every_change_has_a_place_in_the_text_and_is_told_once(before: str, after: str) -> None:
    found = changes(before, after)
    assert all(change.position is not None and change.places for change in found)
    told = [(change.fact, change.element, change.identity) for change in found]
    assert len(told) == len(set(told))


@given(files(), st.integers(0, 10_000), st.integers(0, 30), st.text('{}[]()<>;="/*\\ aoneof1.', max_size=6))
@settings(max_examples=200, deadline=None)
def test_no_edit_makes_the_reading_fail_otherwise_than_by_saying_so(text: str, at: int, cut: int, put: str) -> None:
    at %= len(text)
    edited = text[:at] + put + text[at + cut :]
    try:
        parse("a.proto", edited)
    except Unreadable as refused:
        assert 1 <= refused.line <= edited.count("\n") + 1
    assert all(change.fact for change in changes(text, edited + " "))


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_bytes_refer_to_files_without_failing(data: bytes) -> None:
    assert isinstance(referenced_files(Document("a/b.proto", "1", b'import "' + data + b'.proto";')), frozenset)
