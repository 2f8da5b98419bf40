"""Verdicts and speed beside the tools made for one format: buf, avro.compatibility, graphql-core, in the same run.

Differences in verdict are explained in docs/peers.md.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from benchmarks.measure import Figure, process, python
from tests.published.contracts import PAIRS
from tests.published.packages import NotFetched, cache_folder, fetch

_BUF = "@bufbuild/buf@1.75.0"
_BUF_CONFIG = "version: v2\nmodules:\n  - path: .\nbreaking:\n  use: [FILE]\n"
_RECORDS = 500
_PROTOBUF_REGISTRY = """\
apiVersion: contracts.review/v1
kind: ContractRegistry
contracts:
  - {id: many, type: protobuf, files: ["*.proto"], owner: "@acme/a", decision_owner: "@acme/b"}
"""


def peers() -> Sequence[Figure]:
    """Every peer that is to be had on this machine."""
    return [*_protobuf(), *_avro(), *_graphql()]


def _protobuf() -> list[Figure]:
    try:
        buf = _installed_buf()
    except NotFetched as reason:
        return [Figure("buf", 0, "", note=str(reason))]
    figures = []
    for name in ("onnx", "apollo-reports"):
        with tempfile.TemporaryDirectory() as folder:
            old, new = _laid_out(name, Path(folder))
            for side in (old.parent, new.parent):
                (side / "buf.yaml").write_text(_BUF_CONFIG)
            command = [buf, "breaking", str(new.parent), "--against", str(old.parent), "--error-format", "json"]
            found = subprocess.run(command, capture_output=True, text=True, check=False).stdout
            theirs = Counter(json.loads(line)["type"] for line in found.splitlines())
            peer = process(command, codes=(0, 100))
            ours = process(_diff(old, new))
            note = f"buf: {_counted(theirs)}; countersign: {_counted(_own_rules('buf/', old, new))}"
            figures.append(Figure(f"{name}: wall over buf", ours.wall / peer.wall, "×", 0.7, note=note))
    return [*figures, *(_module(buf, count, goal) for count, goal in ((64, 0.7), (1_500, 0.15)))]


def _module(buf: str, count: int, goal: float) -> Figure:
    """Many files, one of which is edited: a module for buf, a pull request for us."""
    with tempfile.TemporaryDirectory() as folder:
        repository = Path(folder)
        (repository / ".github").mkdir()
        (repository / ".github" / "contracts.yml").write_text(_PROTOBUF_REGISTRY)
        (repository / "buf.yaml").write_text(_BUF_CONFIG)
        for number in range(count):
            (repository / f"file{number}.proto").write_text(_proto(number, "int32"))
        git = ["git", "-C", folder, "-c", "user.name=Ann", "-c", "user.email=ann@example.org"]
        for command in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-qm", "old"]):
            subprocess.run([*git, *command], check=True, capture_output=True)
        (repository / "file0.proto").write_text(_proto(0, "string"))
        for command in (["checkout", "-qb", "topic"], ["commit", "-qam", "new"]):
            subprocess.run([*git, *command], check=True, capture_output=True)
        check = [str(Path(sys.executable).parent / "countersign"), "check", "--repository", folder, "--base", "main"]
        runs = 3 if count < 100 else 1  # buf takes a minute for the larger one
        ours = process(check, runs, codes=(1,))
        peer = process([buf, "breaking", folder, "--against", f"{folder}/.git#branch=main"], runs, codes=(100,))
        note = f"buf {peer.wall:.2f} s, countersign {ours.wall:.2f} s; both find the changed types"
        return Figure(f"{count:,} files, one edited: wall over buf", ours.wall / peer.wall, "×", goal, note=note)


def _proto(number: int, kind: str) -> str:
    messages = (
        f"message M{number}x{m} {{\n" + "".join(f"  {kind} field{n} = {n};\n" for n in range(1, 11)) + "}\n"
        for m in range(40)
    )
    return f'syntax = "proto3";\npackage many.v1;\n{"".join(messages)}'


def _avro() -> list[Figure]:
    """500 records, each holding the one before; avro.compatibility compares the inner ones again and again."""
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        old, new = Path(folder) / "old.avsc", Path(folder) / "new.avsc"
        old.write_text(_nested(_RECORDS, "int"))
        new.write_text(_nested(_RECORDS, "long"))
        figures.append(_beside_avro(f"{_RECORDS} nested records", old, new, 0.01))
        before, after = _laid_out("datahub", Path(folder))
        figures.append(_beside_avro("datahub", before, after, None))
    return figures


def _beside_avro(name: str, old: Path, new: Path, goal: float | None) -> Figure:
    code = (
        "import sys; sys.setrecursionlimit(100_000); import avro.schema as s, avro.compatibility as c; "
        f"old, new = (s.parse(open(p).read()) for p in ({str(old)!r}, {str(new)!r})); "
        "print(c.ReaderWriterCompatibilityChecker().get_compatibility(new, old).compatibility)"
    )
    verdict = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stdout.strip()
    peer, ours = python(code, runs=1), process(_diff(old, new), runs=3)
    bare, start = python("import avro.compatibility", runs=3), process(_diff(old, old), runs=3)
    ratio = max(ours.cpu - start.cpu, 0.001) / max(peer.cpu - bare.cpu, 0.001)
    note = f"avro.compatibility, new reads old: {verdict.rpartition('.')[2]}; countersign: {_levels(old, new)}"
    return Figure(f"{name}: CPU beyond start-up over avro.compatibility", ratio, "×", goal, note=note)


def _graphql() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        old, new = _laid_out("github-graphql", Path(folder))
        edited = Path(folder) / "edited" / old.name
        edited.parent.mkdir()
        text = old.read_text()
        edited.write_text(text.replace("  login: String!\n", "  login: String\n", 1))
        assert edited.read_text() != text
        return [_beside_graphql("one field edited", old, edited, 0.15), _beside_graphql("release", old, new, None)]


def _beside_graphql(name: str, old: Path, new: Path, goal: float | None) -> Figure:
    code = (
        "from collections import Counter; from graphql import build_schema; "
        "from graphql.utilities import find_breaking_changes as f; "
        f"old, new = (build_schema(open(p).read(), assume_valid=True) for p in ({str(old)!r}, {str(new)!r})); "
        "print(dict(Counter(c.type.name for c in f(old, new))))"
    )
    verdict = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stdout.strip()
    peer, ours = python(code, runs=2), process(_diff(old, new), runs=3)
    note = f"graphql-core: {verdict}; countersign: {_levels(old, new)}"
    return Figure(f"GitHub's SDL, {name}: CPU over graphql-core", ours.cpu / peer.cpu, "×", goal, note=note)


def _nested(count: int, innermost: str) -> str:
    """A union of records, each of which holds the one before: written literally they would pass our nesting limit."""
    kinds = [innermost, *(f"R{n}" for n in range(1, count))]
    records = [
        {"type": "record", "name": f"R{n}", "fields": [{"name": "inner", "type": kind}]}
        for n, kind in enumerate(kinds, start=1)
    ]
    return json.dumps(records)


def _laid_out(name: str, folder: Path) -> tuple[Path, Path]:
    """Both versions under one name, each in a folder of its own."""
    pair = PAIRS[name]
    file = PurePosixPath(pair.after.path).name
    paths = []
    for side, published in (("old", pair.before), ("new", pair.after)):
        path = folder / name / side / file
        path.parent.mkdir(parents=True)
        shutil.copy(fetch(published), path)
        paths.append(path)
    return paths[0], paths[1]


def _diff(old: Path, new: Path) -> list[str]:
    return [str(Path(sys.executable).parent / "countersign"), "diff", "--format", "json", str(old), str(new)]


def _findings(old: Path, new: Path) -> list[dict[str, object]]:
    done = subprocess.run(_diff(old, new), capture_output=True, text=True, check=False)
    findings: list[dict[str, object]] = json.loads(done.stdout)["findings"]
    return findings


def _levels(old: Path, new: Path) -> str:
    return _counted(Counter(str(finding["level"]) for finding in _findings(old, new)))


def _own_rules(prefix: str, old: Path, new: Path) -> Counter[str]:
    """What breaks, under the peer's names for it."""
    from bot.judge.catalogue import shipped

    names: Counter[str] = Counter()
    for finding in _findings(old, new):
        if finding["level"] == "breaking":
            rule = finding["rule"]
            entry = shipped().entries[str(rule["id"] if isinstance(rule, dict) else rule)]
            names[next((also.removeprefix(prefix) for also in entry.also if also.startswith(prefix)), entry.id)] += 1
    return names


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "nothing"


def _installed_buf() -> str:
    """buf, from the npm package that carries its binary, in the cache beside the published contracts."""
    npm = shutil.which("npm")
    if npm is None:
        raise NotFetched("npm is not installed")
    folder = cache_folder() / "buf"
    found = folder / "node_modules" / ".bin" / "buf"
    if not found.exists():
        command = [npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), _BUF]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise NotFetched(done.stderr.strip()[-300:])
    return str(found)
