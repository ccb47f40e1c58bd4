"""The order of all questions of a case at its stage, and which of them stands open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from backend.domain.case import STAGES, Editable, Stage
from backend.domain.context import InterviewContext
from backend.domain.draft import Draft
from backend.domain.materials import BUCKET_ITEM
from backend.domain.remembering import remembered
from backend.domain.sections.conditions import condition_prompts
from backend.domain.sections.contact import contact_prompts
from backend.domain.sections.education import education_prompts
from backend.domain.sections.invoice import invoice_prompts
from backend.domain.sections.notice import notice_prompts
from backend.domain.sections.opening import employer_prompts
from backend.domain.sections.personal import personal_prompts
from backend.domain.sections.photo import photo_prompts
from backend.domain.sections.prompt import Prompt, Skipping
from backend.domain.sections.uploads import material_prompts, review_prompts, supplement_prompts
from backend.domain.sections.work import work_prompts
from backend.domain.talk import Question, Say

Builder = Callable[[Draft, InterviewContext], tuple[Prompt, ...]]
SECTIONS: Final[Mapping[str, Builder]] = MappingProxyType(
    {
        "employer": employer_prompts,
        "notice": notice_prompts,
        "contact": contact_prompts,
        "personal": personal_prompts,
        "photo": photo_prompts,
        "education": education_prompts,
        "work": work_prompts,
        "conditions": condition_prompts,
        "materials": material_prompts,
        "review": review_prompts,
        "invoice": invoice_prompts,
        "supplement": supplement_prompts,
    }
)
SECTION_LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "employer": "选择立户",
        "notice": "办理须知",
        "contact": "联系方式",
        "personal": "个人信息",
        "photo": "一寸照片",
        "education": "学习经历",
        "work": "工作经历",
        "conditions": "申请材料确认",
        "materials": "上传材料",
        "review": "核对提交",
        "invoice": "支付",
        "supplement": "补充材料",
    }
)

_OWN_QUESTIONS: Final = "业务信息"
_BEFORE_THE_STEPS: Final = frozenset({"employer", "notice"})


def label_of(section: str, ctx: InterviewContext) -> str:
    """What a section is called; without a condition step its questions are the business's own (F68)."""
    return _OWN_QUESTIONS if section == "conditions" and not ctx.profile.condition_step else SECTION_LABELS[section]


def locked(section: str, ctx: InterviewContext) -> Say:
    """That a section cannot be changed at this stage, and which stage it is."""
    return Say("locked_now", {"label": SECTION_LABELS[section], "stage_label": STAGES[ctx.stage].label})


def sections_of(ctx: InterviewContext) -> tuple[str, ...]:
    """The sections that are open at this stage: all of the draft, later only what may still be edited (F56, T45)."""
    if ctx.stage is Stage.DRAFT:
        return ctx.profile.steps
    if ctx.stage is Stage.SLOT_REQUIRED:
        return tuple(name for name in ctx.profile.steps if name != "review")
    editable = STAGES[ctx.stage].applicant_may_edit
    kept = [name for name in ("contact", "education", "work") if Editable(name) in editable]
    if ctx.stage is Stage.AWAITING_PAYMENT:
        kept.append("invoice")
    if Editable.MATERIALS in editable:
        kept.append("materials")
    if editable & {Editable.REJECTED_ITEMS, Editable.SUPPLEMENT_FILES}:
        kept.append("supplement")
    return tuple(kept)


@remembered
def prompts(draft: Draft, ctx: InterviewContext) -> tuple[Prompt, ...]:
    """Every question in order, the settled ones too."""
    return tuple(prompt for name in sections_of(ctx) for prompt in SECTIONS[name](draft, ctx))


def current(draft: Draft, ctx: InterviewContext) -> Prompt | None:
    """The prompt that stands open.

    It is the one gone to on purpose; else the first one unsettled; what was put off comes before the last step.
    """
    everything = prompts(draft, ctx)
    if draft.cursor and (found := next((one for one in everything if one.key == draft.cursor), None)):
        return found
    unsettled = [one for one in everything if not one.is_settled(draft, ctx) and not _is_left_out(one, draft)]
    last = [one for one in unsettled if one.key in ("review.submit", "invoice.pay", "supplement.resubmit")]
    now = [one for one in unsettled if one.key not in draft.skipped and one not in last]
    later = [one for one in unsettled if one.key in draft.skipped and one not in last]
    return next(iter((*now, *later, *last)), None)


def _is_left_out(prompt: Prompt, draft: Draft) -> bool:
    return prompt.skipping is Skipping.OPTIONAL and prompt.key in draft.skipped


def question(prompt: Prompt, draft: Draft, ctx: InterviewContext) -> Question:
    """The prompt's question with the place of its section among those that are told step by step.

    Sections do not come and go with every answer, so the count is one that an applicant can rely on.
    """
    steps = [name for name in sections_of(ctx) if name not in _BEFORE_THE_STEPS]
    number = steps.index(prompt.section) + 1 if prompt.section in steps else 0
    return replace(prompt.ask(draft, ctx), number=number, total=len(steps) if number else 0)


def is_unfinished(draft: Draft, ctx: InterviewContext) -> tuple[Prompt, ...]:
    """What still has to be told before 提交; the last question is left out, and whether a bucket holds a file (T11)."""
    return tuple(
        one
        for one in prompts(draft, ctx)
        if one.section != "review"
        and one.key != f"materials.{BUCKET_ITEM}"
        and not one.is_settled(draft, ctx)
        and not _is_left_out(one, draft)
    )
