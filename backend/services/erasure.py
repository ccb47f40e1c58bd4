"""Erasing a person's data: asked for, planned, decided on where a case needs it, done by the worker, answered for.

What stays is in catalogue/retention.yml (`kept_by_law`), without anything that tells whose it was.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from backend.domain.case import PAID_STAGES, TERMINAL, Event, Stage
from backend.domain.retention import Because
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.pushes import open_task
from backend.services.records import Applicant, CaseRecord
from backend.services.rights_records import DataRequest, DoomedObject
from backend.services.taking_turns import PUT_OFF, all_together
from backend.services.transitions_log import SYSTEM, Who, an_applicant, record_audit, record_transition
from backend.services.who_is import current_identity, detach, people_of

TASK: Final = "data_delete"
OPEN: Final = ("scheduled", "review")
# The turn that asked for it is answered and remembered before its traces go.
AFTER_THE_TURN: Final = timedelta(seconds=5)
NOBODY: Final = "（已删除）"
NO_PASSWORD: Final = "!"  # noqa: S105 - no password has this hash


async def request_erasure(uow: UnitOfWork, parts: Parts, openid: str, *, because: Because) -> list[DataRequest]:
    """Plan the erasure of whoever talks from this openid, once: an earlier plan is kept, and brought forward.

    `Because.UNFOLLOWED` and `AUTHORISATION_REVOKED` come from events of the platform and are about everybody bound to
    the account; `ASKED` comes from the chat and is about the person it talks for now.
    """
    if because is Because.ASKED:
        current = await current_identity(uow, openid)
        people = [current] if current else []
    else:
        people = await people_of(uow, openid)
    about: list[str | None] = [one.applicant_id for one in people]
    return [await _plan(uow, parts, openid, applicant_id, because) for applicant_id in about or [None]]


async def _plan(uow: UnitOfWork, parts: Parts, openid: str, applicant_id: str | None, because: Because) -> DataRequest:
    now = parts.clock.now()
    due_at = now + parts.catalogues.retention().erasure[because].waits + AFTER_THE_TURN
    fresh = DataRequest(
        id=parts.ids.new("q"),
        kind="delete",
        state="scheduled",
        openid=openid,
        because=because.value,
        created_at=now,
        applicant_id=applicant_id,
        due_at=due_at,
    )
    if await uow.data_requests.add_if_new(fresh):
        if applicant_id is not None:
            facts = {"because": because.value}
            await record_audit(uow, "erasure_requested", an_applicant(applicant_id), now=now, facts=facts)
        return fresh
    known = await open_erasure(uow, openid, applicant_id, lock=True)
    if known is None:
        return fresh
    if known.state == "scheduled" and (known.due_at is None or due_at < known.due_at):
        known = replace(known, due_at=due_at, because=because.value)
        await uow.data_requests.save(known)
    return known


async def stop_erasure(uow: UnitOfWork, openid: str, *, now: datetime) -> bool:
    """Followed again: a plan that an unfollowing made is dropped; one that was asked for stays."""
    left = Because.UNFOLLOWED.value
    plans = await uow.data_requests.where(openid=openid, kind="delete", state=OPEN, because=left, lock=True)
    for plan in plans:
        await uow.data_requests.save(replace(plan, state="stopped", due_at=None, finished_at=now))
    return bool(plans)


async def open_erasure(
    uow: UnitOfWork, openid: str, applicant_id: str | None, *, lock: bool = False
) -> DataRequest | None:
    """The plan about this person (or about who was never bound) that is not carried out yet."""
    return await uow.data_requests.first(openid=openid, applicant_id=applicant_id, kind="delete", state=OPEN, lock=lock)


async def erase_due(parts: Parts) -> int:
    """Take up one plan that is due; how many were (the next turn of the round takes the next one)."""
    now = parts.clock.now()

    async def find(uow: UnitOfWork) -> list[DataRequest]:
        return await uow.data_requests.due("due_at", now, limit=1, kind="delete", state="scheduled")

    async def put_off(uow: UnitOfWork, request: DataRequest) -> None:
        fresh = await uow.data_requests.get(request.id, lock=True)
        if fresh is not None and fresh.state == "scheduled":
            await uow.data_requests.save(replace(fresh, due_at=now + PUT_OFF))

    return await all_together(parts, find, partial(_take_up, parts, now), put_off)


async def _take_up(parts: Parts, now: datetime, uow: UnitOfWork, request: DataRequest) -> None:
    case = await _open_case(uow, request.applicant_id)
    rule = parts.catalogues.retention().erasure[Because(request.because)]
    if case is not None and request.decided_by is None and rule.needs_decision(Stage(case.stage)):
        await _ask_a_manager(uow, parts, request, case, now)
    else:
        await erase(uow, parts, request, now=now)


async def _ask_a_manager(uow: UnitOfWork, parts: Parts, request: DataRequest, case: CaseRecord, now: datetime) -> None:
    await uow.data_requests.save(replace(request, state="review", due_at=None))
    note = f"申请 {case.case_no} 在办，申请人的数据要删除，请主管核对后决定"
    await open_task(uow, parts.ids.new("t"), TASK, note, once=request.id, now=now, case=case, openid=request.openid)


async def erase(uow: UnitOfWork, parts: Parts, request: DataRequest, *, now: datetime) -> DataRequest:
    """Erase now, in this transaction; objects of the store follow through `doomed_objects`."""
    openid, applicant_id = request.openid or "", request.applicant_id
    who = an_applicant(applicant_id) if applicant_id else SYSTEM
    counts = {"cases": 0, "files": 0}
    applicant = await uow.applicants.get(applicant_id, lock=True) if applicant_id else None
    if applicant is not None:
        cases = await uow.cases.where(applicant_id=applicant_id, lock=True, order_by="id")
        for case in cases:
            await _end(uow, parts, case, who, now)
        ids = [case.id for case in cases]
        counts = {"cases": len(ids), "files": await uow.privacy.erase_content_of(ids, now=now) if ids else 0}
        await _forget_person(uow, parts, applicant, now)
    counts["files"] += await uow.privacy.erase_files_of_person(applicant_id, openid, now=now)
    others_stay = bool(await people_of(uow, openid))
    counts["rows"] = await uow.privacy.forget_openid(openid, applicant_id, others_stay=others_stay)
    counts["exports"] = await _end_exports(uow, openid, applicant_id, now)
    await parts.limiter.forget_talk(openid)
    await record_audit(uow, "erased", SYSTEM, now=now, facts={"because": request.because, **counts})
    if request.because == Because.ASKED:
        await uow.chat.push(openid, f"data_erased:{request.id}", parts.texts.push("data_erased", {}))
    done = replace(request, state="done", due_at=None, finished_at=now, openid=None, counts=counts)
    await uow.data_requests.save(done)
    return done


async def _end(uow: UnitOfWork, parts: Parts, case: CaseRecord, who: Who, now: datetime) -> None:
    """Close a running case as a cancellation does, then let it pass into the archive (T43, T44, T47)."""
    stage = Stage(case.stage)
    if stage not in TERMINAL:
        for order in await uow.orders.where(case_id=case.id, state="created", lock=True):
            # The platform's order is closed by the worker, which asks a last time whether it was paid.
            closed = replace(order, state="closed", closed_at=now, next_query_at=now, next_reminder_at=None)
            await uow.orders.save(closed)
        event = Event.CANCEL_BY_STAFF if stage is Stage.APPROVED else Event.CANCEL_CASE
        case = await record_transition(uow, case, event, who, now=now)
        if stage in PAID_STAGES:
            note = f"申请 {case.case_no} 已支付，申请人要求删除数据后取消，请核对是否退款"
            await open_task(uow, parts.ids.new("t"), "refund_review", note, once=case.id, now=now, case=case)
    if case.stage != Stage.ARCHIVED:
        await record_transition(uow, case, Event.ARCHIVE, SYSTEM, now=now)


async def _forget_person(uow: UnitOfWork, parts: Parts, applicant: Applicant, now: datetime) -> None:
    """The account becomes a tombstone that opens for nobody; the identities go."""
    applicant_id = applicant.id
    identity = await uow.identities.get(applicant_id)
    if identity is not None:
        await detach(uow, parts, identity, by=SYSTEM, why="erased")
    await uow.applicant_employers.remove(applicant_id=applicant_id)
    for consent in await uow.consents.where(applicant_id=applicant_id, withdrawn_at=None):
        await uow.consents.save(replace(consent, withdrawn_at=now))
    tombstone = replace(
        applicant,
        username=f"erased:{applicant_id}",
        password_hash=NO_PASSWORD,
        name_sealed=parts.keys.seal(NOBODY.encode(), context=f"applicants.name:{applicant_id}"),
        id_no_sealed=parts.keys.seal(b"", context=f"applicants.id_no:{applicant_id}"),
        id_no_hash=f"erased:{applicant_id}",
        failed_sign_ins=0,
        locked_until=None,
        erased_at=now,
    )
    await uow.applicants.save(tombstone)


async def _end_exports(uow: UnitOfWork, openid: str, applicant_id: str | None, now: datetime) -> int:
    """Copies that were made earlier go, too."""
    exports = await uow.data_requests.where(openid=openid, applicant_id=applicant_id, kind="export", lock=True)
    for export in exports:
        for part in export.objects:
            await uow.doomed_objects.add_if_new(DoomedObject(str(part["object_key"]), now))
        state = "expired" if export.state in ("scheduled", "ready") else export.state
        ended = replace(
            export, state=state, openid=None, due_at=None, finished_at=export.finished_at or now, objects=[]
        )
        await uow.data_requests.save(ended)
    return len(exports)


async def _open_case(uow: UnitOfWork, applicant_id: str | None) -> CaseRecord | None:
    return await uow.cases.first(applicant_id=applicant_id, closed_at=None, lock=True) if applicant_id else None
