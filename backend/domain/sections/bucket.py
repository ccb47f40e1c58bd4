"""The bulk upload: one bucket for everything, the advice list beside it, and ticks by whoever sent the papers (F68)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from backend.domain.case import Stage
from backend.domain.case_facts import advised, items_to_send
from backend.domain.context import InterviewContext, ItemState, ItemStatus
from backend.domain.draft import Draft
from backend.domain.materials import BUCKET_ITEM, Requirement, is_satisfied, short_name
from backend.domain.profile import Delivery, UploadMode
from backend.domain.sections.prompt import PagePrompt, Reply, Skipping
from backend.domain.talk import Answer, Kind, Option, Question, Say

TICKED: Final = "ticked"
_THIS_IS: Final = re.compile(
    r"^(?:这|那|刚才|刚刚|上面|上一)(?:(?:一|那|个|些|几)?[张份页]|个)?(?:发的|传的)?就?是(?:我的)?"
)


def takes_everything(ctx: InterviewContext) -> bool:
    """Whether this case has one bucket instead of items."""
    return ctx.profile.upload_mode is UploadMode.BULK


def is_filling(ctx: InterviewContext) -> bool:
    """Whether the bucket takes files now: in the draft, and after paying where the materials come last (T19)."""
    return takes_everything(ctx) and ctx.stage in (Stage.DRAFT, Stage.AWAITING_MATERIALS_EMAIL)


def bucket_prompts(draft: Draft, ctx: InterviewContext) -> tuple[PagePrompt, ...]:
    return tuple(_bucket(draft, ctx, one) for one in items_to_send(draft, ctx))


def _bucket(draft: Draft, ctx: InterviewContext, one: Requirement) -> PagePrompt:
    state = ctx.items.get(one.code, ItemState(one.code))
    enough = is_satisfied(one, state, photo_accepted=False)
    by_mail = ctx.profile.material_delivery is not Delivery.CHAT
    question = Question(
        form="materials_form",
        field=one.code,
        group=(one.code,),
        label=one.material.name,
        kind=Kind.PHOTOS,
        options=(Option("finish_item", "传完了"),) if enough else (),
        hint=one.material.hint,
        current=f"已收到 {state.files} 张" if state.files else "",
        facts={
            "item": one.code,
            "name": short_name(one.material.name),
            "files": state.files,
            "files_min": one.files_min,
            "enough": enough,
            "what": "" if state.files else short_name(one.material.name),
            "list": "" if state.files else "\n" + advice_lines(draft, ctx),
            "received": state.files or "",
            "mailbox": ctx.catalogue.delivery.mailbox if by_mail and not state.files else "",
            "subject": ctx.catalogue.delivery.subject if by_mail and not state.files else "",
        },
    )
    done = enough and (state.finished or state.state is ItemStatus.PASSED)
    return PagePrompt(f"materials.{one.code}", "materials", one.code, done, question, Skipping.LATER, "send_everything")


def paper_named(draft: Draft, ctx: InterviewContext, answer: Answer) -> str:
    """The code of the advised paper in “这张是合同”, whatever question is open; empty when it is something else."""
    said = _THIS_IS.sub("", answer.text.strip().strip("。.！!"))
    if answer.option is not None or said == answer.text.strip() or len(said) < 2:
        return ""
    return next((one.code for one in advised(draft, ctx) if said in one.material.name), "")


def advice_lines(draft: Draft, ctx: InterviewContext) -> str:
    """The advice list, one line for each paper, ticked where the applicant said that it is among those sent."""
    marked = ticks(draft, ctx)
    return "\n".join(
        f"{'✓' if one.code in marked else '·'} {short_name(one.material.name)}" for one in advised(draft, ctx)
    )


def ticks(draft: Draft, ctx: InterviewContext) -> Mapping[str, int]:
    """By code of the paper, the number of the file that it was said to be; of files that are still there."""
    files = ctx.items.get(BUCKET_ITEM, ItemState(BUCKET_ITEM)).files
    told = draft.answers.get(TICKED, {})
    return {code: int(at) for code, at in told.items() if at.isdecimal() and 0 < int(at) <= files}


def tick(draft: Draft, ctx: InterviewContext, code: str) -> Reply:
    """“这张是合同”: noted for whoever reads the bucket; before anything was sent it is only an answer."""
    name = short_name(ctx.catalogue.materials[code].name)
    files = ctx.items.get(BUCKET_ITEM, ItemState(BUCKET_ITEM)).files
    if not files:
        return Reply(draft, (Say("send_it_here_too", {"item_name": name}),), accepted=False)
    noted = draft.with_answer(TICKED, code, str(files))
    return Reply(noted, (Say("paper_ticked", {"item_name": name, "ordinal": files}),))
