"""What a consumer says it can live with (`tolerates`)."""

from __future__ import annotations

from collections.abc import Sequence

from bot.judge.finding import Finding

WORDS: dict[str, tuple[str, ...]] = {
    "new_optional_fields": ("schema.property.added",),
    "new_enum_values": ("schema.enum.value.added", "schema.extensible_enum.value.added"),
    "new_variants": ("schema.one_of.member.added", "schema.any_of.member.added", "schema.discriminator.mapping.added"),
    "new_responses": ("response.added", "media_type.added"),
    "new_headers": ("response.header.added",),
}
"""Words for what a tolerant reader puts up with, and the facts they stand for. Rule ids may be named as well."""


def tolerated(tolerates: Sequence[str], finding: Finding) -> str | None:
    """The word by which the consumer tolerates the finding, None when it does not.

    The words are about what a consumer reads, so a finding on what it writes is never covered by one; a rule id is
    taken literally.
    """
    reads = all(place.direction != "request" for place in finding.places)
    for word in tolerates:
        if word == finding.rule.id or (reads and finding.change.fact in WORDS.get(word, ())):
            return word
    return None
