from __future__ import annotations

import pytest

from tests.web.conftest import Server, pull_request


async def test_health_goes_through_the_database(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    async with server.session.get(f"{server.url}/health") as answer:
        assert answer.status == 200
        assert (await answer.json())["status"] == "ok"

    async def broken() -> None:
        raise OSError("/secret/path: disk I/O error")

    monkeypatch.setattr(server.store, "ping", broken)
    async with server.session.get(f"{server.url}/health") as answer:
        assert answer.status == 503
        assert (await answer.json())["database"] == "OSError"
        assert "/secret" not in await answer.text()


async def test_metrics_count_what_happened(server: Server) -> None:
    await server.deliver(pull_request(), "d1")
    await server.deliver(pull_request(), "d1")
    await server.post(b"{}", {})
    async with server.session.get(f"{server.url}/metrics") as answer:
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        text = await answer.text()
    lines = text.splitlines()
    for line in (
        'countersign_deliveries_total{outcome="accepted"} 1',
        'countersign_deliveries_total{outcome="repeated"} 1',
        'countersign_deliveries_total{outcome="unsigned"} 1',
        "countersign_delivery_seconds_count 3",
        "countersign_pending_rows 1",
        "countersign_pending_lanes 1",
    ):
        assert line in lines
    assert "acme" not in text
    for line in lines:
        name = line.split()[2] if line.startswith("#") else line.split()[0].partition("{")[0]
        assert name.startswith("countersign_")
        if not line.startswith("#"):
            float(line.split()[-1])


async def test_the_page_says_what_this_is_and_allows_no_script(server: Server) -> None:
    async with server.session.get(f"{server.url}/") as answer:
        assert answer.status == 200
        assert "Countersign" in await answer.text()
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("GET", "/webhook", 405)])
async def test_other_addresses_are_refused_plainly(server: Server, method: str, path: str, status: int) -> None:
    async with server.session.request(method, server.url + path) as answer:
        assert answer.status == status
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_failing_page_says_nothing_about_its_inside(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(_now: object) -> None:
        raise OSError("/secret/path")

    monkeypatch.setattr(server.store, "backlog", broken)
    async with server.session.get(f"{server.url}/metrics") as answer:
        assert answer.status == 503
        assert "secret" not in await answer.text()
