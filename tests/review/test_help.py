"""Who asks for help gets it, and another bot's `/help` is left to the other bot."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from bot.review.arguments import USAGE, ReasonCode
from bot.review.commands import Action, parse
from bot.review.help import HELP
from bot.review.offers import CONFIRMATION
from bot.review.spelling import AVAILABLE, NOT_YET
from tests.review.story import COUNCIL_CARL, STRANGER, Story, finding, held, impact


def test_a_bare_help_is_answered_only_where_signatures_are_asked_for() -> None:
    waiting, quiet = Story(), Story(impacts=())
    for story in (waiting, quiet):
        story.publish()
        story.says(STRANGER, "/help")
    (answer,) = waiting.decide().answers
    assert (answer.accepted, answer.is_told, answer.reason) == (True, True, HELP)
    assert quiet.decide().answers == ()


def test_our_own_help_is_answered_everywhere() -> None:
    story = Story(impacts=())
    story.publish()
    story.says(STRANGER, "/contracts help")
    assert [answer.reason for answer in story.decide().answers] == [HELP]


def test_every_command_is_in_the_help_and_has_its_usage() -> None:
    for name in AVAILABLE:
        assert f"`/{name}" in HELP or name == "contracts help"
        assert name in USAGE


def test_every_example_in_the_help_can_be_written_as_it_stands() -> None:
    examples = [part for part in HELP.split("`") if part.startswith("/") and " " in part]
    assert examples
    for example in examples:
        (command,) = parse(f"{example} -- reason" if " -- " not in example else example)
        assert command.action is not Action.NONE, command.problem


def test_the_guide_for_signers_knows_every_command_and_code() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "signing.md").read_text("utf-8")
    table = guide.partition("| Command | Who |")[2].partition("\n\n")[0]
    for name in AVAILABLE:
        assert f"`/{name}" in table
    for name in NOT_YET:
        assert f"`/{name}`" in guide
        assert f"`/{name}" not in table
    for code in get_args(ReasonCode):
        assert f"`{code}`" in guide
    assert f"the one word `{CONFIRMATION}`" in guide
    known = {name.split()[0] for name in AVAILABLE} | NOT_YET | {"help", "lgtm"}
    assert set(re.findall(r"`/([a-z-]+)", guide)) <= known


def test_what_is_open_is_told_with_whom_it_waits_for_and_until_when() -> None:
    story = held()
    story.says(COUNCIL_CARL, "/approve-breaking")
    story.publish()
    story.says(STRANGER, "/contracts status")
    who = f"checkout-web (@acme/checkout): `{story.decide().findings[0].id}`, by 2026-11-26."
    assert story.answer().reason == f"The merge is held: 1 of 2 signatures are there. Open for {who}"


def test_a_role_that_signs_many_changes_is_one_signature_that_is_open() -> None:
    story = held(impacts=tuple(impact(finding(element=f"GET /orders 200:$.a{n}")) for n in range(9)))
    story.says(STRANGER, "/contracts status")
    assert (
        "0 of 2 signatures are there. Open for decision owner (@acme/api-council): 9 changes" in story.answer().reason
    )
