"""What the lists of schools and jobs tell: order, gaps, highest education, first and present job (F29–F36)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

from backend.domain.enums import DEGREE_OF_LEVEL, LEVELS, REGIONS_OUTSIDE
from backend.domain.months import OPEN, Month, Period, uncovered

Row = Mapping[str, str]
UNEMPLOYED: Final = "待业"
HIGH_SCHOOL: Final = "高中及以下"
FULL_TIME: Final = frozenset({"全日制学生", "留学"})
_HIGH_SCHOOL_WORDS: Final = (
    "高中",
    "中学",
    "附中",
    "一中",
    "二中",
    "三中",
    "实验中",
    "中专",
    "职高",
    "技校",
    "职业高",
    "中等专业",
    "技工学校",
    "卫校",
    "师范学校",
)
_COLLEGE_WORDS: Final = ("职业技术学院", "职业学院", "专科学校", "高等专科", "职业大学")
_LETTERED: Final = tuple("一二三四五六七八九十")


@dataclass(frozen=True)
class Gap:
    """Whole months without work; `months` is more than the threshold."""

    period: Period

    @property
    def months(self) -> int:
        return self.period.months


def month_of(row: Row, name: str) -> Month | None:
    """The month stored in a row; None when it is missing or open."""
    stored = row.get(name, "")
    return Month.parse(stored) if stored and stored != OPEN else None


def in_order(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Rows with a start by start and end, the others after them as they were told."""
    dated = [row for row in rows if row.get("start")]
    return (
        *sorted(dated, key=lambda row: (row["start"], row.get("end", ""))),
        *(r for r in rows if not r.get("start")),
    )


def is_high_school(row: Row) -> bool:
    """By its level when it is told, else by the school's name."""
    if row.get("level"):
        return row["level"] == HIGH_SCHOOL
    school = row.get("school", "")
    if "大学" in school and "附" not in school:
        return False
    short = len(school) >= 2 and school.endswith("中") and (school[-2] in _LETTERED or len(school) <= 6)
    return any(word in school for word in _HIGH_SCHOOL_WORDS) or short


def with_proposals(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Education rows with level, study identity, country and a high school's major filled in where missing.

    These are proposals: they are shown in the summary and kept once the applicant says yes.
    """
    proposed: list[Row] = []
    highest = HIGH_SCHOOL
    for row in in_order(rows):
        level = row.get("level") or _level_after(highest, row)
        highest = max(highest, level, key=LEVELS.index)
        country = row.get("country") or "中国"
        identity = row.get("study_identity") or ("留学" if country != "中国" else "全日制学生")
        major = row.get("major") or ("无" if level == HIGH_SCHOOL else "")
        proposed.append({**row, "level": level, "country": country, "study_identity": identity, "major": major})
    return tuple(proposed)


def _level_after(highest: str, row: Row) -> str:
    """The level of a school without one: by its name, then one step up from what came before it."""
    if is_high_school(row):
        return HIGH_SCHOOL
    if any(word in row.get("school", "") for word in _COLLEGE_WORDS):
        return "大专"
    return LEVELS[min(max(LEVELS.index(highest) + 1, LEVELS.index("本科")), len(LEVELS) - 1)]


def highest_education(rows: Sequence[Row]) -> Row | None:
    """The entry of the highest level; of equals the later one. It carries `degree`, which follows from the level."""
    proposed = with_proposals(rows)
    if not proposed:
        return None
    best = max(proposed, key=lambda row: (LEVELS.index(row["level"]), row.get("end", "")))
    return {**best, "degree": DEGREE_OF_LEVEL[best["level"]]}


def education_kind(rows: Sequence[Row]) -> str:
    """C_EDU of the highest entry: domestic, domestic_part_time, hk_mo_tw, abroad; empty when nothing is told."""
    best = highest_education(rows)
    if best is None:
        return ""
    if best["country"] in REGIONS_OUTSIDE:
        return "hk_mo_tw"
    if best["country"] != "中国" or best["study_identity"] == "留学":
        return "abroad"
    return "domestic" if best["study_identity"] == "全日制学生" else "domestic_part_time"


def graduation(education: Sequence[Row]) -> Month | None:
    """The end of the last full-time study (high school counts when nothing follows)."""
    ends = [
        end for row in with_proposals(education) if row["study_identity"] in FULL_TIME and (end := month_of(row, "end"))
    ]
    return max(ends, default=None)


def _periods(rows: Sequence[Row], *, until: Month) -> list[Period]:
    found = []
    for row in rows:
        start, end = month_of(row, "start"), until if row.get("end") == OPEN else month_of(row, "end")
        if start and end and end >= start:
            found.append(Period(start, end))
    return found


def gaps(work: Sequence[Row], education: Sequence[Row], *, today: date, more_than: int) -> tuple[Gap, ...]:
    """Runs of more than `more_than` whole months without work before a later job (F34).

    They are counted from the month after graduation; a job held at the time, or full-time study, covers its months.
    """
    jobs = sorted(_periods(work, until=Month.of(today)))
    if not jobs:
        return ()
    graduated = graduation(education)
    since = jobs[0].start if graduated is None else min(graduated.plus(1), jobs[0].start)
    studies = [row for row in with_proposals(education) if row["study_identity"] in FULL_TIME]
    covered = [*jobs, *_periods(studies, until=Month.of(today))]
    free = (period for period in uncovered(covered, since=since) if period.start < jobs[-1].start)
    return tuple(Gap(period) for period in free if period.months > more_than)


def fill_gap(work: Sequence[Row], gap: Period) -> tuple[Row, ...]:
    """The list with a 待业 entry over exactly the gap's months."""
    entry = {
        "employer": UNEMPLOYED,
        "job": "无",
        "start": str(gap.start),
        "end": str(gap.end),
        "place": "无",
    }
    return in_order([*work, entry])


def has_present_job(work: Sequence[Row], *, today: date) -> bool:
    """Whether some job is open-ended or ends in this month or later."""
    return any(row.get("end") == OPEN or row.get("end", "") >= str(Month.of(today)) for row in work if _is_job(row))


def present_job(work: Sequence[Row]) -> Row | None:
    """The last job in order; 待业 is none."""
    jobs = [row for row in in_order(work) if _is_job(row) and row.get("start")]
    return jobs[-1] if jobs else None


def work_start(work: Sequence[Row]) -> str:
    """The first month of work (参加工作时间), as stored; empty when nothing is told."""
    return min((row["start"] for row in work if _is_job(row) and row.get("start")), default="")


def _is_job(row: Row) -> bool:
    return row.get("employer") != UNEMPLOYED


def breaks_in_education(rows: Sequence[Row], *, more_than: int) -> tuple[Period, ...]:
    """Runs of more than `more_than` months between two schools (a warning only)."""
    periods = sorted(_periods(rows, until=Month(2199, 12)))
    if not periods:
        return ()
    return tuple(gap for gap in uncovered(periods, since=periods[0].start) if gap.months > more_than)


def overlapping(rows: Sequence[Row]) -> bool:
    """Whether two full-time studies share months (a warning; only part-time study may overlap)."""
    periods = sorted(
        _periods([row for row in with_proposals(rows) if row["study_identity"] in FULL_TIME], until=Month(2199, 12))
    )
    return any(later.start < earlier.end for earlier, later in pairwise(periods))
