"""Consents in the chat: asked again when their words change, withdrawn with what follows from it said and done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from backend.domain.case import Event, Stage
from backend.domain.consents import Ends, Given, Purpose, to_ask
from backend.domain.talk import Kind, Option, Question
from backend.domain.transitions import is_possible
from backend.services import casework
from backend.services.consents import given_by, note_given, wants
from backend.services.errors import CannotWithdrawNow
from backend.services.outcome import Outcome
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.rights_records import Consent
from backend.services.standing import Standing
from backend.services.transitions_log import an_applicant, record_audit

FORM: Final = "rights_form"


async def question_for(uow: UnitOfWork, parts: Parts, standing: Standing) -> Question | None:
    """The consents that are missing in their present version, as one question; None when all are there."""
    missing = to_ask(parts.catalogues.purposes(), await given_by(uow, standing.applicant.id))
    if not missing:
        return None
    texts = "\n".join(f"· {one.text}（用来{one.needed_for}）" for one in missing)
    return _confirm("consent", "同意", yes="我同意", no="先不同意", facts={"texts": texts, "count": len(missing)})


async def agree(uow: UnitOfWork, parts: Parts, standing: Standing, body: Mapping[str, Any]) -> Outcome:
    """Every consent that was asked for in the chat is given at once, or the one that is named; each is a row."""
    named = parts.catalogues.purposes().get(str(body.get("purpose") or ""))
    if named is not None and named.asked == "chat":
        await note_given(uow, parts, standing.applicant.id, [named.name], how="chat")
        facts = {"purpose": named.label, "needed_for": named.needed_for}
        return Outcome(case=standing.case).saying("consent_given_again", facts)
    missing = to_ask(parts.catalogues.purposes(), await given_by(uow, standing.applicant.id))
    await note_given(uow, parts, standing.applicant.id, [one.name for one in missing], how="chat")
    return Outcome(case=standing.case).saying("consent_noted" if standing.case else "consent_noted_begin")


async def withdraw(uow: UnitOfWork, parts: Parts, standing: Standing, body: Mapping[str, Any]) -> Outcome:
    """Ask which, say what then cannot be done, and do it.

    Raises:
        CannotWithdrawNow: the permit is granted, only its slip is missing; a person has to help.
    """
    purposes = parts.catalogues.purposes()
    purpose = purposes.get(str(body.get("purpose") or ""))
    if purpose is None:
        return Outcome(ask=await _which(uow, purposes, standing))
    ends_case = purpose.ends is Ends.CASE and standing.case is not None
    if ends_case and not is_possible(Stage(standing.open_case.stage), Event.CANCEL_CASE):
        raise CannotWithdrawNow(label=purpose.label)
    if not body.get("confirmed"):
        facts = {"purpose": purpose.label, "without": purpose.without, "cancels": "是" if ends_case else ""}
        return Outcome(
            ask=_confirm("withdraw", "撤回同意", yes="确定撤回", no="先不撤回", value=purpose.name, facts=facts)
        )
    return await _do(uow, parts, standing, purpose)


async def _which(uow: UnitOfWork, purposes: Mapping[str, Purpose], standing: Standing) -> Question:
    given = await given_by(uow, standing.applicant.id)
    options = [
        Option(one.name, one.label)
        for one in purposes.values()
        if given.get(one.name, Given("" if one.asked == "chat" else None, was_asked=False)).version is not None
    ]
    return Question(
        form=FORM, field="withdraw_which", group=("withdraw_which",), label="撤回哪一项同意", kind=Kind.CHOICE,
        options=(*options, Option("no", "先不撤回")),
    )  # fmt: skip


async def _do(uow: UnitOfWork, parts: Parts, standing: Standing, purpose: Purpose) -> Outcome:
    applicant_id, now = standing.applicant.id, parts.clock.now()
    rows = await uow.consents.where(applicant_id=applicant_id, purpose=purpose.name, withdrawn_at=None, lock=True)
    for row in rows:
        await uow.consents.save(replace(row, withdrawn_at=now))
    if not rows and await wants(uow, applicant_id, purpose.name):
        # Never asked on paper: the withdrawal itself is what has to be proved.
        row = Consent(parts.ids.new("n"), applicant_id, purpose.name, purpose.version, "chat", now, now)
        await uow.consents.add(row)
    await record_audit(
        uow, "consent_withdrawn", an_applicant(applicant_id), now=now, case=standing.case,
        facts={"purpose": purpose.name},
    )  # fmt: skip
    facts = {"purpose": purpose.label, "without": purpose.without, "back": purpose.back}
    said = Outcome(case=standing.case).saying("consent_withdrawn", facts)
    if purpose.ends is Ends.CREDENTIALS:
        for case in await uow.cases.where(applicant_id=applicant_id, closed_at=None):
            await uow.credentials.remove(case_id=case.id)
    if purpose.ends is Ends.CASE and standing.case is not None:
        ended = await casework.cancel(uow, parts, standing, confirmed=True)
        return replace(ended, say=(*said.say, *ended.say))
    return said


def _confirm(field: str, label: str, *, yes: str, no: str, facts: Mapping[str, Any], value: str = "yes") -> Question:
    return Question(
        form=FORM, field=field, group=(field,), label=label, kind=Kind.CONFIRM,
        options=(Option(value, yes), Option("no", no)), facts=facts,
    )  # fmt: skip
