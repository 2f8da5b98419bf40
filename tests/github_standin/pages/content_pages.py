"""Pages of checks, diffs and files."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.github_standin.pages.markdown import render
from tests.github_standin.pages.merge_box import latest_runs
from tests.github_standin.pages.parts import breadcrumbs, document, mark, plural, text
from tests.github_standin.pages.pull_page import framed
from tests.github_standin.rest.calls import Answer

if TYPE_CHECKING:
    from typing import Any

    from tests.github_standin.world.checks import CheckRun
    from tests.github_standin.world.git import FileDiff
    from tests.github_standin.world.pulls import PullRequest
    from tests.github_standin.world.repositories import Repository


def checks(pull: PullRequest) -> Answer:
    runs = latest_runs(pull)
    body = "".join(check_run(run) for run in runs) or "<p>No checks have run on the head commit.</p>"
    return framed(pull, "Checks", body)


def check_run(run: CheckRun) -> str:
    where = run.repository.full_name
    summary = "".join(
        f'<div class="markdown">{render(part, where)}</div><br>' for part in (run.summary, run.text) if part
    )
    count = plural(len(run.annotations), "annotation")
    notes = "".join(_annotation(run, each) for each in run.annotations)
    heading = f"<h3>{count}</h3>{notes}" if notes else ""
    state = run.conclusion or run.status
    return (
        f'<div class="item" id="run-{run.id}"><div class="box"><div class="head">{mark(state)} <b>{text(run.name)}</b>'
        f' · {text(run.app.name)} · {text(state)} · <span class="mono small">{run.head_sha[:7]}</span></div>'
        f'<div class="body"><h2>{text(run.title or run.name)}</h2>{summary}{heading}</div></div></div>'
    )


def _annotation(run: CheckRun, note: dict[str, Any]) -> str:
    start, end = note["start_line"], note["end_line"]
    lines = f"line {start}" if start == end else f"lines {start} to {end}"
    address = f"/{run.repository.full_name}/blob/{run.head_sha}/{quote(note['path'])}#L{start}"
    title = f"<b>{text(note['title'])}</b>" if note.get("title") else ""
    return (
        f'<div class="note {text(note["annotation_level"])}"><span class="small pale">'
        f'{text(note["annotation_level"].capitalize())} · <a class="mono" href="{text(address)}">{text(note["path"])}'
        f"</a> {lines}</span><br>{title}<p>{text(note['message'])}</p></div>"
    )


def files(pull: PullRequest) -> Answer:
    return framed(pull, "Files changed", "".join(_diff(pull.repository, pull.head_sha, f) for f in pull.files()))


def commit(repo: Repository, sha: str) -> Answer:
    info = repo.git.info(sha)
    changes = repo.git.diff(info.parents[0], info.sha) if info.parents else []
    title, _, rest = info.message.partition("\n")
    head = f"{text(info.author.name)} · <span class='mono'>{info.sha}</span>"
    return document(
        f"{title} · {repo.full_name}@{info.sha[:7]}",
        breadcrumbs(repo),
        f'<h1 class="title">{text(title)}</h1><p class="pale">{head}</p><pre>{text(rest.strip())}</pre>'
        + "".join(_diff(repo, info.sha, file) for file in changes),
    )


def _diff(repo: Repository, sha: str, file: FileDiff) -> str:
    """Unified, with the numbers of both sides."""
    rows, old, new = "", 0, 0
    for line in (file.patch or "").split("\n"):
        if line.startswith("@@"):
            left, right = line.split(" ")[1:3]
            old, new = int(left[1:].split(",")[0]), int(right[1:].split(",")[0])
            rows += f'<tr class="hunk"><td class="line">…</td><td class="line">…</td><td>{text(line)}</td></tr>'
        elif line.startswith("+"):
            rows += f'<tr class="add"><td class="line"></td><td class="line">{new}</td><td>{text(line)}</td></tr>'
            new += 1
        elif line.startswith("-"):
            rows += f'<tr class="del"><td class="line">{old}</td><td class="line"></td><td>{text(line)}</td></tr>'
            old += 1
        elif line:
            rows += f'<tr><td class="line">{old}</td><td class="line">{new}</td><td>{text(line)}</td></tr>'
            old, new = old + 1, new + 1
    name = f"{file.previous} → {file.path}" if file.previous else file.path
    address = f"/{repo.full_name}/blob/{sha}/{quote(file.path)}"
    counts = f'<span class="good">+{file.additions}</span> <span class="bad">−{file.deletions}</span>'
    shown = f'<table class="code">{rows}</table>' if rows else '<div class="body pale">No lines to show.</div>'
    return (
        f'<div class="item"><div class="box"><div class="head"><a class="mono" href="{text(address)}">{text(name)}</a>'
        f' <span class="tag">{counts}</span></div>{shown}</div></div>'
    )


def blob(repo: Repository, rest: str) -> Answer | None:
    """A file with numbered lines; the line that the address names (`#L12`) is marked. `rest`: ref and path."""
    found = _located(repo, rest)
    if found is None:
        return None
    sha, path = found
    data = repo.git.data(sha)
    lines = data.decode("utf-8", "replace").splitlines()
    rows = "".join(
        f'<tr id="L{n}"><td class="line"><a href="#L{n}">{n}</a></td><td>{text(line)}</td></tr>'
        for n, line in enumerate(lines, 1)
    )
    head = f"{plural(len(lines), 'line')} · {plural(len(data), 'byte')}"
    return document(
        f"{path} · {repo.full_name}",
        breadcrumbs(repo),
        f'<div class="box"><div class="head"><b class="mono">{text(path)}</b> {head}</div>'
        f'<table class="code">{rows}</table></div>',
    )


def raw(repo: Repository, rest: str) -> Answer | None:
    found = _located(repo, rest)
    return None if found is None else Answer(repo.git.data(found[0]), content_type="text/plain")


def _located(repo: Repository, rest: str) -> tuple[str, str] | None:
    """The blob and its path. The ref may have slashes: the longest one that exists wins."""
    parts = rest.split("/")
    for cut in range(len(parts) - 1, 0, -1):
        sha = repo.resolve("/".join(parts[:cut]))
        entry = repo.git.entry(sha, "/".join(parts[cut:])) if sha else None
        if entry is not None and entry.kind == "blob":
            return entry.sha, entry.path
    return None
