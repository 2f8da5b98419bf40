"""Check runs, their suites and annotations, with the limits that GitHub keeps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.github_standin.world.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tests.github_standin.world.accounts import User
    from tests.github_standin.world.apps import App
    from tests.github_standin.world.repositories import Repository

STATUSES = ("queued", "in_progress", "completed", "waiting", "requested", "pending")
CONCLUSIONS = (
    "action_required", "cancelled", "failure", "neutral", "success", "skipped", "stale", "timed_out",
)  # fmt: skip
MOST_ANNOTATIONS = 50
LONGEST_TEXT = 65_535
LONGEST_MESSAGE = 64 * 1024


@dataclass(frozen=True, slots=True)
class CommitStatus:
    sha: str
    context: str
    state: str
    creator: User
    created_at: datetime


@dataclass(eq=False)
class CheckSuite:
    """One an app and commit."""

    id: int
    repository: Repository = field(repr=False)
    app: App
    head_sha: str
    head_branch: str | None
    created_at: datetime

    @property
    def runs(self) -> list[CheckRun]:
        return [run for run in self.repository.check_runs if run.suite is self]

    def rerequest(self, user: User) -> None:
        """ "Re-run all checks" on the page: the app alone is told."""
        self.repository.github.events.check_suite(self, "rerequested", user)


@dataclass(eq=False)
class CheckRun:
    id: int
    repository: Repository = field(repr=False)
    app: App
    suite: CheckSuite
    name: str
    head_sha: str
    started_at: datetime
    status: str = "queued"
    conclusion: str | None = None
    completed_at: datetime | None = None
    external_id: str = ""
    details_url: str | None = None
    title: str | None = None
    summary: str | None = None
    text: str | None = None
    annotations: list[dict[str, Any]] = field(default_factory=list, repr=False)
    actions: list[dict[str, Any]] = field(default_factory=list, repr=False)

    def rerequest(self, user: User) -> None:
        """ "Re-run" on the page: the app alone is told."""
        self.repository.github.events.check_run(self, "rerequested", user)

    def press(self, user: User, identifier: str) -> None:
        """One of the app's own buttons."""
        more = {"requested_action": {"identifier": identifier}}
        self.repository.github.events.check_run(self, "requested_action", user, more)


def create(repository: Repository, app: App, request: Mapping[str, Any]) -> CheckRun:
    """Raises Refused in GitHub's words."""
    name, sha = request.get("name"), request.get("head_sha")
    if not isinstance(name, str) or not isinstance(sha, str):
        missing = "name" if not isinstance(name, str) else "head_sha"
        raise Refused(422, f'Invalid request.\n\n"{missing}" wasn\'t supplied.')
    check(request)
    if not repository.git.has(sha):
        raise Refused(422, f"No commit found for SHA: {sha}")
    github = repository.github
    run = CheckRun(github.next_id(), repository, app, suite_of(repository, app, sha), name, sha, github.stamp())
    repository.check_runs.append(run)
    apply(run, request)
    github.events.check_run(run, "created", app.bot)
    if run.status == "completed":
        github.events.check_run(run, "completed", app.bot)
    return run


def update(run: CheckRun, app: App, request: Mapping[str, Any]) -> None:
    """Annotations are added to those that are there; everything else that is given replaces."""
    if app is not run.app:
        message = f"Invalid app_id `{app.id}` - check run can only be modified by the GitHub App that created it."
        raise Refused(403, message)
    check(request, output_needs=("summary",))
    was = run.status
    run.repository.github.stamp()
    apply(run, request)
    if run.status == "completed" and was != "completed":
        run.repository.github.events.check_run(run, "completed", app.bot)


def suite_of(repository: Repository, app: App, sha: str) -> CheckSuite:
    for suite in repository.suites:
        if suite.app is app and suite.head_sha == sha:
            return suite
    branch = next((name for name, tip in repository.branches.items() if tip == sha), None)
    github = repository.github
    suite = CheckSuite(github.next_id(), repository, app, sha, branch, github.stamp())
    repository.suites.append(suite)
    return suite


def check(request: Mapping[str, Any], output_needs: tuple[str, ...] = ("title", "summary")) -> None:
    """Every limit, before anything is written."""
    status, conclusion = request.get("status"), request.get("conclusion")
    if status is not None and status not in STATUSES:
        raise Refused(422, f"Invalid request.\n\n{status} is not a member of {list(STATUSES)}.")
    if conclusion is not None and conclusion not in CONCLUSIONS:
        raise Refused(422, f"Invalid request.\n\n{conclusion} is not a member of {list(CONCLUSIONS)}.")
    if status == "completed" and conclusion is None:
        # hub4j GHCheckRunBuilderTest/createCheckRunErrMissingConclusion; GitHub's own description lacks the rule
        raise Refused(422, 'Invalid request.\n\nNo subschema in "anyOf" matched.\n"conclusion" wasn\'t supplied.')
    actions = request.get("actions") or []
    if len(actions) > 3:
        raise Refused(422, f"Invalid request.\n\nNo more than 3 items are allowed; {len(actions)} were supplied.")
    for action in actions:
        _no_longer("label", action.get("label", ""), 20)
        _no_longer("description", action.get("description", ""), 40)
        _no_longer("identifier", action.get("identifier", ""), 20)
    output = request.get("output")
    if output is not None:
        _check_output(output, output_needs)


def _check_output(output: Mapping[str, Any], needs: tuple[str, ...]) -> None:
    for needed in needs:
        if needed not in output:
            raise Refused(422, f'Invalid request.\n\n"{needed}" wasn\'t supplied.')
    for part in ("summary", "text"):
        _no_longer(part, output.get(part) or "", LONGEST_TEXT)
    _no_longer("title", output.get("title") or "", 255)
    annotations = output.get("annotations") or []
    if len(annotations) > MOST_ANNOTATIONS:
        raise Refused(
            422,
            f"Invalid request.\n\nNo more than {MOST_ANNOTATIONS} items are allowed; {len(annotations)} were supplied.",
        )
    for annotation in annotations:
        for needed in ("path", "start_line", "end_line", "annotation_level", "message"):
            if needed not in annotation:
                raise Refused(422, f'Invalid request.\n\n"{needed}" wasn\'t supplied.')
        if len(annotation["message"].encode()) > LONGEST_MESSAGE:
            raise Refused(422, "Validation Failed", [_too_long("message", LONGEST_MESSAGE)])
        _no_longer("title", annotation.get("title") or "", 255)


def _no_longer(name: str, value: str, most: int) -> None:
    if len(value) > most:
        raise Refused(422, f"Invalid request.\n\nOnly {most} characters are allowed; {len(value)} were supplied.",
                      [_too_long(name, most)])  # fmt: skip


def _too_long(name: str, most: int) -> dict[str, str]:
    message = f"{name} exceeds a maximum length of {most}"
    return {"resource": "CheckRun", "field": name, "code": "custom", "message": message}


def apply(run: CheckRun, request: Mapping[str, Any]) -> None:
    run.name = request.get("name", run.name)
    run.external_id = request.get("external_id", run.external_id)
    run.details_url = request.get("details_url", run.details_url)
    run.actions = list(request.get("actions") or run.actions)
    run.status = request.get("status", run.status)
    if request.get("conclusion") is not None:
        run.conclusion, run.status = request["conclusion"], "completed"
    if run.status == "completed" and run.completed_at is None:
        run.completed_at = run.repository.github.stamp()
    elif run.status != "completed":
        run.conclusion = run.completed_at = None
    output = request.get("output")
    if output is not None:
        run.title, run.summary = output.get("title", run.title), output["summary"]
        run.text = output.get("text", run.text)
        run.annotations.extend(dict(a) for a in output.get("annotations") or [])
