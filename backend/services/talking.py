"""One dialogue command: load where the applicant stands, ask the interview, do what it wishes, say what came of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from backend.domain.case import Event, Stage
from backend.domain.draft import Draft
from backend.domain.errors import DomainError
from backend.domain.interview import check_submission, open_question, take
from backend.domain.invoice import invoice_request, is_wanted
from backend.domain.masks import mask_name
from backend.domain.talk import Command, Kind, Question, Redo, Say, Wants, Wish
from backend.services import casework, one_inch, uploads
from backend.services.errors import NotBound
from backend.services.links import Purpose, offer_link
from backend.services.made_files import sample_of
from backend.services.orders import said_yuan
from backend.services.outcome import Outcome, refusal
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.pre_review import books_before_paying, submit_for_booking
from backend.services.records import Invoice
from backend.services.standing import Standing, load_standing, with_case
from backend.services.transitions_log import an_applicant, record_transition
from backend.services.visits import booking_question
from backend.services.withdrawing import question_for

_ELIGIBILITY: Final[Mapping[Wants, Event]] = {
    Wants.CONFIRM_ELIGIBLE: Event.CONFIRM_ELIGIBLE,
    Wants.NOT_ELIGIBLE: Event.NOT_ELIGIBLE,
}


Check = Callable[[UnitOfWork, Parts, Standing, Draft, Sequence[Say]], Awaitable[tuple[Draft, Outcome] | None]]


async def interview(
    uow: UnitOfWork, parts: Parts, standing: Standing, command: Command, *, check: Check | None = None
) -> Outcome:
    """Any command of the interview: the draft is saved before the next question is asked (F31).

    `check` may hold something of it back until it is proved, and ask for the proof first.
    """
    if isinstance(command, Redo) and command.section == "notice":
        standing = await casework.use_current_catalogue(uow, parts, standing)
    step = take(standing.draft, command, standing.interview)
    held = await check(uow, parts, standing, step.draft, step.say) if check else None
    draft, outcome = held or (step.draft, Outcome(say=step.say))
    standing = await casework.keep_draft(uow, parts, standing, draft)
    if step.wish is not None:
        standing, outcome = await _grant(uow, parts, standing, step.wish, outcome)
    await _keep_invoice(uow, parts, standing)
    return await finish(uow, parts, standing, outcome)


async def finish(uow: UnitOfWork, parts: Parts, standing: Standing, outcome: Outcome) -> Outcome:
    """Add the case, its open question and, when that is answered on a page, the link to it."""
    if standing.case is None or standing.case.closed_at is not None:
        return replace(outcome, case=outcome.case or standing.case)
    question = outcome.ask or await booking_question(uow, parts, standing)
    question = question or open_question(standing.draft, standing.interview)
    section = question.form.removesuffix("_form") if question else None
    if section in ("materials", "review") and standing.case.stage == Stage.DRAFT:
        standing = await uploads.sync_items(uow, parts, standing)
    if question is not None and section == "materials":
        standing, outcome = await _with_first_sample(uow, parts, standing, question, outcome)
    link = outcome.link
    if link is None and question is not None and (purpose := _page_for(question)):
        link = await offer_link(uow, parts, standing.openid, purpose, case_no=standing.open_case.case_no)
    return replace(outcome, ask=question, link=link, case=standing.case, draft_step=section)


async def _with_first_sample(
    uow: UnitOfWork, parts: Parts, standing: Standing, question: Question, outcome: Outcome
) -> tuple[Standing, Outcome]:
    """样子是这样的: a paper that is often sent wrongly is shown when it is asked for the first time (F41)."""
    material = standing.interview.catalogue.material(question.field)
    key = f"sample.{question.field}"
    if material is None or not material.sample_first or key in standing.draft.settled or outcome.files:
        return standing, outcome
    standing = await casework.keep_draft(uow, parts, standing, standing.draft.settle(key))
    told = outcome.saying("sample_here", {"label": material.name})
    return standing, replace(told, files=(sample_of(material.code),))


async def refuse(uow: UnitOfWork, parts: Parts, openid: str, error: DomainError) -> Outcome:
    """A refusal that the applicant can mend: its sentence, and the question again."""
    if isinstance(error, NotBound):
        link = await offer_link(uow, parts, openid, Purpose.BIND)
        return Outcome(say=(refusal(error),), link=link)
    standing = await load_standing(uow, parts, openid)
    return await finish(uow, parts, standing, Outcome(say=(refusal(error),), person=standing.shown_as))


async def submit(uow: UnitOfWork, parts: Parts, standing: Standing) -> tuple[Standing, Outcome]:
    """T11, T12; raises `Incomplete` naming what is missing."""
    if (consent := await question_for(uow, parts, standing)) is not None:
        return standing, Outcome(ask=consent)
    standing = await uploads.sync_items(uow, parts, standing)
    check_submission(standing.draft, standing.interview)
    await uploads.keep_photo_as_item(uow, parts, standing)
    standing = await uploads.keep_orphans(uow, parts, standing)
    if books_before_paying(standing.open_case):
        case = await submit_for_booking(uow, parts, standing)
        standing = await with_case(uow, parts, standing, case)
        return standing, Outcome().saying("submitted_for_booking", {"case_no": case.case_no})
    case, order = await casework.submit(uow, parts, standing)
    facts = {"case_no": case.case_no, "amount": said_yuan(order.amount_fen), "hours": _hours(standing)}
    return await with_case(uow, parts, standing, case), Outcome().saying("submitted", facts)


async def resubmit(uow: UnitOfWork, parts: Parts, standing: Standing) -> tuple[Standing, Outcome]:
    """T25, T36, T39; raises `SupplementIncomplete` or `NotPossibleNow`."""
    uploads.check_resubmission(standing)
    # What is sent back is confirmed by that: the next supplement does not begin with “学习经历就这些吗”.
    confirmed = standing.draft.settle("education.confirm").settle("work.confirm").at(None)
    standing = await casework.keep_draft(uow, parts, standing, confirmed)
    case = await casework.resubmit(uow, parts, standing)
    return await with_case(uow, parts, standing, case), Outcome().saying("resubmitted", {"case_no": case.case_no})


def greeting_facts(standing: Standing) -> dict[str, object]:
    return {"name": mask_name(standing.facts.name)}


async def _grant(
    uow: UnitOfWork, parts: Parts, standing: Standing, wish: Wish, outcome: Outcome
) -> tuple[Standing, Outcome]:
    """Do what an answer asked for beside the draft."""
    if wish.what is Wants.SUBMIT:
        standing, more = await submit(uow, parts, standing)
        return standing, replace(outcome, say=(*outcome.say, *more.say), ask=more.ask)
    if wish.what is Wants.RESUBMIT:
        standing, more = await resubmit(uow, parts, standing)
        return standing, replace(outcome, say=(*outcome.say, *more.say))
    if wish.what is Wants.CHOOSE_EMPLOYER:
        return await casework.choose_employer(uow, parts, standing, wish.about), outcome
    if wish.what is Wants.SKIP_SECTIONS:
        return await casework.skip_sections(uow, parts, standing, wish.about), outcome
    if wish.what is Wants.HAND_IN:
        standing, more = await uploads.hand_in(uow, parts, standing)
        return standing, replace(outcome, say=(*outcome.say, *more.say))
    if wish.what is Wants.FINISH_ITEM:
        return await uploads.finish(uow, parts, standing, wish.about), outcome
    if wish.what in _ELIGIBILITY:
        who, now = an_applicant(standing.applicant.id), parts.clock.now()
        facts = {"notice": standing.draft.answer("notice", "version")}
        if wish.what is Wants.NOT_ELIGIBLE and wish.about:
            facts["failed"] = wish.about
        case = await record_transition(uow, standing.open_case, _ELIGIBILITY[wish.what], who, now=now, facts=facts)
        return await with_case(uow, parts, standing, case), outcome
    if wish.what is Wants.PHOTO_ACCEPT:
        await one_inch.accept(uow, parts, standing)
    else:
        await one_inch.retake(uow, standing)
    return await with_case(uow, parts, standing, standing.open_case), outcome


async def _keep_invoice(uow: UnitOfWork, parts: Parts, standing: Standing) -> None:
    """T14: the invoice as far as it is told; a complete one is kept beside the order."""
    case = standing.case
    if case is None or case.stage != Stage.AWAITING_PAYMENT:
        return
    told = invoice_request(standing.draft, applicant_name=standing.facts.name)
    kept = await uow.invoices.get(case.id)
    if told is None:
        if kept is not None and not is_wanted(standing.draft):
            await uow.invoices.remove(case_id=case.id)
        return
    invoice = Invoice(case.id, told.title_type, told.title, told.email, told.tax_no or None)
    if kept is None:
        await uow.invoices.add(invoice)
    elif kept != invoice and kept.state == "none":
        await uow.invoices.save(invoice)
    else:
        return
    await record_transition(uow, case, Event.SET_INVOICE, an_applicant(standing.applicant.id), now=parts.clock.now())


def _page_for(question: Question) -> Purpose | None:
    """The page on which a question is answered; the photo's preview can also be cropped by hand (F28)."""
    if question.kind is Kind.PAGE:
        return Purpose(str(question.facts.get("purpose", Purpose.CREDENTIALS.value)))
    return Purpose.CROP if (question.form, question.kind) == ("photo_form", Kind.CONFIRM) else None


def _hours(standing: Standing) -> int:
    return standing.interview.catalogue.pay_window.hours
