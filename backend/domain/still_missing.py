"""还差啥, exactly: what has not been told and what has not been sent, with counts and pages (F41, T11)."""

from __future__ import annotations

from backend.domain.case_facts import items_to_send
from backend.domain.context import InterviewContext
from backend.domain.draft import Draft
from backend.domain.materials import completeness, short_name, still_to_send
from backend.domain.sections import script
from backend.domain.sections.prompt import Prompt
from backend.domain.sections.uploads import photo_accepted


def still_missing(draft: Draft, ctx: InterviewContext) -> tuple[str, ...]:
    """还差啥, exactly: the questions without an answer, and each material with its count and its missing pages."""
    needed = items_to_send(draft, ctx) if "materials" in ctx.profile.steps else ()
    lacking = {one.code: one for one in completeness(needed, ctx.items, photo_accepted=photo_accepted(ctx))}
    told: dict[str, str] = {}
    for prompt in script.is_unfinished(draft, ctx):
        code = prompt.key.partition(".")[2]
        one = lacking.pop(code, None) if prompt.section == "materials" else None
        detail = still_to_send(one.files, one.files_min, one.pages) if one else _half_sent(prompt, ctx, code)
        told[prompt.key] = _with_detail(short_name(prompt.label), detail)
    told |= {
        code: _with_detail(short_name(one.name), still_to_send(one.files, one.files_min, one.pages))
        for code, one in lacking.items()
    }
    return tuple(dict.fromkeys(told.values()))


def _half_sent(prompt: Prompt, ctx: InterviewContext, code: str) -> str:
    """A material with enough photos whose last page nobody has called the last."""
    files = ctx.items[code].files if prompt.section == "materials" and code in ctx.items else 0
    return f"已收到{files}张，全了就说“传完了”" if files else ""


def _with_detail(name: str, detail: str) -> str:
    return f"{name}：{detail}" if detail else name
