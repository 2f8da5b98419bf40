"""Which events take something from somebody, or give somebody a say; on the shapes that GitHub documents."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.github.access import Access, access_of
from bot.github.payload import Payload

ACME = {"login": "acme"}
TEAM = {"slug": "api-europe", "parent": {"slug": "api"}}
BOB = {"id": 5, "login": "bob"}
ORDERS = {"full_name": "acme/orders"}
BOTH = ("@acme/api-europe", "@acme/api")


def _told(name: str, action: str, **payload: Any) -> Access | None:
    found = access_of(name, action, Payload({"organization": ACME, **payload}))
    if found is not None:
        assert Access.read(json.loads(json.dumps(found.facts()))) == found
    return found


def test_whoever_leaves_a_team_leaves_those_above_it() -> None:
    assert _told("membership", "removed", member=BOB, team=TEAM) == Access("acme", 5, BOTH)
    assert _told("membership", "added", member=BOB, team=TEAM) == Access("acme", None, BOTH, came=True)


def test_whoever_leaves_the_organisation_or_a_repository() -> None:
    assert _told("organization", "member_removed", membership={"user": BOB}) == Access("acme", 5)
    for action in ("removed", "edited"):
        assert _told("member", action, member=BOB, repository=ORDERS) == Access("acme", 5, repository="acme/orders")


def test_without_an_organisation_it_is_the_owner_of_the_repository() -> None:
    payload = Payload({"member": BOB, "repository": {"full_name": "bob/orders"}})
    assert access_of("member", "removed", payload) == Access("bob", 5, repository="bob/orders")


def test_a_team_that_comes_goes_or_is_called_otherwise() -> None:
    assert _told("team", "created", team=TEAM) == Access("acme", None, BOTH[:1], came=True)
    assert _told("team", "deleted", team=TEAM) == Access("acme", None, BOTH, gone=True)
    renamed = _told("team", "edited", team=TEAM, changes={"name": {"from": "Council"}})
    assert renamed == Access("acme", None, BOTH, any_team=True)
    assert _told("team", "edited", team=TEAM) == renamed, "moved below another team, of which nothing is told"


def test_a_team_that_loses_rights_in_a_repository() -> None:
    rights = {"repository": {"permissions": {"from": {"admin": True}}}}
    for action, changes in (("removed_from_repository", {}), ("edited", rights)):
        found = _told("team", action, team=TEAM, repository=ORDERS, changes=changes)
        assert found == Access("acme", repository="acme/orders")


@pytest.mark.parametrize(
    ("name", "action", "changes"),
    [
        ("member", "added", {}),
        ("organization", "member_added", {}),
        ("organization", "member_invited", {}),
        ("team", "added_to_repository", {}),
        ("team", "edited", {"description": {"from": "x"}, "privacy": {"from": "secret"}}),
    ],
)
def test_what_takes_nothing_away_wakes_nothing(name: str, action: str, changes: dict[str, Any]) -> None:
    assert _told(name, action, team=TEAM, member=BOB, repository=ORDERS, changes=changes) is None
