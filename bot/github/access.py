"""Events by which somebody comes or goes: who may have lost, or been given, what a signature rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.github.payload import Payload

_HARMLESS = frozenset({"description", "notification_setting", "privacy"})
"""Changes of a team that change nobody's membership."""


@dataclass(frozen=True, slots=True)
class Access:
    """What changed in an account (an organisation, or a repository's owner).

    person: who lost something. teams: the handles (lower case) whose members changed. came: somebody joined, or a team
    is there now; else somebody left. gone: the teams are not what they were (deleted); any_team: renamed or moved, and
    what they were called is not told. repository: in which alone somebody lost rights.
    """

    account: str
    person: int | None = None
    teams: tuple[str, ...] = ()
    came: bool = False
    gone: bool = False
    any_team: bool = False
    repository: str | None = None

    def facts(self) -> dict[str, Any]:
        """Plain values, from which `Access.read` makes the same."""
        return {
            "account": self.account,
            "person": self.person,
            "teams": list(self.teams),
            "came": self.came,
            "gone": self.gone,
            "any_team": self.any_team,
            "repository": self.repository,
        }

    @classmethod
    def read(cls, facts: dict[str, Any]) -> Access:
        return cls(**{**facts, "teams": tuple(facts["teams"])})


def access_of(name: str, action: str, payload: Payload) -> Access | None:
    """None for what takes nothing away and gives nobody a say (docs: "Webhook events and payloads": membership, member,
    organization, team). A repository's new collaborator is asked for by nobody, and needs no other look.
    """
    repository = payload.child("repository")
    account = payload.child("organization").text("login") or repository.text("full_name").partition("/")[0]
    if not account:
        return None
    team = payload.child("team")
    teams = tuple(f"@{account}/{one.text('slug')}".lower() for one in (team, team.child("parent")) if one.text("slug"))
    person = payload.child("member").number("id")
    match name, action:
        case "membership", "added":
            return Access(account, teams=teams, came=True)
        case "membership", "removed":
            return Access(account, person, teams)
        case "organization", "member_removed":
            return Access(account, payload.child("membership").child("user").number("id"))
        case "member", "removed" | "edited":
            return Access(account, person, repository=repository.text("full_name") or None)
        case "team", "created":
            return Access(account, teams=teams[:1], came=True)
        case "team", "deleted":
            return Access(account, teams=teams, gone=True)
        case "team", "removed_from_repository":
            return Access(account, repository=repository.text("full_name") or None)
        case "team", "edited":
            return _edited(account, teams, payload)
    return None


def _edited(account: str, teams: tuple[str, ...], payload: Payload) -> Access | None:
    changes = payload.child("changes").value
    if changes and changes.keys() <= _HARMLESS:
        return None
    if changes.keys() == {"repository"}:
        return Access(account, repository=payload.child("repository").text("full_name") or None)
    return Access(account, teams=teams, any_team=True)
