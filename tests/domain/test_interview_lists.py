"""The talk about schools and jobs: entries, months, gaps, what is proposed and what is refused."""

from __future__ import annotations

import pytest

from backend.domain.case_facts import case_facts, case_requirements, told_once
from backend.domain.talk import (
    AddEntry,
    FinishSection,
    RemoveEntry,
)
from tests.domain.talking import (
    COMPANY,
    FIRST_JOB,
    HIGH_SCHOOL,
    PRESENT_JOB,
    UNIVERSITY,
    a_talk_until,
)


def test_personal_fields_follow_from_the_lists_of_schools_and_jobs() -> None:
    talk = a_talk_until("conditions")
    assert told_once(talk.draft) == {
        "education_level": "本科",
        "degree": "学士",
        "major": "软件工程",
        "position": "后端开发",
        "work_start": "2012-07",
        "joined_on": "2018-04",
        "contract_end": "2027-05",
    }


@pytest.mark.parametrize("text", ["我初中也要填吗", "谢谢", "烦死了", "为什么要填这个"])
def test_talk_is_refused_where_a_school_is_asked(text: str) -> None:
    talk = a_talk_until("education")
    talk.tell(text)
    assert not talk.said[0].startswith("saved")
    assert not any(row.get("school") for row in talk.draft.rows("education"))


def test_two_schools_in_one_sentence_fill_two_entries() -> None:
    talk = a_talk_until("education")
    talk.entries(HIGH_SCHOOL, UNIVERSITY)
    assert talk.ask.field == "education_confirm"
    assert "长春市第十一高中 无 高中及以下 全日制学生 中国" in talk.ask.facts["summary"]


def test_only_what_is_missing_of_an_entry_is_asked() -> None:
    talk = a_talk_until("education")
    talk.entries(HIGH_SCHOOL)
    talk.tell(school="吉林大学", major="计算机", start="2006-09")
    assert (talk.ask.field, talk.ask.group, talk.ask.index) == ("end", ("end",), 1)
    talk.tell("2012年6月")
    assert talk.ask.field == "education_confirm"


def test_a_year_alone_asks_for_the_month() -> None:
    talk = a_talk_until("education")
    talk.tell(school="长春市第十一高中", start="2003", end="2006-06")
    assert (talk.ask.field, talk.ask.facts["years"]) == ("start", "2003年几月")


def test_an_end_before_the_start_is_refused_and_the_rest_is_kept() -> None:
    talk = a_talk_until("education")
    talk.tell(school="长春市第十一高中", start="2006-09", end="2003-06")
    assert "end_before_start" in talk.said
    assert talk.ask.group == ("end",)
    assert talk.draft.rows("education")[0]["start"] == "2006-09"


def test_proposals_become_answers_only_with_the_confirmation() -> None:
    talk = a_talk_until("education")
    talk.entries(HIGH_SCHOOL, UNIVERSITY)
    assert "country" not in talk.draft.rows("education")[0]
    talk.tap("yes")
    assert talk.draft.rows("education")[0]["major"] == "无"
    assert talk.draft.rows("education")[1]["study_identity"] == "全日制学生"


def test_studies_abroad_are_proposed_as_such_and_need_their_certificate() -> None:
    talk = a_talk_until("education")
    master = {"school": "曼彻斯特大学", "start": "2012-09", "end": "2013-11", "major": "金融", "country": "英国"}
    talk.entries(HIGH_SCHOOL, UNIVERSITY, master)
    talk.tap("yes")
    assert talk.draft.rows("education")[2]["study_identity"] == "留学"
    needed = {one.code for one in case_requirements(talk.draft, talk.ctx) if one.required}
    assert "ED06" in needed
    assert "ED03" not in needed


def test_schools_told_out_of_order_are_put_in_order_and_high_school_is_asked_for() -> None:
    talk = a_talk_until("education")
    talk.entries(UNIVERSITY)
    assert talk.ask.facts["wanted"] == "high_school"
    talk.entries(HIGH_SCHOOL)
    assert [row["school"] for row in talk.draft.rows("education")] == [HIGH_SCHOOL["school"], UNIVERSITY["school"]]


def test_high_school_can_be_left_out_with_a_warning() -> None:
    talk = a_talk_until("education")
    talk.entries(UNIVERSITY)
    talk.do(FinishSection())
    assert talk.said == ["high_school_missing"]
    assert talk.ask.field == "education_confirm"


def test_more_entries_can_be_added_and_removed() -> None:
    talk = a_talk_until("work")
    talk.entries(FIRST_JOB, PRESENT_JOB)
    talk.do(AddEntry())
    assert talk.ask.index == 2
    talk.do(RemoveEntry(2))
    assert talk.said == ["entry_removed"]
    talk.do(RemoveEntry(0))
    assert [row["employer"] for row in talk.draft.rows("work")] == [PRESENT_JOB["employer"]]
    talk.do(RemoveEntry(7))
    assert talk.said == ["no_such_entry"]


def test_a_gap_of_six_months_proposes_unemployment_with_its_exact_months() -> None:
    talk = a_talk_until("work")
    talk.entries({**FIRST_JOB, "end": "2017-08"}, {**PRESENT_JOB, "start": "2018-03"})
    assert talk.ask.field == "gap"
    assert (talk.ask.facts["start"], talk.ask.facts["end"], talk.ask.facts["months"]) == ("2017年9月", "2018年2月", 6)
    talk.tap("yes")
    filled = talk.draft.rows("work")[1]
    assert (filled["employer"], filled["job"], filled["start"], filled["end"]) == ("待业", "无", "2017-09", "2018-02")
    assert talk.ask.field == "work_confirm"
    assert case_facts(talk.draft, talk.ctx)["C_GAP"] == "yes"


def test_a_gap_may_be_left() -> None:
    talk = a_talk_until("work")
    talk.entries({**FIRST_JOB, "end": "2017-08"}, {**PRESENT_JOB, "start": "2018-03"})
    talk.tell("不填")
    assert talk.said == ["gap_left"]
    assert talk.ask.field == "work_confirm"


def test_exactly_three_months_are_no_gap() -> None:
    talk = a_talk_until("work")
    talk.entries({**FIRST_JOB, "end": "2017-08"}, {**PRESENT_JOB, "start": "2017-12"})
    assert talk.ask.field == "work_confirm"


def test_an_open_ended_contract_gets_a_proposed_end() -> None:
    talk = a_talk_until("work")
    talk.entries(FIRST_JOB, {**PRESENT_JOB, "end": "OPEN"})
    assert talk.ask.field == "open_end"
    assert talk.ask.facts["proposed"] == "2045年5月"
    talk.tap("yes")
    assert talk.draft.rows("work")[1]["end"] == "2045-05"


def test_the_proposed_end_can_be_replaced_but_not_beyond_retirement() -> None:
    talk = a_talk_until("work")
    talk.entries(FIRST_JOB, {**PRESENT_JOB, "end": "OPEN"})
    talk.tap("no")
    assert talk.ask.group == ("end",)
    talk.tell("2060年1月")
    assert talk.said == ["after_retirement"]
    talk.tell("2030年1月")
    assert talk.draft.rows("work")[1]["end"] == "2030-01"


def test_a_short_form_of_the_company_becomes_its_full_name() -> None:
    talk = a_talk_until("work")
    talk.entries(FIRST_JOB, {**PRESENT_JOB, "employer": "示例控股"})
    assert talk.draft.rows("work")[1]["employer"] == COMPANY.name


def test_another_last_employer_is_a_warning() -> None:
    talk = a_talk_until("work")
    talk.entries(FIRST_JOB, {**PRESENT_JOB, "employer": "别的科技有限公司"})
    assert "last_employer_differs" in talk.said
    assert talk.ask.field == "work_confirm"


def test_work_before_the_sixteenth_birthday_is_refused() -> None:
    talk = a_talk_until("work")
    talk.tell(employer="某某有限公司", job="学徒", start="2004-01", end="2005-01", place="长春市")
    assert "too_young" in talk.said


def test_a_range_of_months_fills_both_even_when_one_is_asked() -> None:
    talk = a_talk_until("education")
    talk.tell(school="长春市第十一高中")
    assert talk.ask.group == ("start",)
    talk.tell("2003.9-2006.6")
    row = talk.draft.rows("education")[0]
    assert (row["start"], row["end"]) == ("2003-09", "2006-06")
