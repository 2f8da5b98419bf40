"""What the app needs to be allowed, and to be told of: `app.yml` asks for this and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

PERMISSIONS: Mapping[str, Literal["read", "write"]] = {
    "metadata": "read",
    "contents": "read",
    "pull_requests": "write",
    "issues": "write",
    "checks": "write",
    "members": "read",
    "merge_queues": "read",
}
"""Each with its use, in app.yml's comments. Metadata comes with any other; a repository's administrators need it."""

EVENTS: frozenset[str] = frozenset(
    {
        "pull_request",
        "pull_request_review",
        "issue_comment",
        "push",
        "check_run",
        "check_suite",
        "merge_group",
        "repository",
        "member",
        "membership",
        "organization",
        "team",
    }
)
"""Those that `bot.github.lanes` reads, and those after which somebody may see more or less (`ACCESS_EVENTS` in
`bot.github.webhooks`). `installation` and `installation_repositories` reach every app unasked."""
EVENTS_UNASKED = frozenset({"installation", "installation_repositories"})
