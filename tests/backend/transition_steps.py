"""The single steps of the walk through the transition table: what an applicant, the staff, the clock do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from backend.domain.case import TERMINAL, Event, Stage
from backend.services.orders import prepare_payment
from backend.services.payment_window import close_overdue
from backend.services.retention import enforce
from tests.backend.transition_world import Walker
from tests.backend.visit_world import a_visitor

S, E = Stage, Event
Act = Callable[[Walker], Awaitable[Any]]
OPEN = [stage for stage in Stage if stage not in TERMINAL]
PAID = OPEN[OPEN.index(S.AWAITING_PAYMENT) + 1 :]


def says(name: str, **body: Any) -> Act:
    return lambda w: w.says(name, **body)


def sends(item: str | None = None) -> Act:
    return lambda w: w.sends(item=item)


def tells(field: str, value: str, **body: Any) -> Act:
    return says("answer", field=field, values=[{"field": field, "value": value, **body}], text=value)


def in_turn(*acts: Act) -> Act:
    async def act(w: Walker) -> None:
        for one in acts:
            await one(w)

    return act


def later(**by: float) -> Act:
    async def act(w: Walker) -> None:
        w.clock.advance(**by)

    return act


def by_staff(step: Callable[..., Awaitable[None]], *args: Any, **more: Any) -> Act:
    async def act(w: Walker) -> None:
        await step(w.office, await w.form(), *args, **more)

    return act


async def starts(w: Walker) -> None:
    await w.person.starts()
    await w.newest()


async def nothing(w: Walker) -> None:
    return None


def deciding(**states: str) -> Act:
    return lambda w: w.decides(**states)


async def pays(w: Walker) -> None:
    await w.pays()


async def closes(w: Walker) -> None:
    await close_overdue(w.parts)


async def lets_go(w: Walker) -> None:
    await enforce(w.parts)


async def opens_the_sheet(w: Walker) -> None:
    await prepare_payment(w.parts, w.person.openid)


async def fills_until_the_conditions(w: Walker) -> None:
    await starts(w)
    await w.person.fills_in_everything(until="conditions_form")


async def tells_the_conditions(w: Walker) -> None:
    await w.person.fills_in_everything(until="materials_form")
    async with w.parts.begin() as uow:
        items = await uow.items.where(case_id=w.case_id)
    assert {"BA01", "HO04"} <= {item.code for item in items}


async def fills_in(w: Walker) -> None:
    await starts(w)
    await w.person.fills_in_everything()


async def fills_in_a_renewal_of_2019(w: Walker) -> None:
    await w.person.binds("demo60")
    await w.person.says("start_case", business_type="RENEW")
    await w.person.fills_in_everything()
    await w.newest()


async def binds_with_two_employers(w: Walker) -> None:
    await w.person.binds("demo3")
    await w.person.says("start_case", business_type="NEW")
    await w.newest()


INVOICE = (("need_invoice", "要"), ("title_type", "个人"), ("invoice_email", "a@example.com"))
EDITS = {
    E.EDIT_EDUCATION: in_turn(says("goto", field="major", index=1), tells("major", "计算机", index=1)),
    E.EDIT_WORK: in_turn(says("goto", field="job", index=0), tells("job", "架构师", index=0)),
    E.UPLOAD: sends(),
}
REJECTION = {"HO04": "rejected", "WK01": "passed"}
PASSES = {"HO04": "passed", "WK01": "passed"}


async def takes_the_seat(w: Walker, *, date: str, half: str) -> None:
    """Somebody else sits there."""
    kind = "pre_review" if (await w.case()).business_type == "RENEW" else "re_review"
    stage = S.SLOT_REQUIRED if kind == "pre_review" else S.RE_REVIEW_BOOKING
    other = w.another(41)
    await a_visitor(w.parts, other.person.openid, number=41, stage=stage, kind=kind)
    await other.says("book", date=date, half=half)


def full(day: str = "2026-03-19") -> Act:
    return lambda w: takes_the_seat(w, date=day, half="AM")


async def is_paid_without_a_callback(w: Walker) -> None:
    await opens_the_sheet(w)
    order = await w.order()
    w.pay.paid[order.out_trade_no] = w.pay.success(order, w.clock.now())
    w.clock.advance(hours=25)
    w.pay.away = True


def pays_wrongly(**changes: Any) -> Act:
    return lambda w: w.pays(**changes)


async def has_no_address(w: Walker) -> None:
    case = await w.case()
    draft = {**case.draft, "answers": {**case.draft["answers"], "contact": {"phone": "13800138000"}}}
    async with w.parts.begin() as uow:
        await uow.cases.save(replace(case, draft=draft))
        await uow.commit()
