"""How an answer to a question of the catalogue is read: one choice, several, a day, a year, a document's number."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Final

from backend.domain.catalogue import ConditionOption, ConditionQuestion, DayCheck
from backend.domain.context import InterviewContext
from backend.domain.days import read_day, shown_day
from backend.domain.districts import read_district
from backend.domain.draft import Draft
from backend.domain.eligibility import Check, CheckKind
from backend.domain.errors import DayInFuture, DocumentNumberWrong, MonthWrong, UnknownOption
from backend.domain.months import OPEN, Month, is_open_word, read_month
from backend.domain.renewal import RenewalRule, Window, days_to_file, months_left, window
from backend.domain.sections.fields import accepted_choice
from backend.domain.sections.opening import chosen_employer
from backend.domain.sections.prompt import Accepted, Reading
from backend.domain.talk import Option, Say
from backend.domain.timeline import present_job

Reader = Callable[[str, Reading], Accepted]
SEVERAL: Final = ","
_BETWEEN: Final = re.compile(r"[\s,，;；、/|和跟与]+")
_DOCUMENT: Final = re.compile(r"[A-Za-z0-9\u4e00-\u9fff（）()\-]{4,30}")
_LED_IN: Final = re.compile(r"^(我的)?(工作居住证|居住证|证件|证)?(编号|证号|号码|号)?(是|为|：|:)?\s*")


def reader_of(question: ConditionQuestion) -> Reader:
    """The reader of the question's kind."""
    if question.kind == "date":
        return _reads_day(question.check)
    if question.kind == "multi_choice":
        return _reads_several(question)
    return {"year": _year, "document_no": _document_no}.get(question.kind) or _reads_one(question)


def _reads_one(question: ConditionQuestion) -> Reader:
    options = tuple(Option(option.code, option.label) for option in question.options)
    words = {alias: option for option in question.options for alias in option.aliases}

    def read(text: str, reading: Reading) -> Accepted:
        plain = text.strip().strip("。")
        chosen = accepted_choice(plain, options)
        if chosen is None and plain in words:
            chosen = Accepted(words[plain].code, words[plain].label)
        if chosen is None:
            raise UnknownOption(choices="、".join(option.label for option in options))
        return Accepted(chosen.value, chosen.shown, _notices(question, {chosen.value}))

    return read


def _reads_several(question: ConditionQuestion) -> Reader:
    """Every option that is named anywhere in the sentence, by its number, label, or a word for it."""

    def read(text: str, reading: Reading) -> Accepted:
        chosen = [one for at, one in enumerate(question.options, 1) if _is_named(one, at, text)]
        if not chosen:
            raise UnknownOption(choices="、".join(option.label for option in question.options))
        codes = {option.code for option in chosen}
        shown = "、".join(option.label for option in chosen)
        return Accepted(SEVERAL.join(option.code for option in chosen), shown, _notices(question, codes))

    return read


def _is_named(option: ConditionOption, number: int, text: str) -> bool:
    pieces = _BETWEEN.split(text.strip().strip("。"))
    digits = pieces[0] if len(pieces) == 1 and pieces[0].isdecimal() else ""
    if str(number) in pieces or (len(digits) > 1 and str(number) in digits):
        return True
    return option.code in pieces or any(word in text for word in (option.label, *option.aliases))


def _notices(question: ConditionQuestion, codes: set[str]) -> tuple[Say, ...]:
    told = [option.notice for option in question.options if option.code in codes and option.notice]
    return tuple(Say(notice, {"label": question.label}) for notice in told)


def _year(text: str, reading: Reading) -> Accepted:
    digits = text.strip().removesuffix("年")
    if not (digits.isdecimal() and len(digits) == 4 and 1970 <= int(digits) <= reading.ctx.today.year):
        raise MonthWrong
    return Accepted(str(int(digits)))


def _document_no(text: str, reading: Reading) -> Accepted:
    """The number printed on a permit: letters, digits, perhaps a character; never a sentence."""
    plain = _LED_IN.sub("", text.strip().strip("。")).replace(" ", "")
    if not _DOCUMENT.fullmatch(plain) or sum(one.isdecimal() for one in plain) < 4:
        raise DocumentNumberWrong
    return Accepted(plain.upper())


def _reads_day(check: DayCheck) -> Reader:
    def read(text: str, reading: Reading) -> Accepted:
        day = read_day(text, today=reading.ctx.today)
        return Accepted(day.isoformat(), shown_day(day), _CHECKS[check](day, reading))

    return read


def read_told_day(check: Check, text: str, ctx: InterviewContext) -> str:
    """The day or month of a condition of the self-check, as it is stored; raises a refusal that says what is wrong."""
    if check.kind is CheckKind.CONTRACT_END:
        return OPEN if is_open_word(text) else str(read_month(text, today=ctx.today))
    day = read_day(text, today=ctx.today)
    if check.kind is CheckKind.LEFT_ON and day > ctx.today:
        raise DayInFuture
    return day.isoformat()


def _nothing(day: date, reading: Reading) -> tuple[Say, ...]:
    return ()


def _left(day: date, reading: Reading) -> tuple[Say, ...]:
    """EMPLOYER: the new employer files within so many days of leaving; raises `DayInFuture`."""
    ctx = reading.ctx
    if day > ctx.today:
        raise DayInFuture
    within = ctx.catalogue.reminders.leave_employer_d
    left = days_to_file(day, today=ctx.today, within_d=within)
    return (
        (Say("days_left_to_file", {"left": left, "within": within}),)
        if left >= 0
        else (Say("left_too_long_ago", {"days": -left, "within": within}),)
    )


def _permit_end(day: date, reading: Reading) -> tuple[Say, ...]:
    """RENEW: the window and the contract's length, both of the district; they warn and never block."""
    rule = renewal_rule(reading.ctx)
    where, left = window(rule, ends_on=day, today=reading.ctx.today)
    say: list[Say] = []
    if where is Window.TOO_EARLY:
        say.append(Say("renewal_too_early", {"left": left, "before": rule.before_d}))
    elif where is Window.PAST:
        say.append(Say("renewal_past", {"days": -left, "after": rule.after_d or ""}))
    return (*say, *contract_warning(reading.draft, reading.ctx))


def contract_warning(draft: Draft, ctx: InterviewContext) -> tuple[Say, ...]:
    """Whether the contract that was told runs long enough for a renewal; nothing while none is told."""
    rule = renewal_rule(ctx)
    job = present_job(draft.rows("work")) or {}
    end = job.get("end", "")
    if not end or end == OPEN:
        return ()
    left = months_left(Month.parse(end), today=ctx.today)
    return (
        (Say("contract_too_short", {"left": max(left, 0), "needed": rule.contract_months}),)
        if (left < rule.contract_months)
        else ()
    )


def renewal_rule(ctx: InterviewContext) -> RenewalRule:
    """The rule of the employer's district; the common one while no employer is chosen."""
    employer = chosen_employer(ctx)
    try:
        code = read_district(employer.district, ctx.catalogue.districts).code if employer else ""
    except UnknownOption:
        code = ""
    return ctx.catalogue.renewals.rule_of(code)


_CHECKS: Final = {DayCheck.NONE: _nothing, DayCheck.LEFT_EMPLOYER: _left, DayCheck.PERMIT_END: _permit_end}
