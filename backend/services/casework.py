"""Opening, submitting, resubmitting and cancelling a case: the applicant's own steps through the table."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Final

from backend.domain.case import PAID_STAGES, Event, Stage
from backend.domain.catalogue import Catalogue
from backend.domain.draft import Draft
from backend.domain.payment import pay_deadline
from backend.domain.profile import BusinessType, FlowProfile, Manual, profile_for
from backend.domain.sections.earlier import prefilled
from backend.domain.transitions import START, next_stage
from backend.services.errors import CaseAlreadyOpen, EmployerUnknown, NoEmployer
from backend.services.orders import open_order
from backend.services.outcome import Outcome
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.pushes import open_task
from backend.services.records import CaseRecord, Employer, Order
from backend.services.reminding import left_day, ready_day, wake_reminders
from backend.services.standing import Standing, beijing_day, with_case
from backend.services.transitions_log import an_applicant, record_audit, record_change, record_transition

_WHY_A_PERSON: Final = {"asked": "申请人要求人工服务", "not_understood": "机器人连续几次没听懂，请帮申请人看一下"}


async def start_case(uow: UnitOfWork, parts: Parts, standing: Standing, business: BusinessType) -> Standing:
    """T1: a new case with its number, prefilled from the last one; reopening after a timeout keeps its files (T18).

    Raises:
        CaseAlreadyOpen: one open case per person. NoEmployer: nobody to apply through.
    """
    await uow.applicants.get(standing.applicant.id, lock=True)
    if standing.case is not None or await uow.cases.first(applicant_id=standing.applicant.id, closed_at=None):
        raise CaseAlreadyOpen
    if not standing.employers:
        raise NoEmployer
    now = parts.clock.now()
    source = await _source(uow, standing, business)
    catalogue = parts.catalogues.current()
    profile = profile_of(business, standing.employers[0] if len(standing.employers) == 1 else None)
    case = CaseRecord(
        id=parts.ids.new("c"),
        case_no=await _case_no(uow, now),
        applicant_id=standing.applicant.id,
        business_type=business.value,
        profile=profile.name,
        stage=START.value,
        catalogue_version=catalogue.version,
        draft=_prefilled(source, business, profile, catalogue, today=beijing_day(now)).to_json(),
        employer_id=standing.employers[0].id if len(standing.employers) == 1 else None,
        source_case_id=source.id if source else None,
        created_at=now,
        updated_at=now,
        stage_since=now,
    )
    await uow.cases.add(case)
    await wake_reminders(uow, case.id, now)
    await record_audit(uow, "start_case", an_applicant(standing.applicant.id), now=now, case=case, to=case)
    if source is not None and source.stage == Stage.CLOSED_TIMEOUT:
        await take_over_files(uow, parts, source, case)
    elif source is not None and "photo" in profile.skippable_sections:
        await _take_over_photo(uow, source, case)
    return await with_case(uow, parts, standing, case)


async def _case_no(uow: UnitOfWork, now: datetime) -> str:
    day = beijing_day(now)
    return f"GJ{day:%Y%m%d}-{await uow.next_case_number(day):05d}"


async def _source(uow: UnitOfWork, standing: Standing, business: BusinessType) -> CaseRecord | None:
    """Where the answers come from: the last case when it timed out, else the last completed one."""
    last = await uow.cases.first(applicant_id=standing.applicant.id, order_by="-created_at")
    if last and last.stage == Stage.CLOSED_TIMEOUT and last.business_type == business.value:
        return last
    return await uow.cases.first(
        applicant_id=standing.applicant.id, stage=Stage.COMPLETED.value, order_by="-created_at"
    )


def _prefilled(
    source: CaseRecord | None, business: BusinessType, profile: FlowProfile, catalogue: Catalogue, *, today: date
) -> Draft:
    """A case that timed out keeps everything, but a notice that has changed since is asked again."""
    if source is None:
        return Draft()
    draft = Draft.from_json(source.draft).at(None)
    if source.stage == Stage.CLOSED_TIMEOUT and source.business_type == business.value:
        is_same = draft.answer("notice", "version") == catalogue.notice_for(business).version
        return (draft if is_same else draft.without_section("notice")).without_section("review")
    asked = {one.code for one in catalogue.questions.values() if one.need_of(business)}
    return prefilled(
        draft, case_no=source.case_no, profile=profile, today=today, valid_until=source.valid_until, asked=asked,
        employer_id=source.employer_id or "", business=source.business_type,
    )  # fmt: skip


async def _take_over_photo(uow: UnitOfWork, source: CaseRecord, case: CaseRecord) -> None:
    """The one-inch photo with its crop (F67); credentials are never taken over."""
    photo = await uow.photos.get(source.id)
    if photo is not None:
        await uow.photos.add(replace(photo, case_id=case.id))


async def use_current_catalogue(uow: UnitOfWork, parts: Parts, standing: Standing) -> Standing:
    """The notice is asked again: from now on the case follows the catalogue of today, not that of its opening."""
    case, version = standing.open_case, parts.catalogues.current().version
    if Stage(case.stage) is not Stage.DRAFT or case.catalogue_version == version:
        return standing
    who = an_applicant(standing.applicant.id)
    case = await record_change(uow, case, "catalogue", who, now=parts.clock.now(), catalogue_version=version)
    return await with_case(uow, parts, standing, case)


async def skip_sections(uow: UnitOfWork, parts: Parts, standing: Standing, sections: str) -> Standing:
    """T7: what was maintained stays as it was; the case from which it came is written down."""
    case = standing.open_case
    facts = {"skipped": True, "sections": sections.split(","), "source_case": case.source_case_id}
    who = an_applicant(standing.applicant.id)
    case = await record_transition(uow, case, Event.SKIP_SECTION, who, now=parts.clock.now(), facts=facts)
    return await with_case(uow, parts, standing, case)


async def take_over_files(uow: UnitOfWork, parts: Parts, source: CaseRecord, case: CaseRecord) -> None:
    """The files and the photo of a case that timed out or was exchanged stay where they were put (T18)."""
    await _take_over_photo(uow, source, case)
    items = await uow.items.where(case_id=source.id)
    held = await uow.item_files.where(item_id=[item.id for item in items], removed_at=None)
    for item in items:
        copy = replace(item, id=parts.ids.new("i"), case_id=case.id)
        await uow.items.add(copy)
        for one in held:
            if one.item_id == item.id:
                await uow.item_files.add(replace(one, id=parts.ids.new("x"), item_id=copy.id))


async def choose_employer(uow: UnitOfWork, parts: Parts, standing: Standing, employer_id: str) -> Standing:
    """T2; raises `EmployerUnknown` unless it is active and linked to this applicant."""
    employer = next((one for one in standing.employers if one.id == employer_id), None)
    if employer is None:
        raise EmployerUnknown
    now = parts.clock.now()
    who = an_applicant(standing.applicant.id)
    case = await record_transition(
        uow, standing.open_case, Event.CHOOSE_EMPLOYER, who, now=now, facts={"employer": employer_id},
        employer_id=employer_id, profile=profile_of(BusinessType(standing.open_case.business_type), employer).name,
    )  # fmt: skip
    return await with_case(uow, parts, standing, case)


def profile_of(business: BusinessType, employer: Employer | None) -> FlowProfile:
    """The flow of 2023, or that of 2019 for an employer whose applicants have to visit (features.md 1F)."""
    return profile_for(business, Manual(employer.manual) if employer else Manual.M2023)


async def submit(uow: UnitOfWork, parts: Parts, standing: Standing) -> tuple[CaseRecord, Order]:
    """T11: the order with its 24 hours; the caller has asked the domain whether everything is there."""
    now = parts.clock.now()
    catalogue = parts.catalogues.at(standing.open_case.catalogue_version)
    employer = next((one for one in standing.employers if one.id == standing.open_case.employer_id), None)
    if employer is None:
        raise EmployerUnknown
    business = BusinessType(standing.open_case.business_type)
    amount_fen = employer.fee_fen or catalogue.fee.fen_for(business, employer=employer.uscc)
    created_at = standing.open_case.created_at
    deadline = pay_deadline(catalogue.pay_window, created_at=created_at, submitted_at=now)
    case = await record_transition(
        uow, standing.open_case, Event.SUBMIT, an_applicant(standing.applicant.id), now=now,
        facts={"amount_fen": amount_fen}, submitted_at=now, pay_deadline=deadline,
    )  # fmt: skip
    order = await open_order(uow, parts, case, standing.openid, amount_fen=amount_fen, deadline=deadline)
    return case, order


async def resubmit(uow: UnitOfWork, parts: Parts, standing: Standing) -> CaseRecord:
    """T25, T36, T39: back to whoever asked; the caller has asked the domain whether it may go."""
    case, now, who = standing.open_case, parts.clock.now(), an_applicant(standing.applicant.id)
    if standing.supplement is not None:
        await uow.supplements.save(replace(standing.supplement, state="submitted", submitted_at=now))
    if case.stage == Stage.AGENCY_REJECTED:
        for item in standing.items:
            if item.active and item.state == "rejected":
                fresh = replace(item, state="uploaded", reject_reason=None, decided_by=None, decided_at=None)
                await uow.items.save(replace(fresh, round=case.round + 1))
        return await record_transition(uow, case, Event.RESUBMIT, who, now=now, round=case.round + 1)
    case = await record_transition(uow, case, Event.SUBMIT_SUPPLEMENT, who, now=now, round=case.round + 1)
    note = f"申请 {case.case_no}：补充材料已提交，请转交人社局"
    await open_task(
        uow, parts.ids.new("t"), "forward_supplement", note, once=f"{case.id}:{case.round}", now=now, case=case
    )
    return case


async def cancel(uow: UnitOfWork, parts: Parts, standing: Standing, *, confirmed: bool) -> Outcome:
    """F58, T43: asks first; an unpaid order is closed, a paid one leaves a task for the staff (A8)."""
    case = standing.open_case
    was_paid = Stage(case.stage) in PAID_STAGES
    next_stage(Stage(case.stage), Event.CANCEL_CASE)
    if not confirmed:
        return Outcome(case=case).saying("confirm_cancel", {"case_no": case.case_no, "paid": was_paid})
    now, who = parts.clock.now(), an_applicant(standing.applicant.id)
    for order in await uow.orders.where(case_id=case.id, state="created", lock=True):
        # The platform's order is closed by the worker, which asks a last time whether it was paid.
        await uow.orders.save(replace(order, state="closed", closed_at=now, next_query_at=now, next_reminder_at=None))
    after = await record_transition(uow, case, Event.CANCEL_CASE, who, now=now, reason="申请人取消")
    if was_paid:
        note = f"申请 {case.case_no} 已支付后取消，请核对是否退款"
        await open_task(uow, parts.ids.new("t"), "refund_review", note, once=case.id, now=now, case=case)
    return Outcome(case=after).saying(
        "case_cancelled_paid" if was_paid else "case_cancelled", {"case_no": case.case_no}
    )


async def call_a_person(uow: UnitOfWork, parts: Parts, openid: str, standing: Standing | None, reason: str) -> Outcome:
    """A task for the staff, one per applicant and day however often it is asked for."""
    now = parts.clock.now()
    case = standing.case if standing else None
    once = f"{parts.keys.fingerprint(openid)[:24]}:{beijing_day(now):%Y%m%d}"
    note = _WHY_A_PERSON.get(reason, "申请人需要人工服务") + (f"，申请 {case.case_no}" if case else "")
    is_new = await open_task(uow, parts.ids.new("t"), "human", note, once=once, now=now, case=case, openid=openid)
    return Outcome(case=case).saying("human_called" if is_new else "human_called_already")


async def expired_draft(uow: UnitOfWork, parts: Parts, standing: Standing) -> dict[str, str | int] | None:
    """Facts about a draft that was deleted after its time, for whoever comes back to it; None when there is none."""
    last = await uow.cases.first(applicant_id=standing.applicant.id, order_by="-created_at")
    if last is None or last.submitted_at is not None or last.closed_at is None:
        return None
    if await uow.audit.first(case_id=last.id, action=Event.EXPIRE_DRAFT.value) is None:
        return None
    days = parts.catalogues.current().reminders.draft_kept_d
    return {"business": BusinessType(last.business_type).label, "case_no": last.case_no, "days": days}


async def keep_draft(uow: UnitOfWork, parts: Parts, standing: Standing, draft: Draft) -> Standing:
    """Save what was told, at once (F31, F32); rewriting the history after submission is an event of its own (F56)."""
    case = standing.open_case
    told = draft.to_json()
    if told == case.draft:
        return standing
    now, who = parts.clock.now(), an_applicant(standing.applicant.id)
    if _dates(standing.draft) != _dates(draft):
        await wake_reminders(uow, case.id, now)
    edits = _edits(standing.draft, draft) if Stage(case.stage) is not Stage.DRAFT else []
    for event in edits:
        case = await record_transition(uow, case, event, who, now=now, draft=told)
    if not edits:
        case = await record_change(uow, case, "draft", who, now=now, draft=told)
    if Event.EDIT_CONTACT in edits:
        note = f"申请 {case.case_no}：联系方式有修改，请留意"
        await open_task(
            uow, parts.ids.new("t"), "contact_changed", note, once=f"{case.id}:{case.version}", now=now, case=case
        )
    edited = standing.was_edited or bool({Event.EDIT_EDUCATION, Event.EDIT_WORK} & set(edits))
    context = standing.interview
    if context.supplement is not None:
        context = replace(context, supplement=replace(context.supplement, was_edited=edited))
    return replace(standing, case=case, draft=draft, was_edited=edited, context=context)


def _dates(draft: Draft) -> tuple[object, ...]:
    """Days told by the applicant that reminders count from."""
    return ready_day(draft), left_day(draft)


def _edits(before: Draft, after: Draft) -> list[Event]:
    found = []
    if before.rows("education") != after.rows("education"):
        found.append(Event.EDIT_EDUCATION)
    if before.rows("work") != after.rows("work"):
        found.append(Event.EDIT_WORK)
    if before.answers.get("contact") != after.answers.get("contact"):
        found.append(Event.EDIT_CONTACT)
    return found
