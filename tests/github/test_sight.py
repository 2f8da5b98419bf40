"""What somebody may see, asked with their own token, on the stand-in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.github.errors import Unauthorized
from bot.github.http import Host
from bot.github.sight import KEPT_FOR, Sights
from bot.github.transport import Transport
from bot.settings import Secret
from tests.github.world import World, world


@pytest.fixture
async def w() -> AsyncIterator[World]:
    async with world() as made:
        made.github.organisation("acme").base_permission = None
        yield made


@pytest.fixture
async def sights(w: World) -> AsyncIterator[Sights]:
    async with Transport.open(Host(f"{w.github.url}/api/v3")) as transport:
        yield Sights(transport, now=w.github.clock.now)


def token(w: World, login: str) -> Secret:
    return Secret(w.github.user(login).token())


async def test_private_repositories_are_seen_by_those_who_were_let_in(w: World, sights: Sights) -> None:
    secret = w.github.organisation("acme").repository("secret", {"a": "b"}, private=True)
    secret.grant(w.github.user("carol"), "pull")
    names = ["acme/shop", "acme/secret", "acme/nowhere"]
    assert (await sights.of(token(w, "carol"), names, ())).readable == {"acme/shop", "acme/secret"}
    assert (await sights.of(token(w, "dave"), names, ())).readable == {"acme/shop"}


async def test_membership_is_the_asker_s_own(w: World, sights: Sights) -> None:
    w.github.organisation("other")
    assert (await sights.of(token(w, "alice"), (), ["acme", "other", "nobody"])).member_of == {"acme"}
    assert (await sights.of(token(w, "dave"), (), ["acme", "other", "nobody"])).member_of == frozenset()


async def test_a_hundred_names_cost_one_call_and_no_more_for_minutes(w: World, sights: Sights) -> None:
    alice = token(w, "alice")
    names = ["acme/shop", *(f"acme/repo{n}" for n in range(140))]
    mark = w.github.mark()
    await sights.of(alice, names, ["acme"])
    assert len(w.calls(mark)) == 2
    await sights.of(alice, names, ["acme"])
    assert len(w.calls(mark)) == 2
    w.github.clock.advance(KEPT_FOR + 1)
    await sights.of(alice, names, ["acme"])
    assert len(w.calls(mark)) == 4


async def test_what_one_token_may_see_is_told_to_no_other(w: World, sights: Sights) -> None:
    secret = w.github.organisation("acme").repository("secret", {"a": "b"}, private=True)
    secret.grant(w.github.user("carol"), "pull")
    assert (await sights.of(token(w, "carol"), ["acme/secret"], ())).readable == {"acme/secret"}
    assert (await sights.of(token(w, "dave"), ["acme/secret"], ())).readable == frozenset()


async def test_what_was_forgotten_is_asked_again_also_while_github_was_answering(w: World, sights: Sights) -> None:
    secret = w.github.organisation("acme").repository("secret", {"a": "b"}, private=True)
    carol = w.github.user("carol")
    secret.grant(carol, "pull")
    asked = token(w, "carol")
    assert (await sights.of(asked, ["acme/secret"], ())).readable == {"acme/secret"}
    secret.revoke(carol)
    sights.forget()
    assert (await sights.of(asked, ["acme/secret"], ())).readable == frozenset()
    under_way = asyncio.create_task(sights.of(asked, ["acme/shop"], ()))
    await asyncio.sleep(0)
    sights.forget()
    await under_way
    mark = w.github.mark()
    await sights.of(asked, ["acme/shop"], ())
    assert len(w.calls(mark)) == 1


async def test_a_token_that_github_does_not_know_is_refused(w: World, sights: Sights) -> None:
    with pytest.raises(Unauthorized) as refused:
        await sights.of(Secret("ghp_made_up_by_somebody"), ["acme/shop"], ())
    assert "made_up" not in str(refused.value)


async def test_an_installation_that_may_not_read_contents_sees_no_contract(w: World, sights: Sights) -> None:
    secret = w.github.organisation("acme").repository("secret", {"a": "b"}, private=True)
    app = w.github.app("Other", {"issues": "read"}, [])
    installed = app.install(w.github.organisation("acme"))
    value = await w.app.installation(w.installed.id).authorization.header()
    assert (await sights.of(Secret(value.partition(" ")[2]), ["acme/secret"], ())).readable == {"acme/secret"}
    weak = installed.token({}).value
    assert (await sights.of(Secret(weak), ["acme/secret"], ())).readable == frozenset()
    assert secret.private


async def test_a_former_name_shows_nothing(w: World, sights: Sights) -> None:
    w.repo.rename("store", w.github.user("alice"))
    alice = token(w, "alice")
    assert (await sights.of(alice, ["acme/shop", "acme/store"], ())).readable == {"acme/store"}
