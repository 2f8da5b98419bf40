"""Who asks for help gets it, and another bot's `/help` is left to the other bot."""

from __future__ import annotations

from bot.review.arguments import USAGE
from bot.review.commands import Action, parse
from bot.review.help import HELP
from bot.review.spelling import AVAILABLE
from tests.review.story import STRANGER, Story


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
