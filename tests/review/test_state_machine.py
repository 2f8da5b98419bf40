"""Every state × every command × every role, as `state_machine.yml` says: a file for people to read and question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.judge.finding import Level
from bot.review.commands import Action
from bot.review.people import Person
from tests.review.story import (
    AUTHOR,
    BOT,
    CHECKOUT_CHE,
    CHECKOUT_CHO,
    COUNCIL_CARL,
    OWNER_OLA,
    RISKY,
    STRANGER,
    Story,
    contract,
    finding,
    impact,
    registry,
)

TABLE: Mapping[str, Any] = yaml.safe_load(Path(__file__).with_name("state_machine.yml").read_text(encoding="utf-8"))

ROLES: Mapping[str, Person] = {
    "decision owner": COUNCIL_CARL,
    "consumer": CHECKOUT_CHO,
    "colleague": CHECKOUT_CHE,
    "producer": OWNER_OLA,
    "author": AUTHOR,
    "stranger": STRANGER,
    "bot": BOT,
}

REMOVED = impact(finding(element="GET /orders 200:$.status"))
POLICY = contract(
    signoff={"approval_ttl": "60d", "respond_within": "3d"},
    deprecated=({"at": "GET /orders/{id} 200:$.total", "sunset": "2027-01-01"},),
)


def told(steps: list[Any]) -> Story:
    """How a state comes about. Each step is shown before the next one happens."""
    story = Story((REMOVED,), registry(POLICY))
    story.publish()
    for step in steps:
        ((who, what),) = step.items()
        if who == "time":
            story.now += timedelta(days=what)
        elif who == "change":
            story.impacts = {
                "another": (CHANGED_STATUS,),
                "gone": (OTHER_ONE,),
                "risky": (RISKY,),
                "deprecated": (DEPRECATED,),
                "promised": (PROMISED,),
            }[what]
        else:
            story.says(ROLES[who], written(story, what))
        story.publish()
    return story


CHANGED_STATUS = impact(
    finding(fact="schema.type.changed", element="GET /orders 200:$.status", identity=("string", "integer"))
)
OTHER_ONE = impact(finding(Level.COMPATIBLE, element="GET /orders 200:$.other"), {})
DEPRECATED = impact(finding(Level.COMPATIBLE, fact="schema.deprecated.added", identity=("", "true")))
PROMISED = impact(finding(element="GET /orders/{id} 200:$.total"))


def written(story: Story, command: str) -> str:
    """`ID` stands for the finding's id."""
    return command.replace("ID", story.decide().findings[0].id)


def outcome(story: Story, *, of_command: bool = True) -> str:
    """`refused`, or the states of the decision owner's and the consumer's requirement, and the verdict."""
    decision = story.decide()
    if of_command and not decision.answers[-1].accepted:
        return "refused"
    states = {str(r.capacity): r.state.value for r in decision.requirements}
    return f"{states.get('decision owner', '-')} / {states.get('checkout-web', '-')}: {decision.verdict.value}"


def rows() -> Iterator[Any]:
    for state, entry in TABLE["states"].items():
        for name, expected in entry["commands"].items():
            for role in ROLES:
                yield pytest.param(
                    entry["comes about"],
                    TABLE["commands"][name],
                    role,
                    expected.get(role, expected.get("everybody else")),
                    id=f"{state}: {name} by {role}",
                )


@pytest.mark.parametrize(("steps", "command", "role", "expected"), list(rows()))
def test_what_a_command_does(steps: list[Any], command: str, role: str, expected: str) -> None:
    story = told(steps)
    before = outcome(story, of_command=False)
    story.says(ROLES[role], written(story, command))
    assert outcome(story) == expected
    if expected == "refused":
        assert story.answer().reason, "every refusal has its reason"
        assert outcome(story, of_command=False) == before, "a refused command does nothing"


@pytest.mark.parametrize("state", TABLE["states"])
def test_how_a_state_comes_about(state: str) -> None:
    entry = TABLE["states"][state]
    assert outcome(told(entry["comes about"]), of_command=False) == entry["is"]


def test_every_state_has_every_command_and_every_command_is_there() -> None:
    for entry in TABLE["states"].values():
        assert entry["commands"].keys() == TABLE["commands"].keys()
    words = {text.removeprefix("/").partition(" ")[0] for text in TABLE["commands"].values()}
    known = {action.value.partition(" ")[0] for action in Action if action is not Action.NONE}
    assert words == known
