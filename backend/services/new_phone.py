"""A changed phone number is checked with a code to the addresses on file before anything changes (F19, T45).

Until the first submission a number is only an answer and may be corrected freely. Afterwards, and when it was taken
over from an earlier case, it is what we would call: the new one waits, sealed, until the code proves it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from backend.domain.draft import Draft
from backend.domain.masks import mask_email, mask_phone
from backend.domain.sections import held
from backend.domain.talk import Kind, Option, Question, Say
from backend.services import casework
from backend.services.code_mails import mail_code
from backend.services.codes import Proof, drop, issue, open_codes, redeem, told_of
from backend.services.outcome import Outcome
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.standing import Standing
from backend.services.talking import finish

FORM: Final = "account_form"
HOUR_S: Final = 3600
CODES_PER_HOUR: Final = 3
Handler = Callable[[UnitOfWork, Parts, Standing, Mapping[str, Any]], Awaitable[Outcome]]


async def hold_back(
    uow: UnitOfWork, parts: Parts, standing: Standing, draft: Draft, say: Sequence[Say]
) -> tuple[Draft, Outcome] | None:
    """The draft with the old number, and what to say and ask; None when nothing has to be checked."""
    old, new = _phone_on_record(standing.draft), draft.answer("contact", "phone")
    if not old or not new or old == new or not _addresses(standing):
        return None
    if not await _is_on_file(uow, standing, old):
        return None
    kept = draft.with_answer("contact", "phone", old)
    said = tuple(rest for one in say if (rest := _without(one, mask_phone(new))) is not None)
    outcome = await _send(uow, parts, standing, new)
    return kept, replace(outcome, say=(*said, *outcome.say))


def _phone_on_record(draft: Draft) -> str:
    """What stands, or what was set aside because a 一般信息变更 asks for it anew."""
    return draft.answer("contact", "phone") or held.before(draft, "phone")


def _addresses(standing: Standing) -> list[str]:
    """Where a code goes: to the addresses that were there before anything changed."""
    told = held.before(standing.draft, "emails") or standing.draft.answer("contact", "emails")
    return [one for one in told.replace(";", " ").split() if one]


async def confirm_phone(uow: UnitOfWork, parts: Parts, standing: Standing, body: Mapping[str, Any]) -> Outcome:
    """The code from the mail: the number changes with it, in one transaction, and reviewers hear of it."""
    case = standing.open_case
    waiting = await open_codes(uow, parts, Proof.NEW_PHONE, case.id, openid=standing.openid)
    gives_up = bool(body.get("give_up"))
    if gives_up or not waiting:
        await drop(uow, parts, Proof.NEW_PHONE, case.id)
        kept = mask_phone(standing.draft.answer("contact", "phone"))
        code = "phone_kept" if gives_up else "phone_code_gone"
        return await finish(uow, parts, standing, Outcome().saying(code, {"shown": kept}))
    if body.get("again"):
        outcome = await _send(uow, parts, standing, told_of(parts, waiting[-1]))
        return replace(outcome, case=case)
    told = str(body.get("code") or "")
    proved = await redeem(uow, parts, Proof.NEW_PHONE, case.id, told, openid=standing.openid)
    if proved is None:
        return Outcome(ask=_question(standing), case=case).saying("code_wrong")
    phone = told_of(parts, proved)
    draft = standing.draft.with_answer("contact", "phone", phone)
    standing = await casework.keep_draft(uow, parts, standing, draft)
    return await finish(uow, parts, standing, Outcome().saying("phone_changed", {"shown": mask_phone(phone)}))


async def _send(uow: UnitOfWork, parts: Parts, standing: Standing, phone: str) -> Outcome:
    case = standing.open_case
    if not await parts.limiter.allow(f"new-phone:{case.id}", every_s=HOUR_S, times=CODES_PER_HOUR):
        return Outcome(case=case).saying("phone_code_too_often")
    applicant = standing.applicant.id
    proof = Proof.NEW_PHONE
    code = await issue(uow, parts, proof, case.id, openid=standing.openid, applicant_id=applicant, told=phone)
    addresses = _addresses(standing)
    await mail_code(uow, parts, "new_phone_code", code, addresses)
    facts = {"shown": mask_phone(phone), "addresses": "、".join(mask_email(one) for one in addresses)}
    return Outcome(ask=_question(standing), case=case).saying("phone_code_sent", facts)


def _question(standing: Standing) -> Question:
    return Question(
        form=FORM, field="phone_code", group=("phone_code",), label="邮件里的验证码", kind=Kind.TEXT,
        options=(Option("again", "再发一封"), Option("give_up", "不改了")),
        facts={"current": mask_phone(standing.draft.answer("contact", "phone"))},
    )  # fmt: skip


async def _is_on_file(uow: UnitOfWork, standing: Standing, phone: str) -> bool:
    """Whether the office has this number already: submitted in this case, or taken over from an earlier one."""
    case = standing.open_case
    if case.submitted_at is not None:
        return True
    source = await uow.cases.get(case.source_case_id) if case.source_case_id else None
    return source is not None and Draft.from_json(source.draft).answer("contact", "phone") == phone


def _without(say: Say, shown: str) -> Say | None:
    """What is said about the number as if it were saved is left out."""
    if say.code not in ("saved_value", "saved_values") or shown not in str(say.facts.get("shown", "")):
        return say
    rest = [piece for piece in str(say.facts["shown"]).split("，") if shown not in piece]
    return replace(say, facts={**say.facts, "shown": "，".join(rest)}) if rest else None


HANDLERS: Final[Mapping[str, Handler]] = {"confirm_phone": confirm_phone}
