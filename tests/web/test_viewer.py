"""Who is let in, at which pace, and what they are told when GitHub does not answer."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp.test_utils import make_mocked_request

from bot.github.errors import Call, RateLimited, Unauthorized, Unavailable
from bot.registry.asking.visible import Sight
from bot.settings import Secret
from bot.web.viewer import Door, NotAdmitted, Viewer

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
CALL = Call("POST", "/graphql", 403)


class Eyes:
    """Sees everything, or fails as told."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error

    def forget(self) -> None: ...

    async def of(self, token: Secret, repositories: Collection[str], organisations: Collection[str]) -> Sight:
        if self.error is not None:
            raise self.error
        return Sight(frozenset(repositories), frozenset(organisations))


class Time:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def knock(door: Door, token: str, scheme: str = "Bearer") -> Viewer:
    return door.viewer(make_mocked_request("GET", "/api/map", headers={"Authorization": f"{scheme} {token}"}))


def user(number: int) -> str:
    return f"ghp_{number:036}"


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "token"])
async def test_a_token_opens_the_door_in_either_scheme(scheme: str) -> None:
    viewer = knock(Door(Eyes(), now=Time()), user(1), scheme)
    assert (await viewer.sight(["acme/orders"], ["acme"])).readable == {"acme/orders"}


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "Bearer a b c", "Bearer short"])
def test_anything_else_does_not(header: str) -> None:
    door = Door(Eyes(), now=Time())
    with pytest.raises(NotAdmitted) as refused:
        door.viewer(make_mocked_request("GET", "/api/map", headers={"Authorization": header}))
    assert refused.value.status == 401


def test_one_viewer_asks_sixty_times_a_minute() -> None:
    time = Time()
    door = Door(Eyes(), now=time)
    for _ in range(60):
        knock(door, user(1))
    with pytest.raises(NotAdmitted) as refused:
        knock(door, user(1))
    assert (refused.value.status, refused.value.wait) == (429, 60)
    time.now += timedelta(seconds=61)
    knock(door, user(1))


def test_made_up_tokens_reach_github_at_most_sixty_times_a_minute() -> None:
    time = Time()
    door = Door(Eyes(), now=time)
    for number in range(60):
        knock(door, user(number))
    with pytest.raises(NotAdmitted) as refused:
        knock(door, user(60))
    assert refused.value.status == 429
    knock(door, user(1))  # who was here already is not kept waiting by them
    time.now += timedelta(seconds=61)
    knock(door, user(60))


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Unauthorized(CALL, "Bad credentials"), 401),
        (RateLimited(CALL, "rate limit", until=NOW), 429),
        (Unavailable(CALL, "GitHub has trouble"), 502),
        (TimeoutError(), 502),
    ],
)
async def test_without_github_s_word_nothing_is_shown(error: Exception, status: int) -> None:
    viewer = knock(Door(Eyes(error), now=Time()), user(1))
    with pytest.raises(NotAdmitted) as refused:
        await viewer.sight(["acme/orders"])
    assert refused.value.status == status
    assert refused.value.message.endswith(".")


def test_a_viewer_does_not_show_its_token() -> None:
    viewer = knock(Door(Eyes(), now=Time()), user(1))
    assert user(1) not in repr(vars(viewer))
