"""Which requirements an approval means: the list that its author could see, or the ids that they named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.review.authority import listed
from bot.review.capacity import Capacity
from bot.review.commands import Command
from bot.review.people import Comment, CommentKind
from bot.review.values import AskedFor, JudgedFinding, PublishedDecision, Requirement, RequirementState

MOST_LISTED = 10
NOTHING_PUBLISHED = "Nothing had been published here when you wrote this"
FORGOTTEN = "What was listed here when you wrote this is lost"
ALTERED = (
    "Somebody had changed the text of our comment before you wrote this, so it can't be known what you saw. Read the "
    "present list and comment again."
)


class Unselectable(Exception):
    """Why an approval can't be understood, and what to write instead, for the person who wrote it."""


@dataclass(frozen=True, slots=True)
class Known:
    """Everything that is or was asked in this pull request.

    publications: oldest first. present: the present requirements by fingerprint.
    asked: the meaning of every fingerprint of which it is known. ids: shown ids to the fingerprints they stood for.
    withdrawn: signatures taken back in decisions published before.
    """

    publications: tuple[PublishedDecision, ...]
    present: Mapping[str, Requirement]
    asked: Mapping[str, AskedFor]
    ids: Mapping[str, tuple[str, ...]]
    withdrawn: frozenset[str]

    def seen_at(self, moment: datetime) -> tuple[PublishedDecision, ...]:
        """The decisions that were there to be read by somebody who wrote at `moment`: published strictly before it."""
        return tuple(p for p in self.publications if p.published_at < moment)


@dataclass(frozen=True, slots=True)
class Selection:
    """Fingerprints that an approval means. `by_id`: the full ids that it named, empty for a bare one.
    `shown`: everything that the list in question held, signed or not. is_narrowed: ids or a role were named.
    """

    fingerprints: tuple[str, ...]
    by_id: tuple[str, ...] = ()
    shown: frozenset[str] = frozenset()
    is_narrowed: bool = False


def known(
    requirements: Sequence[Requirement], findings: Iterable[JudgedFinding], publications: Iterable[PublishedDecision]
) -> Known:
    """What can be meant, from the present requirements and all decisions published so far."""
    ordered = tuple(sorted(publications, key=lambda p: p.published_at))
    asked: dict[str, AskedFor] = {}
    ids: dict[str, dict[str, None]] = {}
    for published in ordered:
        asked.update(published.asked)
        for id, fingerprints in published.requirements.items():
            ids.setdefault(id, {}).update(dict.fromkeys(fingerprints))
    elements = {finding.id: finding.impact.finding.change.element for finding in findings}
    for id in elements:
        ids.setdefault(id, {})
    for requirement in requirements:
        asked[requirement.fingerprint] = asked_for(requirement, elements[requirement.finding])
        ids[requirement.finding][requirement.fingerprint] = None
    return Known(
        publications=ordered,
        present={requirement.fingerprint: requirement for requirement in requirements},
        asked=asked,
        ids={id: tuple(fingerprints) for id, fingerprints in ids.items()},
        withdrawn=frozenset(name for published in ordered for name in published.withdrawn),
    )


def asked_for(requirement: Requirement, element: str) -> AskedFor:
    return AskedFor(requirement.contract, requirement.finding, requirement.capacity, element)


def restored_for(kind: CommentKind, id: int) -> str:
    """The name of what the block in our comment restores of the list that the author of one comment could see."""
    return f"restored:{kind}:{id}"


def shown_to(publications: Sequence[PublishedDecision], comment: Comment) -> PublishedDecision | None:
    """The newest list that there was to be read when the comment was written: published strictly before it. None before
    there was one, and when it has been forgotten: of a list that was restored each comment knows only its own part.

    publications: oldest first.
    """
    seen = [p for p in publications if p.published_at < comment.created_at]
    if not seen or not seen[-1].is_restored:
        return seen[-1] if seen else None
    own = restored_for(comment.kind, comment.id)
    return next((p for p in seen if p.digest == own), None)


def was_altered(publications: Sequence[PublishedDecision], comment: Comment) -> bool:
    """Whether somebody else may have changed our comment before this one was written.

    publications: oldest first.
    """
    shown = shown_to(publications, comment)
    return shown is not None and shown.is_altered


def unsigned(shown: PublishedDecision) -> tuple[str, ...]:
    """What a bare approval means: what the list shows as open, and where it shows somebody as overruled. They have not
    signed, and may after all.
    """
    return (*shown.open, *(f for f, state in shown.states.items() if state is RequirementState.OVERRULED))


def select(command: Command, comment: Comment, known: Known) -> Selection:
    """What an approval means, perhaps nothing. Raises Unselectable.

    A bare one means what was open in the newest decision published before it was written, and nothing that its author
    can't have seen. One id that can't be understood makes the whole command mean nothing. Ids do not help when somebody
    else had a hand in our comment: they may have stood beside other words.
    """
    if was_altered(known.publications, comment):
        raise Unselectable(ALTERED)
    selection = _by_ids(command.ids, comment, known) if command.ids else _bare(comment, known)
    if command.consumer is None or not selection.fingerprints:
        return selection
    return _narrowed(selection, command.consumer, known)


def is_for(capacity: Capacity, name: str) -> bool:
    """Whether `as name` means this capacity. Roles can be named, too: `as decision-owner`."""
    if capacity.kind == "consumer":
        return capacity.consumer == name
    return name.lower().replace("-", "_") == capacity.kind


def name_of(capacity: Capacity) -> str:
    """What to write after `as` for this capacity."""
    return capacity.consumer if capacity.kind == "consumer" and capacity.consumer else capacity.kind.replace("_", "-")


def _bare(comment: Comment, known: Known) -> Selection:
    list_shown = shown_to(known.publications, comment)
    if list_shown is None:
        raise Unselectable(
            f"{FORGOTTEN if known.seen_at(comment.created_at) else NOTHING_PUBLISHED}, so it can't be known what you "
            "saw. Read the list and comment again, or name the ids."
        )
    shown = frozenset(fingerprint for found in list_shown.requirements.values() for fingerprint in found)
    return Selection(tuple(f for f in unsigned(list_shown) if f in known.asked), shown=shown)


def _by_ids(prefixes: Iterable[str], comment: Comment, known: Known) -> Selection:
    seen = frozenset(id for published in known.seen_at(comment.created_at) for id in published.requirements)
    full = tuple(dict.fromkeys(_full(prefix, seen, known) for prefix in prefixes))
    fingerprints = tuple(f for id in full for f in known.ids[id] if f in known.asked)
    if not fingerprints:
        named = listed([f"`{id}`" for id in full])
        if any(known.ids[id] for id in full):
            raise Unselectable(f"What {named} stood for has changed since: see the present list.")
        raise Unselectable(f"No signature is needed for {named}.")
    return Selection(fingerprints, full, is_narrowed=True)


def _full(prefix: str, seen: frozenset[str], known: Known) -> str:
    """The one id meant. What was published only later, or not yet, must be written in full: a prefix could by chance
    mean something that its author never saw.
    """
    matching = sorted(id for id in seen if id.startswith(prefix))
    if len(matching) == 1:
        return matching[0]
    if matching:
        more = ", …" if len(matching) > MOST_LISTED else ""
        candidates = ", ".join(f"`{id}`" for id in matching[:MOST_LISTED])
        raise Unselectable(f"`{prefix}` could be {candidates}{more}: write more of its digits. Nothing was signed.")
    if prefix in known.ids:
        return prefix
    if any(id.startswith(prefix) for id in known.ids):
        raise Unselectable(
            f"`{prefix}` had not been published when you wrote this: look at the present list, and write the id again."
        )
    raise Unselectable(f"No finding here has an id that begins with `{prefix}`. Nothing was signed.")


def _narrowed(selection: Selection, name: str, known: Known) -> Selection:
    capacities = {fingerprint: known.asked[fingerprint].capacity for fingerprint in selection.fingerprints}
    left = tuple(f for f, capacity in capacities.items() if is_for(capacity, name))
    if not left:
        others = sorted({name_of(c) for c in capacities.values()})
        raise Unselectable(
            f"`{name}` is not asked to sign this. Asked {'is' if len(others) == 1 else 'are'} "
            f"{listed([f'`{other}`' for other in others])}: write `as` and one of them, or leave `as` out."
        )
    return replace(selection, fingerprints=left, is_narrowed=True)
