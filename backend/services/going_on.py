"""After a page's work the chat goes on by itself: its event is stored with that work or not at all (contracts.md 5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from backend.services.parts import Parts
from backend.services.ports import UnitOfWork


@dataclass(frozen=True)
class GoOn:
    """What the page asks for: a key that is the same when the page sends its work again, and what was tapped on it."""

    key: str
    facts: Mapping[str, object] = field(default_factory=dict)


async def let_go_on(uow: UnitOfWork, parts: Parts, openid: str, wish: GoOn | None) -> None:
    """Put the event in, if the caller is a page."""
    if wish is not None:
        await uow.chat.go_on(openid, wish.key, wish.facts, now=parts.clock.now())
