"""Entries put into a registry that somebody wrote: behind the last of their list, every other line as it was."""

from __future__ import annotations

from collections.abc import Sequence

import yaml

from bot.registry.drafting.proposal import Proposal, indented


class NoPlace(Exception):
    """The entries can't be put into the file as it is written. The message says what to do."""


def inserted(text: str, proposal: Proposal) -> str:
    """The file with the entries added. `text` is a registry that can be read. Raises NoPlace."""
    for key in ("contracts", "consumers", "consumes"):
        blocks: tuple[tuple[str, ...], ...] = getattr(proposal, key)
        if blocks:
            text = _into(text, key, blocks)
    if proposal.component:
        text = _ended(text) + "component:\n" + "".join(f"  {line}\n" for line in proposal.component)
    return text


def _into(text: str, key: str, blocks: Sequence[Sequence[str]]) -> str:
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        raise NoPlace("The registry is written in braces. Write it in lines, `contracts:` and `- id: …` below, first.")
    found = next(((k, v) for k, v in root.value if k.value == key), None)
    if found is None:
        return _ended(text) + f"{key}:\n" + _lines(blocks, 2)
    name, value = found
    if isinstance(value, yaml.SequenceNode) and value.value and not value.flow_style:
        at = _end_of_line(text, _end(text, value))
        return _ended(text[:at]) + _lines(blocks, value.start_mark.column) + text[at:]
    if value.value:
        raise NoPlace(f"`{key}` is written in brackets. Put each of its entries into a line of its own, `- `, first.")
    colon = text.index(":", name.end_mark.index) + 1
    rest = text[max(colon, value.end_mark.index) :].partition("\n")
    return f"{text[:colon]}{rest[0]}\n{_lines(blocks, 2)}{rest[2]}"


def _end(text: str, node: yaml.Node) -> int:
    """Where the last scalar of a block ends; the node itself ends only where the next thing begins.

    A literal text (`|`) ends with its last line, unless it keeps the empty ones behind it (`|+`).
    """
    if node.value and isinstance(node, yaml.SequenceNode) and not node.flow_style:
        return _end(text, node.value[-1])
    if node.value and isinstance(node, yaml.MappingNode) and not node.flow_style:
        key, value = node.value[-1]
        return max(_end(text, key), _end(text, value))
    end = int(node.end_mark.index)
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        header = text[node.start_mark.index : end].partition("\n")[0].partition("#")[0]
        return end if "+" in header else node.start_mark.index + len(text[node.start_mark.index : end].rstrip())
    return end


def _end_of_line(text: str, offset: int) -> int:
    """Past the line that holds the character before `offset`: a block scalar ends only at the start of a later line."""
    end = text.find("\n", max(offset - 1, 0))
    return len(text) if end < 0 else end + 1


def _lines(blocks: Sequence[Sequence[str]], spaces: int) -> str:
    return "".join(f"{line}\n" for line in indented(blocks, spaces))


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"
