"""The check run `countersign` on one commit.

The rule for annotations: GitHub adds those of an update to what is there, and takes none away. So a check run carries
one list of annotations for its whole life, named by a digest in its external id. While the list stays, the run is
updated without annotations; what an interrupted publish left out is added from where it stopped. When the list
changes, a new run is created: GitHub goes by the newest run of an app and name on a commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from bot.github.client import Client
from bot.github.errors import NotFound, Unavailable, Unprocessable
from bot.github.published import CheckRecord, digest, normal
from bot.github.pull import CheckRun, check_run
from bot.report.context import CHECK_NAME, REPORT_NAME
from bot.report.publication import Annotation, CheckOutput

_ANNOTATIONS_A_CALL = 50
"""docs: "Create a check run". GitHub refuses the whole request otherwise."""
_MISSING_WAITS = (1.0, 2.0, 4.0)
_CREATIONS = 3
_REPORT = "/report#"
"""How the subject of a run that only reports ends."""


class CheckWriter:
    """Makes one commit's check run show an output. `writes` counts the calls that changed something."""

    def __init__(
        self, client: Client, repository: str, head_sha: str, subject: str, app_id: int, name: str = CHECK_NAME
    ) -> None:
        """`subject` names what is judged ("REPOSITORY_ID/pull/NUMBER"); it begins the external id, by which a run is
        found again. Runs of other subjects on the same commit are left alone. Each name has subjects of its own.
        """
        self._client = client
        self._owner, self._name = repository.split("/", 1)
        self._head_sha = head_sha
        self._subject = subject
        self._app_id = app_id
        self._check_name = name
        self.writes = 0

    async def show(self, output: CheckOutput, seen: Sequence[CheckRun], previous: CheckRecord | None) -> CheckRecord:
        """Writes what differs from `seen` (our runs on the commit, as just read) and `previous` (as last written).

        Raises the client's errors: a verdict that could not be written is no success.
        """
        external_id = f"{self._subject}#{_list_digest(output.annotations)}"
        current = self._current(external_id, seen, previous)
        if current is None or _is_outshone(current, output, [run for run in seen if self._is_namesake(run)]):
            current = await self._created(external_id, output)
        elif current.output != _output_digest(output):
            try:
                current = await self._updated(current, output, ())
            except NotFound:
                current = await self._created(external_id, output)
        while current.annotated < len(output.annotations):
            rest = output.annotations[current.annotated : current.annotated + _ANNOTATIONS_A_CALL]
            current = await self._updated(current, output, rest)
        return current

    async def withdraw(self, output: CheckOutput, seen: Sequence[CheckRun]) -> None:
        """Has the newest run of the subject say `output`, where there is one."""
        newest = self._newest(seen)
        if newest is not None and _seen_digest(newest) != _output_digest(output):
            await self._updated(_record(newest, self._head_sha), output, ())

    def _is_namesake(self, run: CheckRun) -> bool:
        return _REPORT in run.external_id if self._check_name == REPORT_NAME else _REPORT not in run.external_id

    def _newest(self, seen: Sequence[CheckRun]) -> CheckRun | None:
        ours = [run for run in seen if run.external_id.startswith(f"{self._subject}#")]
        return max(ours, key=lambda run: run.id, default=None)

    def _current(self, external_id: str, seen: Sequence[CheckRun], previous: CheckRecord | None) -> CheckRecord | None:
        """The newest run of our subject, if it is one of this list of annotations.

        `previous` may be newer than `seen`: what was just written does not show at once.
        """
        is_of_this = previous is not None and previous.external_id.startswith(f"{self._subject}#")
        if previous is not None and (previous.head_sha != self._head_sha or not is_of_this):
            previous = None
        newest = self._newest(seen)
        if previous is not None and newest is not None and previous.id == newest.id:
            previous = replace(previous, annotated=max(previous.annotated, newest.annotations))
        if previous is not None and (newest is None or previous.id >= newest.id):
            return previous if previous.external_id == external_id else None
        if newest is None or newest.external_id != external_id:
            return None
        return _record(newest, self._head_sha)

    async def _created(self, external_id: str, output: CheckOutput) -> CheckRecord:
        first = output.annotations[:_ANNOTATIONS_A_CALL]
        which = {"name": self._check_name, "head_sha": self._head_sha, "external_id": external_id}
        answer = await self._create(external_id, {**which, **_body(output, first)})
        self.writes += 1
        return CheckRecord(int(answer["id"]), self._head_sha, external_id, _output_digest(output), len(first))

    async def _create(self, external_id: str, data: dict[str, Any]) -> dict[str, Any]:
        """Creates a run, once: when an answer is lost, looks whether it is there before asking again.

        A commit that was just pushed to a fork may be unknown for some seconds: "No commit found for SHA".
        """
        waits = iter(_MISSING_WAITS)
        for attempt in range(1, _CREATIONS + len(_MISSING_WAITS) + 1):
            try:
                return await self._post(data)
            except Unprocessable as error:
                wait = next(waits, None)
                if wait is None or "no commit found" not in str(error).lower():
                    raise
                await self._client.sleep(wait)
            except Unavailable as error:
                if not error.may_have_happened or attempt >= _CREATIONS:
                    raise
                existing = await self._find(external_id)
                if existing is not None:
                    return existing
                await self._client.sleep(self._client.patience.backoff(attempt, 0))
        raise AssertionError("unreachable")

    async def _post(self, data: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = await self._client.post("/repos/{owner}/{name}/check-runs", self._where(), data=data)
        return answer

    async def _find(self, external_id: str) -> dict[str, Any] | None:
        ours = [run for run in await self._listed() if run.get("external_id") == external_id]
        return max(ours, key=lambda run: int(run["id"]), default=None)

    async def runs(self) -> tuple[CheckRun, ...]:
        """Our runs on the commit, for a commit that is no pull request's head."""
        return tuple(check_run(run) for run in await self._listed())

    async def _listed(self) -> list[dict[str, Any]]:
        path = "/repos/{owner}/{name}/commits/{sha}/check-runs?filter=all&per_page=100{&check_name,app_id}"
        where = {**self._where(), "sha": self._head_sha, "check_name": self._check_name, "app_id": str(self._app_id)}
        return [run async for run in self._client.getiter(path, where, iterable_key="check_runs")]

    async def _updated(
        self, record: CheckRecord, output: CheckOutput, annotations: Sequence[Annotation]
    ) -> CheckRecord:
        """When the answer to added annotations is lost, the run is asked how many it has: adding them again would show
        them twice.
        """
        where = {**self._where(), "id": str(record.id)}
        path = "/repos/{owner}/{name}/check-runs/{id}"
        annotated = record.annotated + len(annotations)
        try:
            await self._client.patch(path, where, data=_body(output, annotations))
        except Unavailable as error:
            if not error.may_have_happened:
                raise
            annotated = int((await self._client.getitem(path, where))["output"]["annotations_count"])
            if annotated == record.annotated:
                raise
        self.writes += 1
        return replace(record, output=_output_digest(output), annotated=annotated)

    def _where(self) -> dict[str, str]:
        return {"owner": self._owner, "name": self._name}


def subject(repository_id: int, number: int) -> str:
    """What a pull request's check run says it is about, whatever the repository is called."""
    return f"{repository_id}/pull/{number}"


def report_subject(repository_id: int, number: int) -> str:
    """The same, of the run that only reports."""
    return subject(repository_id, number) + _REPORT.removesuffix("#")


def number_of(external_id: str, repository_id: int) -> int | None:
    """The pull request of this repository that a check run holds; None for one about something else."""
    number = external_id.partition("#")[0].removeprefix(f"{repository_id}/pull/")
    return int(number) if number.isascii() and number.isdigit() else None


def _is_outshone(current: CheckRecord, output: CheckOutput, seen: Sequence[CheckRun]) -> bool:
    """Whether a newer run, of another pull request with the same head, says the opposite: GitHub goes by that one."""
    newest = max(seen, key=lambda run: run.id, default=None)
    return newest is not None and newest.id > current.id and newest.conclusion != output.conclusion


def _record(run: CheckRun, head_sha: str) -> CheckRecord:
    return CheckRecord(run.id, head_sha, run.external_id, _seen_digest(run), run.annotations)


def _body(output: CheckOutput, annotations: Sequence[Annotation]) -> dict[str, Any]:
    shown: dict[str, Any] = {"title": output.title, "summary": output.summary}
    if output.text:
        shown["text"] = output.text
    if annotations:
        shown["annotations"] = [_annotation(annotation) for annotation in annotations]
    body: dict[str, Any] = {"status": "completed", "conclusion": output.conclusion, "output": shown}
    if output.buttons:
        body["actions"] = [asdict(button) for button in output.buttons]
    return body


def _annotation(annotation: Annotation) -> dict[str, Any]:
    return {
        "path": annotation.path,
        "start_line": annotation.start_line,
        "end_line": annotation.end_line,
        "annotation_level": annotation.level,
        "title": annotation.title,
        "message": annotation.message,
    }


def _list_digest(annotations: Sequence[Annotation]) -> str:
    return digest(*(str(_annotation(annotation)) for annotation in annotations))[:12]


def _output_digest(output: CheckOutput) -> str:
    return digest("completed", output.conclusion, output.title, normal(output.summary), normal(output.text))


def _seen_digest(run: CheckRun) -> str:
    return digest(run.status, run.conclusion or "", run.title, normal(run.summary), normal(run.text))
