"""A second opinion: the bot's own client against a GitHub that others wrote, as far as that one goes.

It has no GraphQL, reactions, rulesets, merge groups or webhook settings, and takes review requests that GitHub refuses.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.github.app import GitHubApp
from bot.github.changes import compare
from bot.github.client import Client
from bot.github.credentials import AppKey
from bot.github.errors import InstallationGone, NotFound, Unauthorized, Unprocessable
from bot.github.files import GitHubFiles
from bot.github.http import Host
from bot.github.permissions import EVENTS, PERMISSIONS
from bot.github.publish import publish
from bot.github.published import Published
from bot.github.pull import OwnComment, PullRequestState
from bot.github.snapshot import open_pulls
from bot.github.transport import Transport
from bot.registry.snapshot import ChangedFile
from bot.report.publication import Annotation, CheckOutput, Publication
from bot.review.people import Person
from bot.review.stamp import Stamp
from tests.emulate.emulator import APP_ID, INSTALLATION, Emulator, emulator, installed_or_skipped

REPO = "acme/orders"
SPEC = "api/openapi.yaml"
NOTES = tuple(Annotation(SPEC, 1, 1, "failure", f"Breaking {n}", "It breaks.") for n in range(40))
"""No more than one request takes: the emulator replaces annotations on an update, where GitHub adds them."""
STAMP = Stamp("1/1", (b"a key of ours",))
HELD = Publication(
    check=CheckOutput("failure", "2 breaking changes", "Held.", "All of it.", NOTES),
    comment="<!-- countersign:v1 -->\nTwo breaking changes.",
    labels=frozenset({"contract: breaking"}),
    review_users=("bob",),
    review_teams=("council",),
)


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class World:
    emulator: Emulator
    transport: Transport
    app: GitHubApp
    pull: dict[str, Any]

    @property
    def client(self) -> Client:
        return self.app.installation(INSTALLATION)

    @property
    def head_sha(self) -> str:
        return str(self.pull["head"]["sha"])

    def state(self) -> PullRequestState:
        """The pull request as a look would find it; a look itself speaks GraphQL."""
        return PullRequestState(
            repository=REPO,
            repository_id=int(self.pull["base"]["repo"]["id"]),
            default_branch="main",
            number=1,
            title="Change",
            author=Person(3, "alice"),
            state="open",
            draft=False,
            locked=False,
            base_ref="main",
            base_sha=self.pull["base"]["sha"],
            head_sha=self.head_sha,
            merge_base_sha=self.pull["base"]["sha"],
            files=(),
            commits=(),
            comments=(),
            own_comments=(),
            labels=frozenset(),
            known_labels=frozenset(),
            requested_users=frozenset(),
            requested_teams=frozenset(),
            reviewers=frozenset(),
            checks=(),
            incomplete=(),
        )


@pytest.fixture
async def world() -> AsyncIterator[World]:
    folder = installed_or_skipped()
    async with emulator(folder, dict(PERMISSIONS), sorted(EVENTS)) as github:
        repo = f"/repos/{REPO}"

        async def write(text: str, branch: str, sha: str | None) -> str:
            body = {"message": "Write", "content": base64.b64encode(text.encode()).decode(), "branch": branch}
            written = await github.alice("PUT", f"{repo}/contents/{SPEC}", body | ({"sha": sha} if sha else {}))
            return str(written["content"]["sha"])

        blob = await write("openapi: 3.0.3\n", "main", None)
        tip = (await github.alice("GET", f"{repo}/git/ref/heads/main"))["object"]["sha"]
        await github.alice("POST", f"{repo}/git/refs", {"ref": "refs/heads/change", "sha": tip})
        await write("openapi: 3.1.0\n", "change", blob)
        pull = await github.alice("POST", f"{repo}/pulls", {"title": "Change", "head": "change", "base": "main"})
        await github.alice("POST", "/orgs/acme/teams", {"name": "Council", "privacy": "closed"})
        await github.alice("PUT", "/orgs/acme/teams/council/memberships/bob", {})
        await github.alice("PUT", f"/orgs/acme/teams/council/repos/{REPO}", {"permission": "push"})
        async with Transport.open(Host(github.url)) as transport:
            yield World(github, transport, GitHubApp(transport, AppKey(APP_ID, github.key, now), now=now), pull)


async def test_the_app_signs_in_and_finds_where_it_is_installed(world: World) -> None:
    assert await world.app.slug() == "countersign"
    assert (await world.app.description())["permissions"] == PERMISSIONS
    assert await world.app.installation_of(REPO) == INSTALLATION
    with pytest.raises(InstallationGone):
        await world.app.installation_of("acme/elsewhere")
    limits = await world.client.getitem("/rate_limit")
    assert limits["resources"]["core"]["limit"] == 5_000


async def test_another_key_and_another_installation_are_refused(world: World) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    with pytest.raises(Unauthorized):
        await GitHubApp(world.transport, AppKey(APP_ID, other.decode(), now), now=now).slug()
    with pytest.raises(InstallationGone):
        await world.app.installation(INSTALLATION + 1).getitem(f"/repos/{REPO}")


async def test_what_changed_and_which_files_there_are_is_read(world: World) -> None:
    comparison = await compare(world.client, REPO, world.pull["base"]["sha"], world.head_sha)
    assert comparison.merge_base_sha == world.pull["base"]["sha"]
    assert comparison.files == (ChangedFile(SPEC, "modified"),)
    assert SPEC in await GitHubFiles(world.client, REPO).paths(world.head_sha)
    (opened,) = await open_pulls(world.client, REPO, "main")
    assert (opened.number, opened.head_sha) == (1, world.head_sha)
    with pytest.raises(NotFound):
        await world.client.getitem(f"/repos/{REPO}/contents/none.yaml")


async def test_a_decision_is_published_once_and_its_release_takes_the_place_of_it(world: World) -> None:
    state = world.state()
    first = await publish(world.client, state, HELD, app_id=APP_ID, stamp=STAMP)
    (run,) = await check_runs(world)
    assert (run["name"], run["status"], run["conclusion"]) == ("countersign", "completed", "failure")
    assert run["output"]["annotations_count"] == len(NOTES)
    pull = await world.emulator.alice("GET", f"/repos/{REPO}/pulls/1")
    assert [user["login"] for user in pull["requested_reviewers"]] == ["bob"]
    assert [team["slug"] for team in pull["requested_teams"]] == ["council"]
    assert [label["name"] for label in pull["labels"]] == ["contract: breaking"]

    released = replace(
        HELD, check=CheckOutput("success", "Signed", "By all.", "", ()), comment=f"{HELD.comment}\nSigned."
    )
    await publish(world.client, state, released, Published.from_json(first.to_json()), app_id=APP_ID, stamp=STAMP)
    assert [run["conclusion"] for run in await check_runs(world)][-1] == "success"
    (comment,) = await world.emulator.alice("GET", f"/repos/{REPO}/issues/1/comments")
    assert comment["body"].endswith("Signed.")
    assert comment["user"]["login"] == "countersign[bot]"


async def test_the_same_decision_again_writes_nothing(world: World) -> None:
    first = await publish(world.client, world.state(), HELD, app_id=APP_ID, stamp=STAMP)
    assert first.comment is not None and HELD.comment is not None
    ours = OwnComment(
        first.comment.id, HELD.comment, first.comment.url, first.comment.updated_at, first.comment.updated_at
    )
    state = replace(world.state(), own_comments=(ours,), labels=HELD.labels, known_labels=HELD.labels)
    again = await publish(world.client, state, HELD, first, app_id=APP_ID, stamp=STAMP)
    assert again.writes == 0
    assert (again.check, again.comment) == (first.check, first.comment)


async def test_a_completed_check_without_a_conclusion_is_refused_as_githubs_own(world: World) -> None:
    body = {"name": "countersign", "head_sha": world.head_sha, "status": "completed"}
    with pytest.raises(Unprocessable):
        await world.client.post(f"/repos/{REPO}/check-runs", data=body)


async def check_runs(world: World) -> list[dict[str, Any]]:
    listed = await world.emulator.alice("GET", f"/repos/{REPO}/commits/{world.head_sha}/check-runs")
    runs: list[dict[str, Any]] = listed["check_runs"]
    return sorted(runs, key=lambda run: int(run["id"]))
