"""While payment is awaited: the payment link, and an invoice for those who ask for one (F45–F47, T14)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from backend.domain.company_names import kept_company_name
from backend.domain.context import InterviewContext
from backend.domain.draft import Draft
from backend.domain.emails import read_emails
from backend.domain.errors import NotAnAnswer, UnknownOption
from backend.domain.free_text import read_free_text
from backend.domain.invoice import COMPANY, PERSON, is_wanted
from backend.domain.numbers import is_old_tax_number, read_credit_code
from backend.domain.sections.fields import FieldsPrompt, SectionStore, accepted_choice
from backend.domain.sections.prompt import (
    Accepted,
    ChoicePrompt,
    FieldSpec,
    Prompt,
    Reading,
    Reply,
    read_choice,
    yes_no,
)
from backend.domain.talk import Kind, Option, Question, Say

_TYPES: Final = (Option(PERSON, "个人"), Option(COMPANY, "单位"))
_TYPE_WORDS: Final = {
    "公司": COMPANY,
    "企业": COMPANY,
    "公司抬头": COMPANY,
    "单位抬头": COMPANY,
    "个人抬头": PERSON,
    "本人": PERSON,
    "company": COMPANY,
    "person": PERSON,
    "personal": PERSON,
}
_TAX_NO_SAID: Final = re.compile(r"\s*(税号|纳税人识别号|统一社会信用代码)")
_NEED: Final = yes_no("要发票", "不要发票")
_NEED_WORDS: Final = (
    ("开发票", "yes"),
    ("要", "yes"),
    ("开", "yes"),
    ("需要", "yes"),
    ("不开", "no"),
    ("不用开", "no"),
    ("true", "yes"),
    ("false", "no"),
)


def _need(text: str, reading: Reading) -> Accepted:
    chosen = read_choice(text, _NEED, _NEED_WORDS)
    if not chosen:
        raise UnknownOption(choices="要发票、不要发票")
    return Accepted(chosen, "要发票" if chosen == "yes" else "不要发票")


def _type(text: str, reading: Reading) -> Accepted:
    if chosen := accepted_choice(text, _TYPES):
        return chosen
    if known := _TYPE_WORDS.get(text.strip().lower()):
        return Accepted(known)
    raise UnknownOption(choices="个人、单位")


def _title(text: str, reading: Reading) -> Accepted:
    if _TAX_NO_SAID.match(text):
        raise NotAnAnswer
    return Accepted(kept_company_name(read_free_text(text, shortest=2, longest=100)))


def _tax_no(text: str, reading: Reading) -> Accepted:
    if is_old_tax_number(text):
        return Accepted(text.strip().upper(), say=(Say("tax_number_old", {}),))
    return Accepted(read_credit_code(text))


def _email(text: str, reading: Reading) -> Accepted:
    return Accepted(read_emails(text, limit=1)[0])


def invoice_prompts(draft: Draft, ctx: InterviewContext) -> tuple[Prompt, ...]:
    """The invoice is optional: without a word about it the payment is what is asked."""
    wanted = is_wanted(draft)
    return (_need_prompt(), invoice_details(draft), _payment(draft, wanted))


class NeedPrompt(FieldsPrompt):
    """Whether an invoice is wanted; settled by saying nothing."""

    def is_settled(self, draft: Draft, ctx: InterviewContext) -> bool:
        return True


class DetailsPrompt(FieldsPrompt):
    """What the invoice says; settled while none is wanted."""

    def is_settled(self, draft: Draft, ctx: InterviewContext) -> bool:
        return not is_wanted(draft) or super().is_settled(draft, ctx)

    def is_away(self, draft: Draft) -> bool:
        return not is_wanted(draft)

    def take_pairs(self, draft: Draft, ctx: InterviewContext, pairs: Mapping[str, str]) -> Reply:
        """Another kind of title begins a new one: a company's name and number say nothing about a person."""
        before = draft.answer("invoice", "title_type")
        reply = super().take_pairs(draft, ctx, pairs)
        after = reply.draft.answer("invoice", "title_type")
        if not before or before == after:
            return reply
        stale = {"invoice_title", "tax_no"} - pairs.keys()
        return replace(reply, draft=reply.draft.without_answers("invoice", stale))


def _need_prompt() -> NeedPrompt:
    spec = FieldSpec(
        "need_invoice", "发票", Kind.CHOICE, _need, _NEED, show=lambda code: "要" if code == "yes" else "不要"
    )
    return NeedPrompt("invoice.need", "invoice_form", "invoice", (spec,), SectionStore("invoice"))


def invoice_details(draft: Draft) -> DetailsPrompt:
    company = draft.answer("invoice", "title_type") == COMPANY
    person = draft.answer("invoice", "title_type") == PERSON
    specs = (
        FieldSpec("title_type", "抬头类型", Kind.CHOICE, _type, _TYPES),
        FieldSpec("invoice_title", "发票抬头", Kind.TEXT, _title, optional=person, hint="单位写全称"),
        FieldSpec("tax_no", "税号", Kind.TEXT, _tax_no, optional=not company, hint="18 位统一社会信用代码"),
        FieldSpec("invoice_email", "收票邮箱", Kind.EMAILS, _email, optional=True, hint="不写就发到您留的第一个邮箱"),
    )
    hint = "例如：单位，示例控股有限公司，税号；个人只回“个人”就行"
    return DetailsPrompt("invoice.details", "invoice_form", "invoice", specs, SectionStore("invoice"), hint=hint)


def _payment(draft: Draft, wanted: bool) -> ChoicePrompt:
    question = Question(
        form="invoice_form",
        field="pay",
        group=("pay",),
        label="支付",
        kind=Kind.PAGE,
        options=() if wanted else (Option("need_invoice", "要发票"),),
        facts={"purpose": "pay", "need_invoice": wanted},
    )

    def choose(told: str) -> Reply:
        return Reply(draft.with_answer("invoice", "need_invoice", "yes"), (Say("invoice_begins", {}),))

    words = (("开发票", "need_invoice"), ("要", "need_invoice"), ("发票", "need_invoice"), ("要开发票", "need_invoice"))
    return ChoicePrompt("invoice.pay", "invoice", "pay", False, question, choose, words=words)
