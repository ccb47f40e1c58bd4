"""Sentences with several facts, and exactly what must be read from each."""

from __future__ import annotations

from datetime import date

import pytest

from nlu.extract.reading import Reading, read

TODAY = date(2026, 11, 21)  # a Saturday


def told(text: str, asked: str | None = None) -> Reading:
    return read(text, today=TODAY, asked=asked)


def test_two_schools_in_years_are_two_entries_with_years_and_usual_months_as_guesses() -> None:
    reading = told("03-06年高中，06-10年吉大软件工程本科，全日制")
    assert reading.entries == (
        {"start": "2003", "end": "2006", "level": "高中", "major": "无"},
        {"start": "2006", "end": "2010", "school": "吉林大学", "major": "软件工程", "level": "本科", "study_identity": "全日制学生"},
    )
    assert [value.guess for value in reading.values if value.field in ("start", "end")] == ["2003-09", "2006-06", "2006-09", "2010-06"]


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("本科吉林大学，计算机，2006.9-2010.6",
         ({"level": "本科", "school": "吉林大学", "major": "计算机", "start": "2006-09", "end": "2010-06"},)),
        ("硕士在英国读的，曼彻斯特大学，2012.9到2013.11，专业金融",
         ({"level": "硕士研究生", "country": "英国", "study_identity": "留学", "school": "曼彻斯特大学", "start": "2012-09", "end": "2013-11", "major": "金融"},)),
        ("2013年8月离职，2014年3月才入职下一家", ({"end": "2013-08"}, {"start": "2014-03"})),
        ("现在在示例控股，2018年4月入职的，合同到2027年5月", ({"employer": "示例控股", "start": "2018-04", "end": "2027-05"},)),
    ],
)  # fmt: skip
def test_the_entries_of_a_history(text: str, entries: tuple[dict[str, str], ...]) -> None:
    assert told(text).entries == entries


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("邮箱发两个吧 a@qq.com；b@163.com", {"emails": "a@qq.com;b@163.com"}),
        ("开公司抬头，税号91110108551385082Q", {"need_invoice": "yes", "title_type": "单位", "tax_no": "91110108551385082Q"}),
        ("不是续签，是换单位", {"business_type": "EMPLOYER"}),
        ("约周三上午", {"date": "2026-11-25", "half_day": "AM"}),
    ],
)
def test_the_values_of_a_sentence(text: str, values: dict[str, str]) -> None:
    reading = told(text)
    assert {name: reading.get(name) for name in values} == values


@pytest.mark.parametrize(
    ("text", "asked", "field", "value", "inferred"),
    [
        ("去年六月", "start", "start", "2025-06", True),
        ("2025年6月", "start", "start", "2025-06", False),
        ("望京", "place", "place", "北京市朝阳区", True),
        ("延庆", "place", "place", "北京市延庆区", False),
        ("北京用友", "employer", "employer", "北京用友", False),
    ],
)
def test_what_is_concluded_is_marked_and_what_is_said_is_not(text: str, asked: str, field: str, value: str, inferred: bool) -> None:
    found = next(one for one in told(text, asked).values if one.field == field)
    assert (found.value, found.confirm) == (value, inferred)
