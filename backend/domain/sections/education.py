"""The education section: from high school to the highest degree, then one summary to confirm (F29, F30)."""

from __future__ import annotations

from typing import Final

from backend.domain.context import InterviewContext
from backend.domain.draft import Draft, Entry
from backend.domain.enums import LEVELS, choices, read_country, read_enum
from backend.domain.errors import EndBeforeStart
from backend.domain.free_text import read_free_text
from backend.domain.months import OPEN, Month, is_open_word, read_month
from backend.domain.sections.entries import Book, row_summary
from backend.domain.sections.fields import accepted_choice
from backend.domain.sections.prompt import Accepted, ChoicePrompt, FieldSpec, Prompt, Reading, Skipping
from backend.domain.sections.summaries import summary_prompt
from backend.domain.talk import Kind, Option, Say
from backend.domain.timeline import breaks_in_education, is_high_school, overlapping, with_proposals

_SCHOOL_WORDS: Final = (
    "学",
    "校",
    "院",
    "高中",
    "中专",
    "附中",
    "一中",
    "university",
    "college",
    "school",
    "institute",
)
ENOUGH: Final = "education.enough"
CONFIRM: Final = "education.confirm"


def _school(text: str, reading: Reading) -> Accepted:
    return Accepted(read_free_text(text, shortest=2, longest=60))


def _is_school(piece: str) -> bool:
    return len(piece) >= 3 and any(word in piece.lower() for word in _SCHOOL_WORDS) and "学费" not in piece


def _start(text: str, reading: Reading) -> Accepted:
    ctx = reading.ctx
    month = read_month(text, today=ctx.today)
    end = reading.told.get("end", "")
    if end and end != OPEN and month >= Month.parse(end):
        raise EndBeforeStart(start=month.shown)
    young = month < Month.of(ctx.applicant.birth_date).plus(12 * ctx.catalogue.thresholds.school_age)
    return Accepted(str(month), month.shown, (Say("start_unusual", {"shown": month.shown}),) if young else ())


def _end(text: str, reading: Reading) -> Accepted:
    """Somebody who still studies is reminded, not refused."""
    if is_open_word(text):
        return Accepted(OPEN, "在读", (Say("still_studying", {}),))
    month = read_month(text, today=reading.ctx.today)
    start = reading.told.get("start", "")
    if start and month < Month.parse(start):
        raise EndBeforeStart(start=Month.parse(start).shown)
    late = month > Month.of(reading.ctx.today)
    return Accepted(str(month), month.shown, (Say("still_studying", {}),) if late else ())


def _major(text: str, reading: Reading) -> Accepted:
    plain = text.strip().strip("。")
    if plain in ("无", "没有", "没有专业", "无专业"):
        return Accepted("无")
    return Accepted(read_free_text(text, shortest=1, longest=60))


def _identity(text: str, reading: Reading) -> Accepted:
    numbered = accepted_choice(text, _IDENTITIES)
    return numbered or Accepted(read_enum("study_identity", text))


def _country(text: str, reading: Reading) -> Accepted:
    return Accepted(read_country(text))


def _level(text: str, reading: Reading) -> Accepted:
    return Accepted(read_enum("level", text))


def show_month(stored: str) -> str:
    return "至今" if stored == OPEN else Month.parse(stored).shown


_IDENTITIES: Final = tuple(Option(one, one) for one in choices("study_identity"))
_START = FieldSpec("start", "入学时间", Kind.MONTH, _start, hint="例如 2006年9月", show=show_month)
_END = FieldSpec("end", "毕业时间", Kind.MONTH, _end, hint="例如 2010年6月", show=show_month)
_QUIET: Final = (
    FieldSpec("country", "国家地区", Kind.CHOICE, _country, optional=True, quiet=True),
    FieldSpec(
        "level", "学历", Kind.CHOICE, _level, tuple(Option(one, one) for one in LEVELS), optional=True, quiet=True
    ),
)


def _specs(row: Entry, ctx: InterviewContext) -> tuple[FieldSpec, ...]:
    high_school = is_high_school(row)
    hint = "高中填学校全称" if high_school else "写学校全称"
    return (
        FieldSpec("school", "学校名称", Kind.TEXT, _school, hint=hint, looks_right=_is_school),
        _START,
        _END,
        FieldSpec("major", "专业名称", Kind.TEXT, _major, optional=high_school, hint="毕业证上的专业"),
        FieldSpec("study_identity", "学习身份", Kind.CHOICE, _identity, _IDENTITIES, optional=True),
        *_QUIET,
    )


EDUCATION: Final = Book(
    section="education",
    form="education_form",
    label="学习经历",
    hint="从高中开始填。一句话就行，例如：吉林大学，软件工程，2006.9-2010.6，全日制；几段可以一起发",
    name_field="school",
    specs_for=_specs,
    own_fields=frozenset({"school", "major", "study_identity", "country", "level"}),
    usual_months={"start": 9, "end": 6},
)


def education_prompts(draft: Draft, ctx: InterviewContext) -> tuple[Prompt, ...]:
    rows = draft.rows("education")
    entries: list[Prompt] = [EDUCATION.prompt(draft, ctx, at) for at in range(len(rows))]
    if EDUCATION.first_open(draft, ctx) == len(rows) and (further := _further(draft, ctx)):
        entries.append(further)
    return (*entries, _confirm(draft, ctx)) if rows else tuple(entries)


def _further(draft: Draft, ctx: InterviewContext) -> Prompt | None:
    """One more entry is asked until there is a high school and a school after it, or the applicant says enough."""
    rows = draft.rows("education")
    next_at = len(rows)
    if not rows:
        return EDUCATION.prompt(draft, ctx, 0, facts={"wanted": "high_school"})
    if ENOUGH in draft.settled or f"education.{next_at}" in draft.skipped:
        return None
    if not any(is_high_school(row) for row in rows):
        wanted = "high_school"
    elif all(is_high_school(row) for row in rows):
        wanted = "next"
    else:
        return None
    return EDUCATION.prompt(draft, ctx, next_at, skipping=Skipping.OPTIONAL, facts={"wanted": wanted})


def _confirm(draft: Draft, ctx: InterviewContext) -> ChoicePrompt:
    rows = with_proposals(draft.rows("education"))
    shown = ("school", "major", "level", "study_identity", "country")
    return summary_prompt(
        EDUCATION,
        draft,
        ctx,
        lines=[row_summary(row, *(row.get(name, "") for name in shown)) for row in rows],
        settled=CONFIRM in draft.settled,
        keep=lambda: draft.with_rows("education", rows),
    )


def education_warnings(draft: Draft, ctx: InterviewContext) -> tuple[Say, ...]:
    """What looks odd in the whole list; none of it blocks."""
    rows = draft.rows("education")
    say: list[Say] = []
    if rows and not any(is_high_school(row) for row in rows):
        say.append(Say("high_school_missing", {}))
    if overlapping(rows):
        say.append(Say("education_overlap", {}))
    breaks = breaks_in_education(rows, more_than=ctx.catalogue.thresholds.education_gap_months)
    say += [
        Say("education_gap", {"start": gap.start.shown, "end": gap.end.shown, "months": gap.months}) for gap in breaks
    ]
    return tuple(say)
