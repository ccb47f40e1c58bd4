"""What an earlier case brought along, and the one question whether it is still so (T1, T7, F67)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Final

from backend.domain.context import InterviewContext
from backend.domain.draft import Draft
from backend.domain.masks import mask_emails, mask_phone
from backend.domain.profile import FlowProfile
from backend.domain.sections import held
from backend.domain.sections.family import ACCOMPANIES, FAMILY, children
from backend.domain.sections.prompt import ChoicePrompt, Reply
from backend.domain.sections.proposals import (
    EARLIER,
    LAST_BUSINESS,
    LAST_EMPLOYER,
    VALID_UNTIL,
    propose,
    without_ended_contract,
)
from backend.domain.talk import Kind, Option, Question, Say, Wants, Wish
from backend.domain.timeline import highest_education, present_job

UNCHANGED: Final = "personal.unchanged"
# Told again in every case are consents, choices, conditions and papers; these sections are taken over.
TAKEN_OVER: Final = ("contact", "personal", "education", "work")
# What is shown, what somebody can name, the section it belongs to, and the question that it opens.
_PLACES: Final[tuple[tuple[str, str, str, str], ...]] = (
    ("contact", "联系方式", "contact", "contact.reach"),
    ("who", "基本情况", "personal", "personal.who"),
    ("hukou", "户口", "personal", "personal.hukou"),
    ("home", "住址", "personal", "personal.home"),
    ("photo", "照片", "photo", "photo.photo"),
    ("education", "学习经历", "education", "education.confirm"),
    ("work", "工作经历", "work", "work.confirm"),
)
_YES: Final = ("没变化", "没有", "没有变化", "都没有", "没", "没变", "没有变", "都没变", "不变", "无", "没有了", "没了")
_YES_TOO: Final = ("一样", "都一样", "还是这些", "还是这样", "跳过", "往下走", "无变化", "no_change")
_SOME: Final = ("有", "有变化", "变了", "有变", "有的", "有一些", "no", "deny", "不一样", "不是")
_A_PLAIN_YES: Final = ("是", "是的", "对", "对的", "嗯", "好", "好的", "可以", "行", "affirm")
_WORDS: Final = (*((one, "yes") for one in (*_YES, *_YES_TOO)), *((one, "some") for one in (*_SOME, *_A_PLAIN_YES)))

_CHANGED: Final = "(?:变|换|改|更新|搬)"
_SAID_OF: Final[Mapping[str, str]] = {
    "contact": "手机号?|电话|邮箱|联系方式",
    "who": "婚姻|民族|政治面貌|职称|基本情况",
    "hukou": "户口|户籍",
    "home": "住址|地址|住的地方|家",
    "photo": "照片",
    "education": "学历|学校|学习经历|学位",
    "work": "工作|单位|公司|岗位|职务|合同",
}


def prefilled(
    source: Draft,
    *,
    case_no: str,
    profile: FlowProfile,
    today: date,
    valid_until: date | None = None,
    employer_id: str = "",
    business: str = "",
    asked: Collection[str] = (),
) -> Draft:
    """The draft of a new case from the last completed one and the end of its permit (T1); `asked`: see `proposals`.

    Lists that this business does not take as maintained have to be confirmed again, and what it is about is asked anew.
    """
    draft = carried_over(source)
    for section in ("education", "work"):
        if section not in profile.skippable_sections:
            draft = draft.unsettle(f"{section}.confirm")
    draft = without_ended_contract(draft, today=today)
    draft = propose(draft, source, valid_until=valid_until, asked=asked)
    ends = valid_until.isoformat() if valid_until else ""
    known = {"case_no": case_no, VALID_UNTIL: ends, LAST_EMPLOYER: employer_id, LAST_BUSINESS: business}
    for name, told in known.items():
        draft = draft.with_answer(EARLIER, name, told) if told else draft
    return held.hold(draft, profile.changes)


def carried_over(source: Draft) -> Draft:
    """What a draft says of the person, whatever the business."""
    return Draft(
        answers={name: source.answers[name] for name in TAKEN_OVER if name in source.answers},
        entries={name: source.entries[name] for name in TAKEN_OVER if name in source.entries},
        settled=frozenset(key for key in source.settled if key.startswith(TAKEN_OVER)),
        skipped=frozenset(key for key in source.skipped if key.startswith(TAKEN_OVER)),
    )


def earlier_prompts(draft: Draft, ctx: InterviewContext) -> tuple[ChoicePrompt, ...]:
    """One question about everything that was taken over; none when nothing was, or nothing may be skipped."""
    case_no = draft.answer(EARLIER, "case_no")
    if not case_no or not ctx.profile.skippable_sections:
        return ()
    places = [one for one in _PLACES if _is_shown(one[2], ctx) and _shown(one[0], draft, ctx)]
    changed = [one for one in draft.answer(EARLIER, "changed").split(",") if one]
    question = Question(
        form="personal_form",
        field="unchanged",
        group=("unchanged",),
        label="上次填的有没有变化",
        kind=Kind.CHOICE,
        options=(Option("yes", "都没变"), *(Option(code, f"{label}变了") for code, label, _, _ in places)),
        facts={
            "earlier": case_no,
            "summary": "\n".join(
                (*(f"· {label}：{_shown(code, draft, ctx)}" for code, label, _, _ in places), *_who_comes_along(draft))
            ),
        },
    )

    def choose(told: str) -> Reply:
        if told == "some":
            return Reply(draft, (Say("which_changed", {}),), accepted=False)
        if told == "yes":
            brought = {section for _, _, section, _ in places} & ctx.profile.skippable_sections
            kept = [one for one in ctx.profile.steps if one in brought - _sections_of(changed)]
            settled = draft.with_answer(EARLIER, "unchanged", "yes")
            return Reply(settled, (Say("kept_as_before", {}),), wish=Wish(Wants.SKIP_SECTIONS, ",".join(kept)))
        key = next(place for code, _, _, place in _PLACES if code == told)
        noted = ",".join(dict.fromkeys((*changed, told)))
        return Reply(draft.with_answer(EARLIER, "changed", noted).at(key))

    settled = draft.answer(EARLIER, "unchanged") == "yes"
    words = (*_WORDS, *((label, code) for code, label, _, _ in places))
    some = (Option("some", "有变化"),)
    return (
        ChoicePrompt(
            UNCHANGED, "personal", "unchanged", settled, question, choose, words=words, understood=some, hear=_heard
        ),
    )


def _heard(text: str) -> str:
    """“学历没变，住址变了”: the place that is said to have changed; empty when none or several are."""
    found = [
        code for code, words in _SAID_OF.items() if re.search(rf"(?:{words})[^没不，,。；;]{{0,4}}{_CHANGED}", text)
    ]
    return found[0] if len(found) == 1 else ""


def _who_comes_along(draft: Draft) -> tuple[str, ...]:
    """Spouse and children of the earlier case, where this business leaves them as they are."""
    spouse = draft.answer("conditions", "C_SPOUSE") in ACCOMPANIES
    names = [draft.answer(FAMILY, "spouse_name")] if spouse else []
    names += [row.get("child_name", "") for row in children(draft)]
    return (f"· 随往人员：{'、'.join(names)}",) if names and all(names) else ()


def _sections_of(changed: list[str]) -> frozenset[str]:
    return frozenset(section for code, _, section, _ in _PLACES if code in changed)


def _is_shown(section: str, ctx: InterviewContext) -> bool:
    return section == "contact" or section in ctx.profile.skippable_sections & frozenset(ctx.profile.steps)


def _shown(code: str, draft: Draft, ctx: InterviewContext) -> str:
    return _SHOWN[code](draft, ctx)


def _answers(draft: Draft, *names: str) -> str:
    return "，".join(told for name in names if (told := draft.answer("personal", name)))


def _contact(draft: Draft, ctx: InterviewContext) -> str:
    phone, emails = draft.answer("contact", "phone"), draft.answer("contact", "emails")
    return "，".join(part for part in (phone and mask_phone(phone), emails and mask_emails(emails)) if part)


def _home(draft: Draft, ctx: InterviewContext) -> str:
    code = draft.answer("personal", "housing")
    options = ctx.catalogue.questions["C_HOUSE"].options
    housing = next((option.label for option in options if option.code == code), "")
    parts = (draft.answer("personal", "address"), housing, draft.answer("personal", "postcode"))
    return "，".join(part for part in parts if part)


def _photo(draft: Draft, ctx: InterviewContext) -> str:
    return "上次的一寸照" if ctx.photo and ctx.photo.accepted else ""


def _education(draft: Draft, ctx: InterviewContext) -> str:
    rows = draft.rows("education")
    best = highest_education(rows) or {}
    parts = (f"{len(rows)}段", best.get("school", ""), best.get("level", ""))
    return "，".join(part for part in parts if part) if rows else ""


def _work(draft: Draft, ctx: InterviewContext) -> str:
    rows = draft.rows("work")
    job = present_job(rows) or {}
    parts = (f"{len(rows)}段", job.get("employer", ""), job.get("job", ""))
    return "，".join(part for part in parts if part) if rows else ""


_SHOWN: Final[Mapping[str, Callable[[Draft, InterviewContext], str]]] = {
    "contact": _contact,
    "who": lambda draft, ctx: _answers(draft, "ethnicity", "political", "marital", "title"),
    "hukou": lambda draft, ctx: _answers(draft, "hukou_place", "hukou_kind", "hukou_nature"),
    "home": _home,
    "photo": _photo,
    "education": _education,
    "work": _work,
}
