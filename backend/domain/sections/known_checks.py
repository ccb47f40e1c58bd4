"""What the self-check need not ask: told elsewhere, on the ID card, in the employer's record, in an earlier case."""

from __future__ import annotations

from typing import Final

from backend.domain.context import InterviewContext
from backend.domain.draft import Draft
from backend.domain.eligibility import whole_years
from backend.domain.sections.opening import chosen_employer
from backend.domain.sections.proposals import EARLIER, LAST_BUSINESS, LAST_EMPLOYER, PERMIT_END, VALID_UNTIL
from backend.domain.timeline import has_present_job, present_job

# What the last case that we completed says about whether the permit was renewed before.
_RENEWED_BY: Final = {"NEW": "no", "RENEW": "yes"}


def known_answers(draft: Draft, ctx: InterviewContext) -> dict[str, str]:
    """By the check's code, what is known without asking."""
    told = {**_of_the_person(draft, ctx), **_of_the_job(draft, ctx), **_of_the_permit(draft, ctx)}
    for check in ctx.catalogue.eligibility.checks:
        if check.field and draft.answer("conditions", check.field):
            told[check.code] = draft.answer("conditions", check.field)
        for option in check.options:
            if option.tells and all(draft.answer("conditions", name) == one for name, one in option.tells.items()):
                told[check.code] = option.code
    return {code: one for code, one in told.items() if one}


def _of_the_person(draft: Draft, ctx: InterviewContext) -> dict[str, str]:
    return {
        "age": str(whole_years(ctx.applicant.birth_date, ctx.today)),
        "hukou": "no" if draft.answer("personal", "hukou_place") else "",
    }


def _of_the_job(draft: Draft, ctx: InterviewContext) -> dict[str, str]:
    employer, rows = chosen_employer(ctx), draft.rows("work")
    job = present_job(rows) or {}
    last = draft.answer(EARLIER, LAST_EMPLOYER)
    is_same = "yes" if employer is not None and employer.id == last else "no"
    return {
        "joined": job.get("start", ""),
        "contract": job.get("end", "") if has_present_job(rows, today=ctx.today) else "",
        "quota": "" if employer is None or employer.quota is None else "yes" if employer.quota else "no",
        "same_employer": is_same if last and employer is not None else "",
    }


def _of_the_permit(draft: Draft, ctx: InterviewContext) -> dict[str, str]:
    """The end of a permit that we saw approved; another day that was told counts before it."""
    end = draft.answer("conditions", PERMIT_END) or draft.answer(EARLIER, VALID_UNTIL)
    is_valid = "yes" if end >= ctx.today.isoformat() else "no"
    renewed = _RENEWED_BY.get(draft.answer(EARLIER, LAST_BUSINESS), "")
    return {"permit_end": end, "valid": is_valid if end else "", "first_renewal": renewed}
