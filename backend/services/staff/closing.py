"""Ending a case at the office's side (T44): unpaid orders are closed, paid ones become a refund to decide (A8)."""

from __future__ import annotations

from dataclasses import replace

from backend.domain.case import PAID_STAGES, Event, Stage
from backend.services.pushes import open_task
from backend.services.staff.acting import Desk, Form, act_on_case, needed_text, release
from backend.services.staff.office import Office
from backend.services.staff.telling import tell
from backend.services.transitions_log import record_transition


async def cancel_case(office: Office, form: Form, *, reason: str) -> None:
    """Cancel with a reason that the applicant reads; a payment that still arrives is refunded as a late one (T17b)."""
    reason = needed_text(reason)

    async def step(desk: Desk) -> None:
        after = await record_transition(
            desk.uow, desk.case, Event.CANCEL_BY_STAFF, desk.who, now=desk.now, reason=reason
        )
        await _settle_orders(desk)
        await tell(desk, after, "cancelled_by_staff", reason=reason)
        await release(desk)

    await act_on_case(office, form, Event.CANCEL_BY_STAFF.value, step)


async def _settle_orders(desk: Desk) -> None:
    case, now = desk.case, desk.now
    for order in await desk.uow.orders.where(case_id=case.id, state="created", lock=True):
        # The platform's order is closed by the worker, which asks a last time whether it was paid.
        closed = replace(order, state="closed", closed_at=now, next_query_at=now, next_reminder_at=None)
        await desk.uow.orders.save(closed)
    if Stage(case.stage) in PAID_STAGES:
        note = f"申请 {case.case_no} 已支付后取消，请核对是否退款"
        task_id = desk.office.parts.ids.new("t")
        await open_task(desk.uow, task_id, "refund_review", note, once=case.id, now=now, case=case)
