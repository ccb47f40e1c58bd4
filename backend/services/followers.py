"""Who follows the account and when they last did something (contracts.md 4, `contacted`)."""

from __future__ import annotations

from dataclasses import replace

from backend.domain.retention import Because
from backend.services.bind_offers import SCENE_PREFIX, note_scan
from backend.services.erasure import request_erasure, stop_erasure
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.records import Follower
from backend.services.reminding import wake_reminders_of
from backend.services.transitions_log import SYSTEM
from backend.services.who_is import detach, people_of


async def note_contact(uow: UnitOfWork, parts: Parts, openid: str, event: str, scene: str | None) -> None:
    """Note that an applicant followed, left, wrote, tapped or scanned; the first scene stays.

    Leaving starts the clock of the erasure (catalogue/retention.yml); whatever they do next stops it.
    """
    now = parts.clock.now()
    if event in ("authorisation_revoked", "authorisation_cancelled"):
        await _authorisation_ends(uow, parts, openid, is_cancelled=event == "authorisation_cancelled")
        return
    if scene is not None and scene.startswith(SCENE_PREFIX):
        await note_scan(uow, parts, openid, scene)
        scene = None
    if event == "unsubscribe":
        await request_erasure(uow, parts, openid, because=Because.UNFOLLOWED)
    fresh = Follower(openid, event != "unsubscribe", now, now, scene, now if event == "message" else None)
    if await uow.followers.add_if_new(fresh):
        return
    known = await uow.followers.get(openid, lock=True)
    if known is not None:
        if event != "unsubscribe" and not known.subscribed:
            await stop_erasure(uow, openid, now=now)
            for one in await people_of(uow, openid):
                await wake_reminders_of(uow, one.applicant_id, now)
        await uow.followers.save(
            replace(
                known,
                subscribed=event != "unsubscribe",
                last_seen_at=now,
                scene=known.scene or scene,
                last_message_at=now if event == "message" else known.last_message_at,
            )
        )


async def _authorisation_ends(uow: UnitOfWork, parts: Parts, openid: str, *, is_cancelled: bool) -> None:
    """The user took an authorisation back in WeChat: everybody on the account is signed out, the cases go on; who
    cancels the whole of it is erased (reference A.4). What can be revoked singly (avatar, address, location) we never
    ask for and do not hold.
    """
    if is_cancelled:
        await request_erasure(uow, parts, openid, because=Because.AUTHORISATION_REVOKED)
    for one in await people_of(uow, openid):
        await detach(uow, parts, one, by=SYSTEM, why="authorisation_revoked")
