"""The commands of data rights: see, copy, delete, withdraw, agree; the first three work without an account."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from backend.services import exporting, my_data, withdrawing
from backend.services.outcome import Outcome
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.standing import Standing, load_standing
from backend.services.talking import finish

Body = Mapping[str, Any]
Handler = Callable[[UnitOfWork, Parts, Standing, Body], Awaitable[Outcome]]


async def _tell(uow: UnitOfWork, parts: Parts, openid: str, body: Body) -> Outcome:
    return await my_data.tell(uow, parts, openid)


async def _copy(uow: UnitOfWork, parts: Parts, openid: str, body: Body) -> Outcome:
    return await exporting.ask_for_copy(uow, parts, openid)


async def _leave_it(uow: UnitOfWork, parts: Parts, openid: str, body: Body) -> Outcome:
    return Outcome().saying("nothing_changed")


# What anybody may ask, whether bound or not.
OF_OPENID: Final[Mapping[str, Callable[[UnitOfWork, Parts, str, Body], Awaitable[Outcome]]]] = {
    "my_data": _tell,
    "export_my_data": _copy,
    "delete_my_data": my_data.ask_to_delete,
    "leave_it": _leave_it,
}


def _for_bound(name: str) -> Handler:
    async def handle(uow: UnitOfWork, parts: Parts, standing: Standing, body: Body) -> Outcome:
        return await finish(uow, parts, standing, await OF_OPENID[name](uow, parts, standing.openid, body))

    return handle


async def _withdraw(uow: UnitOfWork, parts: Parts, standing: Standing, body: Body) -> Outcome:
    told = await withdrawing.withdraw(uow, parts, standing, body)
    return await finish(uow, parts, await load_standing(uow, parts, standing.openid), told)


async def _agree(uow: UnitOfWork, parts: Parts, standing: Standing, body: Body) -> Outcome:
    return await finish(uow, parts, standing, await withdrawing.agree(uow, parts, standing, body))


HANDLERS: Final[Mapping[str, Handler]] = {
    **{name: _for_bound(name) for name in OF_OPENID},
    "withdraw_consent": _withdraw,
    "give_consent": _agree,
}
