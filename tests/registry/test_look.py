"""Which contracts a change touches, and how few reads it takes to know."""

from __future__ import annotations

import pytest

from bot.registry.reading import registry_paths
from bot.registry.shelf import may_refer_elsewhere
from bot.registry.snapshot import Unreadable
from tests.registry.repositories import Content, Repository, contents, look_at

SPEC_1, SPEC_2 = "openapi: 1", "openapi: 2"
REGISTRY = ".github/contracts.yml"


def registry(*contracts: str, more: str = "") -> str:
    lines = "".join(f"  - {contract}\n" for contract in contracts)
    return f"apiVersion: contracts.review/v1\nkind: ContractRegistry\n{more}contracts:\n{lines}"


ORDERS = '{id: orders-api, type: openapi, files: ["api/**"], entrypoint: api/openapi.yaml}'
GLOBS = '{id: orders-api, type: openapi, files: ["api/**"]}'


async def test_an_edited_contract_takes_one_read() -> None:
    repository = Repository(
        merge_base={REGISTRY: registry(ORDERS), "api/openapi.yaml": SPEC_1, "main.py": "1"},
        head={REGISTRY: registry(ORDERS), "api/openapi.yaml": SPEC_2, "main.py": "2"},
    )
    snapshot = await look_at(repository)
    (found,) = snapshot.contracts
    assert (found.contract, found.format, found.tip) == ("orders-api", "openapi", None)
    assert contents(found) == ({"api/openapi.yaml": SPEC_1}, {"api/openapi.yaml": SPEC_2})
    assert list(snapshot.registry) == [REGISTRY]
    assert len(repository.reads) == 1
    assert repository.listings == 0
    assert snapshot.incomplete == ()


async def test_a_change_without_contracts_reads_only_the_registry() -> None:
    repository = Repository(
        merge_base={REGISTRY: registry(ORDERS), "api/openapi.yaml": SPEC_1, "main.py": "1"},
        head={REGISTRY: registry(ORDERS), "api/openapi.yaml": SPEC_1, "main.py": "2"},
    )
    snapshot = await look_at(repository)
    assert snapshot.contracts == ()
    assert len(repository.reads) == 1
    assert {path for _, path in repository.reads[0]} == {
        REGISTRY,
        ".github/contracts.yaml",
        "contracts.yml",
        "contracts.yaml",
    }


async def test_a_part_that_a_contract_refers_to_touches_it_wherever_it_lies() -> None:
    files = {
        REGISTRY: registry(ORDERS),
        "api/openapi.yaml": "openapi: 1\n$ref: shared/order.yaml",
        "shared/a.yaml": "a",
    }
    repository = Repository(
        merge_base={**files, "shared/order.yaml": "$ref: shared/a.yaml"},
        head={**files, "shared/order.yaml": "type: string"},
    )
    (found,) = (await look_at(repository)).contracts
    assert (found.contract, found.base.entrypoint, found.head.entrypoint) == (
        "orders-api",
        "api/openapi.yaml",
        "api/openapi.yaml",
    )
    assert set(found.base.documents) == {"api/openapi.yaml", "shared/order.yaml", "shared/a.yaml"}
    assert set(found.head.documents) == {"api/openapi.yaml", "shared/order.yaml"}
    unchanged = [key for read in repository.reads for key in read if key[1] == "api/openapi.yaml"]
    assert unchanged == [("merge_base", "api/openapi.yaml")], "a file that is the same on both sides is read once"


async def test_a_contract_that_the_change_does_not_reach_is_left_alone() -> None:
    files = {REGISTRY: registry(ORDERS), "api/openapi.yaml": SPEC_1}
    repository = Repository(merge_base={**files, "ci.yaml": "1"}, head={**files, "ci.yaml": "2"})
    assert (await look_at(repository)).contracts == ()


async def test_a_file_of_two_contracts_touches_both() -> None:
    other = '{id: admin-api, type: openapi, files: ["admin/**"], entrypoint: admin/openapi.yaml}'
    files = {
        REGISTRY: registry(ORDERS, other),
        "api/openapi.yaml": "openapi: 1\n$ref: shared/order.yaml",
        "admin/openapi.yaml": "openapi: 1\n$ref: shared/order.yaml",
    }
    repository = Repository(merge_base={**files, "shared/order.yaml": "1"}, head={**files, "shared/order.yaml": "2"})
    assert [c.contract for c in (await look_at(repository)).contracts] == ["orders-api", "admin-api"]


async def test_a_renamed_contract_is_compared_with_what_it_was() -> None:
    repository = Repository(
        merge_base={REGISTRY: registry(GLOBS), "api/openapi.yaml": SPEC_1},
        head={REGISTRY: registry(GLOBS), "api/v2/orders.yaml": SPEC_2},
    )
    (found,) = (await look_at(repository, ("api/openapi.yaml", "api/v2/orders.yaml"))).contracts
    assert (found.contract, found.base.entrypoint, found.head.entrypoint) == (
        "orders-api",
        "api/openapi.yaml",
        "api/v2/orders.yaml",
    )


async def test_a_contract_that_is_renamed_to_where_its_registry_does_not_look_is_removed() -> None:
    away = ("api/openapi.yaml", "elsewhere/orders.yaml")
    before = {REGISTRY: registry(ORDERS), "api/openapi.yaml": SPEC_1}
    after = {REGISTRY: registry(ORDERS), "elsewhere/orders.yaml": SPEC_1}
    found, loose = (await look_at(Repository(merge_base=before, head=after), away)).contracts
    assert (found.contract, found.base.entrypoint, found.head.entrypoint) == ("orders-api", "api/openapi.yaml", None)
    assert (loose.contract, loose.base.entrypoint) == ("elsewhere/orders.yaml", None)
    there = ORDERS.replace("api/openapi.yaml", "elsewhere/orders.yaml")
    told = {**after, REGISTRY: registry(there)}
    (found,) = (await look_at(Repository(merge_base=before, head=told), away)).contracts
    assert (found.contract, found.head.entrypoint) == ("orders-api", "elsewhere/orders.yaml")


async def test_what_a_contract_s_link_leads_to_is_watched() -> None:
    """A link is not read in place of a file, yet what is behind it is what consumers get."""
    link = Unreadable("is a symbolic link, which is not followed", "a" * 40, "../real/orders.yaml")
    files: dict[str, Content] = {REGISTRY: registry(ORDERS), "api/openapi.yaml": link}
    same = Repository(merge_base={**files, "main.yaml": "1"}, head={**files, "main.yaml": "2"})
    assert (await look_at(same)).contracts == ()
    behind = Repository(merge_base={**files, "real/orders.yaml": SPEC_1}, head={**files, "real/orders.yaml": SPEC_2})
    (found,) = (await look_at(behind)).contracts
    assert (found.contract, set(found.head.unreadable)) == ("orders-api", {"api/openapi.yaml"})


@pytest.mark.parametrize("leads_to", ["/etc/passwd", "../../outside.yaml", "..", "openapi.yaml"])
async def test_a_link_is_never_followed_out_of_the_repository_or_round(leads_to: str) -> None:
    link = Unreadable("is a symbolic link, which is not followed", "a" * 40, leads_to)
    repository = Repository(
        merge_base={REGISTRY: registry(ORDERS), "api/openapi.yaml": SPEC_1},
        head={REGISTRY: registry(ORDERS), "api/openapi.yaml": link},
    )
    (found,) = (await look_at(repository)).contracts
    assert found.head.unread == {"api/openapi.yaml": "a" * 40}
    assert {path for read in repository.reads for _, path in read} <= {REGISTRY, *registry_paths(), "api/openapi.yaml"}


async def test_a_submodule_that_holds_all_of_a_contract_is_looked_at_when_it_moves() -> None:
    def moved(files: str) -> Repository:
        old, new = (Unreadable("is a submodule: its files are in another repository", sha * 40) for sha in "ab")
        text = registry(GLOBS).replace("api/**", files)
        assert text != registry(GLOBS)
        return Repository(merge_base={REGISTRY: text, "vendor/specs": old}, head={REGISTRY: text, "vendor/specs": new})

    (found,) = (await look_at(moved("vendor/specs/**"))).contracts
    assert (found.contract, found.head.unread) == ("orders-api", {"vendor/specs": "b" * 40})
    assert (await look_at(moved("vendor/other/**"))).contracts == ()


@pytest.mark.parametrize("contract", [ORDERS, GLOBS])
async def test_a_removed_contract_has_no_head_and_an_added_one_no_base(contract: str) -> None:
    there = {REGISTRY: registry(contract), "api/openapi.yaml": SPEC_1}
    gone = {REGISTRY: registry(contract)}
    (removed,) = (await look_at(Repository(merge_base=there, head=gone))).contracts
    assert (removed.base.entrypoint, removed.head.entrypoint) == ("api/openapi.yaml", None)
    (added,) = (await look_at(Repository(merge_base=gone, head=there))).contracts
    assert (added.base.entrypoint, added.head.entrypoint) == (None, "api/openapi.yaml")


async def test_each_matching_document_is_compared_by_itself() -> None:
    files = {REGISTRY: registry(GLOBS)}
    repository = Repository(
        merge_base={**files, "api/a.yaml": SPEC_1, "api/b.yaml": SPEC_1, "api/readme.md": "1"},
        head={**files, "api/a.yaml": SPEC_2, "api/b.yaml": SPEC_2, "api/readme.md": "2"},
    )
    found = (await look_at(repository)).contracts
    assert [(c.contract, c.base.entrypoint) for c in found] == [
        ("orders-api", "api/a.yaml"),
        ("orders-api", "api/b.yaml"),
    ]


async def test_a_part_without_an_entrypoint_is_found_through_the_documents_that_refer_to_it() -> None:
    files = {
        REGISTRY: registry(GLOBS),
        "api/a.yaml": "openapi: 1\n$ref: api/order.yaml",
        "api/b.yaml": "openapi: 1\n$ref: api/order.yaml",
        "api/c.yaml": "openapi: 1",
    }
    repository = Repository(merge_base={**files, "api/order.yaml": "1"}, head={**files, "api/order.yaml": "2"})
    found = (await look_at(repository)).contracts
    assert [c.base.entrypoint for c in found] == ["api/a.yaml", "api/b.yaml"]
    assert repository.listings == 1


async def test_documents_that_refer_to_each_other_are_both_compared() -> None:
    files = {REGISTRY: registry(GLOBS)}
    repository = Repository(
        merge_base={**files, "api/a.yaml": "openapi: 1 $ref: api/b.yaml", "api/b.yaml": "openapi: 1 $ref: api/a.yaml"},
        head={**files, "api/a.yaml": "openapi: 2 $ref: api/b.yaml", "api/b.yaml": "openapi: 2 $ref: api/a.yaml"},
    )
    assert [c.base.entrypoint for c in (await look_at(repository)).contracts] == ["api/a.yaml", "api/b.yaml"]


async def test_a_document_beside_the_entrypoint_is_guarded_too() -> None:
    files = {REGISTRY: registry(ORDERS), "api/openapi.yaml": SPEC_1}
    repository = Repository(merge_base={**files, "api/v2.yaml": SPEC_1}, head={**files, "api/v2.yaml": SPEC_2})
    (found,) = (await look_at(repository)).contracts
    assert (found.contract, found.base.entrypoint) == ("orders-api", "api/v2.yaml")


async def test_every_file_of_a_format_that_is_not_told_by_content_is_a_document() -> None:
    contract = '{id: events, type: avro, files: ["events/*.avsc"]}'
    files = {REGISTRY: registry(contract)}
    repository = Repository(merge_base={**files, "events/a.avsc": "1"}, head={**files, "events/a.avsc": "2"})
    (found,) = (await look_at(repository)).contracts
    assert (found.contract, found.format) == ("events", "avro")


async def test_a_registered_document_that_is_no_longer_one_is_still_compared() -> None:
    repository = Repository(
        merge_base={REGISTRY: registry(GLOBS), "api/a.yaml": SPEC_1},
        head={REGISTRY: registry(GLOBS), "api/a.yaml": "<<<<<<< HEAD"},
    )
    (found,) = (await look_at(repository)).contracts
    assert found.head.entrypoint == "api/a.yaml"


async def test_a_registered_file_that_cannot_be_had_says_why() -> None:
    repository = Repository(
        merge_base={REGISTRY: registry(GLOBS), "api/a.yaml": SPEC_1},
        head={REGISTRY: registry(GLOBS), "api/a.yaml": Unreadable("is a symbolic link")},
    )
    (found,) = (await look_at(repository)).contracts
    assert (found.head.entrypoint, found.head.unreadable) == ("api/a.yaml", {"api/a.yaml": "is a symbolic link"})


async def test_unregistered_contracts_are_recognised_by_content_and_called_by_their_path() -> None:
    repository = Repository(
        merge_base={"specs/a.yaml": SPEC_1, "package.json": "{}"},
        head={"specs/a.yaml": SPEC_2, "specs/b.yaml": SPEC_1, "package.json": "{ }"},
    )
    snapshot = await look_at(repository)
    assert snapshot.registry == {}
    assert [(c.contract, c.format) for c in snapshot.contracts] == [
        ("specs/a.yaml", "openapi"),
        ("specs/b.yaml", "openapi"),
    ]
    assert len(repository.reads) == 1


async def test_ignored_files_are_no_contracts_but_moving_one_there_hides_nothing() -> None:
    ignoring = registry(GLOBS, more='ignore: ["**/fixtures/**"]\n')
    repository = Repository(
        merge_base={
            REGISTRY: ignoring,
            "fixtures/a.yaml": SPEC_1,
            "api/fixtures/b.yaml": SPEC_1,
            "x/fixtures/c.yaml": SPEC_1,
        },
        head={
            REGISTRY: ignoring,
            "fixtures/a.yaml": SPEC_2,
            "api/fixtures/b.yaml": SPEC_2,
            "x/fixtures/c.yaml": SPEC_2,
        },
    )
    assert (await look_at(repository)).contracts == ()
    moved = Repository(
        merge_base={REGISTRY: ignoring, "api/a.yaml": SPEC_1}, head={REGISTRY: ignoring, "x/fixtures/a.yaml": SPEC_2}
    )
    (found,) = (await look_at(moved, ("api/a.yaml", "x/fixtures/a.yaml"))).contracts
    assert (found.contract, found.head.entrypoint) == ("orders-api", None)


async def test_the_registry_is_the_bases_and_what_is_proposed_is_kept_apart() -> None:
    repository = Repository(
        merge_base={REGISTRY: registry(ORDERS), "api/openapi.yaml": SPEC_1},
        head={REGISTRY: registry('{id: x, type: other, files: ["nothing"]}'), "api/openapi.yaml": SPEC_2},
    )
    snapshot = await look_at(repository)
    assert [c.contract for c in snapshot.contracts] == ["orders-api"]
    assert b"orders-api" in snapshot.registry[REGISTRY].data
    assert snapshot.registry_edit is not None
    assert b"id: x" in snapshot.registry_edit.after[REGISTRY].data
    assert len(repository.reads) == 1


async def test_the_tip_is_there_when_the_base_moved_on_in_the_contracts_files() -> None:
    files = {REGISTRY: registry(ORDERS), "other.txt": "1"}
    repository = Repository(
        merge_base={**files, "api/openapi.yaml": SPEC_1},
        head={**files, "api/openapi.yaml": SPEC_2},
        tip={**files, "api/openapi.yaml": "openapi: 3"},
    )
    (found,) = (await look_at(repository)).contracts
    assert found.tip is not None
    assert found.tip.documents["api/openapi.yaml"].data == b"openapi: 3"
    assert len(repository.reads) == 1
    repository.commits["tip"] = {**repository.commits["merge_base"], "other.txt": "2"}
    (still,) = (await look_at(repository)).contracts
    assert still.tip is None


async def test_included_registry_files_are_read() -> None:
    files = {
        REGISTRY: registry(GLOBS, more='include: ["contracts/*.yml", extra.yml]\n'),
        "contracts/events.yml": registry('{id: events, type: avro, files: ["events/"]}'),
        "extra.yml": registry('{id: more, type: avro, files: ["more/"]}'),
    }
    repository = Repository(merge_base={**files, "events/a.avsc": "1"}, head={**files, "events/a.avsc": "2"})
    snapshot = await look_at(repository)
    assert set(snapshot.registry) == set(files)
    assert [c.contract for c in snapshot.contracts] == ["events"]


async def test_a_registry_that_cannot_be_had_blocks() -> None:
    repository = Repository(
        merge_base={REGISTRY: Unreadable("is a symbolic link"), "a.yaml": SPEC_1},
        head={REGISTRY: Unreadable("is a symbolic link"), "a.yaml": SPEC_2},
    )
    snapshot = await look_at(repository)
    assert snapshot.incomplete == (
        "The registry file `.github/contracts.yml` is a symbolic link, so it could not be read.",
    )


async def test_an_included_file_that_is_not_there_blocks() -> None:
    files = {REGISTRY: registry(GLOBS, more="include: [gone.yml]\n")}
    snapshot = await look_at(Repository(merge_base=files, head={**files, "a.txt": "1"}))
    assert snapshot.incomplete == ("The registry includes `gone.yml`, which is not there.",)


async def test_a_part_of_a_contract_whose_entrypoint_is_missing_blocks() -> None:
    files = {REGISTRY: registry(ORDERS)}
    repository = Repository(merge_base={**files, "api/order.yaml": "1"}, head={**files, "api/order.yaml": "2"})
    snapshot = await look_at(repository)
    assert snapshot.incomplete == (
        "`api/order.yaml` is part of orders-api, whose entrypoint `api/openapi.yaml` is missing.",
    )


async def test_a_large_change_is_read_in_a_second_wave_and_loses_nothing() -> None:
    many = {f"data/{n}.json": "1" for n in range(100)}
    repository = Repository(
        merge_base={REGISTRY: registry(ORDERS), "api/openapi.yaml": SPEC_1},
        head={REGISTRY: registry(ORDERS), "api/openapi.yaml": SPEC_2, **many},
    )
    assert [c.contract for c in (await look_at(repository)).contracts] == ["orders-api"]
    assert len(repository.reads) == 2


async def test_what_was_not_looked_into_is_said() -> None:
    many = {f"data/{n}.json": "1" for n in range(400)}
    snapshot = await look_at(Repository(merge_base={}, head=many))
    assert "400 changed files are in no registered contract; only the first 300" in snapshot.not_checked[0]
    assert snapshot.incomplete == ()


async def test_references_in_a_circle_come_to_an_end() -> None:
    files = {REGISTRY: registry(ORDERS), "api/openapi.yaml": "openapi: 1\n$ref: a.yaml", "a.yaml": "$ref: b.yaml"}
    repository = Repository(
        merge_base={**files, "b.yaml": "$ref: a.yaml $ref: api/openapi.yaml"}, head={**files, "b.yaml": "$ref: a.yaml"}
    )
    (found,) = (await look_at(repository)).contracts
    assert set(found.head.documents) == {"api/openapi.yaml", "a.yaml", "b.yaml"}


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ('{"$ref": "#/components/a", "x": {"$ref":"#/b"}}', False),
        ("a: {$ref: '#/b'}\nb: 1", False),
        ("a: 1", False),
        ("$ref: '#/a'\nb: {$ref: other.yaml}", True),
        ("$ref: other.yaml#/a", True),
        ("$ref: # a comment\n  other.yaml", True),
        ('{"$ref": "#/a", "\\u0024ref": "other.json"}', True),
    ],
)
def test_a_document_is_asked_for_references_unless_it_plainly_refers_to_itself(text: str, asks: bool) -> None:
    assert may_refer_elsewhere("openapi", text.encode()) is asks
