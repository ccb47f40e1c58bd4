"""The contact section: phone, e-mail addresses, and the 北京通 account on its own page (F17–F24)."""

from __future__ import annotations

from backend.domain.case import Stage
from backend.domain.context import InterviewContext
from backend.domain.draft import Draft
from backend.domain.emails import read_emails
from backend.domain.masks import mask_emails, mask_phone
from backend.domain.numbers import read_phone
from backend.domain.sections.fields import FieldsPrompt, SectionStore
from backend.domain.sections.opening import chosen_employer, district_name
from backend.domain.sections.prompt import Accepted, FieldSpec, PagePrompt, Prompt, Reading
from backend.domain.talk import Kind, Question


def _phone(text: str, reading: Reading) -> Accepted:
    return Accepted(read_phone(text))


def _emails(text: str, reading: Reading) -> Accepted:
    return Accepted(";".join(read_emails(text, limit=reading.ctx.catalogue.thresholds.emails_max)))


PHONE = FieldSpec("phone", "手机号码", Kind.PHONE, _phone, show=mask_phone, hint="11 位手机号")
EMAILS = FieldSpec(
    "emails",
    "电子邮箱",
    Kind.EMAILS,
    _emails,
    show=mask_emails,
    hint="材料模板和反馈会发到这里，可以写几个",
    looks_right=lambda piece: "@" in piece or "＠" in piece,
)


def _is_phone(piece: str) -> bool:
    return sum(character.isdecimal() for character in piece) >= 10


def contact_prompts(draft: Draft, ctx: InterviewContext) -> tuple[Prompt, ...]:
    employer = chosen_employer(ctx)
    facts = {
        "name": ctx.applicant.name,
        "id_no": ctx.applicant.masked_id,
        "company": employer.name if employer else "",
        "district": district_name(employer, ctx) if employer else "",
    }
    fields = FieldsPrompt(
        key="contact.reach",
        form="contact_form",
        section="contact",
        specs=(FieldSpec(**{**vars(PHONE), "looks_right": _is_phone}), EMAILS),
        store=SectionStore("contact"),
        hint="手机号和邮箱可以一起发",
        facts=facts,
    )
    if ctx.stage is not Stage.DRAFT:
        return (fields,)
    return (fields, _credentials(ctx))


def _credentials(ctx: InterviewContext) -> PagePrompt:
    question = Question(
        form="contact_form",
        field="credentials",
        group=("credentials",),
        label="北京通账号",
        kind=Kind.PAGE,
        hint="账号密码只在安全页面里填，不要发在聊天里",
        optional=True,
        facts={"purpose": "credentials"},
    )
    return PagePrompt("contact.credentials", "contact", "credentials", ctx.credentials_given, question)
