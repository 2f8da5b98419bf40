"""`against: [latest_release | all_releases]`: what was released is compared with, besides the base."""

from __future__ import annotations

from pathlib import Path

from tests.shop.world import REGISTRY, SPEC, open_shop, registry, spec

_AGAINST = "    verification_owner:"


def _registry(against: str) -> str:
    return registry().replace(_AGAINST, f"    compatibility: {{against: [{against}]}}\n{_AGAINST}")


def _with_limit(greatest: int) -> str:
    changed = spec().replace("maximum: 100", f"maximum: {greatest}")
    assert greatest == 100 or changed != spec()
    return changed


async def test_a_step_back_behind_a_release_is_found_though_the_base_has_less(tmp_path: Path) -> None:
    """Released with a limit of 100, raised to 200 on main since; 50 breaks who relies on the release, too."""
    files: dict[str, str | bytes] = {SPEC: _with_limit(100), REGISTRY: _registry("latest_release")}
    async with open_shop(tmp_path, files=files) as shop:
        shop.orders.tag("v1.0.0")
        shop.orders.commit("main", {SPEC: _with_limit(200)}, author=shop.oskar, message="More at once")
        back = await shop.propose("back", {SPEC: _with_limit(150)}, shop.olga, "A little less")
        assert shop.verdict(back) == "success", "200 was never released"
        broken = await shop.propose("broken", {SPEC: _with_limit(50)}, shop.olga, "Much less")
        assert shop.verdict(broken) == "failure"
        assert "since `v1.0.0`" in shop.comment(broken)


async def test_what_the_base_did_since_the_release_is_not_held_against_a_pull_request(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {SPEC: _with_limit(100), REGISTRY: _registry("base, latest_release")}
    async with open_shop(tmp_path, files=files) as shop:
        shop.orders.tag("v1.0.0")
        shop.orders.commit("main", {SPEC: _with_limit(50)}, author=shop.oskar, message="Less, signed elsewhere")
        reworded = _with_limit(50).replace("summary: One order", "summary: One order by its id")
        pull = await shop.propose("words", {SPEC: reworded}, shop.olga, "Words")
        assert shop.verdict(pull) == "success"
