"""Check runs and suites."""

from __future__ import annotations

from tests.github_standin.rest.calls import Answer, Call
from tests.github_standin.rest.routing import Routes
from tests.github_standin.shapes import checks as shapes
from tests.github_standin.shapes.repositories import commit
from tests.github_standin.world import checks
from tests.github_standin.world.checks import CheckRun
from tests.github_standin.world.refusals import Refused, not_found

routes = Routes()


@routes("POST", "/repos/{owner}/{repo}/check-runs", needs="checks:write")
def create(call: Call) -> Answer:
    return Answer(shapes.check_run(checks.create(call.repo, call.calling_app, call.body)), 201)


def _named(call: Call) -> CheckRun:
    for run in call.repo.check_runs:
        if str(run.id) == call.params["run"]:
            return run
    raise not_found()


@routes("GET", "/repos/{owner}/{repo}/check-runs/{run}", needs="checks:read")
def run(call: Call) -> Answer:
    return Answer(shapes.check_run(_named(call)))


@routes("PATCH", "/repos/{owner}/{repo}/check-runs/{run}", needs="checks:write")
def update(call: Call) -> Answer:
    found = _named(call)
    checks.update(found, call.calling_app, call.body)
    return Answer(shapes.check_run(found))


@routes("GET", "/repos/{owner}/{repo}/check-runs/{run}/annotations", needs="checks:read")
def annotations_of(call: Call) -> Answer:
    found = _named(call)
    return call.paged(found.annotations, lambda each: shapes.annotation(found, each))


@routes("GET", "/repos/{owner}/{repo}/commits/{ref+}/check-runs", needs="checks:read")
def of_commit(call: Call) -> Answer:
    """filter=latest (what GitHub does unless asked): the newest run of each app and name."""
    sha = _resolved(call)
    query = call.query
    runs = [
        run
        for run in call.repo.check_runs
        if run.head_sha == sha
        and query.get("check_name", run.name) == run.name
        and query.get("app_id", str(run.app.id)) == str(run.app.id)
        and query.get("status", run.status) == run.status
    ]
    if query.get("filter", "latest") == "latest":
        runs = list({(run.app.id, run.name): run for run in runs}.values())
    runs.sort(key=lambda run: run.id, reverse=True)
    return call.paged(runs, shapes.check_run, lambda page: {"total_count": len(runs), "check_runs": page})


@routes("GET", "/repos/{owner}/{repo}/commits/{ref+}/check-suites", needs="checks:read")
def suites(call: Call) -> Answer:
    sha = _resolved(call)
    found = [suite for suite in call.repo.suites if suite.head_sha == sha]
    return call.paged(found, shapes.check_suite, lambda page: {"total_count": len(found), "check_suites": page})


@routes("GET", "/repos/{owner}/{repo}/commits/{ref+}", needs="contents:read")
def one_commit(call: Call) -> Answer:
    return Answer(commit(call.repo, call.repo.git.info(_resolved(call))))


def _resolved(call: Call) -> str:
    ref = call.params["ref"]
    sha = call.repo.resolve(ref)
    if sha is None:
        raise Refused(422, f"No commit found for SHA: {ref}")
    return sha
