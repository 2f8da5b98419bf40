"""Check runs and suites as GitHub's REST answers show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.github_standin.clock import iso
from tests.github_standin.shapes.accounts import Json, app, node_id
from tests.github_standin.shapes.repositories import api, commit, minimal_repository, page

if TYPE_CHECKING:
    from tests.github_standin.world.checks import CheckRun, CheckSuite
    from tests.github_standin.world.pulls import PullRequest
    from tests.github_standin.world.repositories import Repository


def check_run(run: CheckRun) -> Json:
    repo = run.repository
    url = f"{api(repo)}/check-runs/{run.id}"
    html = f"{page(repo)}/runs/{run.id}"
    return {
        "id": run.id,
        "name": run.name,
        "node_id": node_id("CR", run.id),
        "head_sha": run.head_sha,
        "external_id": run.external_id,
        "url": url,
        "html_url": html,
        "details_url": run.details_url or html,
        "status": run.status,
        "conclusion": run.conclusion,
        "started_at": iso(run.started_at),
        "completed_at": iso(run.completed_at) if run.completed_at else None,
        "output": {
            "title": run.title,
            "summary": run.summary,
            "text": run.text,
            "annotations_count": len(run.annotations),
            "annotations_url": f"{url}/annotations",
        },
        "check_suite": {"id": run.suite.id},
        "app": app(run.app),
        "pull_requests": pull_requests(repo, run.head_sha),
    }


def pull_requests(repo: Repository, sha: str) -> list[Json]:
    """Open ones with that head; those from forks are never listed (palantir/bulldozer#563)."""
    return [_minimal(p) for p in repo.pulls if p.head_sha == sha and p.state == "open" and p.head_repo is repo]


def _minimal(pull: PullRequest) -> Json:
    repo = pull.repository
    where = {"id": repo.id, "url": api(repo), "name": repo.name}
    return {
        "url": f"{api(repo)}/pulls/{pull.number}",
        "id": pull.id,
        "number": pull.number,
        "head": {"ref": pull.head_branch, "sha": pull.head_sha, "repo": where},
        "base": {"ref": pull.base_branch, "sha": pull.base_sha, "repo": where},
    }


def check_suite(suite: CheckSuite) -> Json:
    repo = suite.repository
    url = f"{api(repo)}/check-suites/{suite.id}"
    runs = suite.runs
    info = repo.git.info(suite.head_sha)
    done = bool(runs) and all(run.status == "completed" for run in runs)
    head = commit(repo, info)["commit"]
    return {
        "id": suite.id,
        "node_id": node_id("CS", suite.id),
        "head_branch": suite.head_branch,
        "head_sha": suite.head_sha,
        "status": "completed" if done else "queued",
        "conclusion": runs[-1].conclusion if done else None,
        "url": url,
        "before": info.parents[0] if info.parents else None,
        "after": suite.head_sha,
        "pull_requests": pull_requests(repo, suite.head_sha),
        "app": app(suite.app),
        "created_at": iso(suite.created_at),
        "updated_at": iso(suite.created_at),
        "repository": minimal_repository(repo),
        "latest_check_runs_count": len(runs),
        "check_runs_url": f"{url}/check-runs",
        "head_commit": {
            "id": info.sha,
            "tree_id": info.tree,
            "message": info.message,
            "timestamp": iso(info.committed_at),
            "author": {"name": head["author"]["name"], "email": head["author"]["email"]},
            "committer": {"name": head["committer"]["name"], "email": head["committer"]["email"]},
        },
        "rerequestable": True,
        "runs_rerequestable": True,
    }


def annotation(run: CheckRun, shown: Json) -> Json:
    return {
        "path": shown["path"],
        "blob_href": f"{api(run.repository)}/contents/{shown['path']}?ref={run.head_sha}",
        "start_line": shown["start_line"],
        "start_column": shown.get("start_column"),
        "end_line": shown["end_line"],
        "end_column": shown.get("end_column"),
        "annotation_level": shown["annotation_level"],
        "title": shown.get("title"),
        "message": shown["message"],
        "raw_details": shown.get("raw_details"),
    }
