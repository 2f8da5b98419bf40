"""What a compatibility mode promises, as a sentence: the names alone mislead."""

from __future__ import annotations

from bot.registry.model import Contract

_CALLED = frozenset({"openapi", "graphql", "grpc", "protobuf"})
_OF_CALLS = {
    "backward": "a client written against the old definition keeps working",
    "forward": "a client written against the new definition works with a server of the old one",
    "full": "old clients work with the new server, and new clients with the old one",
    "none": "no compatibility is promised",
}
_OF_MESSAGES = {
    "backward": "a reader of the new definition reads what was written by the old one",
    "forward": "a reader of the old definition reads what is written by the new one",
    "full": "readers of either definition read what was written by the other",
    "none": "no compatibility is promised",
}
_OF_PROTOBUF = {
    "file": "generated code that imports single files keeps compiling, and data keeps being read",
    "package": "generated code that imports packages keeps compiling, and data keeps being read",
    "csr": "data keeps being read in binary and JSON, and no definition is lost to a schema registry",
    "wire_json": "data keeps being read, in binary and in JSON",
    "wire": "data keeps being read in binary; names do not count",
}


def promise(contract: Contract) -> str:
    """`Promised (backward): a client written against the old definition keeps working.`"""
    mode = contract.compatibility.mode
    meaning = (_OF_PROTOBUF | (_OF_CALLS if contract.type in _CALLED else _OF_MESSAGES))[mode]
    return f"Promised ({mode}): {meaning}."
