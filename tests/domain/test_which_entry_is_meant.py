"""Which school or job somebody means: nothing is deleted or opened on a guess (F30, F36)."""

from __future__ import annotations

import pytest

from backend.domain.draft import Draft
from backend.domain.interview import Step
from backend.domain.talk import Goto, RemoveEntry, Skip, Value
from tests.domain.talking import FIRST_JOB, HIGH_SCHOOL, PRESENT_JOB, UNIVERSITY, Talk, a_talk_until


def schools(draft: Draft) -> list[str]:
    return [row["school"] for row in draft.rows("education")]


@pytest.fixture
def talk() -> Talk:
    """Two schools and two jobs are told."""
    return a_talk_until("conditions")


@pytest.mark.parametrize(
    ("named", "left"),
    [
        (Value("level", "高中"), ["吉林大学"]),
        (Value("school", "吉林大学"), ["长春市第十一高中"]),
        (Value("school", "第十一高中"), ["吉林大学"]),
    ],
)
def test_the_entry_that_is_named_goes(talk: Talk, named: Value, left: list[str]) -> None:
    talk.do(RemoveEntry(section="education", named=(named,)))
    assert schools(talk.draft) == left


def test_a_job_goes_from_its_own_list_wherever_the_talk_stands(talk: Talk) -> None:
    talk.do(Goto(section="education"))
    talk.do(RemoveEntry(named=(Value("employer", "用友"),)))
    assert [row["employer"] for row in talk.draft.rows("work")] == [PRESENT_JOB["employer"]]
    assert schools(talk.draft) == [HIGH_SCHOOL["school"], UNIVERSITY["school"]]


def test_a_number_counts_in_the_list_that_is_named(talk: Talk) -> None:
    talk.do(Goto(section="education"))
    talk.do(RemoveEntry(index=0, section="work"))
    assert [row["employer"] for row in talk.draft.rows("work")] == [PRESENT_JOB["employer"]]


def test_a_name_that_fits_no_entry_deletes_nothing(talk: Talk) -> None:
    before = talk.draft
    step = talk.do(RemoveEntry(section="education", named=(Value("level", "博士研究生"),)))
    assert [one.code for one in step.say] == ["which_to_remove"]
    assert talk.draft.entries == before.entries


def test_without_a_name_the_entry_that_is_asked_goes(talk: Talk) -> None:
    talk.do(Goto(field="school", index=0))
    talk.do(RemoveEntry())
    assert schools(talk.draft) == ["吉林大学"]


def test_a_month_is_opened_in_the_list_and_entry_that_were_named(talk: Talk) -> None:
    """“高中的毕业时间改一下”, said among the jobs."""
    talk.do(Goto(section="work"))
    step = talk.do(Goto(field="end", section="education", named=(Value("level", "高中"),)))
    assert _opened(step) == ("education_form", "end", 0)


def _opened(step: Step) -> tuple[str, str, int | None]:
    assert step.ask is not None
    return step.ask.form, step.ask.field, step.ask.index


def a_gap() -> Talk:
    talk = a_talk_until("work")
    talk.entries({**FIRST_JOB, "end": "2017-08"}, PRESENT_JOB)
    assert talk.ask.field == "gap"
    return talk


def test_skipping_the_gap_leaves_it() -> None:
    talk = a_gap()
    talk.do(Skip())
    assert talk.said == ["gap_left"]


def test_unemployment_without_months_is_a_yes_to_the_gap() -> None:
    """“那段时间在家备考” is no further entry."""
    talk = a_gap()
    talk.tell("那段时间在家备考", employer="待业", job="无")
    assert talk.said == ["gap_filled"]
    assert len(talk.draft.rows("work")) == 3


def test_a_job_with_months_fills_the_gap_itself() -> None:
    talk = a_gap()
    talk.tell("", employer="北京小明商贸有限公司", start="2017-09", end="2018-01", job="销售", place="北京")
    assert [row["employer"] for row in talk.draft.rows("work")][1] == "北京小明商贸有限公司"


def test_a_group_that_cannot_be_skipped_is_named_shortly() -> None:
    talk = a_talk_until("conditions")
    step = talk.do(Skip())
    assert dict(step.say[0].facts) == {"label": "按哪种条件申请等4项"}


def test_a_wrong_name_that_is_told_names_the_entry(talk: Talk) -> None:
    """“学校写错了，是东北师范大学不是吉林大学” makes no third school."""
    talk.do(Goto(section="education"))
    talk.tell("学校写错了，是东北师范大学不是吉林大学", school="东北师范大学")
    assert schools(talk.draft) == ["长春市第十一高中", "东北师范大学"]


@pytest.mark.parametrize("section", ["education", "work"])
def test_skipping_the_summary_goes_on(talk: Talk, section: str) -> None:
    told = a_talk_until("work" if section == "education" else "conditions")
    told.do(Goto(section=section))
    told.draft = told.draft.unsettle(f"{section}.confirm")
    told.do(Skip())
    assert told.said[:1] == ["section_done"]


def test_a_story_is_no_name_of_a_school() -> None:
    told = a_talk_until("education")
    told.tell("老婆暂时不跟着办，还没孩子")
    assert not any(row.get("school") for row in told.draft.rows("education"))
