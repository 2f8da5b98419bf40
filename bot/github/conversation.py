"""Our one comment on a pull request, and our answers to commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.github.client import Client
from bot.github.errors import Forbidden, NotFound, Refused, Unavailable
from bot.github.published import CommentRecord, Outcome, digest, normal
from bot.github.pull import OwnComment, moment
from bot.report.publication import Notice
from bot.review.stamp import Stamp
from bot.review.values import Answer

_MARKER = "<!-- countersign:"
_REPLY = "reply"
_NOTICE = "notice"
_REACTIONS: Mapping[Outcome, str] = {"accepted": "+1", "refused": "confused"}
_CREATIONS = 3
_MOST_TOLD = 20
_LONGEST_REPLY = 50_000
"""Bytes of a reply's list: GitHub refuses comments above 65,536 characters."""
_LOOK_BACK = timedelta(minutes=10)
"""How far back a comment is looked for whose creation was not answered: more than any difference between clocks."""


def has_marker(body: str) -> bool:
    """Whether a comment of ours is the one that shows the decision, and no reply."""
    return _MARKER in body


def noticed_in(body: str, stamp: Stamp) -> tuple[str, ...]:
    """The keys of the notice that a comment of ours gives."""
    return tuple(key for found in stamp.found(_NOTICE, body) for key in found.split(","))


class Conversation:
    """Writes into one pull request's conversation. `writes` counts calls that changed something; `problems` are what
    did not work and is no reason to fail. `stamp` marks what was said, so that it is not said again.
    """

    def __init__(self, client: Client, repository: str, number: int, stamp: Stamp) -> None:
        self._client = client
        self._stamp = stamp
        self._where = dict(zip(("owner", "name"), repository.split("/", 1), strict=True)) | {"number": str(number)}
        self.writes = 0
        self.problems: list[str] = []

    async def show(
        self, body: str, own: Sequence[OwnComment], previous: CommentRecord | None, is_ours: Callable[[str], bool]
    ) -> CommentRecord | None:
        """Makes our comment say `body`: found by its id, else by `is_ours` among the comments that we wrote (`own`);
        changed if it differs, created if there is none or it was deleted. Of several, as two creations at once leave
        behind, the oldest stays. `previous` when a locked conversation or the like kept us from it.
        """
        ours = sorted((comment for comment in own if is_ours(comment.body)), key=lambda comment: comment.id)
        current = self._current(ours, own, previous)
        try:
            record = await self._shown(body, current, previous)
        except Refused as error:
            self.problems.append(f"the comment could not be written: {error}")
            return previous
        for duplicate in ours:
            if duplicate.id != record.id:
                await self._delete(duplicate.id)
        return record

    def _current(
        self, ours: Sequence[OwnComment], own: Sequence[OwnComment], previous: CommentRecord | None
    ) -> OwnComment | None:
        if previous is not None:
            for comment in own:
                if comment.id == previous.id:
                    return comment
        return ours[0] if ours else None

    async def _shown(self, body: str, current: OwnComment | None, previous: CommentRecord | None) -> CommentRecord:
        if current is not None:
            if _says(current, body, previous):
                return CommentRecord(current.id, current.url, digest(body), digest(current.body), current.updated_at)
            return await self._edited(current.id, body) or await self._created(body)
        if previous is not None:
            # Written before and not in the list: it was deleted, or is too new to be listed. Only writing can tell.
            return await self._edited(previous.id, body) or await self._created(body)
        return await self._created(body)

    async def _edited(self, id: int, body: str) -> CommentRecord | None:
        try:
            answer = await self._client.patch(self._comment(), self._where | {"id": str(id)}, data={"body": body})
        except NotFound:
            return None
        self.writes += 1
        return _record(answer, body)

    async def _created(self, body: str) -> CommentRecord:
        answer = await self._create(body)
        self.writes += 1
        return _record(answer, body)

    async def _create(self, body: str) -> Mapping[str, Any]:
        """Creates a comment, once: when an answer is lost, looks whether it is there before writing again."""
        for attempt in range(1, _CREATIONS + 1):
            started = self._client.now() - _LOOK_BACK
            try:
                answer: Mapping[str, Any] = await self._client.post(
                    "/repos/{owner}/{name}/issues/{number}/comments", self._where, data={"body": body}
                )
            except Unavailable as error:
                if not error.may_have_happened or attempt == _CREATIONS:
                    raise
                since = started.strftime("%Y-%m-%dT%H:%M:%SZ")
                path = "/repos/{owner}/{name}/issues/{number}/comments?per_page=100{&since}"
                listed = [one async for one in self._client.getiter(path, self._where | {"since": since})]
                for one in listed:
                    if (one.get("user") or {}).get("type") == "Bot" and normal(one["body"]) == normal(body):
                        return dict(one)
                await self._client.sleep(self._client.patience.backoff(attempt, 0))
            else:
                return answer
        raise AssertionError("unreachable")

    async def _delete(self, id: int) -> None:
        try:
            await self._client.delete(self._comment(), self._where | {"id": str(id)})
        except NotFound:
            return
        except Forbidden as error:
            self.problems.append(f"a second comment of ours could not be deleted: {error}")
            return
        self.writes += 1

    def _comment(self) -> str:
        return "/repos/{owner}/{name}/issues/comments/{id}"

    async def react(self, answers: Sequence[Answer], answered: Mapping[int, Outcome]) -> dict[int, Outcome]:
        """A 👍 on comments whose commands all count, a 😕 on those with a refused one; each once, by `answered`.

        GitHub has no reactions for the text of a review.
        """
        outcomes = dict(answered)
        for id, outcome in _outcomes(answers).items():
            before = outcomes.get(id)
            if before == outcome:
                continue
            try:
                await self._react(id, outcome)
                if before is not None:
                    await self._take_back(id, before)
            except Refused as error:
                self.problems.append(f"a reaction could not be left: {error}")
                continue
            outcomes[id] = outcome
        return outcomes

    async def _react(self, id: int, outcome: Outcome) -> int:
        data = {"content": _REACTIONS[outcome]}
        answer = await self._client.post(self._comment() + "/reactions", self._where | {"id": str(id)}, data=data)
        self.writes += 1
        return int(answer["id"])

    async def _take_back(self, id: int, outcome: Outcome) -> None:
        """Leaving a reaction again changes nothing, and tells the id of the one that is there."""
        where = self._where | {"id": str(id), "reaction": str(await self._react(id, outcome))}
        await self._client.delete(self._comment() + "/reactions/{reaction}", where)
        self.writes += 1

    async def reply(
        self,
        answers: Sequence[Answer],
        own: Sequence[OwnComment],
        replied: frozenset[int],
        words: Callable[[Answer], str],
    ) -> frozenset[int]:
        """One reply to each comment with a command that was refused, or asked for one (`Answer.is_told`), with the
        reasons in `words`. Never a second one, also when what was stored is lost: a reply names the comment it answers.
        Bots and deleted accounts get none.
        """
        done = set(replied)
        for comment in own:
            done.update(int(found) for found in self._stamp.found(_REPLY, comment.body))
        for id, told in _told(answers).items():
            author = told[0].comment.author
            if id in done or author is None or author.is_bot:
                continue
            reasons = "\n".join(_listed([f"- {words(answer)}" for answer in told]))
            body = f"@{author.login}\n\n{reasons}\n\n{self._stamp.mark(_REPLY, str(id))}\n"
            try:
                await self._create(body)
            except Refused as error:
                self.problems.append(f"a reply could not be written: {error}")
                continue
            self.writes += 1
            done.add(id)
        return frozenset(done)

    async def notify(
        self, notices: Sequence[Notice], own: Sequence[OwnComment], noticed: frozenset[str]
    ) -> frozenset[str]:
        """Gives each notice once, also when what was stored is lost: a notice names what it says. One that is to be
        refreshed is put right where it stands.
        """
        standing = {key: comment for comment in own for key in noticed_in(comment.body, self._stamp)}
        done = noticed | standing.keys()
        for notice in notices:
            body = f"{notice.body.rstrip()}\n\n{self._stamp.mark(_NOTICE, ','.join(notice.keys))}\n"
            there = standing.get(notice.keys[0]) if notice.is_refreshed else None
            if not notice.is_refreshed and done.issuperset(notice.keys):
                continue
            try:
                if there is None or (normal(there.body) != normal(body) and not await self._edited(there.id, body)):
                    await self._create(body)
                    self.writes += 1
            except Refused as error:
                self.problems.append(f"a notice could not be given: {error}")
                continue
            done |= set(notice.keys)
        return done


def _says(current: OwnComment, body: str, previous: CommentRecord | None) -> bool:
    if normal(current.body) == normal(body):
        return True
    as_sent = (digest(body), digest(current.body))
    return previous is not None and previous.id == current.id and (previous.sent, previous.stored) == as_sent


def _record(answer: Mapping[str, Any], body: str) -> CommentRecord:
    stored = digest(str(answer["body"]))
    return CommentRecord(
        int(answer["id"]), str(answer["html_url"]), digest(body), stored, moment(str(answer["updated_at"]))
    )


def _outcomes(answers: Sequence[Answer]) -> dict[int, Outcome]:
    outcomes: dict[int, Outcome] = {}
    for answer in answers:
        if answer.comment.kind == "comment":
            worst = not answer.accepted or outcomes.get(answer.comment.id) == "refused"
            outcomes[answer.comment.id] = "refused" if worst else "accepted"
    return outcomes


def _listed(items: Sequence[str]) -> list[str]:
    """As many as go into a comment; the same is not said twice."""
    shown: list[str] = []
    room = _LONGEST_REPLY
    different = list(dict.fromkeys(items))
    for item in different[:_MOST_TOLD]:
        room -= len(item.encode())
        if room < 0:
            break
        shown.append(item)
    left = len(different) - len(shown)
    return [*shown, f"- … and {left:,} more."] if left else shown


def _told(answers: Sequence[Answer]) -> dict[int, list[Answer]]:
    told: dict[int, list[Answer]] = {}
    for answer in answers:
        if answer.is_told or not answer.accepted:
            told.setdefault(answer.comment.id, []).append(answer)
    return told
