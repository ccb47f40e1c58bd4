"""What an invoice says: the applicant's answers with the defaults filled in (F47)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from backend.domain.draft import Draft

PERSON: Final = "个人"
COMPANY: Final = "单位"


@dataclass(frozen=True)
class InvoiceRequest:
    """A complete request; `tax_no` is empty for a person. The amount is the amount paid."""

    title_type: str
    title: str
    tax_no: str
    email: str


def is_wanted(draft: Draft) -> bool:
    """Asked for with a word, or by telling its title."""
    told = draft.answers.get("invoice", {})
    if told.get("need_invoice"):
        return told["need_invoice"] == "yes"
    return bool(told.get("title_type") or told.get("tax_no"))


def invoice_request(draft: Draft, *, applicant_name: str) -> InvoiceRequest | None:
    """The invoice to ask for on payment; None when none is wanted or something is still missing.

    A person's title defaults to the applicant's name, the address to the first one that was given.
    """
    told = draft.answers.get("invoice", {})
    kind = told.get("title_type", "")
    title = told.get("invoice_title", "") or (applicant_name if kind == PERSON else "")
    tax_no = told.get("tax_no", "") if kind == COMPANY else ""
    if not is_wanted(draft) or not kind or not title or (kind == COMPANY and not tax_no):
        return None
    email = told.get("invoice_email") or draft.answer("contact", "emails").partition(";")[0]
    return InvoiceRequest(kind, title, tax_no, email)
