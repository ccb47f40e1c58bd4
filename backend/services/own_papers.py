"""Papers that we made out for an applicant: only the one that counts now can be had (F63)."""

from __future__ import annotations

from typing import Final

from backend.domain.case import Stage
from backend.services.ports import UnitOfWork
from backend.services.records import CaseRecord, Confirmation, StoredFile

CONFIRMATION: Final = "confirmation"
INVOICE: Final = "invoice"


async def current_slip(uow: UnitOfWork, applicant_id: str) -> tuple[CaseRecord, Confirmation] | None:
    """F63: the slip hangs on the latest successful case only; a wrong one that was replaced is gone."""
    case = await uow.cases.first(applicant_id=applicant_id, stage=Stage.COMPLETED.value, order_by="-closed_at")
    slip = await uow.confirmations.first(case_id=case.id, superseded_at=None) if case else None
    return (case, slip) if case and slip else None


async def is_current(uow: UnitOfWork, stored: StoredFile) -> bool:
    """Whether a file may be downloaded by its owner: of slips and invoices only the valid one."""
    if stored.kind == CONFIRMATION:
        found = await current_slip(uow, stored.applicant_id or "")
        return found is not None and found[1].file_id == stored.id
    if stored.kind == INVOICE:
        return await uow.invoices.first(file_id=stored.id) is not None
    return True


async def invoice_download(uow: UnitOfWork, case_id: str) -> list[dict[str, str]]:
    """The line of the overview's downloads; none without an issued invoice."""
    invoice = await uow.invoices.get(case_id)
    return [{"file_id": invoice.file_id, "title": "发票"}] if invoice and invoice.file_id else []
