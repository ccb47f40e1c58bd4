"""The agency's review: decide each material, then finish the round (T20, T21, T22)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from backend.domain import review as rules
from backend.domain.case import Event, Stage
from backend.domain.context import ItemState, ItemStatus
from backend.domain.errors import ItemLocked, ItemUnknown, ReasonNeeded
from backend.domain.profile import AppointmentMode
from backend.domain.transitions import next_stage
from backend.services.records import CaseRecord, ItemRecord
from backend.services.staff.acting import Desk, Form, act_on_case, needed_text, release
from backend.services.staff.office import Office
from backend.services.staff.telling import tell
from backend.services.standing import flow_of
from backend.services.transitions_log import SYSTEM, record_transition
from backend.services.visits import next_times

MOST_TIMES = 4


async def pass_item(office: Office, form: Form, *, code: str) -> None:
    """T20: this material is good."""

    async def step(desk: Desk) -> None:
        await _decide(desk, code, Event.ITEM_PASS, lambda item, name: rules.pass_item(item, name=name))

    await act_on_case(office, form, "item_pass", step)


async def reject_item(office: Office, form: Form, *, code: str, reason: str) -> None:
    """T20: this material has to be sent again; the applicant reads the reason.

    Raises:
        ReasonNeeded: without one nothing is rejected.
    """
    if not reason.strip():
        raise ReasonNeeded
    reason = needed_text(reason)

    async def step(desk: Desk) -> None:
        await _decide(desk, code, Event.ITEM_REJECT, lambda item, name: rules.reject_item(item, reason, name=name))

    await act_on_case(office, form, "item_reject", step)


async def finish_review(office: Office, form: Form) -> None:
    """T21, T22: close the round; one push, and a mail when something has to be sent again.

    Raises:
        ItemsUndecided: some material is neither passed nor rejected.
    """

    async def step(desk: Desk) -> None:
        items = await desk.uow.items.where(order_by="code", case_id=desk.case.id, active=True)
        event = rules.finish_review(_state_of(item) for item in items)
        if event is Event.FINISH_REVIEW_REJECTED:
            await _finish_rejected(desk, [item for item in items if item.state == ItemStatus.REJECTED])
        else:
            after = await record_transition(desk.uow, desk.case, event, desk.who, now=desk.now)
            if flow_of(after).appointment is AppointmentMode.RE_REVIEW:
                await _ask_for_a_visit(desk, after)
            else:
                await tell(desk, after, "review_passed")

    await act_on_case(office, form, "finish_review", step)


async def _finish_rejected(desk: Desk, rejected: Sequence[ItemRecord]) -> None:
    codes = [item.code for item in rejected]
    after = await record_transition(
        desk.uow, desk.case, Event.FINISH_REVIEW_REJECTED, desk.who, now=desk.now, facts={"rejected": codes}
    )
    lines = [f"· {item_name(desk, item.code)}：{item.reject_reason}" for item in rejected]
    await tell(desk, after, "review_rejected", by_mail=True, count=len(rejected), items="\n".join(lines))
    await release(desk)


async def _ask_for_a_visit(desk: Desk, passed: CaseRecord) -> None:
    """T26: the flow of 2019 goes on by itself to the re-review; one push for both steps, with the next times."""
    after = await record_transition(desk.uow, passed, Event.REQUIRE_RE_REVIEW, SYSTEM, now=desk.now)
    times = await next_times(desk.uow, desk.office.parts, after, most=MOST_TIMES)
    await tell(desk, after, "re_review_needed", slots="\n".join(times) or "（名额陆续放出，可以先排候补）")
    await release(desk)


async def _decide(desk: Desk, code: str, event: Event, rule: Callable[[ItemState, str], ItemState]) -> None:
    next_stage(Stage(desk.case.stage), event)
    item = await desk.uow.items.first(case_id=desk.case.id, code=code, active=True, lock=True)
    if item is None:
        raise ItemUnknown(item=code)
    if not is_decidable(desk.case, item):
        raise ItemLocked(item_name=item_name(desk, code))
    after = rule(_state_of(item), item_name(desk, code))
    decided = replace(
        item,
        state=after.state.value,
        reject_reason=after.reason or None,
        decided_by=desk.who.id,
        decided_at=desk.now,
        round=desk.case.round,
    )
    await desk.uow.items.save(decided)
    facts = {"item": code, "round": desk.case.round}
    await record_transition(
        desk.uow, desk.case, event, desk.who, now=desk.now, reason=decided.reject_reason, facts=facts
    )


def _state_of(item: ItemRecord) -> ItemState:
    return ItemState(item.code, ItemStatus(item.state), reason=item.reject_reason or "")


def is_decidable(case: CaseRecord, item: ItemRecord) -> bool:
    """Sent and not decided yet, or decided in this very round: a slip of the hand can be mended until it is finished.

    What was passed in an earlier round stays passed (states.md 2.5, 2).
    """
    if item.state == "uploaded":
        return True
    return item.state in ("passed", "rejected") and item.decided_at is not None and item.decided_at >= case.stage_since


def item_name(desk: Desk, code: str) -> str:
    material = desk.office.parts.catalogues.at(desk.case.catalogue_version).material(code)
    return material.name if material else code
