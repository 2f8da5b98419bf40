"""Only what a reader sees as a command is one, and what is nearly one is never silently ignored."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.review.commands import MISPLACED, Action, Command, contains_command, parse


def only(body: str) -> Command:
    (command,) = parse(body)
    return command


@pytest.mark.parametrize(
    ("body", "action"),
    [
        ("/approve-breaking", Action.APPROVE),
        ("/revoke", Action.REVOKE),
        ("/recheck", Action.RECHECK),
        ("/contracts status", Action.STATUS),
        ("/contracts help", Action.HELP),
        ("/Approve-Breaking", Action.APPROVE),
        ("  /recheck  ", Action.RECHECK),
        ("\n\n/recheck", Action.RECHECK),
        ("\r\n/recheck\r\nthanks", Action.RECHECK),
        ("\ufeff/recheck", Action.RECHECK),
        ("/contracts\u00a0status", Action.STATUS),
        ("/re\u200bcheck", Action.RECHECK),
        ("/recheck -- please", Action.RECHECK),
    ],
)
def test_a_command_at_the_start_of_a_comment_counts(body: str, action: Action) -> None:
    command = only(body)
    assert command.action is action
    assert command.problem == ""


def test_all_arguments_are_read() -> None:
    command = only("/approve-breaking 1a2b3c4d5e, `6F70` as checkout-web until 2026-12-31 -- agreed with @maria -- ok")
    assert command.ids == ("1a2b3c4d5e", "6f70")
    assert command.consumer == "checkout-web"
    assert command.until == date(2026, 12, 31)
    assert command.note == "agreed with @maria -- ok"


@pytest.mark.parametrize("dash", ["--", "—", "–"])
def test_a_phones_long_dash_begins_a_note_too(dash: str) -> None:
    assert only(f"/approve-breaking 1a2b {dash} fine").note == "fine"


def test_every_line_with_a_command_counts_once_the_first_line_is_one() -> None:
    body = "/approve-breaking 1a2b\nbecause it was agreed\n/recheck\n\nThanks!\n\n/contracts status"
    assert [(c.action, c.line) for c in parse(body)] == [
        (Action.APPROVE, 1),
        (Action.RECHECK, 3),
        (Action.STATUS, 7),
    ]


def test_another_bots_command_may_be_the_first_line() -> None:
    assert only("/lgtm\n/approve-breaking").action is Action.APPROVE


@pytest.mark.parametrize(
    "body",
    [
        "Looks good to me.\n/approve-breaking",
        "Looks good to me.\n\n/approve-breaking",
        "> who signs?\n\n/approve-breaking",
        "/approve-breaking\n---",
        "<!-- note -->\n\n/approve-breaking",
    ],
)
def test_a_command_that_is_not_on_the_first_line_is_refused_with_the_reason(body: str) -> None:
    assert only(body).action is Action.NONE
    assert only(body).problem == MISPLACED


@pytest.mark.parametrize(
    "body",
    [
        "```\n/approve-breaking\n```",
        "~~~\n/approve-breaking",
        "    /approve-breaking",
        "\t/approve-breaking",
        "`/approve-breaking`",
        "> /approve-breaking",
        "> quoted\n/approve-breaking",
        "- /approve-breaking",
        "1. /approve-breaking",
        "- item\n/approve-breaking",
        "<!-- /approve-breaking -->",
        "<!--\n/approve-breaking\n-->",
        "<div>\n/approve-breaking\n</div>",
        "<b>/approve-breaking</b>",
        "| /approve-breaking |\n| --- |\n| x |",
        "# /approve-breaking",
        "**/approve-breaking**",
        "~~/approve-breaking~~",
        "[/approve-breaking](https://example.org)",
        "\\/approve-breaking",
        "&#47;approve-breaking",
        "text /approve-breaking",
        "[x]: /approve-breaking\n",
        '[x](http://e.org "\n/approve-breaking\n")',
    ],
)
def test_code_quotes_lists_tables_and_html_never_count(body: str) -> None:
    assert parse(body) == ()


@pytest.mark.parametrize(
    "body",
    [
        "/recheck\n```\n/approve-breaking\n```",
        "/recheck\n> /approve-breaking",
        "/recheck\n\n    /approve-breaking",
        "/recheck\n- /approve-breaking",
        "/recheck <!--\n/approve-breaking\n-->",
        "/recheck `\n/approve-breaking\n`",
        "/recheck\n\n<details>\n\n/approve-breaking\n\n</details>",
        "/recheck <details>\n/approve-breaking",
        "/recheck **x\n/approve-breaking\ny**",
        "/recheck [x\n/approve-breaking\ny](http://e.org)",
    ],
)
def test_nothing_hidden_or_quoted_behind_a_first_command_approves(body: str) -> None:
    assert Action.APPROVE not in [command.action for command in parse(body)]


@pytest.mark.parametrize(
    "body",
    [
        "/lgtm",
        "/approve",
        "/remove",
        "/retest",
        "/assign @a",
        "/etc/hosts",
        "/contracts.yml is wrong",
        "/",
        "/ recheck",
        "//recheck",
        "/1a2b",
        "/revert",
        "/reopen",
        "/check",
        "/back",
        "/role",
        "/reject",
        "/help area",
    ],
)
def test_other_bots_commands_and_paths_are_not_ours(body: str) -> None:
    assert not contains_command(body)
    assert parse(body) == ()


@pytest.mark.parametrize(
    ("body", "meant"),
    [
        ("/approve-breakng", "/approve-breaking"),
        ("/aprove-breaking 1a2b", "/approve-breaking"),
        ("/approve_breaking", "/approve-breaking"),
        ("/approvebreaking", "/approve-breaking"),
        ("/approve-braeking", "/approve-breaking"),
        ("/approve-breaking-changes", "/approve-breaking"),
        ("/recehck", "/recheck"),
        ("/revokes", "/revoke"),
        ("/contract status", "/contracts status"),
        ("/objekt 1a2b", "/object"),
        ("/objection -- no", "/object"),
        ("/waiver checkout-web", "/waive"),
        ("/re-classify 1a2b", "/reclassify"),
        ("/escallate", "/escalate"),
        ("/acknowledge", "/ack"),
        ("/ruling accept", "/rule"),
    ],
)
def test_a_slip_of_the_finger_gets_a_hint_and_does_nothing(body: str, meant: str) -> None:
    assert only(body).action is Action.NONE
    assert f"Did you mean `{meant}`" in only(body).problem


@pytest.mark.parametrize("word", ["migrated", "register", "still-using"])
def test_commands_of_later_versions_are_answered_and_do_nothing(word: str) -> None:
    command = only(f"/{word} 1a2b -- because")
    assert command.action is Action.NONE
    assert "not yet available in this version" in command.problem


DAY = date(2026, 12, 31)


@pytest.mark.parametrize(
    ("body", "command"),
    [
        ("/object -- we bill by it", Command(Action.OBJECT, "", note="we bill by it")),
        ("/object 1a2b as checkout-web -- no", Command(Action.OBJECT, "", 1, ("1a2b",), "checkout-web", None, "no")),
        ("/ack 1a2b 3c4d", Command(Action.ACK, "", ids=("1a2b", "3c4d"))),
        ("/rule accept -- fine", Command(Action.RULE, "", note="fine", ruling="accept")),
        ("/rule reject 1a2b -- no", Command(Action.RULE, "", ids=("1a2b",), note="no", ruling="reject")),
        (
            "/rule honour-until 2026-12-31 1a2b -- no",
            Command(Action.RULE, "", 1, ("1a2b",), until=DAY, note="no", ruling="honour-until"),
        ),
        (
            "/rule Honor-Until:2026-12-31 — no",
            Command(Action.RULE, "", until=DAY, note="no", ruling="honour-until"),
        ),
        (
            "/waive checkout-web 1a2b reason:security until:2026-12-31 -- CVE-2026-1",
            Command(Action.WAIVE, "", 1, ("1a2b",), "checkout-web", DAY, "CVE-2026-1", code="security"),
        ),
        (
            "/waive `checkout-web` until 2026-12-31 reason: Bug-Fix -- it never worked",
            Command(Action.WAIVE, "", 1, (), "checkout-web", DAY, "it never worked", code="bug_fix"),
        ),
        (
            "/reclassify 1a2b compatible -- nobody can see it",
            Command(Action.RECLASSIFY, "", ids=("1a2b",), note="nobody can see it", level="compatible"),
        ),
        ("/escalate", Command(Action.ESCALATE, "")),
        ("/escalate -- it is urgent", Command(Action.ESCALATE, "", note="it is urgent")),
        (
            "/extend `GET /orders/{id} 200:$['odd, name']` to:2026-12-31",
            Command(Action.EXTEND, "", until=DAY, element="GET /orders/{id} 200:$['odd, name']"),
        ),
        ("/extend Order.customer to 2026-12-31", Command(Action.EXTEND, "", until=DAY, element="Order.customer")),
        ("/deprecate GET /orders -- too slow", Command(Action.DEPRECATE, "", element="GET /orders", note="too slow")),
        (
            "/deprecate `GET /orders/{id} 200:$.email` successor:`GET /people/{id} 200:$.email` Sunset: 2026-12-31",
            Command(
                Action.DEPRECATE,
                "",
                until=DAY,
                element="GET /orders/{id} 200:$.email",
                successor="GET /people/{id} 200:$.email",
            ),
        ),
        (
            "/deprecate Order.customer contract:orders-api",
            Command(Action.DEPRECATE, "", element="Order.customer", contract="orders-api"),
        ),
    ],
)
def test_the_commands_of_a_review_are_read_with_all_their_arguments(body: str, command: Command) -> None:
    assert replace(only(body), text="") == command


@pytest.mark.parametrize("first", ["/object 1a2b -- Our invoices", "/object 1a2b\nOur invoices"])
def test_a_reason_goes_on_below_its_command_word_for_word(first: str) -> None:
    body = f"{first}\n  need *both* sums:\n\n> 12 EUR\n\n/recheck\nthanks"
    objection, recheck = parse(body)
    assert objection.note == "Our invoices\n  need *both* sums:\n\n> 12 EUR"
    assert recheck.action is Action.RECHECK


def test_not_a_blank_line_nor_a_space_of_a_reason_is_lost() -> None:
    reason = "Our  invoices need *both* [sums](https://example.org/a):\n\n\n    12 EUR\n\tand 13"
    assert only(f"/object 1a2b -- {reason}\n\n").note == reason
    assert only(f"/object 1a2b\n \n{reason}").note == reason


def test_two_objections_in_a_comment_have_each_their_own_reason() -> None:
    first, second = parse("/object 1a2b -- one\nand more\n/object 3c4d -- two\n```\n/object 5e6f -- quoted\n```")
    assert first.note == "one\nand more"
    assert second.note == "two\n```\n/object 5e6f -- quoted\n```"


def test_a_reason_without_end_is_cut_where_it_shows() -> None:
    reason = only("/object -- " + "because " * 5_000).note
    assert len(reason) <= 4_000


def test_every_bots_help_is_read_only_where_it_may_be_meant_for_us() -> None:
    assert only("/help").action is Action.HELP_ANYBODY
    assert parse("/help me") == ()
    assert parse("How does this work?\n\n/help") == ()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("/approve-breaking all", "not an id"),
        ("/approve-breaking 1a2", "at least 4"),
        ("/approve-breaking 1a2b3c4d5e6f", "no more"),
        ("/approve-breaking looks fine", "go after ` -- `"),
        ("/approve-breaking as", "`as` needs"),
        ("/approve-breaking as -- x", "`as` needs"),
        ("/approve-breaking as a as b", "given once"),
        ("/approve-breaking until tomorrow", "year-month-day"),
        ("/approve-breaking until 2026-02-30", "year-month-day"),
        ("/approve-breaking ~~1a2b~~", "not an id"),
        ("/approve-breaking <!-- 1a2b -->", "not an id"),
        ("/approve-breaking <b>", "outside of HTML"),
        ("/approve-breaking [1a2b](http://e.org)", "not an id"),
        ("/revoke until 2026-12-31", "not an id"),
        ("/recheck everything", "alone on its line"),
        ("/recheck.", "alone on its line"),
        ("/contracts", "`/contracts status`"),
        ("/contracts list", "`/contracts help`"),
        ("/object 1a2b", "needs a reason"),
        ("/object", "/object [ids] [as consumer] -- reason"),
        ("/object because we use it", "not an id"),
        ("/rule -- fine", "ruling is missing"),
        ("/rule acept -- fine", "did you mean `accept`?"),
        ("/rule honour-until -- fine", "needs a day as year-month-day"),
        ("/rule accept", "needs a reason"),
        ("/waive reason:security until:2026-12-31 -- x", "consumer's id"),
        ("/waive checkout-web until:2026-12-31 -- x", "add `reason:` and one of `no_consumers`"),
        ("/waive checkout-web reason:security -- x", "add `until:`"),
        ("/waive checkout-web reason:securty until:2026-12-31 -- x", "did you mean `security`?"),
        ("/waive checkout-web reason:security until:soon -- x", "year-month-day"),
        ("/waive checkout-web reason:security until:2026-12-31", "needs a reason"),
        ("/reclassify 1a2b -- x", "one id and what the finding is"),
        ("/reclassify 1a2b 3c4d risky -- x", "one id"),
        ("/reclassify 1a2b compatable -- x", "did you mean `compatible`?"),
        ("/reclassify 1a2b risky", "needs a reason"),
        ("/escalate 1a2b", "alone on its line"),
        ("/extend to:2026-12-31", "Write the element and the day"),
        ("/extend GET /orders", "Write the element and the day"),
        ("/extend GET /orders to:later", "year-month-day"),
        ("/deprecate sunset:2026-12-31", "Write the element that is to go"),
        ("/deprecate GET /orders sunset:soon", "year-month-day"),
        ("/deprecate GET /orders sunset:2026-12-31 sunset:2027-12-31", "can be given once"),
        ("/deprecate GET /orders successor:", "Nothing stands behind `successor:`"),
        (f"/deprecate {'x' * 501}", "No element is longer"),
    ],
)
def test_bad_arguments_are_refused_and_never_widen_an_approval(body: str, says: str) -> None:
    assert only(body).action is Action.NONE
    assert says in only(body).problem


def test_a_refusal_never_repeats_text_that_could_ping_or_break_out() -> None:
    for word in ("@acme/everybody", "<img>", "`@x`", "[x](y)", "a|b", "x" * 500):
        assert word.strip("`") not in only(f"/approve-breaking {word}").problem


def test_only_so_many_ids_fit_into_one_command() -> None:
    ids = " ".join(f"{number:010x}" for number in range(1_001))
    assert "more than 1,000 ids" in only(f"/approve-breaking {ids}").problem


def test_a_long_line_is_cut_for_showing_and_read_in_full() -> None:
    ids = " ".join(f"{number:010x}" for number in range(100))
    command = only(f"/approve-breaking {ids}")
    assert len(command.ids) == 100
    assert len(command.text) == 200


_PIECES = st.one_of(
    st.sampled_from(
        [
            "/approve-breaking",
            "/object",
            "/waive a",
            "/help",
            "/extend ",
            "/contracts help",
            "1a2b",
            " as ",
            "until:",
            " -- ",
            "---",
            "é",
        ]
    ),
    st.sampled_from([" ", "\n", "\r\n", "\r", "\t", "\u200b", "\u2028", "\x00", "\ud800"]),
    st.sampled_from(["`", "```", "> ", "- ", "<!--", "-->", "<b>", "\\", "&#47;", "[", "](", "**", "~~", "|"]),
)


@given(st.one_of(st.text(max_size=300), st.lists(_PIECES, max_size=40).map("".join)))
@settings(max_examples=400, deadline=None)
def test_no_text_crashes_the_reader_and_the_cheap_look_misses_nothing(body: str) -> None:
    commands = parse(body)
    assert not commands or contains_command(body)
    assert all((command.action is Action.NONE) == bool(command.problem) for command in commands)


@given(st.lists(_PIECES, max_size=30).map("".join))
@settings(max_examples=200, deadline=None)
def test_fenced_text_never_holds_a_command(body: str) -> None:
    fence = "`" * 40
    assert parse(f"{fence}\n{body}\n{fence}") == ()


@pytest.mark.parametrize("piece", ["/recheck\n", "[", "`", "![[", "<!-- ", "*a ", "> ", "\n", "- ", "a/", "\u200b/"])
def test_the_longest_comment_github_takes_is_read(piece: str) -> None:
    body = "/approve-breaking\n\n" + piece * ((65_536 - 20) // len(piece))
    assert parse(body)[0].action is Action.APPROVE
