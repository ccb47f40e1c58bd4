"""我都发了什么: everything that came in for a case, when, and what became of it, page by page, and the overview."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from backend.domain.catalogue import Catalogue
from backend.domain.draft import Draft
from backend.domain.masks import mask_email
from backend.domain.materials import short_name
from backend.domain.receipts import ITEM_STATES, Receipt, page_of
from backend.services.links import Purpose, offer_link
from backend.services.orders import said_yuan
from backend.services.outcome import Outcome
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.records import CaseRecord
from backend.services.standing import Standing
from backend.services.talking import finish

Body = Mapping[str, Any]
ORDERS: Final = {"paid": "已收到", "refunding": "收到，正在退款", "refunded": "已退回", "closed": "收到，正在退回"}
REFUNDS: Final = {
    "queued": "正在退",
    "processing": "正在退",
    "success": "已退回",
    "abnormal": "没退成，同事在处理",
    "closed": "没退成，同事在处理",
}
INVOICES: Final = {"none": "付款后开", "requested": "在开了", "issued": "开好了", "failed": "没有开成"}
MAILS: Final = {"sent": "已发到邮箱", "failed": "没有发到", "pending": "正在发", "sending": "正在发"}
SUPPLEMENTS: Final = {
    "open": "收到，还没交上去",
    "reopened": "收到，还没交上去",
    "submitted": "已交，等人社局",
    "accepted": "已处理",
}
SECTIONS: Final = {"contact": "联系方式", "personal": "个人信息", "conditions": "申请条件"}
ROWS: Final = {"education": "学习经历", "work": "工作经历"}


async def receipts(uow: UnitOfWork, parts: Parts, standing: Standing, body: Body) -> Outcome:
    """The newest case's, in a bounded number of queries; answers, papers, photo, payments, invoice, mails."""
    case = standing.case or await uow.cases.first(applicant_id=standing.applicant.id, order_by="-created_at")
    if case is None:
        return await finish(uow, parts, standing, Outcome().saying("nothing_received"))
    catalogue = parts.catalogues.at(case.catalogue_version)
    found = [
        *await _answers(uow, case),
        *await _papers(uow, case, catalogue),
        *await _money(uow, case),
        *await _mails(uow, case),
    ]
    page = page_of(found, int(body.get("page") or 1))
    link = await offer_link(uow, parts, standing.openid, Purpose.OVERVIEW, case_no=case.case_no)
    facts: dict[str, Any] = {
        "case_no": case.case_no,
        "count": page.total,
        "list": "\n".join(page.lines),
        "loose": await _loose(uow, case) or "",
        "taps": [{"title": "看更早的", "payload": f"ask_receipts:option={page.following}"}] if page.following else [],
    }
    outcome = Outcome(link=link, case=case).saying("receipts" if page.total else "nothing_received", facts)
    return await finish(uow, parts, standing, outcome)


async def _answers(uow: UnitOfWork, case: CaseRecord) -> list[Receipt]:
    draft = Draft.from_json(case.draft)
    told = [(label, len([value for value in draft.answers.get(name, {}).values() if value])) for name, label in
            SECTIONS.items()]  # fmt: skip
    told += [(label, len(draft.rows(name))) for name, label in ROWS.items()]
    said = "、".join(f"{label}{count}项" for label, count in told if count)
    found = [Receipt(case.updated_at, f"资料（{said}）", "已存好")] if said else []
    photo = await uow.photos.get(case.id)
    if photo is not None and photo.accepted_at is not None:
        found.append(Receipt(photo.accepted_at, "一寸照片", "已采用"))
    return found


async def _papers(uow: UnitOfWork, case: CaseRecord, catalogue: Catalogue) -> list[Receipt]:
    items = {one.id: one for one in await uow.items.where(case_id=case.id)}
    held = await uow.item_files.where(item_id=list(items), removed_at=None, order_by="added_at") if items else []
    found = []
    for item in items.values():
        files = [one for one in held if one.item_id == item.id]
        if files:
            material = catalogue.material(item.code)
            name = short_name(material.name) if material else item.code
            became = ITEM_STATES[item.state] + (f"（{item.reject_reason}）" if item.reject_reason else "")
            found.append(Receipt(files[-1].added_at, f"{name} {len(files)} 张", became))
    requests = {one.id: one for one in await uow.supplements.where(case_id=case.id)}
    sent = await uow.supplement_files.where(request_id=list(requests), removed_at=None) if requests else []
    for request in requests.values():
        files_sent = [one.added_at for one in sent if one.request_id == request.id]
        if files_sent:
            what = f"人社局要的补充材料 {len(files_sent)} 张"
            found.append(Receipt(max(files_sent), what, SUPPLEMENTS[request.state]))
    return found


async def _money(uow: UnitOfWork, case: CaseRecord) -> list[Receipt]:
    orders = {one.id: one for one in await uow.orders.where(case_id=case.id)}
    payments = await uow.payments.where(order_id=list(orders)) if orders else []
    found = []
    for one in payments:
        became = ORDERS.get(orders[one.order_id].state, "已收到") if one.kept else "多付或晚到的，退回"
        found.append(Receipt(one.paid_at, f"付款 {said_yuan(one.amount_fen)} 元", became))
    refunds = await uow.refunds.where(payment_id=[one.id for one in payments]) if payments else []
    found += [Receipt(one.created_at, f"退款 {said_yuan(one.amount_fen)} 元", REFUNDS[one.state]) for one in refunds]
    invoice = await uow.invoices.get(case.id)
    if invoice is not None:
        at = invoice.finished_at or invoice.requested_at or case.submitted_at or case.created_at
        found.append(
            Receipt(at, "发票", INVOICES[invoice.state] + (f"，号码 {invoice.number}" if invoice.number else ""))
        )
    change = await uow.invoice_changes.first(case_id=case.id, state="asked")
    if change is not None and change.asked_at is not None:
        found.append(Receipt(change.asked_at, "改发票", "收到，同事在改"))
    return found


async def _mails(uow: UnitOfWork, case: CaseRecord) -> list[Receipt]:
    return [
        Receipt(one.sent_at or one.created_at, f"邮件“{one.subject}”", f"{MAILS[one.state]} {_masked(one.recipients)}")
        for one in await uow.mails.where(case_id=case.id)
    ]


def _masked(recipients: Any) -> str:
    return "、".join(mask_email(one) for one in recipients)


async def _loose(uow: UnitOfWork, case: CaseRecord) -> int:
    """Files of this case's time that belong to nothing yet."""
    return await uow.survey.count_loose(case.applicant_id, case.created_at)
