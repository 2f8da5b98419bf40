"""Issues, and what pull requests have in common with them: conversation, labels, locks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.github_standin.world.refusals import Refused, invalid

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tests.github_standin.github import GitHub
    from tests.github_standin.world.accounts import User
    from tests.github_standin.world.apps import App
    from tests.github_standin.world.repositories import Repository

LONGEST_BODY = 65_536
"""Characters. Not in GitHub's description; its refusal is quoted in telia-oss/github-pr-resource#259."""

REACTIONS = ("+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes")


@dataclass(eq=False)
class Label:
    id: int
    name: str
    color: str
    description: str | None


@dataclass(frozen=True, slots=True)
class Reaction:
    id: int
    user: User
    content: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the timeline that is no comment: a push, a request, a label."""

    kind: str
    actor: User
    at: datetime
    facts: dict[str, Any]


@dataclass(eq=False)
class Comment:
    """`edited_at` is None until its text was changed. `via` is the app that wrote it, if one did."""

    issue: Issue = field(repr=False)
    id: int
    body: str
    author: User | None
    created_at: datetime
    updated_at: datetime
    edited_at: datetime | None = None
    edited_by: User | None = None
    via: App | None = None
    reactions: list[Reaction] = field(default_factory=list)

    def edit(self, user: User, body: str) -> None:
        self._check_may_change(user)
        self.issue.check_unlocked(user)
        check_length(body)
        before, self.body = self.body, body
        self.updated_at = self.issue.github.stamp()
        if before != body:
            self.edited_at, self.edited_by = self.updated_at, user
        self.issue.github.events.comment(self, "edited", user, {"body": {"from": before}})

    def delete(self, user: User) -> None:
        self._check_may_change(user)
        self.issue.comments.remove(self)
        self.issue.touch()
        self.issue.github.events.comment(self, "deleted", user)

    def _check_may_change(self, user: User) -> None:
        """Its author, whoever can push, and apps: those were checked for their permission when they called."""
        if user is not self.author and user.kind != "Bot" and not self.issue.repository.allows(user, "push"):
            raise Refused(403, "Must have admin rights to Repository.")

    def react(self, user: User, content: str) -> tuple[Reaction, bool]:
        """The reaction, and whether it is new: the same one twice is one."""
        if content not in REACTIONS:
            raise invalid("Reaction", "content", "invalid")
        for reaction in self.reactions:
            if reaction.user is user and reaction.content == content:
                return reaction, False
        reaction = Reaction(self.issue.github.next_id(), user, content, self.issue.github.stamp())
        self.reactions.append(reaction)
        return reaction, True


@dataclass(eq=False)
class Issue:
    repository: Repository = field(repr=False)
    number: int
    id: int
    title: str
    body: str | None
    author: User | None
    created_at: datetime
    state: str = "open"
    locked: bool = False
    lock_reason: str | None = None
    updated_at: datetime = field(init=False)
    closed_at: datetime | None = None
    labels: list[Label] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list, repr=False)
    happenings: list[Happening] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        self.updated_at = self.created_at

    @property
    def github(self) -> GitHub:
        return self.repository.github

    def touch(self) -> datetime:
        self.updated_at = self.github.stamp()
        return self.updated_at

    def happened(self, kind: str, actor: User, **facts: Any) -> None:
        self.happenings.append(Happening(kind, actor, self.touch(), facts))

    def announce(self, action: str, actor: User, **more: Any) -> None:
        """The webhook of what happened to it."""
        self.github.events.issue(self, action, actor, **more)

    def check_unlocked(self, user: User) -> None:
        if self.locked and user.kind == "User" and self.repository.allows(user, "push"):
            return
        if self.locked:
            raise Refused(403, "Unable to create comment because issue is locked.")

    def comment(self, user: User, body: str, via: App | None = None) -> Comment:
        if not self.repository.readable_by(user) and user.kind == "User":
            raise Refused(404, "Not Found")
        self.check_unlocked(user)
        if not body.strip():
            raise invalid("IssueComment", "body", "missing_field", "body can't be blank")
        check_length(body)
        now = self.touch()
        comment = Comment(self, self.github.next_id(), body, user, now, now, via=via)
        self.comments.append(comment)
        self.github.events.comment(comment, "created", user)
        return comment

    def lock(self, user: User, reason: str | None = None) -> None:
        self.locked, self.lock_reason = True, reason
        self.happened("locked", user)
        self.announce("locked", user)

    def unlock(self, user: User) -> None:
        self.locked, self.lock_reason = False, None
        self.happened("unlocked", user)
        self.announce("unlocked", user)

    def add_labels(self, user: User, names: Iterable[str]) -> None:
        """Labels that the repository lacks are made, as GitHub makes them."""
        for name in names:
            label = self.repository.label(name)
            if label not in self.labels:
                self.labels.append(label)
                self.happened("labeled", user, label=label)
                self.announce("labeled", user, label=label)

    def remove_label(self, user: User, name: str) -> None:
        label = next((label for label in self.labels if label.name.lower() == name.lower()), None)
        if label is None:
            raise Refused(404, "Label does not exist")
        self.labels.remove(label)
        self.happened("unlabeled", user, label=label)
        self.announce("unlabeled", user, label=label)


def check_length(body: str) -> None:
    if len(body) > LONGEST_BODY:
        message = f"Body is too long (maximum is {LONGEST_BODY} characters)"
        raise invalid("IssueComment", "data", "unprocessable", message)
