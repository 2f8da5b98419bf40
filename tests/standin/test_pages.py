from __future__ import annotations

import pytest

from tests.github_standin.pages.markdown import render
from tests.github_standin.world import checks
from tests.standin.world import World


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        '<a href="JaVaScRiPt:alert(1)">x</a>',
        "<svg><script>alert(1)</script></svg>",
        "<style>body{display:none}</style>",
    ],
)
def test_what_people_write_cannot_run(hostile: str) -> None:
    html = render(hostile, "acme/shop").lower()
    assert "<script" not in html
    assert 'href="javascript' not in html
    assert "<img src" not in html
    assert "<style" not in html


def test_a_comment_cannot_leave_its_box() -> None:
    assert render("</div></div><b>x", "acme/shop").count("</div>") == 0
    assert render("<details><summary>a", "acme/shop").endswith("</summary></details>")


def test_markdown_is_githubs() -> None:
    assert 'class="mention" href="/orgs/acme/teams/orders"' in render("@acme/orders", "acme/shop")
    assert "mention" not in render("`@acme/orders` and mail@example.com", "acme/shop")
    assert 'href="/acme/shop/pull/12"' in render("see #12", "acme/shop")
    assert "<td>1</td>" in render("|a|\n|-|\n|1|", "acme/shop")
    assert "✅" in render(":white_check_mark:", "acme/shop")
    assert "alert-warning" in render("> [!WARNING]\n> Careful", "acme/shop")
    assert 'type="checkbox"' in render("- [x] done", "acme/shop")
    assert "secret" not in render("<!-- secret -->shown", "acme/shop")


async def _page(world: World, path: str) -> str:
    async with world.session.get(f"{world.github.url}{path}") as answer:
        assert answer.status == 200
        return await answer.text()


async def test_a_pull_requests_page_shows_what_people_must_see(world: World) -> None:
    world.shop.require_check("countersign", world.app)
    pull = world.pull()
    pull.comment(world.app.bot, "**Held** until @bob signs", via=world.app)
    pull.comment(world.bob, "/approve-breaking").react(world.app.bot, "+1")
    pull.add_labels(world.app.bot, ["contract: breaking"])
    pull.request_review(world.app.bot, ["bob"])
    output = {
        "title": "Held: 1 breaking change",
        "summary": "Why",
        "annotations": [
            {"path": "api.yml", "start_line": 1, "end_line": 1, "annotation_level": "failure", "message": "Gone"}
        ],
    }
    checks.create(
        world.shop,
        world.app,
        {"name": "countersign", "head_sha": pull.head_sha, "conclusion": "failure", "output": output},
    )
    page = await _page(world, "/acme/shop/pull/1")
    for words in ("<strong>Held</strong>", "Merging is blocked", "contract: breaking", "👍 1", "Held: 1 breaking"):
        assert words in page
    shown = await _page(world, "/acme/shop/pull/1/checks")
    assert "Gone" in shown
    assert f"/acme/shop/blob/{pull.head_sha}/api.yml#L1" in shown
    checks.create(world.shop, world.app, {"name": "countersign", "head_sha": pull.head_sha, "conclusion": "success"})
    assert "Ready to merge" in await _page(world, "/acme/shop/pull/1")


async def test_files_have_numbered_lines_and_diffs_both_sides(world: World) -> None:
    pull = world.pull()
    assert '<tr id="L1">' in await _page(world, f"/acme/shop/blob/{pull.head_sha}/api.yml")
    assert '<tr class="del">' in await _page(world, "/acme/shop/pull/1/files")
    assert "Commits" in await _page(world, "/acme/shop/pull/1/commits")
    assert "acme/shop" in await _page(world, "/")
