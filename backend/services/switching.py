"""Changing one's mind about the business (“不是新办，是续签”): one question, then a new case with what was told."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from backend.domain.case import Stage
from backend.domain.draft import Draft
from backend.domain.profile import BusinessType
from backend.domain.sections.earlier import carried_over
from backend.domain.sections.proposals import EARLIER
from backend.domain.talk import Kind, Option, Question
from backend.services import casework
from backend.services.outcome import Outcome
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.standing import Standing, load_standing

FIELD: Final = "switch"


def is_another(standing: Standing, wanted: BusinessType) -> bool:
    """Whether a draft of another business runs: it can be exchanged, a submitted case cannot (A12)."""
    case = standing.case
    return case is not None and Stage(case.stage) is Stage.DRAFT and case.business_type != wanted.value


def ask(standing: Standing, wanted: BusinessType) -> Outcome:
    """The running draft will be cancelled by it, so the question tells what F58 wants told."""
    case = standing.open_case
    running = BusinessType(case.business_type)
    facts = {"running": running.label, "wanted": wanted.label, "case_no": case.case_no, "business_type": wanted.value}
    return Outcome(
        ask=Question(
            form="cancel_form", field=FIELD, group=(FIELD,), label="换一种业务", kind=Kind.CONFIRM,
            options=(Option(wanted.value, f"换成{wanted.label}"), Option("no", f"接着办{running.label}")), facts=facts,
        )
    )  # fmt: skip


async def switch(uow: UnitOfWork, parts: Parts, standing: Standing, wanted: BusinessType) -> tuple[Standing, Outcome]:
    """T43 for the draft and T1 for the new case, which takes over answers, histories, the photo and the papers.

    After an earlier completed case the new one begins from that, as it always does.
    """
    before = standing
    await casework.cancel(uow, parts, standing, confirmed=True)
    standing = await casework.start_case(uow, parts, await load_standing(uow, parts, standing.openid), wanted)
    if not standing.draft.answer(EARLIER, "case_no"):
        await casework.take_over_files(uow, parts, before.open_case, standing.open_case)
        standing = await casework.keep_draft(uow, parts, standing, _with(standing.draft, carried_over(before.draft)))
    facts = {"business": wanted.label, "case_no": standing.open_case.case_no, "running": before.open_case.case_no}
    if before.interview.credentials_given:
        facts["deleted"] = "北京通账号"
    return await load_standing(uow, parts, standing.openid), Outcome().saying("case_switched", facts)


def _with(new: Draft, told: Draft) -> Draft:
    return replace(
        new,
        answers={**new.answers, **told.answers},
        entries={**new.entries, **told.entries},
        settled=new.settled | told.settled,
        skipped=new.skipped | told.skipped,
    )
