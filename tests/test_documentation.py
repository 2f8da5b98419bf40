"""What is written by hand about settings, commands, rooms and each other is held to what there is."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from bot import cli
from bot.review.spelling import AVAILABLE, NOT_YET
from bot.settings import settings_table

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(DOCS.glob("*.md"))]
_FENCED = re.compile(r"^ *```.*?^ *```", re.DOTALL | re.MULTILINE)


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


def anchors(text: str) -> set[str]:
    """As GitHub makes them of headings: lower case, without punctuation, hyphens for spaces."""
    titles = re.findall(r"^#+ +(.+)$", _FENCED.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    text = page.read_text("utf-8")
    for link in re.findall(r"\]\(([^)\s]+)\)|src=\"([^\"]+)\"", _FENCED.sub("", text)):
        path, _, anchor = "".join(link).partition("#")
        if path.startswith("https://"):
            continue
        target = page.parent / path if path else page
        assert target.exists(), f"{page.name} links to {path}, which is not there"
        if anchor:
            assert anchor in anchors(target.read_text("utf-8")), f"{page.name}: {path} has no heading #{anchor}"


def test_every_room_is_on_the_plan_and_no_other() -> None:
    plan = section((DOCS / "architecture.md").read_text("utf-8"), "Rooms")
    rows = [line.split("|")[1:3] for line in plan.splitlines() if line.startswith("| `")]
    shown = {re.findall(r"`([^`]+)`", room)[0].rstrip("/") for room, _ in rows}
    rooms = {each.parent.relative_to(ROOT).as_posix() for each in (ROOT / "bot").glob("*/__init__.py")}
    rooms |= {each.parent.relative_to(ROOT).as_posix() for each in (ROOT / "bot" / "registry").glob("*/__init__.py")}
    assert shown == rooms | {"rules/*.yml", "tests"}


def test_every_command_of_the_conversation_is_explained_to_those_who_sign() -> None:
    text = (DOCS / "signing.md").read_text("utf-8")
    commands = section(text, "Commands")
    assert [name for name in AVAILABLE if f"`/{name}" not in commands] == []
    assert [name for name in sorted(NOT_YET) if f"`/{name}`" not in commands] == []


def test_no_page_speaks_of_a_command_that_is_not_there() -> None:
    for page in PAGES:
        shown = re.findall(r"`(?:\.venv/bin/)?countersign ([a-z][\w-]*)", page.read_text("utf-8"))
        assert set(shown) <= set(commands()), page.name
