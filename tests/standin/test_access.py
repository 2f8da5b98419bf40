from __future__ import annotations

from tests.standin.world import World


async def test_a_token_is_given_for_a_good_json_web_token(world: World) -> None:
    reply = await world.call("POST", f"/app/installations/{world.installation.id}/access_tokens", token=world.jwt())
    assert reply.status == 201
    assert reply.json["permissions"]["checks"] == "write"
    assert (await world.call("GET", "/repos/acme/shop", token=reply.json["token"])).status == 200


async def test_a_json_web_token_may_not_outlive_ten_minutes(world: World) -> None:
    late = await world.call("GET", "/app", token=world.jwt(life=700))
    assert (late.status, late.json["message"]) == (
        401,
        "'Expiration time' claim ('exp') is too far in the future",
    )
    over = await world.call("GET", "/app", token=world.jwt(life=-1))
    assert over.status == 401
    assert "must be a numeric value representing the future time" in over.json["message"]


async def test_a_json_web_token_from_the_future_is_refused(world: World) -> None:
    now = int(world.github.clock.now().timestamp())
    reply = await world.call("GET", "/app", token=world.jwt(iat=now + 30))
    assert reply.status == 401
    assert "'Issued at' claim ('iat')" in reply.json["message"]


async def test_another_apps_key_does_not_open_this_app(world: World) -> None:
    other = world.github.app("Other", {}, ())
    assert (await world.call("GET", "/app", token=world.jwt(other, iss=str(world.app.id)))).status == 401
    assert (await world.call("GET", "/app", token=world.jwt(iss="999999"))).status == 404


async def test_a_token_ends_after_an_hour(world: World) -> None:
    token = world.token()
    world.github.clock.advance(3601)
    reply = await world.call("GET", "/repos/acme/shop", token=token)
    assert (reply.status, reply.json["message"]) == (401, "Bad credentials")


async def test_a_suspended_installation_is_listed_but_gives_no_token(world: World) -> None:
    world.installation.suspend()
    listed = await world.call("GET", "/app/installations", token=world.jwt())
    assert listed.json[0]["suspended_at"] is not None
    path = f"/app/installations/{world.installation.id}/access_tokens"
    refused = await world.call("POST", path, token=world.jwt())
    assert (refused.status, refused.json["message"]) == (403, "This installation has been suspended")


async def test_an_uninstalled_app_is_not_found_and_its_tokens_are_dead(world: World) -> None:
    token = world.token()
    world.installation.uninstall()
    path = f"/app/installations/{world.installation.id}/access_tokens"
    assert (await world.call("POST", path, token=world.jwt())).status == 404
    assert (await world.call("GET", "/repos/acme/shop", token=token)).status == 401


async def test_a_permission_that_was_not_granted_cannot_be_asked_for(world: World) -> None:
    path = f"/app/installations/{world.installation.id}/access_tokens"
    reply = await world.call("POST", path, {"permissions": {"contents": "write"}}, token=world.jwt())
    assert (reply.status, reply.json["message"]) == (
        422,
        "The permissions requested are not granted to this installation.",
    )


async def test_a_call_beyond_the_permissions_is_refused(world: World) -> None:
    weak = world.installation.token({"permissions": {"contents": "read"}}).value
    pull = world.pull()
    reply = await world.call("POST", f"/repos/acme/shop/issues/{pull.number}/comments", {"body": "hi"}, token=weak)
    assert (reply.status, reply.json["message"]) == (403, "Resource not accessible by integration")
    team = world.acme.team("orders", [world.bob])
    assert (await world.call("GET", f"/orgs/acme/teams/{team.slug}/members", token=weak)).status == 403


async def test_what_a_token_cannot_see_is_not_there(world: World) -> None:
    world.github.organisation("other").repository("secret", {"a": "b"}, private=True)
    assert (await world.call("GET", "/repos/other/secret")).status == 404
    answer = await world.query('{ repository(owner: "other", name: "secret") { id } }')
    assert answer["data"] == {"repository": None}
    assert answer["errors"][0]["type"] == "NOT_FOUND"


async def test_a_person_cannot_write_check_runs(world: World) -> None:
    body = {"name": "countersign", "head_sha": world.shop.tip("main")}
    reply = await world.call("POST", "/repos/acme/shop/check-runs", body, token=world.alice.token())
    assert (reply.status, reply.json["message"]) == (403, "You must authenticate via a GitHub App.")
