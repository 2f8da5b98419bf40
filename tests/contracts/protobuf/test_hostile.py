"""Input that means harm ends in a finding that says so."""

from __future__ import annotations

import pytest

from bot.contracts.protobuf import field_statements
from tests.contracts.protobuf.build import changes, facts, read

P3 = 'syntax = "proto3";\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("message A { " * 20_000, "nested more than 200 levels"),
        ("message A { " * 20_000 + "}" * 20_000, "nested more than 200 levels"),
        ("option a = " + "{ b " * 20_000, "nested more than 200 levels"),
        ("option a = { b: " + "[" * 20_000, "nested more than 200 levels"),
        ('option a = "' + "x" * 500_000, "not closed"),
        ("/* " * 200_000, "never closed"),
        ("message A { int32 a = " + "9" * 200_000 + "; }", "Expected the number"),
        ("option a = " + "." * 100_000, "Expected a value"),
        ("(" * 100_000, "Expected a definition"),
        ("message A { oneof x { " * 5_000, "Expected"),
        ("\0", "NUL"),
    ],
)
def test_hostile_text_is_refused_with_a_reason(text: str, words: str) -> None:
    (found,) = changes(P3, P3 + text)
    assert found.fact == "contract.unreadable"
    assert words in str(found.attributes["reason"])


def test_text_that_is_no_utf_8_is_refused_with_its_line() -> None:
    (found,) = changes({"a.proto": P3}, {"a.proto": P3.encode() + b"// fine\n// \xff\n"})
    assert "not valid UTF-8" in str(found.attributes["reason"])
    assert found.position is not None and found.position.line == 3


def test_imports_in_a_circle_are_followed_once() -> None:
    files = {
        "a.proto": P3 + 'import public "b.proto"; import "a.proto"; message A { B b = 1; }',
        "b.proto": P3 + 'import public "a.proto"; message B { A a = 1; }',
    }
    edited = {**files, "a.proto": files["a.proto"].replace("B b", "A b")}
    assert facts(files, edited) == ["field.type.changed"]


def test_names_that_climb_out_of_the_repository_lead_nowhere() -> None:
    text = P3 + 'import "../../etc/passwd.proto"; import "/etc/x.proto"; import ""; message A { B b = 1; }'
    assert facts(text, text + "// edited") == []


def test_a_file_of_too_many_definitions_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(field_statements, "MAX_DEFINITIONS", 1_000)
    values = "".join(f"V{number} = {number}; " for number in range(1_001))
    (found,) = changes(P3, P3 + f"enum E {{ {values} }}")
    assert "more than 1,000 fields and enum values" in str(found.attributes["reason"])


def test_space_and_comments_between_words_cost_no_more_than_their_length() -> None:
    noise = "/**/ // x\n" * 20_000
    assert len(read(P3 + f"message {noise} A {{ {noise} int32 {noise} a = {noise} 1 {noise} ; }}").messages) == 1
