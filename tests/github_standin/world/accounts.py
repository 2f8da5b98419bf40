"""People, bots, organisations and teams."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from tests.github_standin.github import GitHub
    from tests.github_standin.world.git import Content
    from tests.github_standin.world.repositories import Repository


@dataclass(eq=False)
class User:
    """A person, or the account under which an app acts (`kind` Bot, login `slug[bot]`)."""

    github: GitHub = field(repr=False)
    id: int
    login: str
    name: str
    created_at: datetime
    kind: Literal["User", "Bot"] = "User"

    @property
    def email(self) -> str:
        return f"{self.id}+{self.login}@users.noreply.github.com"

    def token(self) -> str:
        """A personal access token of this person."""
        value = "ghp_" + secrets.token_hex(18)
        self.github.user_tokens[value] = self
        return value

    def repository(self, name: str, files: Mapping[str, Content] | None = None, private: bool = False) -> Repository:
        return self.github.create_repository(self, name, files or {}, private)

    def delete(self) -> None:
        """The account goes; what it wrote stays, with nobody ("ghost") as its author."""
        self.github.remove_user(self)


@dataclass(eq=False)
class Organisation:
    """Members read every repository (`base_permission`), owners administer it."""

    github: GitHub = field(repr=False)
    id: int
    login: str
    created_at: datetime
    members: list[User] = field(default_factory=list, repr=False)
    owners: list[User] = field(default_factory=list, repr=False)
    teams: dict[str, Team] = field(default_factory=dict, repr=False)
    base_permission: str | None = "pull"

    def member(self, *users: User) -> None:
        for user in users:
            if user not in self.members:
                self.members.append(user)
                self.github.events.organisation(self, "member_added", user)

    def owner(self, *users: User) -> None:
        self.member(*users)
        self.owners.extend(user for user in users if user not in self.owners)

    def remove(self, user: User) -> None:
        """Also leaves every team."""
        for team in self.teams.values():
            team.remove(user)
        self.members = [m for m in self.members if m is not user]
        self.owners = [m for m in self.owners if m is not user]
        self.github.events.organisation(self, "member_removed", user)

    def team(self, name: str, members: Iterable[User] = (), parent: Team | None = None, secret: bool = False) -> Team:
        slug = re.sub(r"[^a-z0-9_]+", "-", name.lower()).strip("-")
        team = Team(self.github, self.github.next_id(), self, slug, name, self.github.stamp(), parent, secret)
        self.teams[slug] = team
        team.add(*members)
        return team

    def repository(self, name: str, files: Mapping[str, Content] | None = None, private: bool = False) -> Repository:
        return self.github.create_repository(self, name, files or {}, private)


@dataclass(eq=False)
class Team:
    github: GitHub = field(repr=False)
    id: int
    organisation: Organisation = field(repr=False)
    slug: str
    name: str
    created_at: datetime
    parent: Team | None = None
    secret: bool = False
    members: list[User] = field(default_factory=list, repr=False)

    def add(self, *users: User) -> None:
        for user in users:
            if user not in self.members:
                self.organisation.member(user)
                self.members.append(user)
                self.github.events.membership(self, "added", user)

    def remove(self, user: User) -> None:
        if user in self.members:
            self.members.remove(user)
            self.github.events.membership(self, "removed", user)

    def rename(self, slug: str) -> None:
        """The old slug is unknown from now on."""
        del self.organisation.teams[self.slug]
        before, self.slug, self.name = self.name, slug, slug
        self.organisation.teams[slug] = self
        self.github.events.changed_team(self, "edited", {"name": {"from": before}})

    def delete(self) -> None:
        del self.organisation.teams[self.slug]
        self.github.events.changed_team(self, "deleted")

    def children(self) -> Iterator[Team]:
        return (team for team in self.organisation.teams.values() if team.parent is self)

    def lineage(self) -> Iterator[Team]:
        """This team and the teams above it: what those may do, its members may."""
        team: Team | None = self
        while team is not None:
            yield team
            team = team.parent

    def everyone(self) -> list[User]:
        """Its members and those of the teams below it, as GitHub counts membership."""
        found = list(self.members)
        for child in self.children():
            found.extend(user for user in child.everyone() if user not in found)
        return found


Owner = User | Organisation
