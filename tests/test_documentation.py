"""What is written by hand about settings and commands is held to what there is."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from bot import cli
from bot.settings import settings_table

DOCS = Path(__file__).parent.parent / "docs"


def commands() -> dict[str, argparse.ArgumentParser]:
    parser = cli._parser()
    (found,) = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    return dict(found.choices)


def section(text: str, title: str) -> str:
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_the_table_of_settings_is_current() -> None:
    text = (DOCS / "deploy.md").read_text("utf-8")
    found = re.search(r"<!-- settings: [^\n]*-->\n(.*?)<!-- /settings -->", text, re.DOTALL)
    assert found is not None
    current = "put the output of bot.settings.settings_table between the markers"
    assert found[1].strip() == settings_table().strip(), current


@pytest.mark.parametrize("command", commands())
def test_every_command_and_each_of_its_options_is_documented(command: str) -> None:
    text = (DOCS / "cli.md").read_text("utf-8")
    described = section(text, command)
    assert f"$ countersign {command}" in described
    assert f"| `{command}` |" in text
    for action in commands()[command]._actions:
        for option in action.option_strings:
            if option not in ("-h", "--help"):
                assert option in described, f"docs/cli.md does not describe `countersign {command} {option}`"
        if action.choices and "--format" in action.option_strings:
            assert f"--format {'|'.join(action.choices)}" in described


def test_no_other_command_is_documented() -> None:
    text = (DOCS / "cli.md").read_text("utf-8")
    assert set(re.findall(r"\$ countersign ([\w-]+)", text)) == set(commands())
