"""Idempotency keys: a command's answer is stored in the transaction of its effect, and given again to a repeat."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from backend.domain.errors import DomainError
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork

Answer = tuple[int, dict[str, Any]]
Act = Callable[[UnitOfWork], Awaitable[Answer]]
Refuse = Callable[[UnitOfWork, DomainError], Awaitable[Answer]]


async def answered_once(
    parts: Parts, scope: str, key: str | None, name: str, act: Act, *, refuse: Refuse | None = None
) -> Answer:
    """Run `act` and commit, unless `key` was answered before in this `scope` (an openid); a duplicate waits.

    When `act` is refused by the domain nothing of it stays, and `refuse` (when given) makes the answer instead; that
    answer counts as given, too. Every other failure stores nothing, so that the repeat tries again.
    """
    try:
        return await _attempt(parts, scope, key, name, act)
    except DomainError as error:
        if refuse is None:
            raise
        refused = error

    async def explain(uow: UnitOfWork) -> Answer:
        return await refuse(uow, refused)

    return await _attempt(parts, scope, key, name, explain)


async def _attempt(parts: Parts, scope: str, key: str | None, name: str, act: Act) -> Answer:
    full_key = f"{scope}:{key}"
    async with parts.begin() as uow:
        if key is not None:
            stored = await uow.commands.begin(full_key, name)
            if stored is not None:
                status, sealed = stored
                answer: dict[str, Any] = json.loads(parts.keys.open(sealed, context=f"command:{full_key}"))
                return status, answer
        status, body = await act(uow)
        if key is not None:
            plain = json.dumps(body, ensure_ascii=False).encode()
            await uow.commands.finish(full_key, status, parts.keys.seal(plain, context=f"command:{full_key}"))
        await uow.commit()
    return status, body
