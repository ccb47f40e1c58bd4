"""The buttons of a case page: each sends the version it saw and a one-time token, and gets the page as it is now."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Final

from aiohttp import web

from backend.console import words
from backend.console.cases import show_case, show_decided
from backend.console.web import SEVERAL, Upload, form, is_htmx, office, signed_in, text_of
from backend.domain.case import Event
from backend.domain.errors import DomainError
from backend.services.staff import bucket, bureau, closing, confirmation, invoicing, review, visiting
from backend.services.staff.acting import Form, take_case
from backend.services.staff.messaging import send_message
from backend.services.staff.refunding import refund_case
from backend.services.staff.refusals import CaseUnknown, DeadlineUnreadable, PdfRefused, StaffRefusal

REASON_AND_MORE: Final = "；"
Act = Callable[[web.Request, Form], Awaitable[None]]


async def take(request: web.Request) -> web.StreamResponse:
    return await _act(request, lambda request, form: take_case(office(request), form), "已接手，这个申请由您处理。")


async def pass_one(request: web.Request) -> web.StreamResponse:
    async def act(request: web.Request, form: Form) -> None:
        await review.pass_item(office(request), form, code=request.match_info["code"])

    return await _act(request, act, "已通过。", show_decided)


async def reject_one(request: web.Request) -> web.StreamResponse:
    """A preset reason, own words, or both."""

    async def act(request: web.Request, form: Form) -> None:
        parts = [text_of(request, "preset").strip(), text_of(request, "reason").strip()]
        reason = REASON_AND_MORE.join(part for part in parts if part)
        await review.reject_item(office(request), form, code=request.match_info["code"], reason=reason)

    return await _act(request, act, "已退回，完成审核后会一起通知申请人。", show_decided)


async def reject_pieces(request: web.Request) -> web.StreamResponse:
    """Chosen files of the bucket go back under a material's name; none chosen means that it is missing."""

    async def act(request: web.Request, form: Form) -> None:
        parts = [text_of(request, "preset").strip(), text_of(request, "reason").strip()]
        files = [one for one in text_of(request, "files").split(SEVERAL) if one]
        await bucket.reject_pieces(
            office(request),
            form,
            code=text_of(request, "item"),
            file_ids=files,
            reason=REASON_AND_MORE.join(part for part in parts if part),
        )

    return await _act(request, act, "已列为单独的一项并退回，完成审核后会一起通知申请人。")


async def say(request: web.Request) -> web.StreamResponse:
    """Words of one's own into the applicant's chat."""

    async def act(request: web.Request, form: Form) -> None:
        await send_message(office(request), form, text=text_of(request, "text"))

    return await _act(request, act, "消息已排队发送。")


async def refund(request: web.Request) -> web.StreamResponse:
    """What was paid goes back, with a reason that the payer reads."""

    async def act(request: web.Request, form: Form) -> None:
        await refund_case(office(request), form, reason=text_of(request, "reason"), amount=text_of(request, "amount"))

    return await _act(request, act, "退款已发起，到账后会通知申请人。")


async def issue_invoice(request: web.Request) -> web.StreamResponse:
    """The invoice is there: its number, and its file when there is one at hand."""

    async def act(request: web.Request, sent: Form) -> None:
        paper = form(request).get("paper")
        content = paper.content if isinstance(paper, Upload) and paper.content else None
        await invoicing.issue_invoice(office(request), sent, number=text_of(request, "number"), content=content)

    return await _act(request, act, "已登记，申请人会收到消息。")


async def fail_invoice(request: web.Request) -> web.StreamResponse:
    async def act(request: web.Request, form: Form) -> None:
        await invoicing.fail_invoice(office(request), form, reason=text_of(request, "reason"))

    return await _act(request, act, "已登记，申请人会收到原因。")


async def answer_invoice_change(request: web.Request) -> web.StreamResponse:
    """What the applicant wants on the invoice instead is taken over, or refused with a reason."""

    async def act(request: web.Request, form: Form) -> None:
        accept = text_of(request, "accept") == "yes"
        await invoicing.answer_change(office(request), form, accept=accept, words=text_of(request, "words"))

    return await _act(request, act, "已登记，申请人会收到消息。")


async def replace_slip(request: web.Request) -> web.StreamResponse:
    """The right confirmation slip in place of a wrong one."""

    async def act(request: web.Request, sent: Form) -> None:
        slip = form(request).get("slip")
        if not isinstance(slip, Upload):
            raise PdfRefused("not_pdf")
        reason = text_of(request, "reason")
        await confirmation.replace_confirmation(office(request), sent, content=slip.content, reason=reason)

    return await _act(request, act, "已换上新的确认单，申请人会收到消息。")


async def happen(request: web.Request) -> web.StreamResponse:
    """One of the case's events, by its name in the transition table."""
    act = EVENTS.get(request.match_info["event"])
    if act is None:
        raise web.HTTPNotFound
    return await _act(request, act, "已登记。")


async def _finish_review(request: web.Request, form: Form) -> None:
    await review.finish_review(office(request), form)


async def _file(request: web.Request, form: Form) -> None:
    await bureau.file_to_bureau(office(request), form)


async def _pass_first(request: web.Request, form: Form) -> None:
    await bureau.pass_first(office(request), form)


async def _pass_final(request: web.Request, form: Form) -> None:
    await bureau.pass_final(office(request), form)


async def _refuse(request: web.Request, form: Form) -> None:
    await bureau.refuse(office(request), form, reason=text_of(request, "reason"))


async def _request_supplement(request: web.Request, form: Form) -> None:
    told = text_of(request, "due_on").strip()
    try:
        due_on = date.fromisoformat(told) if told else None
    except ValueError:
        raise DeadlineUnreadable from None
    items = [code for code in text_of(request, "items").split(SEVERAL) if code]
    await bureau.request_supplement(office(request), form, text=text_of(request, "text"), items=items, due_on=due_on)


async def _upload_confirmation(request: web.Request, sent: Form) -> None:
    slip = form(request).get("slip")
    if not isinstance(slip, Upload):
        raise PdfRefused("not_pdf")
    await confirmation.upload_confirmation(office(request), sent, content=slip.content)


def _mark(event: Event) -> Act:
    async def act(request: web.Request, form: Form) -> None:
        await bureau.mark(office(request), form, event)

    return act


def _mark_visit(event: Event) -> Act:
    async def act(request: web.Request, form: Form) -> None:
        await visiting.mark_visit(office(request), form, event)

    return act


async def _cancel(request: web.Request, form: Form) -> None:
    await closing.cancel_case(office(request), form, reason=text_of(request, "reason"))


EVENTS: Final[dict[str, Act]] = {
    "finish_review": _finish_review,
    Event.MARK_EMAIL_RECEIVED: _mark(Event.MARK_EMAIL_RECEIVED),
    Event.MARK_ATTENDED: _mark_visit(Event.MARK_ATTENDED),
    Event.MARK_MISSED: _mark_visit(Event.MARK_MISSED),
    Event.FILE_TO_BUREAU: _file,
    Event.PASS_FIRST: _pass_first,
    Event.PASS_FINAL: _pass_final,
    Event.REFUSE: _refuse,
    Event.REQUEST_SUPPLEMENT: _request_supplement,
    Event.UPLOAD_CONFIRMATION: _upload_confirmation,
    Event.CANCEL_BY_STAFF: _cancel,
}


async def _act(
    request: web.Request, act: Act, done: str, show: Callable[..., Awaitable[web.StreamResponse]] = show_case
) -> web.StreamResponse:
    """Do it and show the case as it is now; a refusal shows the whole case, with the reason on top."""
    try:
        await act(request, _form(request))
    except CaseUnknown:
        raise
    except (StaffRefusal, DomainError) as refusal:
        response = await show_case(request, sentence=words.for_refusal(refusal), is_bad=True)
        response.headers.update({"HX-Retarget": "#case", "HX-Reswap": "outerHTML show:top"})
        return response
    if is_htmx(request):
        return await show(request, sentence=done)
    raise web.HTTPSeeOther(f"/console/cases/{request.match_info['case_no']}")


def _form(request: web.Request) -> Form:
    version = text_of(request, "version")
    token = text_of(request, "token")
    if not (version.isascii() and version.isdecimal() and len(version) <= 9) or not 16 <= len(token) <= 64:
        raise web.HTTPBadRequest
    return Form(signed_in(request), request.match_info["case_no"], int(version), token)
