"""The work section: from graduation to the present employer; gaps and open ends get proposals (F33–F36)."""

from __future__ import annotations

from typing import Final

from backend.domain.company_names import core_of, is_same_company, kept_company_name
from backend.domain.context import InterviewContext
from backend.domain.draft import Draft, Entry
from backend.domain.errors import AfterRetirement, EndBeforeStart, OpenOnlyLast, TooYoung
from backend.domain.free_text import read_free_text
from backend.domain.months import OPEN, Month, is_open_word, read_month
from backend.domain.retirement import proposed_end, retirement_month
from backend.domain.sections.education import show_month
from backend.domain.sections.entries import Book, row_summary
from backend.domain.sections.marks import mark_of
from backend.domain.sections.opening import chosen_employer
from backend.domain.sections.prompt import Accepted, ChoicePrompt, FieldSpec, Prompt, Reading, Reply, Skipping, yes_no
from backend.domain.sections.proposals import CONTRACT_END, PERMIT_END, PROPOSED
from backend.domain.sections.question_readers import contract_warning
from backend.domain.sections.summaries import summary_prompt
from backend.domain.talk import Kind, Question, Say
from backend.domain.timeline import UNEMPLOYED, Gap, fill_gap, gaps, graduation, has_present_job, in_order, present_job

_UNEMPLOYED_WORDS: Final = ("待业", "没工作", "没有工作", "没上班", "无业", "失业", "在家", "未就业", "gap")
_EMPLOYER_WORDS: Final = (
    "公司",
    "集团",
    "有限",
    "中心",
    "银行",
    "医院",
    "大学",
    "学院",
    "学校",
    "研究院",
    "研究所",
    "事务所",
    "局",
    "厂",
    "社",
    "行",
    "院",
    "所",
    "店",
    "科技",
    "控股",
)
ENOUGH: Final = "work.enough"
CONFIRM: Final = "work.confirm"
OPEN_END: Final = "work.open_end"


def _employer(text: str, reading: Reading) -> Accepted:
    """A short form of the 立户 company becomes its full name."""
    plain = text.strip().strip("。")
    if plain in _UNEMPLOYED_WORDS:
        return Accepted(UNEMPLOYED)
    name = kept_company_name(read_free_text(text, shortest=2, longest=100))
    company = chosen_employer(reading.ctx)
    if company and (is_same_company(name, company.name) or _is_short_for(name, company.name)):
        return Accepted(company.name)
    return Accepted(name)


def _is_short_for(name: str, company: str) -> bool:
    core = core_of(name)
    return len(core) >= 2 and (name in company or core == core_of(company))


def _is_employer(piece: str) -> bool:
    return piece in _UNEMPLOYED_WORDS or (len(piece) >= 4 and piece.endswith(_EMPLOYER_WORDS))


def _job(text: str, reading: Reading) -> Accepted:
    if text.strip() in ("无", "没有") or reading.told.get("employer") == UNEMPLOYED:
        return Accepted("无")
    return Accepted(read_free_text(text, shortest=1, longest=40))


def _start(text: str, reading: Reading) -> Accepted:
    ctx = reading.ctx
    month = read_month(text, today=ctx.today)
    earliest = Month.of(ctx.applicant.birth_date).plus(12 * ctx.catalogue.thresholds.work_age)
    if month < earliest and reading.told.get("employer") != UNEMPLOYED:
        raise TooYoung(earliest=earliest.shown)
    end = reading.told.get("end", "")
    if end and end != OPEN and month >= Month.parse(end):
        raise EndBeforeStart(start=month.shown)
    graduated = graduation(reading.draft.rows("education"))
    early = graduated and month < graduated.plus(-ctx.catalogue.thresholds.early_work_months)
    return Accepted(str(month), month.shown, (Say("work_before_graduation", {"shown": month.shown}),) if early else ())


def _end(text: str, reading: Reading) -> Accepted:
    """A contract's end may lie in the future, but not after retirement."""
    start = reading.told.get("start", "")
    if is_open_word(text):
        if start and any(row.get("start", "") > start for row in reading.draft.rows("work")):
            raise OpenOnlyLast
        return Accepted(OPEN, "至今（无固定期限）")
    ctx = reading.ctx
    month = read_month(text, today=ctx.today)
    if start and month <= Month.parse(start):
        raise EndBeforeStart(start=Month.parse(start).shown)
    born, gender = ctx.applicant.birth_date, ctx.applicant.gender
    latest = retirement_month(ctx.catalogue.retirement, gender=gender, birth_date=born)
    if month > max(latest, Month.of(ctx.today)):
        raise AfterRetirement(latest=latest.shown)
    return Accepted(str(month), month.shown)


def _place(text: str, reading: Reading) -> Accepted:
    if text.strip() in ("无", "没有"):
        return Accepted("无")
    return Accepted(read_free_text(text, shortest=2, longest=40))


_START = FieldSpec("start", "工作开始时间", Kind.MONTH, _start, hint="例如 2018年4月", show=show_month)
_END = FieldSpec(
    "end", "工作截止时间", Kind.MONTH, _end, hint="现单位按劳动合同填，没有固定期限就说“无固定期限”", show=show_month
)


def _specs(row: Entry, ctx: InterviewContext) -> tuple[FieldSpec, ...]:
    jobless = row.get("employer") == UNEMPLOYED
    return (
        FieldSpec("employer", "单位名称", Kind.TEXT, _employer, hint="写单位全称", looks_right=_is_employer),
        FieldSpec("job", "工作岗位", Kind.TEXT, _job, optional=jobless, hint="例如 后端开发"),
        _START,
        _END,
        FieldSpec("place", "工作地点", Kind.TEXT, _place, optional=jobless, hint="例如 北京市朝阳区"),
    )


def _told_at_the_notice(draft: Draft, ctx: InterviewContext, row: Entry) -> Entry:
    """What the self-check was told of the present job, its first month and the contract's last, is not asked again."""
    company = chosen_employer(ctx)
    if company is None or row.get("employer") != company.name:
        return row
    told = {name: draft.answer("notice", code) for name, code in (("start", "joined"), ("end", "contract"))}
    known = {name: value for name, value in told.items() if value == OPEN or len(value) == len("2018-04")}
    return {**known, **row}


WORK: Final = Book(
    section="work",
    form="work_form",
    label="工作经历",
    hint="从毕业后填到现单位。一句话就行，例如：2010.7-2013.8 某某公司，后端开发，北京市朝阳区；几段可以一起发",
    name_field="employer",
    specs_for=_specs,
    own_fields=frozenset({"employer", "job", "place"}),
    known=_told_at_the_notice,
)


def work_prompts(draft: Draft, ctx: InterviewContext) -> tuple[Prompt, ...]:
    rows = draft.rows("work")
    prompts: list[Prompt] = [WORK.prompt(draft, ctx, at, facts=_contract(draft, row)) for at, row in enumerate(rows)]
    if WORK.first_open(draft, ctx) == len(rows):
        further = _further(draft, ctx)
        prompts += [further] if further else []
        prompts += _open_end(draft, ctx)
        prompts += [_gap(draft, ctx, gap) for gap in open_gaps(draft, ctx)]
    return (*prompts, _confirm(draft, ctx)) if rows else tuple(prompts)


def _contract(draft: Draft, row: Entry) -> dict[str, str]:
    """Until when the present job's contract ran that an earlier case knew (F35)."""
    ended = draft.answer(PROPOSED, CONTRACT_END)
    is_asked = ended and row.get("employer") and "end" not in row
    return {"ended": show_month(ended)} if is_asked else {}


def _further(draft: Draft, ctx: InterviewContext) -> Prompt | None:
    """One more job is asked until the present one is told, or the applicant says that there is no other."""
    rows = draft.rows("work")
    company = chosen_employer(ctx)
    facts = {"wanted": "present" if rows else "first", "company": company.name if company else ""}
    if rows:
        facts["present_company"] = facts["company"]
    if not rows:
        return WORK.prompt(draft, ctx, 0, facts=facts)
    key = f"work.{len(rows)}"
    if has_present_job(rows, today=ctx.today) or ENOUGH in draft.settled or key in draft.skipped:
        return None
    return WORK.prompt(draft, ctx, len(rows), skipping=Skipping.OPTIONAL, facts=facts)


def open_gaps(draft: Draft, ctx: InterviewContext) -> tuple[Gap, ...]:
    """Every gap that 待业 may fill, the declined ones too."""
    limit = ctx.catalogue.thresholds.work_gap_months
    return gaps(draft.rows("work"), draft.rows("education"), today=ctx.today, more_than=limit)


def _open_end(draft: Draft, ctx: InterviewContext) -> list[Prompt]:
    rows = draft.rows("work")
    at = next((index for index, row in enumerate(rows) if row.get("end") == OPEN), None)
    if at is None:
        return []
    who = ctx.applicant
    month = proposed_end(ctx.catalogue.retirement, gender=who.gender, birth_date=who.birth_date, today=ctx.today)
    question = Question(
        form="work_form",
        field="open_end",
        group=("open_end",),
        index=at,
        label="工作截止时间",
        kind=Kind.CONFIRM,
        options=yes_no("用这个时间", "我自己填"),
        facts={
            "proposed": month.shown,
            "employer": rows[at].get("employer", ""),
            "mark": mark_of(rows[at].get("employer", "")),
        },
    )

    def choose(told: str) -> Reply:
        if told == "no":
            return Reply(draft.at(f"work.{at}", "end"))
        new = [{**row, "end": str(month)} if index == at else row for index, row in enumerate(rows)]
        say = Say("saved_value", {"label": "工作截止时间", "shown": month.shown})
        return Reply(WORK.tidy(draft.with_rows("work", new), ctx), (say,))

    return [ChoicePrompt(OPEN_END, "work", "open_end", False, question, choose)]


def _gap(draft: Draft, ctx: InterviewContext, gap: Gap) -> ChoicePrompt:
    key = f"work.gap.{gap.period.start}.{gap.period.end}"
    start, end = gap.period.start.shown, gap.period.end.shown
    question = Question(
        form="work_form",
        field="gap",
        group=("gap",),
        label=UNEMPLOYED,
        kind=Kind.CONFIRM,
        options=yes_no("填待业", "不填"),
        facts={"start": start, "end": end, "months": gap.months, "mark": mark_of(key)},
    )

    def choose(told: str) -> Reply:
        if told == "no":
            return Reply(draft.settle(key), (Say("gap_left", {"start": start, "end": end}),))
        filled = draft.with_rows("work", fill_gap(draft.rows("work"), gap.period)).unsettle(CONFIRM)
        return Reply(filled, (Say("gap_filled", {"start": start, "end": end, "months": gap.months}),))

    return ChoicePrompt(
        key,
        "work",
        "gap",
        key in draft.settled,
        question,
        choose,
        words=(("填", "yes"), ("待业", "yes"), ("不填", "no")),
        skip_means="no",
    )


def _confirm(draft: Draft, ctx: InterviewContext) -> ChoicePrompt:
    rows = in_order(draft.rows("work"))
    full = [{**row, "job": row.get("job") or "无", "place": row.get("place") or "无"} for row in rows]
    shown = ("employer", "job", "place")
    return summary_prompt(
        WORK,
        draft,
        ctx,
        lines=[row_summary(row, *(row.get(name, "") for name in shown)) for row in rows],
        settled=CONFIRM in draft.settled,
        keep=lambda: draft.with_rows("work", full),
    )


def work_warnings(draft: Draft, ctx: InterviewContext) -> tuple[Say, ...]:
    """What looks odd in the whole list; none of it blocks."""
    rows = draft.rows("work")
    company, last = chosen_employer(ctx), present_job(rows)
    say: list[Say] = []
    if rows and not has_present_job(rows, today=ctx.today):
        say.append(Say("no_present_job", {}))
    if company and last and not is_same_company(last.get("employer", ""), company.name):
        say.append(Say("last_employer_differs", {"company": company.name, "told": last.get("employer", "")}))
    return (*say, *(contract_warning(draft, ctx) if draft.answer("conditions", PERMIT_END) else ()))
