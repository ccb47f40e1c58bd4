"""Invoices in the chat: what became of one; what it should say instead, once the fee is paid, is a staff task (F47)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from backend.domain import talk
from backend.domain.case import Stage
from backend.domain.draft import Draft
from backend.domain.invoice import COMPANY, PERSON, invoice_request
from backend.domain.sections.invoice import invoice_details
from backend.domain.talk import Question
from backend.services.outcome import Outcome
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.pushes import open_task
from backend.services.records import CaseRecord, Invoice, InvoiceChange
from backend.services.standing import Standing, with_case
from backend.services.talking import finish
from backend.services.transitions_log import an_applicant, record_audit

Body = Mapping[str, Any]
FIELDS: Final = frozenset({"title_type", "invoice_title", "tax_no", "invoice_email"})
OPEN: Final = ("told", "asked")
_LIKE_TAX_NO: Final = re.compile(r"[0-9A-Za-z]{15,20}", re.ASCII)
_COMPANY: Final = re.compile(r"公司|集团|事务所|研究院|合伙企业")


async def concerns_change(uow: UnitOfWork, standing: Standing, body: Body) -> bool:
    """Whether an answer is about the invoice of a fee that is paid already: the interview has no place for it."""
    about = {str(one.get("field")) for one in body.get("values") or ()} or {str(body.get("field"))}
    if not about <= FIELDS or (standing.case is not None and standing.case.stage == Stage.AWAITING_PAYMENT):
        return False
    return await paid_case(uow, standing) is not None


async def paid_case(uow: UnitOfWork, standing: Standing) -> CaseRecord | None:
    """The applicant's newest case whose fee we keep."""
    cases = {one.id: one for one in await uow.cases.where(applicant_id=standing.applicant.id)}
    orders = await uow.orders.where(case_id=list(cases), state="paid", order_by="-paid_at") if cases else []
    return cases[orders[0].case_id] if orders else None


async def invoice(uow: UnitOfWork, parts: Parts, standing: Standing, body: Body) -> Outcome:
    """发票: how one is had before paying, what became of it afterwards; with values, what it should say instead."""
    case = await paid_case(uow, standing)
    if case is None:
        return await finish(uow, parts, standing, Outcome().saying("invoice_how"))
    if body.get("values") or body.get("option"):
        return await change(uow, parts, standing, body)
    kept = await uow.invoices.get(case.id)
    asked = await uow.invoice_changes.first(case_id=case.id, state="asked")
    facts = {"case_no": case.case_no, "changing": _said(asked) if asked else ""}
    state = kept.state if kept and kept.state != "none" else "absent"
    if kept is not None:
        facts |= {"title": kept.title, "number": kept.number or "", "fault": kept.fault or "", "email": kept.email}
    return await finish(uow, parts, standing, Outcome(case=case).saying(f"invoice_{state}", facts))


async def change(uow: UnitOfWork, parts: Parts, standing: Standing, body: Body) -> Outcome:
    """Take in what was told; once it is a whole invoice, the staff are asked, once however often it is told again.

    What is wrong is refused with its reason and what was right is kept (T6).
    """
    case = await paid_case(uow, standing)
    if case is None:
        return await finish(uow, parts, standing, Outcome().saying("invoice_how"))
    known = await uow.invoice_changes.first(case_id=case.id, state=OPEN, lock=True)
    before = _draft(case, known or await uow.invoices.get(case.id))
    of_case = await with_case(uow, parts, standing, case)
    reply = invoice_details(before).answer(before, of_case.interview, _answer(body))
    after = reply.draft
    if not reply.accepted:
        question = invoice_details(after).ask(after, of_case.interview) if known else None
        return await _told(uow, parts, standing, case, Outcome(say=reply.say), question)
    whole = invoice_request(after.with_answer("invoice", "need_invoice", "yes"), applicant_name=standing.facts.name)
    told = after.answers.get("invoice", {})
    row = replace(
        known or InvoiceChange(parts.ids.new("ic"), case.id, "", "", "", parts.clock.now()),
        title_type=told.get("title_type", ""),
        title=whole.title if whole else told.get("invoice_title", ""),
        tax_no=whole.tax_no if whole else told.get("tax_no", ""),
        email=whole.email if whole else told.get("invoice_email", ""),
    )
    if whole is None or not whole.email:
        await _keep(uow, known, row)
        question = invoice_details(after).ask(after, of_case.interview)
        return await _told(uow, parts, standing, case, Outcome(say=reply.say), question)
    return await _ask_staff(uow, parts, standing, case, known, row)


async def _ask_staff(
    uow: UnitOfWork, parts: Parts, standing: Standing, case: CaseRecord, known: InvoiceChange | None, row: InvoiceChange
) -> Outcome:
    now = parts.clock.now()
    row = replace(row, state="asked", asked_at=row.asked_at or now)
    await _keep(uow, known, row)
    note = f"申请 {case.case_no}：申请人要改发票信息，内容在申请页，改好请登记"
    await open_task(uow, parts.ids.new("t"), "invoice_change", note, once=row.id, now=now, case=case)
    who = an_applicant(standing.applicant.id)
    await record_audit(uow, "invoice_change_asked", who, now=now, case=case, facts={"change": row.id})
    facts = {"case_no": case.case_no, "shown": _said(row), "email": row.email}
    return await _told(uow, parts, standing, case, Outcome().saying("invoice_change_asked", facts), None)


async def _keep(uow: UnitOfWork, known: InvoiceChange | None, row: InvoiceChange) -> None:
    await (uow.invoice_changes.add(row) if known is None else uow.invoice_changes.save(row))


async def _told(
    uow: UnitOfWork, parts: Parts, standing: Standing, case: CaseRecord, outcome: Outcome, question: Question | None
) -> Outcome:
    """What is still missing is asked at once, also of a case that is over."""
    if question is None:
        return await finish(uow, parts, standing, replace(outcome, case=case))
    return replace(outcome, ask=question, case=case)


def _draft(case: CaseRecord, kept: Invoice | InvoiceChange | None) -> Draft:
    """A draft of the invoice alone; the contact's addresses are where it goes when no other is told."""
    told = Draft().with_answer("contact", "emails", Draft.from_json(case.draft).answer("contact", "emails"))
    told = told.with_answer("invoice", "need_invoice", "yes")
    if kept is None:
        return told
    stands = {
        "title_type": kept.title_type, "invoice_title": kept.title, "tax_no": kept.tax_no, "invoice_email": kept.email,
    }  # fmt: skip
    for name, value in stands.items():
        if value:
            told = told.with_answer("invoice", name, value)
    return told


def _answer(body: Body) -> talk.Answer:
    """What is told decides the kind of title: a tax number or a company's name is a company's."""
    text = str(body.get("text") or "")
    values = [talk.Value(str(one["field"]), str(one["value"])) for one in body.get("values") or ()]
    values = [one for one in values if one.field in FIELDS]
    if not values and not body.get("option") and _LIKE_TAX_NO.fullmatch(text.strip()):
        values = [talk.Value("tax_no", text.strip())]
    told = {one.field for one in values}
    is_company = "tax_no" in told or any(one.field == "invoice_title" and _COMPANY.search(one.value) for one in values)
    if is_company and "title_type" not in told:
        values.append(talk.Value("title_type", COMPANY))
    return talk.Answer(tuple(values), text, body.get("option"), body.get("field"))


def _said(row: InvoiceChange) -> str:
    if row.title_type == PERSON:
        return f"个人，{row.title}"
    return f"{row.title}，税号 {row.tax_no}"
