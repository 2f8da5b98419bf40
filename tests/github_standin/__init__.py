"""A stateful GitHub over real git, in the process that starts it: REST, GraphQL, signed webhooks, and pages for people.

    async with GitHub() as github:
        acme = github.organisation("acme")
        alice = github.user("alice")
        shop = acme.repository("shop", {"openapi.yml": "..."})
        shop.grant(alice, "push")
        shop.commit("change", {"openapi.yml": "..."}, author=alice)
        pull = shop.open_pull_request("change", alice)

Methods are what people do; each takes effect at once and sends its webhooks in the background.
"""

from tests.github_standin.clock import Clock, Ticking
from tests.github_standin.github import GitHub
from tests.github_standin.requests import Request
from tests.github_standin.webhooks.post import Delivery, shuffled
from tests.github_standin.world.accounts import Organisation, Team, User
from tests.github_standin.world.apps import App, Installation
from tests.github_standin.world.checks import CheckRun, CheckSuite
from tests.github_standin.world.git import Signer, Submodule, Symlink
from tests.github_standin.world.issues import Comment, Issue
from tests.github_standin.world.pulls import PullRequest
from tests.github_standin.world.queue import MergeGroup
from tests.github_standin.world.refusals import Refused
from tests.github_standin.world.repositories import Repository
from tests.github_standin.world.reviews import Review

__all__ = [
    "App",
    "CheckRun",
    "CheckSuite",
    "Clock",
    "Comment",
    "Delivery",
    "GitHub",
    "Installation",
    "Issue",
    "MergeGroup",
    "Organisation",
    "PullRequest",
    "Refused",
    "Repository",
    "Request",
    "Review",
    "Signer",
    "Submodule",
    "Symlink",
    "Team",
    "Ticking",
    "User",
    "shuffled",
]
