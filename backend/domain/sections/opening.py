"""The section 立户: through which employer somebody applies (F14)."""

from __future__ import annotations

from backend.domain.context import EmployerFacts, InterviewContext
from backend.domain.districts import read_district
from backend.domain.draft import Draft
from backend.domain.errors import UnknownOption
from backend.domain.sections.prompt import ChoicePrompt, Prompt, Reply
from backend.domain.talk import Kind, Option, Question, Say, Wants, Wish


def chosen_employer(ctx: InterviewContext) -> EmployerFacts | None:
    """The chosen employer account; the only one there is counts as chosen."""
    if ctx.employer:
        return ctx.employer
    return ctx.employers[0] if len(ctx.employers) == 1 else None


def employer_prompts(draft: Draft, ctx: InterviewContext) -> tuple[Prompt, ...]:
    if len(ctx.employers) == 1 and (ctx.employer is None or ctx.employer == ctx.employers[0]):
        return ()
    question = Question(
        form="employer_form",
        field="employer",
        group=("employer",),
        label="立户",
        kind=Kind.CHOICE,
        options=tuple(Option(one.id, _employer_label(one, ctx)) for one in ctx.employers),
        current=ctx.employer.name if ctx.employer else "",
        facts={"count": len(ctx.employers)},
    )

    def choose(employer_id: str) -> Reply:
        name = next(one.name for one in ctx.employers if one.id == employer_id)
        say = Say("saved_value", {"label": "立户", "shown": name})
        return Reply(draft, (say,), wish=Wish(Wants.CHOOSE_EMPLOYER, employer_id))

    words = tuple((one.name.lower(), one.id.lower()) for one in ctx.employers)
    return (
        ChoicePrompt(
            "employer.choose", "employer", "employer", ctx.employer is not None, question, choose, words=words
        ),
    )


def _employer_label(employer: EmployerFacts, ctx: InterviewContext) -> str:
    return f"{employer.name}（{district_name(employer, ctx)}）"


def district_name(employer: EmployerFacts, ctx: InterviewContext) -> str:
    """The present name of the employer's district, whatever name or code is stored (F23)."""
    try:
        return read_district(employer.district, ctx.catalogue.districts).name
    except UnknownOption:
        return employer.district
