"""The worked examples of docs/rules/invoices.md hold, line by line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from backend.domain.draft import Draft
from backend.domain.invoice import invoice_request

PAGE = Path(__file__).resolve().parents[2] / "docs" / "rules" / "invoices.md"
(BLOCK,) = re.findall(r"```example\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("line", str(BLOCK).strip().splitlines())
def test_the_examples_of_the_invoices_page_hold(line: str) -> None:
    given, _, expected = line.partition(" -> ")
    kind, title, tax_no, *_ = given.split()
    draft = Draft().with_answer("contact", "emails", "a@example.com").with_answer("invoice", "need_invoice", "yes")
    for name, value in (("title_type", kind), ("invoice_title", title), ("tax_no", tax_no)):
        if value != "-":
            draft = draft.with_answer("invoice", name, value)
    made = invoice_request(draft, applicant_name="张示例")
    told = f"{made.title_type} {made.title} {made.tax_no or '-'} {made.email}" if made else "not whole"
    assert told == expected
