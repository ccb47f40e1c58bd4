"""The ticks of a page, one per purpose (PIPL art. 29): the words come from the backend, the shown version goes back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from bot.h5.routes import PORTS

FIELD: Final = "agree_"
BIND: Final = "bind"
CREDENTIALS: Final = "credentials"


async def asked_for(request: web.Request, page: str, form: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """What `page` asks to agree to; a tick of the posted `form` stays when its words are still the same."""
    told = await request.app[PORTS].backend.consents(page)
    return [{**one, "field": FIELD + one["name"], "ticked": _shown(form, one) == one["version"]} for one in told]


def agreed_in(form: Mapping[str, str], asked: list[dict[str, Any]]) -> dict[str, str]:
    """Purpose by purpose, the version that stood at the tick; nothing for what was left open."""
    return {one["name"]: shown for one in asked if (shown := _shown(form, one))}


def _shown(form: Mapping[str, str] | None, purpose: Mapping[str, Any]) -> str:
    return (form or {}).get(FIELD + str(purpose["name"]), "")[:64]
