"""还差啥, exactly: what has not been told and what has not been sent, with counts and pages (F41, T11)."""

from __future__ import annotations

from backend.domain.case_facts import items_to_send
from backend.domain.context import InterviewContext
from backend.domain.draft import Draft
from backend.domain.materials import completeness, short_name, still_to_send
from backend.domain.sections import script
from backend.domain.sections.prompt import Prompt
from backend.domain.sections.uploads import RESUBMIT, photo_accepted
from backend.domain.talk import Question


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


def still_to_supplement(draft: Draft, ctx: InterviewContext) -> tuple[str, ...]:
    """What holds a supplement back (T25, T36, T39), by name: papers not sent, schools and jobs half told (F56)."""
    half_told = [
        _with_detail(one.label, "没填完")
        for one in script.prompts(draft, ctx)
        if _is_begun(one, draft) and not one.is_settled(draft, ctx)
    ]
    return (*half_told, *still_to_send_back(draft, ctx))


def _is_begun(prompt: Prompt, draft: Draft) -> bool:
    """Whether this is a school or a job of which something stands in the draft."""
    section, _, place = prompt.key.partition(".")
    rows = draft.rows(section) if section in ("education", "work") and place.isdecimal() else ()
    return place.isdecimal() and int(place) < len(rows)


def still_to_send_back(draft: Draft, ctx: InterviewContext) -> tuple[str, ...]:
    """The papers asked for that have not come: one of two sides waits for both, unless these were said to be all."""
    asked = [one for one in script.prompts(draft, ctx) if one.section == "supplement" and one.key != RESUBMIT]
    found = [_not_sent_back(one.ask(draft, ctx)) for one in asked if not one.is_settled(draft, ctx)]
    return tuple(left for left in found if left)


def _not_sent_back(question: Question) -> str:
    files, needed = int(str(question.facts["files"])), int(str(question.facts.get("files_min", 1)))
    if files >= needed:
        return ""
    return _with_detail(short_name(question.label), f"{question.current}，只补这些就说“传完了”" if files else "")


def _half_sent(prompt: Prompt, ctx: InterviewContext, code: str) -> str:
    """A material with enough photos whose last page nobody has called the last."""
    files = ctx.items[code].files if prompt.section == "materials" and code in ctx.items else 0
    return f"已收到{files}张，全了就说“传完了”" if files else ""


def _with_detail(name: str, detail: str) -> str:
    return f"{name}：{detail}" if detail else name
