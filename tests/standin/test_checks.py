from __future__ import annotations

from typing import Any

import pytest

from tests.standin.world import World

RUNS = "/repos/acme/shop/check-runs"


def _note(line: int = 1) -> dict[str, Any]:
    return {"path": "api.yml", "start_line": line, "end_line": line, "annotation_level": "failure", "message": "m"}


def _output(**more: Any) -> dict[str, Any]:
    return {"title": "t", "summary": "s", **more}


async def test_annotations_are_added_to_those_that_are_there(world: World) -> None:
    body = {"name": "countersign", "head_sha": world.pull().head_sha, "output": _output(annotations=[_note()])}
    run = (await world.call("POST", RUNS, body)).json
    updated = await world.call("PATCH", f"{RUNS}/{run['id']}", {"output": _output(annotations=[_note()])})
    assert updated.json["output"]["annotations_count"] == 2


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"output": _output(annotations=[_note()] * 51)}, "No more than 50 items are allowed; 51 were supplied."),
        ({"output": _output(text="x" * 65_536)}, "Only 65535 characters are allowed; 65536 were supplied."),
        ({"output": {"title": "t"}}, '"summary" wasn\'t supplied.'),
        ({"status": "completed"}, '"conclusion" wasn\'t supplied.'),
        ({"head_sha": "0" * 40}, "No commit found for SHA"),
    ],
)
async def test_what_github_refuses(world: World, more: dict[str, Any], words: str) -> None:
    reply = await world.call("POST", RUNS, {"name": "countersign", "head_sha": world.pull().head_sha, **more})
    assert reply.status == 422
    assert words in reply.json["message"]
    assert world.shop.check_runs == []


async def test_only_the_app_that_made_a_run_may_change_it(world: World) -> None:
    other = world.github.app("Other", {"checks": "write"}, ())
    token = other.install(world.acme).token({}).value
    run = (await world.call("POST", RUNS, {"name": "c", "head_sha": world.pull().head_sha})).json
    reply = await world.call("PATCH", f"{RUNS}/{run['id']}", {"conclusion": "success"}, token=token)
    assert reply.status == 403


async def test_the_newest_run_of_each_name_is_listed_unless_all_are_asked_for(world: World) -> None:
    sha = world.pull().head_sha
    for conclusion in ("failure", "success"):
        await world.call("POST", RUNS, {"name": "countersign", "head_sha": sha, "conclusion": conclusion})
    path = f"/repos/acme/shop/commits/{sha}/check-runs?check_name=countersign&app_id={world.app.id}"
    assert [r["conclusion"] for r in (await world.call("GET", path)).json["check_runs"]] == ["success"]
    assert (await world.call("GET", f"{path}&filter=all")).json["total_count"] == 2


async def test_a_run_on_a_forks_head_knows_no_pull_request(world: World) -> None:
    fork = world.shop.fork(world.bob)
    fork.commit("idea", {"api.yml": "x\n"}, author=world.bob)
    pull = world.shop.open_pull_request((fork, "idea"), world.bob)
    run = (await world.call("POST", RUNS, {"name": "countersign", "head_sha": pull.head_sha})).json
    assert run["pull_requests"] == []
    own = (await world.call("POST", RUNS, {"name": "countersign", "head_sha": world.pull().head_sha})).json
    assert [p["number"] for p in own["pull_requests"]] == [2]
