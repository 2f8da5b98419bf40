from __future__ import annotations

from tests.github_standin import Signer
from tests.standin.world import World

PULL = 'repository(owner: "acme", name: "shop") { pullRequest(number: 1) '


async def test_a_connection_must_say_how_many_and_at_most_a_hundred(world: World) -> None:
    world.pull()
    none = await world.query(f"{{ {PULL} {{ comments {{ nodes {{ id }} }} }} }} }}")
    assert none["errors"][0]["type"] == "MISSING_PAGINATION_BOUNDARIES"
    many = await world.query(f"{{ {PULL} {{ comments(first: 101) {{ nodes {{ id }} }} }} }} }}")
    assert many["errors"][0]["type"] == "EXCESSIVE_PAGINATION"


async def test_pages_follow_each_other(world: World) -> None:
    pull = world.pull()
    for n in range(5):
        pull.comment(world.bob, str(n))
    query = f"query($after: String) {{ {PULL} {{ comments(first: 2, after: $after) {{ pageInfo {{ hasNextPage endCursor }} nodes {{ body }} }} }} }} }}"  # noqa: E501
    found: list[str] = []
    after: str | None = None
    while True:
        page = (await world.query(query, after=after))["data"]["repository"]["pullRequest"]["comments"]
        found += [node["body"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert found == list("01234")


async def test_bots_come_without_their_brackets_and_know_their_own_words(world: World) -> None:
    pull = world.pull()
    await world.call("POST", "/repos/acme/shop/issues/1/comments", {"body": "held"})
    pull.comment(world.bob, "hello").edit(world.bob, "hello!")
    query = f"{{ {PULL} {{ comments(first: 9) {{ nodes {{ author {{ __typename login ... on Bot {{ databaseId }} }} viewerDidAuthor lastEditedAt includesCreatedEdit }} }} }} }} }}"  # noqa: E501
    own, other = (await world.query(query))["data"]["repository"]["pullRequest"]["comments"]["nodes"]
    assert own["author"] == {"__typename": "Bot", "login": "countersign", "databaseId": world.app.bot.id}
    assert (own["viewerDidAuthor"], own["lastEditedAt"]) == (True, None)
    assert (other["viewerDidAuthor"], other["includesCreatedEdit"]) == (False, True)


async def test_text_ends_at_512000_bytes_and_says_so(world: World) -> None:
    world.shop.commit("main", {"big": "x" * 512_001, "bin": b"\0\1\2"}, author=world.alice)
    query = """{ repository(owner: "acme", name: "shop") {
        big: object(expression: "main:big") { ... on Blob { byteSize isTruncated isBinary text } }
        bin: object(expression: "main:bin") { ... on Blob { isTruncated isBinary text } }
        none: object(expression: "main:none") { oid }
        commit: object(expression: "main") { ... on Commit { file(path: "big") { mode type } } } } }"""
    found = (await world.query(query))["data"]["repository"]
    assert len(found["big"].pop("text")) == 512_000
    assert found["big"] == {"byteSize": 512_001, "isTruncated": True, "isBinary": False}
    assert found["bin"] == {"isTruncated": False, "isBinary": True, "text": None}
    assert found["none"] is None
    assert found["commit"]["file"] == {"mode": 0o100644, "type": "blob"}


async def test_one_missing_thing_leaves_the_others_answered(world: World) -> None:
    world.acme.team("orders", [world.bob])
    query = """{ a: organization(login: "acme") { team(slug: "orders") { members(first: 9) { nodes { login } } } }
        b: organization(login: "acme") { team(slug: "gone") { slug } }
        c: user(login: "nobody-at-all") { login } }"""
    answer = await world.query(query)
    assert answer["data"]["a"]["team"]["members"]["nodes"] == [{"login": "bob"}]
    assert (answer["data"]["b"], answer["data"]["c"]) == ({"team": None}, None)
    assert [(e["type"], e["path"]) for e in answer["errors"]] == [("NOT_FOUND", ["c"])]


async def test_teams_need_the_members_permission(world: World) -> None:
    world.acme.team("orders", [world.bob])
    del world.installation.permissions["members"]
    answer = await world.query('{ organization(login: "acme") { team(slug: "orders") { slug } } }')
    assert answer["data"] == {"organization": {"team": None}}
    assert answer["errors"][0]["type"] == "FORBIDDEN"


async def test_a_commit_names_its_authors_and_strangers_have_no_account(world: World) -> None:
    message = f"Change\n\nCo-authored-by: Bob <{world.bob.email}>"
    stranger = Signer("Stranger", "stranger@example.com")
    world.shop.commit("change", {"api.yml": "two\n"}, author=stranger, message=message, pusher=world.alice)
    world.shop.open_pull_request("change", world.alice)
    query = f"{{ {PULL} {{ commits(first: 9) {{ nodes {{ commit {{ authors(first: 9) {{ nodes {{ email user {{ login }} }} }} }} }} }} }} }} }}"  # noqa: E501
    commits = (await world.query(query))["data"]["repository"]["pullRequest"]["commits"]["nodes"]
    assert commits[0]["commit"]["authors"]["nodes"] == [
        {"email": "stranger@example.com", "user": None},
        {"email": world.bob.email, "user": {"login": "bob"}},
    ]


async def test_a_field_that_github_does_not_have_is_refused(world: World) -> None:
    answer = await world.query("{ nonsense }")
    assert "data" not in answer
    assert "nonsense" in answer["errors"][0]["message"]


async def test_check_runs_are_found_by_app_and_name(world: World) -> None:
    pull = world.pull()
    body = {"name": "countersign", "head_sha": pull.head_sha, "conclusion": "failure", "external_id": "acme/shop#1"}
    await world.call("POST", "/repos/acme/shop/check-runs", body)
    query = f"""query($app: Int!) {{ {PULL} {{ commits(last: 1) {{ nodes {{ commit {{
        checkSuites(first: 9, filterBy: {{appId: $app}}) {{ nodes {{
          checkRuns(first: 9, filterBy: {{checkName: "countersign"}}) {{ nodes {{ conclusion externalId }} }} }} }}
        }} }} }} }} }} }}"""
    commit = (await world.query(query, app=world.app.id))["data"]["repository"]["pullRequest"]["commits"]["nodes"][0]
    runs = commit["commit"]["checkSuites"]["nodes"][0]["checkRuns"]["nodes"]
    assert runs == [{"conclusion": "FAILURE", "externalId": "acme/shop#1"}]
