from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.github.three_way import is_combination

BASE = b"".join(b"line %d\n" % n for n in range(40))


def edited(base: bytes, *edits: tuple[bytes, bytes]) -> bytes:
    for old, new in edits:
        assert old in base
        base = base.replace(old, new, 1)
    return base


ONE = (b"line 3\n", b"line three\nand a half\n")
OTHER = (b"line 30\n", b"")


def test_edits_at_different_places_that_are_all_there_are_a_mere_merge() -> None:
    assert is_combination(BASE, edited(BASE, ONE), edited(BASE, OTHER), edited(BASE, ONE, OTHER))


def test_an_edit_more_or_less_or_another_is_somebodys_own() -> None:
    ours, theirs, merged = edited(BASE, ONE), edited(BASE, OTHER), edited(BASE, ONE, OTHER)
    for of_somebody in (
        merged + b"one more\n",
        edited(merged, (b"line 20\n", b"line twenty\n")),
        edited(merged, (b"and a half\n", b"")),
        edited(merged, (b"line 29\n", b"line 29\nline 30\n")),
        merged.rstrip(b"\n"),
        ours,
        theirs,
        BASE,
        b"",
    ):
        assert not is_combination(BASE, ours, theirs, of_somebody)


def test_the_same_edit_at_another_place_is_somebodys_own() -> None:
    ours, theirs = edited(BASE, (b"line 3\n", b"")), edited(BASE, OTHER)
    elsewhere = edited(BASE, (b"line 4\n", b""), OTHER)
    assert not is_combination(BASE, ours, theirs, elsewhere)


def test_edits_that_touch_are_a_conflict_however_it_was_settled() -> None:
    ours, theirs = edited(BASE, (b"line 7\n", b"ours\n")), edited(BASE, (b"line 8\n", b"theirs\n"))
    settled = edited(BASE, (b"line 7\nline 8\n", b"ours\ntheirs\n"))
    assert not is_combination(BASE, ours, theirs, settled)
    both = edited(BASE, (b"line 7\n", b"ours\n")), edited(BASE, (b"line 7\n", b"theirs\n"))
    assert not is_combination(BASE, *both, both[0])


def test_what_both_sides_did_alike_is_there_once() -> None:
    same, more = edited(BASE, ONE), edited(BASE, ONE, OTHER)
    assert is_combination(BASE, same, more, more)


def test_additions_at_both_ends_and_to_nothing() -> None:
    assert is_combination(BASE, b"first\n" + BASE, BASE + b"last\n", b"first\n" + BASE + b"last\n")
    assert not is_combination(b"", b"a\n", b"b\n", b"a\nb\n")


def test_texts_that_repeat_themselves_end() -> None:
    same = b"x\n" * 5000
    assert is_combination(same, same + b"y\n", b"z\n" + same, b"z\n" + same + b"y\n")


_TEXTS = st.lists(st.sampled_from([b"a\n", b"b\n", b"c\n", b"d\n", b"e\n", b"\n", b"end"]), max_size=12).map(b"".join)


@given(_TEXTS, _TEXTS, _TEXTS)
def test_a_side_that_did_nothing_leaves_the_other(base: bytes, side: bytes, other: bytes) -> None:
    assert is_combination(base, base, side, side)
    assert is_combination(base, side, base, side)
    assert is_combination(base, side, base, other) == (side == other)


@given(_TEXTS, _TEXTS, _TEXTS, _TEXTS)
def test_both_sides_are_treated_alike(base: bytes, ours: bytes, theirs: bytes, merged: bytes) -> None:
    assert is_combination(base, ours, theirs, merged) == is_combination(base, theirs, ours, merged)
