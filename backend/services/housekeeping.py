"""Forgetting what nobody needs any more: captchas, links, stored answers, ended sessions."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from backend.services.parts import Parts

LINKS_KEPT: Final = timedelta(days=7)
ANSWERS_KEPT: Final = timedelta(days=7)
BATCH: Final = 1000


async def clean_up(parts: Parts) -> int:
    """One sweep; how many rows went."""
    now = parts.clock.now()
    async with parts.begin() as uow:
        captchas = await uow.captchas.due("expires_at", now, limit=BATCH)
        links = await uow.links.due("expires_at", now - LINKS_KEPT, limit=BATCH)
        sessions = await uow.staff_sessions.due("expires_at", now, limit=BATCH)
        gone = await uow.captchas.remove(id=[one.id for one in captchas])
        gone += await uow.links.remove(id=[one.id for one in links])
        gone += await uow.staff_sessions.remove(token_hash=[one.token_hash for one in sessions])
        gone += await uow.commands.forget(before=now - ANSWERS_KEPT)
        await uow.commit()
    return gone
