"""Which section of the application owns a field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

MAINTAINED: Final[Mapping[str, str]] = {
    **dict.fromkeys(("phone", "emails"), "contact"),
    **dict.fromkeys(
        (
            "ethnicity",
            "political",
            "marital",
            "title",
            "hukou_place",
            "hukou_kind",
            "hukou_nature",
            "address",
            "housing",
            "postcode",
        ),
        "personal",
    ),
}
"""The fields that an earlier case may answer for a later one."""

SECTION_OF: Final[Mapping[str, str]] = {
    **MAINTAINED,
    "credentials": "contact",
    **dict.fromkeys(("need_invoice", "title_type", "invoice_title", "tax_no", "invoice_email", "pay"), "invoice"),
    "unchanged": "personal",
    "photo": "photo",
    "employer_account": "employer",
    "eligible": "notice",
    "submit": "review",
    "resubmit": "supplement",
    **dict.fromkeys(("spouse_name", "spouse_employer", "child_name", "child_born"), "conditions"),
    "education_confirm": "education",
    **dict.fromkeys(("work_confirm", "gap", "open_end"), "work"),
}
"""Every field with one owner; months and whatever the catalogue names are placed by `routing`."""
