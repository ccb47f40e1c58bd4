"""The commands of a dialogue turn (contracts.md 3), by name; each runs once per idempotency key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from backend.domain import talk
from backend.domain.case import STAGES, Stage
from backend.domain.errors import DomainError, UnknownField
from backend.domain.interview import file_target, open_question, uploaded, where_it_stands
from backend.domain.materials import OTHER_ITEM
from backend.domain.profile import BusinessType
from backend.domain.sections.bucket import is_filling
from backend.domain.sections.proposals import EARLIER
from backend.domain.sections.script import sections_of
from backend.domain.talk import Kind, Option, Question
from backend.services import (
    account,
    appointment_commands,
    casework,
    general_questions,
    invoice_changes,
    new_phone,
    one_inch,
    reading,
    rearranging,
    receipts,
    rights_commands,
    switching,
    template_mailing,
    uploads,
    withdrawing,
)
from backend.services.answered_once import Answer, answered_once
from backend.services.bind_offers import ask_who_scanned
from backend.services.errors import NotBound
from backend.services.files import own_file
from backend.services.links import Purpose, offer_link
from backend.services.orders import check_payment, payable_order, said_yuan
from backend.services.outcome import Outcome
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.standing import Standing, load_standing, same_case
from backend.services.talking import finish, greeting_facts, interview, refuse, resubmit, submit

Body = Mapping[str, Any]
Handler = Callable[[UnitOfWork, Parts, Standing, Body], Awaitable[Outcome]]

CALLERS_MISTAKES: Final = (UnknownField,)


async def run_command(
    parts: Parts, openid: str, name: str, body: Body, *, key: str, case_no: str | None = None
) -> Answer:
    """Run a command and give its `Outcome` as JSON; what an applicant can mend is said, never an error.

    `case_no` is the case that the sender had before them: an answer to a question of another one is not taken, so
    that the drafts of two people of one account never mix.

    Raises:
        UnknownField: the command names something that does not exist.
    """
    if name in ("progress", "pay_link"):
        # “付了还显示未支付”: look before answering. Without an answer the stored state is told.
        with suppress(DomainError):
            await check_payment(parts, openid)

    async def act(uow: UnitOfWork) -> Answer:
        return 200, (await _dispatch(uow, parts, openid, name, body, case_no)).to_json()

    async def explain(uow: UnitOfWork, error: DomainError) -> Answer:
        if isinstance(error, CALLERS_MISTAKES):
            raise error
        return 200, (await refuse(uow, parts, openid, error)).to_json()

    return await answered_once(parts, openid, key, name, act, refuse=explain)


async def _dispatch(uow: UnitOfWork, parts: Parts, openid: str, name: str, body: Body, case_no: str | None) -> Outcome:
    if name == "open" and (asked := await ask_who_scanned(uow, parts, openid)) is not None:
        return asked
    try:
        standing = await load_standing(uow, parts, openid)
    except NotBound:
        if name in general_questions.GENERAL:
            return await general_questions.answer_a_stranger(uow, parts, openid, name, body)
        if name == "invoice":
            return Outcome().saying("invoice_how")
        if name in rights_commands.OF_OPENID:
            return await rights_commands.OF_OPENID[name](uow, parts, openid, body)
        if name == "slots":
            return Outcome().saying("visit_not_needed")
        if name == "human":
            return await casework.call_a_person(uow, parts, openid, None, str(body.get("reason", "asked")))
        raise
    if case_no is not None and standing.case is not None and name in ABOUT_A_CASE:
        same_case(standing.case, case_no)
    if name == "start_case" and (consent := await withdrawing.question_for(uow, parts, standing)):
        return await finish(uow, parts, standing, Outcome(ask=consent))
    if name == "answer" and await invoice_changes.concerns_change(uow, standing, body):
        outcome = await invoice_changes.change(uow, parts, standing, body)
    elif name in INTERVIEW:
        outcome = await interview(uow, parts, standing, INTERVIEW[name](body), check=new_phone.hold_back)
    else:
        outcome = await HANDLERS[name](uow, parts, standing, body)
    return replace(outcome, person=standing.shown_as) if name not in account.HANDLERS else outcome


def _values(body: Body) -> tuple[talk.Value, ...]:
    return tuple(
        talk.Value(str(one["field"]), str(one["value"]), one.get("index"), bool(one.get("relative", False)))
        for one in body.get("values") or ()
    )


def _answer(body: Body) -> talk.Command:
    return talk.Answer(
        _values(body),
        body.get("text") or "",
        body.get("option"),
        body.get("field"),
        body.get("index"),
        body.get("mark") or "",
    )


def _goto(body: Body) -> talk.Command:
    place = (body.get("field"), body.get("section"), body.get("index"))
    return talk.Goto(*place, text=body.get("text") or "", mark=body.get("mark") or "", named=_values(body))


INTERVIEW: Final[Mapping[str, Callable[[Body], talk.Command]]] = {
    "answer": _answer,
    "previous": lambda _: talk.Previous(),
    "skip": lambda _: talk.Skip(),
    "save": lambda _: talk.Save(),
    "resume": lambda _: talk.Resume(),
    "redo": lambda body: talk.Redo(body.get("section")),
    "goto": _goto,
    "add_entry": lambda _: talk.AddEntry(),
    "remove_entry": lambda body: talk.RemoveEntry(body.get("index"), body.get("section"), _values(body)),
    "finish_section": lambda _: talk.FinishSection(),
    "choose_item": lambda body: talk.ChooseItem(str(body["item"])),
    "confirm_notice": lambda body: talk.ConfirmNotice(bool(body["eligible"])),
    "choose_employer": lambda body: talk.ChooseEmployer(body.get("employer_id"), body.get("option")),
}

# What somebody says about the one case that is before them; the rest asks anew what it is about.
ABOUT_A_CASE: Final = {*INTERVIEW} - {"resume"} | {
    *("upload", "undo_upload", "finish_item", "photo_nudge", "photo_accept", "photo_retake", "send_templates"),
    *("submit", "resubmit", "cancel_case", "book", "reschedule", "cancel_appointment", "waitlist"),
    *("unbind_account", "confirm_phone"),
}


async def _open(uow: UnitOfWork, parts: Parts, standing: Standing, body: Body) -> Outcome:
    return await greet(uow, parts, standing)


async def greet(uow: UnitOfWork, parts: Parts, standing: Standing) -> Outcome:
    """Where this person stands: the open question, who acts next, or what can be begun."""
    if standing.case is None:
        businesses = [{"value": one.value, "label": one.label} for one in BusinessType]
        gone = await casework.expired_draft(uow, parts, standing)
        told = Outcome() if gone is None else Outcome().saying("draft_expired", gone)
        return told.saying("welcome", {**greeting_facts(standing), "businesses": businesses})
    stage = Stage(standing.case.stage)
    facts = {
        **greeting_facts(standing),
        "case_no": standing.case.case_no,
        "business": BusinessType(standing.case.business_type).label,
        "stage": stage.value,
        "stage_label": STAGES[stage].label,
    }
    told = Outcome().saying("case_open", facts)
    if open_question(standing.draft, standing.interview) is None:
        told = replace(told, say=(*told.say, where_it_stands(stage)))
    return await finish(uow, parts, standing, told)


async def _start_case(uow: UnitOfWork, parts: Parts, standing: Standing, body: Body) -> Outcome:
    business = BusinessType(body["business_type"])
    if switching.is_another(standing, business):
        if not body.get("confirmed", False):
            return await finish(uow, parts, standing, switching.ask(standing, business))
        standing, outcome = await switching.switch(uow, parts, standing, business)
        return await finish(uow, parts, standing, outcome)
    standing = await casework.start_case(uow, parts, standing, business)
    facts = {"case_no": standing.open_case.case_no, "business": business.label}
    is_prefilled = bool(standing.draft.answer(EARLIER, "case_no"))
    is_reopened = not is_prefilled and bool(standing.photo or standing.items)
    if is_reopened and not standing.interview.credentials_given:
        facts["deleted"] = "北京通账号"
    code = "case_reopened" if is_reopened else "case_prefilled" if is_prefilled else "case_started"
    return await finish(uow, parts, standing, Outcome().saying(code, facts))


async def _upload(uow: UnitOfWork, parts: Parts, standing: Standing, body: Body) -> Outcome:
    stored = await own_file(uow, standing.openid, standing.applicant.id, str(body["file_id"]))
    context = standing.interview
    item = body.get("item") or uploads.rejected_target(standing, file_target(standing.draft, context))
    material = context.catalogue.material(item) if item else None
    is_draft = Stage(standing.open_case.stage) in (Stage.DRAFT, Stage.AWAITING_MATERIALS_EMAIL)
    if item is None or (is_draft and material is not None and material.from_photo):
        outcome = await one_inch.use_photo(uow, parts, standing, stored)
        return await finish(uow, parts, await load_standing(uow, parts, standing.openid), outcome)
    if Stage(standing.open_case.stage) is Stage.DRAFT:
        standing = await uploads.sync_items(uow, parts, standing)
    standing = await uploads.attach(uow, parts, standing, item, stored)
    standing = await casework.keep_draft(uow, parts, standing, uploaded(standing.draft, item, standing.interview))
    state = standing.interview.items.get(item)
    name = material.name if material else "补充材料"
    files = (state.files if is_draft else state.new_files) if state else len(standing.supplement_files)
    facts = {"label": name, "files": files}
    code = "file_set_aside" if item == OTHER_ITEM else "file_received"
    return await finish(uow, parts, standing, Outcome().saying(code, facts))


async def _undo_upload(uow: UnitOfWork, parts: Parts, standing: Standing, body: Body) -> Outcome:
    number, item = body.get("number"), body.get("item")
    if body.get("replace"):
        standing, outcome = await rearranging.exchange(uow, parts, standing, number=number, item=item)
    else:
        standing, outcome = await rearranging.undo(uow, parts, standing, number=number, item=item)
    return await finish(uow, parts, standing, outcome)


async def _move_upload(uow: UnitOfWork, parts: Parts, standing: Standing, body: Body) -> Outcome:
    if is_filling(standing.interview):
        return await interview(uow, parts, standing, talk.ChooseItem(str(body["item"])))
    standing, outcome = await rearranging.move(uow, parts, standing, str(body["item"]), number=body.get("number"))
    return await finish(uow, parts, standing, outcome)


async def _last_upload(uow: UnitOfWork, parts: Parts, standing: Standing, body: Body) -> Outcome:
    return await finish(uow, parts, standing, rearranging.whereabouts(standing))


async def _finish_item(uow: UnitOfWork, parts: Parts, standing: Standing, body: Body) -> Outcome:
    takes_items = standing.case is not None and standing.case.stage in (Stage.DRAFT, Stage.AWAITING_MATERIALS_EMAIL)
    return await interview(uow, parts, standing, talk.FinishItem() if takes_items else talk.FinishSection())


async def _photo_nudge(uow: UnitOfWork, parts: Parts, standing: Standing, body: Body) -> Outcome:
    outcome = await one_inch.nudge(uow, parts, standing, str(body["direction"]))
    return await finish(uow, parts, await load_standing(uow, parts, standing.openid), outcome)


async def _photo_accept(uow: UnitOfWork, parts: Parts, standing: Standing, body: Body) -> Outcome:
    await one_inch.accept(uow, parts, standing)
    standing = await load_standing(uow, parts, standing.openid)
    return await finish(uow, parts, standing, Outcome().saying("photo_accepted"))


async def _photo_retake(uow: UnitOfWork, parts: Parts, standing: Standing, body: Body) -> Outcome:
    await one_inch.retake(uow, standing)
    standing = await load_standing(uow, parts, standing.openid)
    return await finish(uow, parts, standing, Outcome().saying("photo_retake"))


async def _send_templates(uow: UnitOfWork, parts: Parts, standing: Standing, body: Body) -> Outcome:
    asked = await template_mailing.ask_for_templates(uow, parts, standing, body.get("item"))
    return await finish(uow, parts, standing, asked)


async def _submit(uow: UnitOfWork, parts: Parts, standing: Standing, body: Body) -> Outcome:
    if Stage(standing.open_case.stage) is Stage.AWAITING_MATERIALS_EMAIL:
        return await _finish_item(uow, parts, standing, body)
    if Stage(standing.open_case.stage) is not Stage.DRAFT:
        return await _resubmit(uow, parts, standing, body)
    standing, outcome = await submit(uow, parts, standing)
    return await finish(uow, parts, standing, outcome)


async def _resubmit(uow: UnitOfWork, parts: Parts, standing: Standing, body: Body) -> Outcome:
    standing, outcome = await resubmit(uow, parts, standing)
    return await finish(uow, parts, standing, outcome)


async def _pay_link(uow: UnitOfWork, parts: Parts, standing: Standing, body: Body) -> Outcome:
    case, order = await payable_order(uow, standing.openid, parts.clock.now())
    link = await offer_link(uow, parts, standing.openid, Purpose.PAY, case_no=case.case_no)
    left_s = int((order.deadline - parts.clock.now()).total_seconds())
    facts = {"amount": said_yuan(order.amount_fen), "left_minutes": left_s // 60, "left_hours": left_s // 3600}
    outcome = Outcome(link=link).saying("pay_here", facts)
    return await finish(uow, parts, standing, outcome)


async def _page_link(uow: UnitOfWork, parts: Parts, standing: Standing, body: Body) -> Outcome:
    purpose = Purpose(body["purpose"])
    if purpose is Purpose.PAY:
        return await _pay_link(uow, parts, standing, body)
    if purpose in (Purpose.CREDENTIALS, Purpose.CROP, Purpose.UPLOAD):
        _ = standing.open_case
    case_no = standing.case.case_no if standing.case else None
    link = await offer_link(uow, parts, standing.openid, purpose, case_no=case_no)
    return await finish(uow, parts, standing, Outcome(link=link).saying("page_here", {"purpose": purpose.value}))


async def _secret_typed(uow: UnitOfWork, parts: Parts, standing: Standing, body: Body) -> Outcome:
    """A password or ID number came in as text: it is kept nowhere, and the page that takes such things is at hand."""
    takes_credentials = standing.case is not None and "contact" in sections_of(standing.interview)
    purpose = Purpose.CREDENTIALS if takes_credentials else Purpose.OVERVIEW
    case_no = standing.case.case_no if standing.case else None
    link = await offer_link(uow, parts, standing.openid, purpose, case_no=case_no)
    outcome = Outcome(link=link).saying("secret_typed", {"kind": body.get("kind") or "password"})
    return await finish(uow, parts, standing, outcome)


async def _cancel_case(uow: UnitOfWork, parts: Parts, standing: Standing, body: Body) -> Outcome:
    outcome = await casework.cancel(uow, parts, standing, confirmed=bool(body.get("confirmed", False)))
    if body.get("confirmed", False):
        return outcome
    question = Question(
        form="cancel_form", field="cancel", group=("cancel",), label="取消办理", kind=Kind.CONFIRM,
        options=(Option("yes", "确定取消"), Option("no", "先不取消")), facts=outcome.say[-1].facts,
    )  # fmt: skip
    return await finish(uow, parts, standing, replace(outcome, say=(), ask=question))


async def _human(uow: UnitOfWork, parts: Parts, standing: Standing, body: Body) -> Outcome:
    reason = str(body.get("reason") or "asked")
    outcome = await casework.call_a_person(uow, parts, standing.openid, standing, reason)
    return await finish(uow, parts, standing, outcome)


async def _read(uow: UnitOfWork, parts: Parts, standing: Standing, body: Body) -> Outcome:
    return await finish(uow, parts, standing, await reading.progress(uow, parts, standing))


async def _history(uow: UnitOfWork, parts: Parts, standing: Standing, body: Body) -> Outcome:
    return await finish(uow, parts, standing, await reading.history(uow, standing))


async def _slip(uow: UnitOfWork, parts: Parts, standing: Standing, body: Body) -> Outcome:
    return await finish(uow, parts, standing, await reading.confirmation_slip(uow, parts, standing))


async def _missing(uow: UnitOfWork, parts: Parts, standing: Standing, body: Body) -> Outcome:
    return await finish(uow, parts, standing, reading.missing(standing))


async def _materials(uow: UnitOfWork, parts: Parts, standing: Standing, body: Body) -> Outcome:
    is_own = standing.case is not None and body.get("business_type") in (None, standing.case.business_type)
    if is_own and not body.get("item"):
        return await finish(uow, parts, standing, reading.materials(standing))
    return await _general("materials")(uow, parts, standing, body)


def _general(name: str) -> Handler:
    async def tell(uow: UnitOfWork, parts: Parts, standing: Standing, body: Body) -> Outcome:
        told = general_questions.answer(parts, name, body, standing)
        return await finish(
            uow, parts, standing, Outcome(say=(told,), files=general_questions.pictures(parts, name, body))
        )

    return tell


HANDLERS: Final[Mapping[str, Handler]] = {
    "open": _open,
    "start_case": _start_case,
    "upload": _upload,
    "undo_upload": _undo_upload,
    "move_upload": _move_upload,
    "last_upload": _last_upload,
    "finish_item": _finish_item,
    "missing": _missing,
    "materials": _materials,
    "fee": _general("fee"),
    "eligibility": _general("eligibility"),
    "send_templates": _send_templates,
    "photo_nudge": _photo_nudge,
    "photo_accept": _photo_accept,
    "photo_retake": _photo_retake,
    "submit": _submit,
    "resubmit": _resubmit,
    "pay_link": _pay_link,
    "page_link": _page_link,
    "secret_typed": _secret_typed,
    "progress": _read,
    "history": _history,
    "confirmation_slip": _slip,
    "cancel_case": _cancel_case,
    "human": _human,
    "invoice": invoice_changes.invoice,
    "receipts": receipts.receipts,
    **appointment_commands.HANDLERS,
    **account.HANDLERS,
    **rights_commands.HANDLERS,
    **new_phone.HANDLERS,
}
