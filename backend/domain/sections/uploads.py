"""The sections that take photos of papers: materials one by one, review, and supplements (F41, F51, F52)."""

from __future__ import annotations

from backend.domain.case import Stage
from backend.domain.case_facts import case_requirements, items_to_send
from backend.domain.context import InterviewContext, ItemState, ItemStatus, SupplementState
from backend.domain.draft import Draft
from backend.domain.materials import Requirement, completeness, is_satisfied, pages_to_come, still_to_send
from backend.domain.sections.bucket import bucket_prompts, takes_everything
from backend.domain.sections.prompt import ChoicePrompt, PagePrompt, Prompt, Reply, Skipping, yes_no
from backend.domain.talk import Kind, Option, Question, Say, Wants, Wish

BUREAU_ITEM = "SU02"
RESUBMIT = "supplement.resubmit"


def photo_accepted(ctx: InterviewContext) -> bool:
    return ctx.photo is not None and ctx.photo.accepted


def material_prompts(draft: Draft, ctx: InterviewContext) -> tuple[Prompt, ...]:
    if takes_everything(ctx):
        return bucket_prompts(draft, ctx)
    needed = [one for one in case_requirements(draft, ctx) if one.required and not one.material.from_photo]
    at = draft.cursor.removeprefix("materials.") if draft.cursor else ""
    chosen = [one for one in case_requirements(draft, ctx) if not one.required and one.code == at]
    total = len(needed)
    return tuple(_material(one, ctx, at, total) for at, one in enumerate((*needed, *chosen), 1))


def _material(one: Requirement, ctx: InterviewContext, position: int, total: int) -> PagePrompt:
    state = ctx.items.get(one.code, ItemState(one.code))
    enough = is_satisfied(one, state, photo_accepted=photo_accepted(ctx))
    settled = enough and (state.finished or not one.material.many_pages or state.state is ItemStatus.PASSED)
    facts = {
        "item": one.code,
        "name": one.material.name,
        "category": one.material.category,
        "files": state.files,
        "files_min": one.files_min,
        "files_max": one.files_max,
        "template": one.material.template.value,
        "enough": enough,
        "position": min(position, total),
        "count": total,
    }
    options = (Option("finish_item", "传完了"),) if enough else ()
    if one.material.has_sample and not state.files:
        options = (*options, Option("sample", "看样子"))
    question = Question(
        form="materials_form",
        field=one.code,
        group=(one.code,),
        label=one.material.name,
        kind=Kind.PHOTO if one.files_max == 1 else Kind.PHOTOS,
        options=options,
        hint=one.material.hint,
        current=still_to_send(state.files, one.files_min, pages_to_come(one, state.files)),
        facts=facts,
    )
    return PagePrompt(
        f"materials.{one.code}",
        "materials",
        one.code,
        settled or not one.required,
        question,
        Skipping.LATER,
        "send_a_photo",
    )


def asked_item(draft: Draft, ctx: InterviewContext, key: str) -> str | None:
    """The material item that the prompt `key` takes photos for."""
    section, _, code = key.partition(".")
    return code if section in ("materials", "supplement") and code and code != "resubmit" else None


def review_prompts(draft: Draft, ctx: InterviewContext) -> tuple[Prompt, ...]:
    needed = items_to_send(draft, ctx) if "materials" in ctx.profile.steps else ()
    is_bulk = takes_everything(ctx)
    missing = completeness(needed, ctx.items, photo_accepted=photo_accepted(ctx))
    question = Question(
        form="review_form",
        field="submit",
        group=("submit",),
        label="提交申请",
        kind=Kind.CONFIRM,
        options=yes_no("提交", "再看看"),
        facts={
            "materials": "" if is_bulk else sum(one.required for one in needed),
            "pieces": sum(ctx.items[one.code].files for one in needed if one.code in ctx.items) if is_bulk else "",
            "missing": [one.name for one in missing],
            "hours": ctx.catalogue.pay_window.hours,
        },
    )

    def choose(told: str) -> Reply:
        if told == "no":
            return Reply(draft, (Say("submit_later", {}),), accepted=False)
        return Reply(draft, wish=Wish(Wants.SUBMIT))

    words = (("提交", "yes"), ("提交申请", "yes"), ("再看看", "no"), ("先不提交", "no"))
    return (ChoicePrompt("review.submit", "review", "submit", False, question, choose, words=words),)


def supplement_prompts(draft: Draft, ctx: InterviewContext) -> tuple[Prompt, ...]:
    """Rejected items one by one (T23), or the bureau's request (T35); then one word to send it all back."""
    if ctx.stage is Stage.AGENCY_REJECTED:
        asked = [state for state in ctx.items.values() if state.state is ItemStatus.REJECTED or state.new_files]
        needed = {one.code: one for one in case_requirements(draft, ctx)}
        return (*(_rejected(state, ctx, needed.get(state.code)) for state in asked), _resubmit(draft, len(asked)))
    if ctx.supplement is None:
        return ()
    return (_bureau(ctx, ctx.supplement), _resubmit(draft, 1))


def _rejected(state: ItemState, ctx: InterviewContext, needed: Requirement | None) -> PagePrompt:
    """Open until as many new photos came as the item has sides, or until somebody says that these are all."""
    material = ctx.catalogue.material(state.code)
    name = material.name if material else state.code
    files_min = needed.files_min if needed else max(material.files_min if material else 1, 1)
    pages = pages_to_come(needed, state.new_files) if needed else ()
    is_open_ended = material is not None and material.many_pages
    question = Question(
        form="supplement_form",
        field=state.code,
        group=(state.code,),
        label=name,
        kind=Kind.PHOTOS,
        options=(Option("finish_item", "传完了"),) if state.new_files else (),
        hint=material.hint if material else "",
        current=still_to_send(state.new_files, files_min, pages),
        facts={
            "item": state.code,
            "name": name,
            "reason": state.reason,
            "files": state.new_files,
            "files_min": files_min,
            "enough": state.new_files > 0,
        },
    )
    done = state.new_files > 0 and (state.finished or (state.new_files >= files_min and not is_open_ended))
    return PagePrompt(f"supplement.{state.code}", "supplement", state.code, done, question, instead="send_a_photo")


def bureau_request(request: SupplementState) -> str:
    """What the bureau wants, with the day until which it waits (F52)."""
    due = request.due_on
    return f"{request.text}（请在{due.month}月{due.day}日前补）" if due else request.text


def _bureau(ctx: InterviewContext, request: SupplementState) -> PagePrompt:
    question = Question(
        form="supplement_form",
        field=BUREAU_ITEM,
        group=(BUREAU_ITEM,),
        label="补充材料",
        kind=Kind.PHOTOS,
        hint="按要求拍照发来，传完了说一声",
        facts={
            "item": BUREAU_ITEM,
            "name": "补充材料",
            "request": bureau_request(request),
            "files": request.new_files,
        },
    )
    done = request.new_files > 0 or request.was_edited
    return PagePrompt(f"supplement.{BUREAU_ITEM}", "supplement", BUREAU_ITEM, done, question, instead="send_a_photo")


def _resubmit(draft: Draft, count: int) -> ChoicePrompt:
    question = Question(
        form="supplement_form",
        field="resubmit",
        group=("resubmit",),
        label="提交补充材料",
        kind=Kind.CONFIRM,
        options=yes_no("提交", "还要补"),
        facts={"count": count},
    )

    def choose(told: str) -> Reply:
        return Reply(draft, wish=Wish(Wants.RESUBMIT)) if told == "yes" else Reply(draft, accepted=False)

    words = (("提交", "yes"), ("提交补充材料", "yes"), ("补完了", "yes"), ("还要补", "no"))
    return ChoicePrompt(RESUBMIT, "supplement", "resubmit", False, question, choose, words=words)
