"""The annotated sentences of the specification: several facts, several entries in one message."""

from __future__ import annotations

from datetime import date

import pytest

from nlu.extract.reading import read

TODAY = date(2026, 11, 21)


def entries(text: str, asked: str | None = None) -> tuple[dict[str, str], ...]:
    return read(text, today=TODAY, asked=asked).entries


def test_two_schools_in_one_sentence_are_two_entries() -> None:
    first, second = entries("03-06年高中，06-10年吉大软件工程本科，全日制")
    assert first == {"start": "2003", "end": "2006", "level": "高中", "major": "无"}
    assert second == {
        "start": "2006", "end": "2010", "school": "吉林大学", "major": "软件工程", "level": "本科", "study_identity": "全日制学生",
    }


def test_a_year_without_a_month_stays_a_year_and_proposes_september_and_june() -> None:
    values = {v.field: v for v in read("06-10年吉大本科", today=TODAY).values}
    assert (values["start"].value, values["start"].guess) == ("2006", "2006-09")
    assert (values["end"].value, values["end"].guess) == ("2010", "2010-06")


def test_level_school_major_and_months_are_read_from_one_line() -> None:
    assert entries("本科吉林大学，计算机，2006.9-2010.6") == (
        {"level": "本科", "school": "吉林大学", "major": "计算机", "start": "2006-09", "end": "2010-06"},
    )


def test_a_school_abroad_brings_its_country_and_studying_abroad() -> None:
    assert entries("硕士在英国读的，曼彻斯特大学，2012.9到2013.11，专业金融") == (
        {"level": "硕士研究生", "country": "英国", "study_identity": "留学", "school": "曼彻斯特大学", "start": "2012-09",
         "end": "2013-11", "major": "金融"},
    )


def test_leaving_one_job_and_starting_the_next_are_two_entries() -> None:
    assert entries("2013年8月离职，2014年3月才入职下一家") == ({"end": "2013-08"}, {"start": "2014-03"})


def test_the_contract_s_last_month_is_the_end_of_the_current_job() -> None:
    assert entries("现在在示例控股，2018年4月入职的，合同到2027年5月") == (
        {"employer": "示例控股", "start": "2018-04", "end": "2027-05"},
    )


def test_two_addresses_with_a_full_width_separator_are_one_list() -> None:
    assert read("邮箱发两个吧 a@qq.com；b@163.com", today=TODAY).get("emails") == "a@qq.com;b@163.com"


def test_a_company_invoice_with_its_tax_number() -> None:
    reading = read("开公司抬头，税号91110108551385082Q", today=TODAY)
    assert (reading.get("need_invoice"), reading.get("title_type"), reading.get("tax_no"), reading.get("invoice_title")) == (
        "yes", "单位", "91110108551385082Q", None,
    )


def test_what_is_denied_is_not_read() -> None:
    assert read("不是续签，是换单位", today=TODAY).all("business_type") == ("EMPLOYER",)
    assert read("我不是已婚，离异的", today=TODAY).all("marital") == ("离婚",)


def test_wednesday_is_the_next_one() -> None:
    reading = read("约周三上午", today=TODAY)
    assert (reading.get("date"), reading.get("half_day")) == ("2026-11-25", "AM")


def test_wednesday_said_on_a_wednesday_is_asked_back() -> None:
    days = [v for v in read("约周三上午", today=date(2026, 11, 25)).values if v.field == "date"]
    assert [(v.value, v.confirm) for v in days] == [("2026-12-02", True)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我2010年9月到2013年6月在长春十一高读的高中", [{"start": "2010-09", "end": "2013-06", "school": "长春十一高", "level": "高中", "major": "无"}]),
        ("2006年上的大学，2010毕业，学校是吉林大学，专业软件工程，统招的",
         [{"start": "2006", "end": "2010", "school": "吉林大学", "major": "软件工程", "study_identity": "全日制学生"}]),
        ("先在大连理工读的本科08级，12年毕业，机械，后来12-15在清华读硕",
         [{"school": "大连理工大学", "level": "本科", "start": "2008", "end": "2012", "major": "机械"},
          {"start": "2012", "end": "2015", "school": "清华大学", "level": "硕士研究生"}]),
        ("自考本科 北京师范大学 汉语言文学 2015年6月拿的证",
         [{"study_identity": "自学考试", "level": "本科", "school": "北京师范大学", "major": "汉语言文学", "end": "2015-06"}]),
        ("香港中文大学 2013年9月-2014年11月 经济学 全日制",
         [{"country": "中国香港", "school": "香港中文大学", "start": "2013-09", "end": "2014-11", "major": "经济学", "study_identity": "全日制学生"}]),
        ("2010年7月到2013年8月在北京用友做java开发",
         [{"start": "2010-07", "end": "2013-08", "place": "北京", "employer": "北京用友", "job": "java开发"}]),
    ],
)
def test_histories_as_people_write_them(text: str, expected: list[dict[str, str]]) -> None:
    assert list(entries(text)) == expected


@pytest.mark.parametrize(
    "question",
    ["高中也要填吗", "高中专业填啥", "我初中也要填吗", "创业过，算单位吗", "岗位写“经理”行吗", "毕业后考研那一年没工作怎么填", "入职刚8个月，够不够",
     "没有学位证能办不", "还有前面几段太久了能不填吗", "公司在延庆，条件跟海淀一样吗", "自由职业怎么写", "学校要写全称吗"],
)
def test_a_question_is_no_school_company_or_job(question: str) -> None:
    assert entries(question) == ()


@pytest.mark.parametrize(
    ("text", "asked", "field", "value"),
    [("延庆", "place", "place", "北京市延庆区"), ("汉", "ethnicity", "ethnicity", "汉族"), ("机械", "major", "major", "机械"), ("没有", "title", "title", "无"),
     ("100020", "postcode", "postcode", "100020"), ("2013年6月", "end", "end", "2013-06"), ("经理", "job", "job", "经理"),
     ("清华大学", "employer", "employer", "清华大学")],
)
def test_a_bare_answer_is_read_in_the_light_of_the_question(text: str, asked: str, field: str, value: str) -> None:
    assert read(text, today=TODAY, asked=asked).get(field) == value
