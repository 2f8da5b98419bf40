"""The registry before a change and after its merge: which files that takes, and how few reads."""

from __future__ import annotations

from bot.registry.snapshot import RegistryEdit, Unreadable
from tests.registry.registries import HEAD
from tests.registry.repositories import Repository, look_at

REGISTRY = ".github/contracts.yml"
ORDERS = HEAD + 'contracts: [{id: orders, type: openapi, files: ["api/**"]}]\n'
NARROWED = ORDERS.replace("api/**", "api/v1/**")
INCLUDING = HEAD + 'include: ["contracts/*.yml"]\n'
EVENTS = HEAD + 'contracts: [{id: events, type: avro, files: ["events/"]}]\n'


async def edit_of(repository: Repository, *renames: tuple[str, str]) -> RegistryEdit | None:
    return (await look_at(repository, *renames)).registry_edit


def texts(edit: RegistryEdit | None) -> tuple[dict[str, str], dict[str, str]]:
    assert edit is not None
    return (
        {path: document.data.decode() for path, document in edit.before.items()},
        {path: document.data.decode() for path, document in edit.after.items()},
    )


async def test_a_change_that_leaves_the_registry_alone_edits_nothing() -> None:
    files = {REGISTRY: INCLUDING, "contracts/orders.yml": ORDERS}
    repository = Repository(merge_base={**files, "a.yaml": "1"}, head={**files, "a.yaml": "2"})
    assert await edit_of(repository) is None
    assert len(repository.reads) == 2, "the main file, and what it includes"


async def test_an_edit_costs_no_read_of_its_own() -> None:
    repository = Repository(merge_base={REGISTRY: ORDERS}, head={REGISTRY: ORDERS + "# more\n"})
    assert texts(await edit_of(repository)) == ({REGISTRY: ORDERS}, {REGISTRY: ORDERS + "# more\n"})
    assert len(repository.reads) == 1
    assert repository.listings == 0


async def test_the_files_are_listed_when_a_contract_may_lose_some() -> None:
    base = {REGISTRY: ORDERS, "api/v1/a.yaml": "1", "api/v2/a.yaml": "1"}
    repository = Repository(merge_base=base, head={**base, REGISTRY: NARROWED})
    edit = await edit_of(repository)
    assert edit is not None
    assert edit.paths == frozenset(base)
    assert repository.listings == 1


async def test_included_files_that_are_edited_added_or_removed_count() -> None:
    base = {REGISTRY: INCLUDING, "contracts/orders.yml": ORDERS}
    assert texts(await edit_of(Repository(merge_base=base, head={**base, "contracts/events.yml": EVENTS})))[1] == {
        **base,
        "contracts/events.yml": EVENTS,
    }
    before, after = texts(await edit_of(Repository(merge_base=base, head={REGISTRY: INCLUDING})))
    assert (before, after) == (base, {REGISTRY: INCLUDING})
    newly = await edit_of(
        Repository(merge_base={**base, REGISTRY: ORDERS}, head={**base, REGISTRY: INCLUDING + "# now included\n"})
    )
    assert texts(newly)[1]["contracts/orders.yml"] == ORDERS


async def test_what_the_change_leaves_alone_is_as_the_tip_has_it() -> None:
    base = {REGISTRY: INCLUDING, "contracts/orders.yml": ORDERS, "contracts/events.yml": EVENTS}
    repository = Repository(
        merge_base=base,
        head={**base, "contracts/orders.yml": NARROWED},
        tip={**base, "contracts/events.yml": EVENTS + "# the base went on\n"},
    )
    before, after = texts(await edit_of(repository))
    assert before["contracts/events.yml"] == after["contracts/events.yml"] == EVENTS + "# the base went on\n"
    assert (before["contracts/orders.yml"], after["contracts/orders.yml"]) == (ORDERS, NARROWED)


async def test_a_registry_that_is_removed_or_renamed_away_is_gone() -> None:
    removed = Repository(merge_base={REGISTRY: ORDERS, "x": "1"}, head={"x": "1"})
    assert texts(await edit_of(removed)) == ({REGISTRY: ORDERS}, {})
    away = Repository(merge_base={REGISTRY: ORDERS}, head={"docs/contracts.yml": ORDERS})
    assert texts(await edit_of(away, (REGISTRY, "docs/contracts.yml"))) == ({REGISTRY: ORDERS}, {})


async def test_a_registry_that_moves_to_its_other_place_is_still_there() -> None:
    moved = Repository(merge_base={"contracts.yml": ORDERS}, head={REGISTRY: ORDERS})
    assert texts(await edit_of(moved, ("contracts.yml", REGISTRY))) == ({"contracts.yml": ORDERS}, {REGISTRY: ORDERS})


async def test_what_cannot_be_had_at_head_is_said() -> None:
    link = Unreadable("is a symbolic link, which is not followed")
    repository = Repository(merge_base={REGISTRY: ORDERS}, head={REGISTRY: link})
    edit = await edit_of(repository)
    assert edit is not None
    assert edit.troubles == (
        "The registry file `.github/contracts.yml` is a symbolic link, which is not followed, so it could not be read.",
    )
    including = HEAD + "include: [contracts/orders.yml]\n"
    base = {REGISTRY: including, "contracts/orders.yml": ORDERS}
    gone = await edit_of(Repository(merge_base=base, head={REGISTRY: including}))
    assert gone is not None
    assert gone.troubles == ("The registry includes `contracts/orders.yml`, which is not there.",)


async def test_another_file_of_that_name_is_none_of_ours() -> None:
    foreign = "some: other tool\n"
    repository = Repository(
        merge_base={REGISTRY: ORDERS, "contracts.yml": foreign}, head={REGISTRY: ORDERS, "contracts.yml": "x: 1\n"}
    )
    before, after = texts(await edit_of(repository))
    assert before[REGISTRY] == after[REGISTRY] == ORDERS
