"""Years told without their months are kept; one short answer or one tap gives both months (F29, F30)."""

from __future__ import annotations

import pytest

from backend.domain.months import month_alone, months_alone
from tests.domain.talking import Talk, a_talk_until

HIGH_SCHOOL = {"start": "2003", "end": "2006", "level": "高中", "major": "无"}
UNIVERSITY = {
    "start": "2006",
    "end": "2010",
    "school": "吉林大学",
    "major": "软件工程",
    "level": "本科",
    "study_identity": "全日制学生",
}


def told_in_years() -> Talk:
    """03-06年高中，06-10年吉大软件工程本科，全日制."""
    talk = a_talk_until("education")
    talk.entries(HIGH_SCHOOL, UNIVERSITY)
    return talk


def test_of_two_schools_told_in_years_only_the_first_name_and_the_months_are_asked() -> None:
    talk = told_in_years()
    assert talk.ask.group == ("school",)
    talk.tell("长春市第十一高中")
    assert talk.ask.group == ("start", "end")
    assert talk.ask.facts["years"] == "2003年几月到2006年几月"
    talk.tell("9 6")
    assert talk.ask.facts["years"] == "2006年几月到2010年几月"
    talk.tell("9月到6月")
    assert talk.ask.field == "education_confirm"
    first, second = talk.draft.rows("education")
    assert (first["start"], first["end"]) == ("2003-09", "2006-06")
    assert (second["start"], second["end"], second["school"]) == ("2006-09", "2010-06", "吉林大学")


def test_the_usual_months_are_one_tap() -> None:
    talk = told_in_years()
    talk.tell("长春市第十一高中")
    assert [(one.value, one.label) for one in talk.ask.options] == [("9-6", "2003年9月到2006年6月")]
    talk.tap("9-6", "start")
    assert talk.draft.rows("education")[0] == {
        "school": "长春市第十一高中", "start": "2003-09", "end": "2006-06", "level": "高中及以下", "major": "无",
    }  # fmt: skip


def test_years_alone_are_an_answer_and_no_stumble() -> None:
    talk = a_talk_until("education")
    talk.tell(start="2003", end="2006")
    assert talk.said == ["saved_values"]
    assert talk.ask.group == ("school",)


def test_one_month_for_two_years_is_the_first_and_the_other_is_asked() -> None:
    talk = told_in_years()
    talk.tell("长春市第十一高中")
    talk.tell("九月")
    assert (talk.ask.group, talk.ask.facts["years"]) == (("end",), "2006年几月")


def test_a_whole_range_is_taken_as_it_is_said_although_years_stand_there() -> None:
    talk = told_in_years()
    talk.tell("长春市第十一高中")
    talk.tell(start="2002-09", end="2005-06")
    assert talk.draft.rows("education")[0]["start"] == "2002-09"


def test_jobs_keep_their_years_too_but_nobody_knows_their_months() -> None:
    talk = a_talk_until("work")
    talk.tell(employer="用友网络科技股份有限公司", job="开发", place="北京市", start="2012", end="2018")
    assert (talk.ask.facts["years"], talk.ask.options) == ("2012年几月到2018年几月", ())
    talk.tell("7 3")
    assert talk.draft.rows("work")[0]["end"] == "2018-03"


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("9 6", (9, 6)),
        ("9月，6月", (9, 6)),
        ("九月到六月", (9, 6)),
        ("都是9月", (9, 9)),
        ("11-3", (11, 3)),
        ("十二月 十月", (12, 10)),
    ],
)
def test_two_months_are_read_however_they_are_parted(text: str, months: tuple[int, int]) -> None:
    assert months_alone(text) == months


@pytest.mark.parametrize("text", ["2003", "2003.9", "13 5", "上一步", "0 6", "去年9月", "9 6 5"])
def test_anything_else_is_no_pair_of_months(text: str) -> None:
    assert months_alone(text) is None
    assert month_alone(text) is None
