"""Months, years and spans of them as people write them: 2006.9-2010.6, 08级, 去年六月, 至今."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from nlu.extract.numbers import chinese_digits, chinese_number

OPEN: Final = "OPEN"


@dataclass(frozen=True)
class Moment:
    """A year, perhaps with month and day; `open` means 至今. `said_year` is False when the year was supplied by us."""

    start: int
    end: int
    year: int = 0
    month: int | None = None
    day: int | None = None
    open: bool = False
    relative: bool = False
    said_year: bool = True
    cohort: bool = False
    leaving: bool = False

    def as_month(self) -> str:
        if self.open:
            return OPEN
        return f"{self.year:04d}-{self.month:02d}" if self.month else f"{self.year:04d}"

    def as_date(self) -> str:
        return f"{self.year:04d}-{self.month or 1:02d}-{self.day or 1:02d}"


@dataclass(frozen=True)
class Span:
    """A moment, or a first and last one written as a range."""

    first: Moment
    last: Moment | None = None

    @property
    def start(self) -> int:
        return self.first.start

    @property
    def end(self) -> int:
        return (self.last or self.first).end


_CN: Final = "零〇一二三四五六七八九"
_YEAR4: Final = rf"(?:19[5-9]\d|20[0-6]\d|(?:一九|二[零〇])[{_CN}]{{2}})"
_YEAR2: Final = rf"(?:\d\d|[{_CN}]{{2}})"
_MONTH: Final = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
DAY_NUMBER: Final = r"(?:3[01]|[12]\d|0?[1-9]|三十一?|二十[一二三四五六七八九]?|十[一二三四五六七八九]?|[一二三四五六七八九])"
_NO_LENGTH: Final = r"(?!以?[上下内]|左右|多|[个整]?工作?经[验历]|期|限|[的了]?合同|来|前|后|间)"
_ENGLISH_MONTH: Final = "(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_BEFORE: Final = r"(?<![0-9A-Za-z.@])"

_FORMS: Final = tuple(
    re.compile(form)
    for form in (
        rf"{_BEFORE}(?P<y>{_YEAR4})\s?年\s?(?P<m>{_MONTH})\s?月份?\s?(?P<d>{DAY_NUMBER})\s?[日号]?(?!\d)",
        rf"{_BEFORE}(?P<y>{_YEAR4})(?P<sep>[./-])(?P<m>{_MONTH})(?P=sep)(?P<d>{DAY_NUMBER})[日号]?(?![\d.])",
        rf"{_BEFORE}(?P<y>{_YEAR4})\s?年的?\s?(?P<m>{_MONTH})\s?(?:月份?|(?=\s?[-~到至,。;]|$))(?!\d)",
        rf"{_BEFORE}(?P<y>{_YEAR4})\s?[./-]\s?(?P<m>1[0-2]|0?[1-9])(?:月份?)?(?![\d年级])",
        rf"{_BEFORE}(?P<y>(?:19[5-9]|20[0-6])\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?!\d)",
        rf"{_BEFORE}(?P<y>(?:19[5-9]|20[0-6])\d)(?P<m>0[1-9]|1[0-2])(?!\d)",
        rf"{_BEFORE}(?P<y>{_YEAR4})。(?P<m>1[0-2]|0?[1-9])(?:月份?)?(?![\d年级])",
        rf"{_BEFORE}(?P<y>{_YEAR4})\s(?P<m>1[0-2]|0?[1-9])月?(?![\d年])",
        rf"{_BEFORE}(?P<y>{_YEAR4})\s?年?(?P<season>[春夏秋冬])(?:季|天)?",
        rf"{_BEFORE}(?P<y>{_YEAR2})年(?P<season>[春夏秋冬])(?:季|天)?",
        rf"{_BEFORE}(?P<y>{_YEAR4})年(?P<part>年?[底末初])",
        rf"{_BEFORE}(?P<y>{_YEAR4})\s?(?:年(?!\s?\d{{2}}月)份?|(?P<cohort>级)|(?P<leaving>届)|(?![\d.年%％个人元号]))",
        rf"{_BEFORE}(?P<y>{_YEAR2})\s?年的?\s?(?P<m>{_MONTH})\s?月份?(?:(?P<d>{DAY_NUMBER})[日号])?(?!\d)",
        rf"(?<![0-9A-Za-z.@了满共近超有约满干于])(?P<y>{_YEAR2})\s?(?:年{_NO_LENGTH}|(?P<cohort>级)|(?P<leaving>届))",
        rf"(?P<rel>大前年|前年|去年|上年|今年|本年|明年|后年)的?\s?(?:(?P<m>{_MONTH})\s?月份?(?:(?P<d>{DAY_NUMBER})[日号])?|(?P<part>年?[底末初]|上半年|下半年|暑假|夏天))?",
        r"(?P<relm>上上个?月|上个?月|这个?月|本月|当月|下个?月)(?!底?前)(?:(?P<d>%s)[日号])?" % DAY_NUMBER,
        rf"{_BEFORE}(?P<m>1[0-2]|0?[1-9])[./](?P<y>(?:19[5-9]|20[0-6])\d)(?!\d)",
        rf"(?<![\d个十一二三四五六七八九])(?P<m>{_MONTH})\s?月份?(?:左右|前后|吧)?[,，]?\s?(?P<y>{_YEAR4})年",
        rf"(?P<english>{_ENGLISH_MONTH})[a-z]*\.?,?\s?(?P<y>(?:19[5-9]|20[0-6])\d)(?!\d)",
        rf"(?<![\d个十一二三四五六七八九])(?P<m>{_MONTH})\s?月份?\s?(?:(?P<d>{DAY_NUMBER})\s?[日号]?)?(?![\d个])",
        r"(?P<open>至今|到现在|到目前|到今天?|迄今|直到现在|一直到现在|无固定期限|无固定期|长期合同)",
    )
)
_IS_BARE_MONTH: Final = re.compile(rf"{_MONTH}\s?月份?\s?")
_SAME_MOMENT: Final = re.compile(r"[^\d,。;到至-]{0,4}[,。]?\s?(?:是|大概|大约|好像|应该是?|具体是?)?")
_CLAUSE_ENDS: Final = re.compile(r"(?:左右|前后|吧|的|那会儿?)*\s?(?:$|[,。;])")
_SEPARATOR: Final = re.compile(r"\s?(?:-|~|至|到|一直到|直到|,?然后到)\s?")
_OPEN_END: Final = re.compile(r"(?:至?今(?!年)|现在|目前|当前|如今|这会儿|present|now)", re.IGNORECASE)
_STUDY_OR_WORK: Final = r"\s?(?:年|级|在|读|于|上|就读|念|[\u4e00-\u9fff]{2,12}(?:大学|学院|中学|高中|公司|集团)|本科|硕士|博士|大专|专科|高中|研究生|大学)"
_YEARS_2: Final = re.compile(rf"{_BEFORE}(?P<a>\d\d)\s?年?\s?[-~到至]\s?(?P<b>\d\d)(?!\d|\.\d|月|[日号])(?={_STUDY_OR_WORK}|\s|,|$)年?")
_YEARS_MIXED: Final = re.compile(rf"{_BEFORE}(?P<a>{_YEAR4})\s?年?\s?[-~到至]\s?(?P<b>{_YEAR4}|\d\d(?=年|级))(?![\d.]|年\d|-\d)年?")
_MONTHS_2: Final = re.compile(rf"{_BEFORE}(?P<a>\d\d)[./](?P<am>1[0-2]|0?[1-9])\s?[-~到至]\s?(?:(?P<b>\d\d)[./](?P<bm>1[0-2]|0?[1-9])(?![\d.])|(?P<now>至?今|现在|目前))")
# 0509-0807: September 2005 to July 2008.
_MONTHS_PACKED: Final = re.compile(rf"{_BEFORE}(?P<a>\d\d)(?P<am>0[1-9]|1[0-2])\s?[-~到至]\s?(?P<b>\d\d)(?P<bm>0[1-9]|1[0-2])(?![\d.室号楼])")
_SHORT_END: Final = re.compile(rf"(?P<y>\d\d)[./](?P<m>1[0-2]|0?[1-9])(?![\d.])|(?P<y2>\d\d)年(?!\d)|(?P<m2>{_MONTH})月份?(?![\d个])")
_YEARS_AGO: Final = {"大前年": -3, "前年": -2, "去年": -1, "上年": -1, "今年": 0, "本年": 0, "明年": 1, "后年": 2}
_MONTHS_AWAY: Final = {"上上": -2, "上": -1, "这": 0, "本": 0, "当": 0, "下": 1}
_ENGLISH_MONTHS: Final = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_SEASONS: Final = {"春": 3, "夏": 6, "秋": 9, "冬": 12}
_PARTS: Final = {"底": 12, "末": 12, "初": 1, "上半年": 6, "下半年": 9, "暑假": 7, "夏天": 7}


def read_spans(text: str, *, today: date) -> list[Span]:
    """All moments and ranges of `text`, left to right; they do not overlap."""
    spans: list[Span] = []
    at = 0
    while at < len(text):
        span = _span_at(text, at, today)
        if span is None:
            at += 1
            continue
        at = span.end
        if spans and (whole := _told_month(spans[-1], span, text)):
            spans[-1] = whole
        else:
            spans.append(span)
    return spans


def _told_month(before: Span, span: Span, text: str) -> Span | None:
    """11年秋天入学，9月份 and 2019年底，12月: a bare month tells which one of the year just said."""
    year, month = before.first, span.first
    if before.last or span.last or month.said_year or month.day or not month.month or month.open or not _IS_BARE_MONTH.fullmatch(text[month.start : month.end]):
        return None
    loosely = year.said_year and not year.open and year.day is None and (year.month is None or year.relative)
    if not loosely or not _SAME_MOMENT.fullmatch(text[year.end : month.start]) or not _CLAUSE_ENDS.match(text, month.end):
        return None
    return Span(replace(year, month=month.month, relative=False))


def full_year(two_digits: int, *, today: date) -> int:
    """08 → 2008, 85 → 1985: the century that is at most ten years ahead."""
    year = today.year // 100 * 100 + two_digits
    return year if year <= today.year + 10 else year - 100


def _span_at(text: str, at: int, today: date) -> Span | None:
    short = _two_digit_range(text, at, today)
    if short:
        return short
    first = _moment_at(text, at, today)
    if first is None:
        return None
    separator = _SEPARATOR.match(text, first.end)
    if separator and not first.open:
        last = _end_of_range(text, separator.end(), first, today)
        if last and _in_order(first, last):
            return Span(replace(first, year=last.year) if _borrows_year(first, last) else first, last)
    return Span(first)


def _borrows_year(first: Moment, last: Moment) -> bool:
    return not first.said_year and last.said_year and not last.open


def _in_order(first: Moment, last: Moment) -> bool:
    if last.open or not first.said_year:
        return True
    return (first.year, first.month or 1, first.day or 1) <= (last.year, last.month or 12, last.day or 31)


def _two_digit_range(text: str, at: int, today: date) -> Span | None:
    months = _MONTHS_2.match(text, at)
    if months:
        first = Moment(at, months.end("am"), full_year(int(months["a"]), today=today), int(months["am"]))
        if months["now"]:
            return Span(first, Moment(months.start("now"), months.end(), open=True))
        last = Moment(months.start("b"), months.end(), full_year(int(months["b"]), today=today), int(months["bm"]))
        return Span(first, last) if _in_order(first, last) else None
    packed = _MONTHS_PACKED.match(text, at)
    if packed:
        first = Moment(at, packed.end("am"), full_year(int(packed["a"]), today=today), int(packed["am"]))
        last = Moment(packed.start("b"), packed.end(), full_year(int(packed["b"]), today=today), int(packed["bm"]))
        return Span(first, last) if _in_order(first, last) and last.year <= today.year + 10 else None
    years = _YEARS_MIXED.match(text, at) or _YEARS_2.match(text, at)
    if not years:
        return None
    a, b = (_year(years[name], today) for name in ("a", "b"))
    if not a < b <= today.year + 10 or b - a > 45:
        return None
    return Span(Moment(at, years.end("a"), a), Moment(years.start("b"), years.end(), b))


def _end_of_range(text: str, at: int, first: Moment, today: date) -> Moment | None:
    now = _OPEN_END.match(text, at)
    if now:
        return Moment(at, now.end(), open=True)
    short = _SHORT_END.match(text, at)
    if short and short["m2"] and not _is_long_form(text, at):
        month = chinese_number(short["m2"]) or 1
        year = first.year + (1 if first.month and month < first.month else 0)
        return Moment(at, short.end(), year, month, said_year=first.said_year, relative=first.relative)
    if short and short["y"]:
        return Moment(at, short.end(), full_year(int(short["y"]), today=today), int(short["m"]))
    last = _moment_at(text, at, today)
    if last or not short or not short["y2"]:
        return last
    return Moment(at, short.end(), full_year(int(short["y2"]), today=today))


def _is_long_form(text: str, at: int) -> bool:
    return any(form.match(text, at) for form in _FORMS if "y" in form.groupindex)


def _moment_at(text: str, at: int, today: date) -> Moment | None:
    for form in _FORMS:
        found = form.match(text, at)
        if found:
            return _moment(found, today)
    return None


def _moment(found: re.Match[str], today: date) -> Moment | None:
    parts = found.groupdict()
    moment = Moment(found.start(), found.end())
    if parts.get("open"):
        return replace(moment, open=True)
    month = _month_said(parts)
    day = chinese_number(parts["d"]) if parts.get("d") else None
    if parts.get("rel"):
        part = (parts.get("part") or "").removeprefix("年")
        return replace(moment, year=today.year + _YEARS_AGO[parts["rel"]], month=month or _PARTS.get(part), day=day, relative=True)
    if parts.get("relm"):
        away = _MONTHS_AWAY[parts["relm"].rstrip("月").rstrip("个")]
        index = today.year * 12 + today.month - 1 + away
        return replace(moment, year=index // 12, month=index % 12 + 1, day=day, relative=True)
    if parts.get("y"):
        year = _year(parts["y"], today)
        loosely = bool(parts.get("season") or parts.get("part"))
        moment = replace(moment, year=year, month=month, day=day, relative=loosely, cohort=bool(parts.get("cohort")), leaving=bool(parts.get("leaving")))
        return moment if _exists(moment) and 1950 <= year <= today.year + 45 else None
    guessed = today.year if (month or 1) <= today.month else today.year - 1
    moment = replace(moment, year=guessed, month=month, day=day, said_year=False, relative=True)
    return moment if _exists(moment) else None


def _month_said(parts: dict[str, str | None]) -> int | None:
    """The month as a number, an English name, a season (秋 is September) or the end of the year."""
    if english := parts.get("english"):
        return _ENGLISH_MONTHS.index(english.lower()) + 1
    if season := parts.get("season"):
        return _SEASONS[season]
    if parts.get("y") and (part := parts.get("part")):
        return _PARTS[part.removeprefix("年")]
    said = parts.get("m")
    return chinese_number(said) if said else None


def _exists(moment: Moment) -> bool:
    if moment.day is None:
        return True
    try:
        date(moment.year, moment.month or 1, moment.day)
    except ValueError:
        return False
    return True


def _year(text: str, today: date) -> int:
    digits = chinese_digits(text)
    return int(digits) if len(digits) == 4 else full_year(int(digits), today=today)
