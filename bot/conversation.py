"""What one turn does: pictures to the backend, words to the dialogue, the few fixed sentences from here."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import sentences
from bot.backend import Backend, Rejected
from bot.inbox import Inbox, Work
from bot.photos.guard import PhotoRefused
from bot.photos.limit import PhotoLimit
from bot.photos.pool import PhotoPool
from bot.reading import Ask, Note, Say, contact_event, plan
from bot.turns import Dialogue, Outage, Turn, TurnRejected
from runtime.logs import who
from wechat import media
from wechat.client import WeChatClient
from wechat.errors import WeChatRefused, WeChatUnavailable
from wechat.outgoing import record_template_result
from wechat.replies import Reply

TYPING_AFTER_S: Final = 1.0
TEMPLATE_TRIES: Final = 5
# Contacts that the backend must hear of before the turn counts as done; the others are a courtesy.
IMPORTANT_CONTACTS: Final = frozenset(
    {"subscribe", "unsubscribe", "scan", "authorisation_revoked", "authorisation_cancelled"}
)
log = structlog.get_logger()


@dataclass
class Conversation:
    """Takes turns; everything a turn does can be repeated with the same effect."""

    engine: AsyncEngine
    inbox: Inbox
    dialogue: Dialogue
    backend: Backend
    client: WeChatClient
    photos: PhotoPool
    photo_limit: PhotoLimit

    async def take(self, work: Work) -> list[Reply]:
        """What to answer to a push; nothing for events that want no answer.

        Raises:
            Outage: a part is away; try again later.
        """
        typing = asyncio.create_task(self._show_typing(work.openid))
        contact = asyncio.create_task(self._tell_contact(work))
        try:
            if contact_event(work.kind, work.kept) in IMPORTANT_CONTACTS:
                # What a scan means is known to the backend before the answer is looked for.
                await contact
            replies = await self._answer(work)
            await contact
            return replies
        finally:
            for task in (typing, contact):
                task.cancel()
            await asyncio.gather(typing, contact, return_exceptions=True)

    async def _answer(self, work: Work) -> list[Reply]:
        match plan(work.kind, work.kept):
            case Say(sentence):
                return [Reply(text=sentence)]
            case Note("forget"):
                await self.inbox.forget(work.openid, keep_id=work.id)
                return []
            case Note("template"):
                await self._note_template(work)
                return []
            case Ask(media_id=str(media_id)):
                return await self._take_picture(work, media_id)
            case Ask(text=text, payload=payload, event=event):
                replies = await self._ask(work, Ask(text=text, payload=payload, event=event))
                return [] if work.kept.get("quiet") else replies
            case _:
                return []

    async def _ask(self, work: Work, ask: Ask, file_id: str | None = None) -> list[Reply]:
        turn = Turn(
            sender=work.openid,
            key=work.turn_key,
            received_at=work.received_at,
            text=ask.text,
            payload=ask.payload,
            event=ask.event,
            file_id=file_id,
        )
        try:
            return await self.dialogue.take(turn)
        except TurnRejected:
            log.error("turn_rejected", turn=work.turn_key, kind=work.kind, who=who(work.openid))
            return [Reply(text=sentences.BUG)]

    async def _take_picture(self, work: Work, media_id: str) -> list[Reply]:
        file_id = work.file_id
        if file_id is None:
            if not await self.photo_limit.allows(work.openid, work.turn_key):
                return [Reply(text=sentences.TOO_MANY_PICTURES)]
            try:
                content = await media.download(self.client, media_id)
                photo = await self.photos.clean(content)
                file_id = await self.backend.upload(work.openid, work.turn_key, photo)
            except WeChatRefused as error:
                log.warning("picture_lost", errcode=error.errcode, who=who(work.openid))
                return [Reply(text=sentences.PICTURE_LOST)]
            except WeChatUnavailable:
                raise Outage("wechat", is_hard=False) from None
            except PhotoRefused as refusal:
                return [Reply(text=sentences.PICTURE_PROBLEMS.get(refusal.code, sentences.PICTURE_LOST))]
            except Rejected:
                return [Reply(text=sentences.PICTURE_PROBLEMS["not_a_picture"])]
            await self.inbox.remember_file(work.id, file_id)
        return await self._ask(work, Ask(), file_id)

    async def _note_template(self, work: Work) -> None:
        msgid, status = work.kept.get("template_msgid"), str(work.kept.get("status", ""))
        async with self.engine.begin() as connection:
            known = msgid is not None and await record_template_result(connection, int(msgid), status)
        if not known and work.attempts < TEMPLATE_TRIES:
            # The result can be faster than the worker's note of the message id.
            raise Outage("template", is_hard=False)

    async def _tell_contact(self, work: Work) -> None:
        event = contact_event(work.kind, work.kept)
        if event is None:
            return
        try:
            await self.backend.contacted(work.openid, work.turn_key, event, work.kept.get("scene"))
        except Rejected:
            log.error("contact_rejected", contact=event, who=who(work.openid))
        except Outage:
            if event in IMPORTANT_CONTACTS:
                raise
            log.warning("contact_not_told", contact=event, who=who(work.openid))

    async def _show_typing(self, openid: str) -> None:
        await asyncio.sleep(TYPING_AFTER_S)
        with suppress(WeChatRefused, WeChatUnavailable):
            await self.client.show_typing(openid)
