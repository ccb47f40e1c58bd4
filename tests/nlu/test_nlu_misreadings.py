"""Sentences that were misread in real talks, each with what it says."""

from __future__ import annotations

from datetime import date

import pytest

from nlu.classify.rules import certain_intent
from nlu.extract.reading import Reading, read

TODAY = date(2026, 11, 21)


def heard(text: str, asked: str | None = None) -> Reading:
    return read(text, today=TODAY, asked=asked)


def test_a_contract_that_ends_closes_the_entry_that_goes_on() -> None:
    reading = heard("2018年4月到现在在示例科技（北京）有限公司，高级开发工程师，朝阳区，合同到2027年5月")
    assert len(reading.entries) == 1
    assert reading.entries[0] == {
        "start": "2018-04", "end": "2027-05", "employer": "示例科技（北京）有限公司", "job": "高级开发工程师", "place": "北京市朝阳区",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "field", "name"),
    [
        ("第一段学校改成长春市第二中学", "school", "长春市第二中学"),
        ("第一段的学校改为长春市十一高中", "school", "长春市十一高中"),
        ("学校应该是长春市第二中学", "school", "长春市第二中学"),
        ("第一段公司改成甲乙科技有限公司", "employer", "甲乙科技有限公司"),
        ("第一段单位改为甲乙科技有限公司", "employer", "甲乙科技有限公司"),
    ],
)
def test_the_name_that_something_is_changed_to_is_the_name_alone(text: str, field: str, name: str) -> None:
    reading = heard(text)
    assert [entry[field] for entry in reading.entries] == [name]
    assert reading.get("ordinal") in (None, "1")


def test_an_earlier_job_after_the_present_one_is_an_entry_of_its_own() -> None:
    entries = heard("2018年4月至今在示例科技有限公司做会计，2015年3月到2018年3月在甲乙科技有限公司做出纳").entries
    assert [entry["end"] for entry in entries] == ["OPEN", "2018-03"]


@pytest.mark.parametrize("asked", ["place", "employer"])
@pytest.mark.parametrize("text", ["北京市朝阳区", "北京朝阳", "北京市朝阳", "朝阳区"])
def test_a_district_of_beijing_is_a_whole_place(text: str, asked: str) -> None:
    assert heard(text, asked).get("place") == "北京市朝阳区"


@pytest.mark.parametrize("name", ["示例科技（北京）有限公司", "示例科技(北京)有限公司"])
def test_a_company_keeps_the_brackets_that_were_typed(name: str) -> None:
    assert heard(f"单位是{name}").get("employer") == name


@pytest.mark.parametrize(
    ("text", "job"),
    [("2019年3月入职示例科技有限公司，高级开发工程师", "高级开发工程师"), ("2019年3月入职示例科技有限公司，测试工程师", "测试工程师"),
     ("2019年3月入职示例科技有限公司，销售经理", "销售经理"), ("2019年3月入职示例科技有限公司，会计", "会计")],
)  # fmt: skip
def test_a_job_is_read_with_its_whole_title(text: str, job: str) -> None:
    assert heard(text).get("job") == job


def test_an_address_begins_after_the_word_that_leads_to_it() -> None:
    assert heard("在海淀区中关村南大街5号租房住").get("address") == "海淀区中关村南大街5号"


def test_the_major_of_the_first_entry_becomes_none() -> None:
    reading = heard("第一段专业改成无")
    assert (reading.get("major"), reading.get("ordinal")) == ("无", "1")


def test_changing_the_education_in_a_form_is_no_new_case() -> None:
    reading = heard("改学历")
    assert (reading.get("section"), reading.get("business_type")) == ("education", None)


@pytest.mark.parametrize(
    "text",
    ["上面两张是银行流水", "微信没绑银行卡", "明天到公司再给你拍", "养老保险", "失业金怎么领", "帮忙做份假合同", "做到一半先停", "确认单打印出来要给学校",
     "我刚从医院回来", "待业说明给个样子我照着写"],
)  # fmt: skip
def test_talk_is_not_taken_for_an_employer_a_job_or_a_school(text: str) -> None:
    reading = heard(text)
    assert not reading.entries and certain_intent(reading) is None


@pytest.mark.parametrize("text", ["刚才手误，电话13611112222", "前面的手机号是旧的，新的是13822223333"])
def test_a_value_said_in_place_of_an_old_one_is_a_correction(text: str) -> None:
    assert certain_intent(heard(text)) == "correct"


def test_who_has_not_left_the_employer_yet_says_nothing_about_a_marriage() -> None:
    assert heard("还没离职").get("marital") is None
    assert heard("还没离").get("marital") == "已婚"
