"""A revert of a break that was never released needs nobody; that a pull request calls itself one decides nothing."""

from __future__ import annotations

from pathlib import Path

from tests.shop.world import REGISTRY, SPEC, Shop, open_shop, registry, spec


def _with_limit(greatest: int) -> str:
    return spec().replace("maximum: 100", f"maximum: {greatest}")


async def _raised_since_the_release(shop: Shop) -> None:
    """Released with a limit of 100; main has 200 since."""
    shop.orders.tag("v1.4.0")
    shop.orders.commit("main", {SPEC: _with_limit(200)}, author=shop.oskar, message="More at once")
    await shop.bot.settled()


def _tags_asked(shop: Shop) -> int:
    return sum(request.path.endswith("/tags") for request in shop.github.requests)


async def test_a_revert_of_what_was_never_released_needs_nobody_and_says_so(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await _raised_since_the_release(shop)
        back = await shop.propose("revert-12", {SPEC: _with_limit(100)}, shop.olga, 'Revert "More at once"')
        assert shop.verdict(back) == "success"
        assert "undoes what was never released (newest release: `v1.4.0`)" in shop.comment(back)
        assert not back.requested_teams and not back.requested_users


async def test_the_same_without_saying_so_is_asked_for(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await _raised_since_the_release(shop)
        less = await shop.propose("less", {SPEC: _with_limit(100)}, shop.olga, "Fewer at once")
        assert shop.verdict(less) == "failure"
        assert _tags_asked(shop) == 0, "tags are asked for only when they can make a difference"


async def test_a_revert_behind_the_release_is_held(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await _raised_since_the_release(shop)
        behind = await shop.propose("revert-3", {SPEC: _with_limit(50)}, shop.mallory, 'Revert "More at once"')
        assert shop.verdict(behind) == "failure"


async def test_a_revert_where_nothing_was_released_is_held(tmp_path: Path) -> None:
    async with open_shop(tmp_path, files={SPEC: _with_limit(200), REGISTRY: registry()}) as shop:
        back = await shop.propose("revert-12", {SPEC: _with_limit(100)}, shop.olga, 'Revert "More at once"')
        assert shop.verdict(back) == "failure"


async def test_a_release_of_another_line_excuses_nothing(tmp_path: Path) -> None:
    """v2.0.0 stands on a branch of its own; who uses what main releases may have what the revert takes."""
    async with open_shop(tmp_path, files={SPEC: _with_limit(200), REGISTRY: registry()}) as shop:
        shop.orders.commit("two", {SPEC: _with_limit(100)}, author=shop.oskar, message="Another line")
        shop.orders.tag("v2.0.0", "two")
        back = await shop.propose("revert-12", {SPEC: _with_limit(100)}, shop.olga, 'Revert "More at once"')
        assert shop.verdict(back) == "failure"


async def test_an_edit_of_the_registry_is_not_excused_by_a_revert(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await _raised_since_the_release(shop)
        weaker = registry().replace("decision_owner:", "enforcement: observe\n    decision_owner:", 1)
        assert weaker != registry()
        both = {SPEC: _with_limit(100), REGISTRY: weaker}
        pull = await shop.propose("revert-12", both, shop.mallory, 'Revert "More at once"')
        assert shop.verdict(pull) == "failure"
        assert "undoes what was never released" in shop.comment(pull)
