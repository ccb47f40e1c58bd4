"""What staff note about an invoice: issued with its number and file, not possible and why, changed on request (F47)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from backend.services.files import NewFile, store_file
from backend.services.own_papers import INVOICE
from backend.services.parts import Parts
from backend.services.pushes import open_task, push
from backend.services.records import Invoice, InvoiceChange, Mail, StoredFile
from backend.services.staff.acting import Desk, Form, act_on_case, needed_text
from backend.services.staff.office import Office
from backend.services.staff.refusals import InvoiceNumberWrong, NoInvoiceOpen
from backend.services.transitions_log import record_audit

ISSUABLE: Final = frozenset({"requested", "failed"})
LONGEST_WORDS: Final = 80
_NUMBER: Final = re.compile(r"\d{8}|\d{20}", re.ASCII)


async def issue_invoice(office: Office, form: Form, *, number: str, content: bytes | None) -> None:
    """Note the number, keep the file where the applicant can download it and mail it to the address that was given.

    Raises:
        InvoiceNumberWrong: neither 20 digits (a digital invoice) nor 8.
        PdfRefused: the file is no readable PDF. NoInvoiceOpen: none is asked for, or it is issued already.
    """
    told = re.sub(r"\s", "", number)
    if _NUMBER.fullmatch(told) is None:
        raise InvoiceNumberWrong
    if content is not None:
        await office.pdfs.pages(content)

    async def step(desk: Desk) -> None:
        invoice = await _open_invoice(desk)
        stored = await _store(desk, content) if content is not None else None
        file_id = stored.id if stored else None
        issued = replace(invoice, state="issued", number=told, finished_at=desk.now, fault=None, file_id=file_id)
        await desk.uow.invoices.save(issued)
        await _settle(desk, "invoice", f"已开具 {told}")
        if stored is not None and content is not None:
            await _mail(desk, issued, content)
        where = f"发票已发到 {issued.email}，也可以在总览里下载。" if stored else f"发票会发到 {issued.email}。"
        await _tell(desk, "invoice_issued", {"number": told, "where": where}, once=f"{told}:{desk.now.isoformat()}")

    await act_on_case(office, form, "issue_invoice", step)


async def fail_invoice(office: Office, form: Form, *, reason: str) -> None:
    """It could not be issued: the applicant reads why and can tell what it should say instead.

    Raises:
        TextNeeded, TextTooLong, NoInvoiceOpen: see there.
    """
    reason = needed_text(reason, longest=LONGEST_WORDS)

    async def step(desk: Desk) -> None:
        invoice = await _open_invoice(desk)
        await desk.uow.invoices.save(replace(invoice, state="failed", fault=reason, finished_at=desk.now))
        await _settle(desk, "invoice", f"没有开成：{reason}")
        await _tell(desk, "invoice_failed", {"reason": reason}, once=desk.now.isoformat())

    await act_on_case(office, form, "fail_invoice", step)


async def answer_change(office: Office, form: Form, *, accept: bool, words: str = "") -> None:
    """Take the change over, so that the invoice is issued with it, or say why not; the applicant is told either way.

    Raises:
        TextNeeded, TextTooLong: a refusal needs its reason. NoInvoiceOpen: no change is asked for.
    """
    answer = words.strip() if accept else needed_text(words, longest=LONGEST_WORDS)

    async def step(desk: Desk) -> None:
        change = await desk.uow.invoice_changes.first(case_id=desk.case.id, state="asked", lock=True)
        if change is None:
            raise NoInvoiceOpen
        ended = replace(
            change, state="done" if accept else "refused", finished_at=desk.now, finished_by=desk.who.id, answer=answer
        )
        await desk.uow.invoice_changes.save(ended)
        await _settle(desk, f"invoice_change:{change.id}", "已改" if accept else f"不能改：{answer}")
        if accept:
            await _take_over(desk, change)
        code = "invoice_changed" if accept else "invoice_change_refused"
        await _tell(desk, code, {"reason": answer} if not accept else {}, once=change.id)

    await act_on_case(office, form, "answer_invoice_change", step)


async def _take_over(desk: Desk, change: InvoiceChange) -> None:
    """The invoice is to be issued anew with what the change says."""
    before = await desk.uow.invoices.get(desk.case.id)
    fresh = Invoice(
        desk.case.id, change.title_type, change.title, change.email, change.tax_no or None, "requested", desk.now
    )
    await (desk.uow.invoices.add(fresh) if before is None else desk.uow.invoices.save(fresh))
    was_issued = before is not None and before.state == "issued"
    note = f"申请 {desk.case.case_no}：请按改过的信息开具发票" + ("，原发票请红冲" if was_issued else "")
    ids = desk.office.parts.ids
    if before is None or before.state != "requested":
        await open_task(desk.uow, ids.new("t"), "invoice", note, once=change.id, now=desk.now, case=desk.case)


async def _open_invoice(desk: Desk) -> Invoice:
    invoice = await desk.uow.invoices.get(desk.case.id, lock=True)
    if invoice is None or invoice.state not in ISSUABLE:
        raise NoInvoiceOpen
    return invoice


async def _store(desk: Desk, content: bytes) -> StoredFile:
    new = NewFile(kind=INVOICE, source="console", content=content)
    return await store_file(desk.uow, desk.office.parts, new, applicant_id=desk.case.applicant_id, openid=None)


async def _mail(desk: Desk, invoice: Invoice, content: bytes) -> None:
    parts = desk.office.parts
    subject, body = parts.texts.mail("invoice_mail", {"case_no": desk.case.case_no, "number": invoice.number or ""})
    attachment = await _attached(parts, content)
    mail = Mail(
        dedupe_key=f"invoice_mail:{desk.case.id}:{invoice.file_id}",
        recipients=[invoice.email],
        subject=subject,
        body=body,
        attachments=[attachment],
        case_id=desk.case.id,
        created_at=desk.now,
        next_try_at=desk.now,
    )
    await desk.uow.mails.add_if_new(mail)


async def _attached(parts: Parts, content: bytes) -> Mapping[str, str]:
    """A mail's attachments are removed once it has left, so it gets a copy of its own."""
    object_key = f"mails/{parts.clock.now():%Y/%m}/{parts.ids.new('o')}"
    await parts.objects.put(object_key, parts.keys.seal(content, context=object_key))
    return {"name": "发票.pdf", "media_type": "application/pdf", "object_key": object_key}


async def _settle(desk: Desk, about: str, result: str) -> None:
    """Finish the task that asked for it, so that nobody does it twice."""
    found = await desk.uow.staff_tasks.where(case_id=desk.case.id, state=["open", "taken"])
    for task in found:
        if task.dedupe_key == about or (about == "invoice" and task.kind == "invoice"):
            done = replace(task, state="done", done_at=desk.now, taken_by=task.taken_by or desk.who.id, result=result)
            await desk.uow.staff_tasks.save(done)


async def _tell(desk: Desk, code: str, facts: Mapping[str, object], *, once: str) -> None:
    await record_audit(desk.uow, code, desk.who, now=desk.now, case=desk.case)
    await push(desk.uow, desk.office.parts.texts, desk.case, code, facts, once=once, staff=True)
