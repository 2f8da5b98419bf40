"""What must hold for every document that is read."""

from __future__ import annotations

import json
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.contracts.document import Document
from bot.contracts.reading import Limits, Unreadable, locate, read_bytes
from bot.contracts.tree import Pointer
from bot.contracts.yaml_scalars import resolve_plain

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co")), max_size=12)
DOCUMENTS: st.SearchStrategy[Any] = st.dictionaries(
    TEXT,
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**64 - 1)
        | st.floats(allow_nan=False)
        | TEXT
        | st.just("a\nb: c\n"),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
        max_leaves=15,
    ),
    min_size=1,
    max_size=5,
)
STYLES = st.sampled_from([{}, {"default_flow_style": True}, {"indent": 4}, {"width": 20}])


class OneDotTwo(yaml.SafeDumper):
    """Quotes what YAML 1.2 would not read as a string (`0E0`); PyYAML quotes only what 1.1 would not."""


def _string(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None if isinstance(resolve_plain(text), str) else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


OneDotTwo.add_representer(str, _string)


def pointers(value: Any, at: Pointer = ()) -> list[Pointer]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [*([at] if at else []), *(p for key, child in children for p in pointers(child, (*at, key)))]


def text_at(document: Document, pointer: Pointer, *, key: bool) -> str:
    """What stands at the position of a pointer."""
    lines = document.data.decode().split("\n")
    at = locate(document, [pointer], key=key)[pointer]
    chosen = lines[at.line - 1 : at.end_line]
    if len(chosen) == 1:
        return chosen[0][at.column - 1 : at.end_column - 1]
    return "\n".join([chosen[0][at.column - 1 :], *chosen[1:-1], chosen[-1][: at.end_column - 1]])


def value_at(value: Any, pointer: Pointer) -> Any:
    for key in pointer:
        value = value[key]
    return value


@settings(max_examples=150, deadline=None)
@given(DOCUMENTS, STYLES)
def test_what_a_yaml_writer_wrote_is_read_back(value: Any, style: dict[str, Any]) -> None:
    written = yaml.dump(value, Dumper=OneDotTwo, allow_unicode=True, sort_keys=False, **style)

    assert read_bytes("a.yaml", written.encode()) == value


@settings(max_examples=150, deadline=None)
@given(DOCUMENTS, st.sampled_from([None, 1, "\t"]))
def test_json_means_the_same_as_to_the_standard_library(value: Any, indent: int | str | None) -> None:
    written = json.dumps(value, indent=indent)

    try:
        found = read_bytes("a.json", written.encode())
    except Unreadable as error:
        assert "Infinity" in written, error.message
        return
    assert found == json.loads(written)


@settings(max_examples=100, deadline=None)
@given(DOCUMENTS, STYLES, st.data())
def test_the_text_at_a_position_names_the_element_in_yaml(value: Any, style: dict[str, Any], data: Any) -> None:
    written = yaml.dump(value, Dumper=OneDotTwo, allow_unicode=True, sort_keys=False, **style)
    document = Document("a.yaml", "", written.encode())
    pointer = data.draw(st.sampled_from(pointers(value)))

    found = text_at(document, pointer, key=True)

    if isinstance(pointer[-1], str):
        assert read_bytes("k.yaml", f"{found}: 0".encode()) == {pointer[-1]: 0}
    elif isinstance(value_at(value, pointer), (int, float, str)):
        assert found
        assert found in written


@settings(max_examples=100, deadline=None)
@given(DOCUMENTS, st.sampled_from([None, 2]), st.data())
def test_the_text_at_a_position_is_the_element_in_json(value: Any, indent: int | None, data: Any) -> None:
    written = json.dumps(value, indent=indent, ensure_ascii=False)
    document = Document("a.json", "", written.encode())
    pointer = data.draw(st.sampled_from(pointers(value)))

    assert json.loads(text_at(document, pointer, key=False)) == value_at(value, pointer)
    if isinstance(pointer[-1], str):
        assert json.loads(text_at(document, pointer, key=True)) == pointer[-1]


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=60) | TEXT.map(str.encode) | st.text("ab:-[]{}&*<!|>'\"#\n \t,?%1.", max_size=60).map(str.encode)
)
def test_no_bytes_make_the_reader_fail_otherwise(data: bytes) -> None:
    for path in ("a.yaml", "a.json"):
        try:
            read_bytes(path, data, Limits(nesting=20, expanded=1000))
        except Unreadable as error:
            assert error.message
            continue
        locate(Document(path, "", data), [("a",), (0,), ("a", "b", 0)])
