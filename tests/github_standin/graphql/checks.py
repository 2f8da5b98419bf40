"""Check suites and runs in GraphQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.github_standin.clock import iso
from tests.github_standin.graphql.context import Context
from tests.github_standin.graphql.pagination import Fields, connection
from tests.github_standin.shapes.accounts import Json, node_id
from tests.github_standin.shapes.repositories import page
from tests.github_standin.world.apps import App
from tests.github_standin.world.checks import CheckRun, CheckSuite
from tests.github_standin.world.repositories import Repository


def suites(repo: Repository, sha: str, context: Context) -> Callable[..., Fields]:
    def check_suites(_: Any, filterBy: Json | None = None, **args: Any) -> Fields:  # noqa: N803
        context.demand("checks")
        wanted = filterBy or {}
        found = [
            suite
            for suite in repo.suites
            if suite.head_sha == sha
            and wanted.get("appId") in (None, suite.app.id)
            and (wanted.get("checkName") is None or any(r.name == wanted["checkName"] for r in suite.runs))
        ]
        return connection("checkSuites", found, check_suite, args)

    return check_suites


def check_suite(suite: CheckSuite) -> Fields:
    runs = suite.runs
    done = bool(runs) and all(run.status == "completed" for run in runs)

    def check_runs(_: Any, filterBy: Json | None = None, **args: Any) -> Fields:  # noqa: N803
        return connection("checkRuns", _chosen(runs, filterBy or {}), check_run, args)

    return {
        "__typename": "CheckSuite",
        "id": node_id("CS", suite.id),
        "databaseId": suite.id,
        "app": app(suite.app),
        "status": "COMPLETED" if done else "QUEUED",
        "conclusion": _upper(runs[-1].conclusion) if done else None,
        "createdAt": iso(suite.created_at),
        "checkRuns": check_runs,
    }


def _chosen(runs: list[CheckRun], wanted: Json) -> list[CheckRun]:
    """checkType is LATEST unless asked otherwise: the newest of each name."""
    found = [
        run
        for run in runs
        if wanted.get("checkName") in (None, run.name)
        and wanted.get("appId") in (None, run.app.id)
        and wanted.get("status") in (None, run.status.upper())
        and run.status.upper() in (wanted.get("statuses") or [run.status.upper()])
        and _upper(run.conclusion) in (wanted.get("conclusions") or [_upper(run.conclusion)])
    ]
    if wanted.get("checkType", "LATEST") == "LATEST":
        found = list({run.name: run for run in found}.values())
    return found


def check_run(run: CheckRun) -> Fields:
    html = f"{page(run.repository)}/runs/{run.id}"
    return {
        "__typename": "CheckRun",
        "id": node_id("CR", run.id),
        "databaseId": run.id,
        "name": run.name,
        "status": run.status.upper(),
        "conclusion": _upper(run.conclusion),
        "externalId": run.external_id or None,
        "detailsUrl": run.details_url or html,
        "permalink": html,
        "url": html,
        "title": run.title,
        "summary": run.summary,
        "text": run.text,
        "startedAt": iso(run.started_at),
        "completedAt": iso(run.completed_at) if run.completed_at else None,
        "checkSuite": lambda _: check_suite(run.suite),
        "annotations": lambda _, **args: connection("annotations", run.annotations, _annotation, args),
    }


def _annotation(shown: Json) -> Fields:
    return {
        "path": shown["path"],
        "annotationLevel": shown["annotation_level"].upper(),
        "title": shown.get("title"),
        "message": shown["message"],
        "rawDetails": shown.get("raw_details"),
        "location": {
            "start": {"line": shown["start_line"], "column": shown.get("start_column")},
            "end": {"line": shown["end_line"], "column": shown.get("end_column")},
        },
    }


def app(shown: App) -> Fields:
    return {
        "__typename": "App",
        "id": node_id("A", shown.id),
        "databaseId": shown.id,
        "name": shown.name,
        "slug": shown.slug,
    }


def _upper(word: str | None) -> str | None:
    return None if word is None else word.upper()
