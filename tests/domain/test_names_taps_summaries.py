"""Fields found by their names, taps that outlive a new order, and what 没有 means under a summary (F25, F29, F33)."""

from __future__ import annotations

import pytest

from backend.domain.profile import BusinessType, profile_for
from backend.domain.sections import script
from backend.domain.sections.fields import FieldsPrompt
from backend.domain.sections.marks import mark_of
from backend.domain.talk import Answer, Goto
from tests.domain.talking import FIRST_JOB, HIGH_SCHOOL, PRESENT_JOB, UNIVERSITY, Talk, a_context, a_talk_until

MASTER = {"school": "清华大学", "start": "2012-09", "end": "2015-06", "major": "软件工程"}


@pytest.fixture
def family() -> Talk:
    """At the materials, with a spouse and two children."""
    talk = a_talk_until("conditions")
    talk.draft = talk.draft.with_answer("personal", "marital", "已婚")
    for text in ("1 1 2 2", "1 4", "李小花，示例花店有限公司", "王小宝，2018年3月", "王小贝 2009.5"):
        talk.tell(text)
    assert talk.ask.form == "materials_form"
    return talk


@pytest.mark.parametrize(
    ("text", "field", "index"),
    [
        ("改一下社保缴纳", "C_SI", None), ("社保填错了", "C_SI", None), ("个税那个要改", "C_TAX_ZERO", None),
        ("改一下申请条件", "C_PATH", None), ("孩子随往改一下", "C_CHILD", None),
        ("配偶单位写错了", "spouse_employer", None),

        ("老婆的名字打错了", "spouse_name", None), ("第二个孩子的名字错了", "child_name", 1),
        ("改一下北京通", "credentials", None),
    ],
)  # fmt: skip
def test_a_condition_is_found_by_its_label_and_by_what_people_call_it(
    family: Talk, text: str, field: str, index: int | None
) -> None:
    family.do(Goto(text=text, index=index))
    assert (field in family.ask.group, family.ask.index) == (True, index if index is not None else family.ask.index)


def test_every_field_of_the_condition_section_is_found_by_its_own_label(family: Talk) -> None:
    prompts = [one for one in script.prompts(family.draft, family.ctx) if isinstance(one, FieldsPrompt)]
    for prompt in (one for one in prompts if one.section == "conditions"):
        for spec in prompt.specs:
            family.do(Goto(text=f"改一下{spec.short or spec.label}"))
            assert spec.name in family.ask.group


def test_the_longer_name_wins_over_what_the_sentence_was_read_as(family: Talk) -> None:
    family.do(Goto(field="employer", text="配偶单位写错了"))
    assert family.ask.group == ("spouse_employer",)


def test_the_day_of_leaving_is_that_of_the_business_where_it_asks_for_it() -> None:
    business = BusinessType.EMPLOYER
    talk = Talk(a_context(business=business, profile=profile_for(business), credentials_given=True))
    for option in ("yes",):
        talk.tap(option)
    talk.tell(phone="13800138000", emails="a@example.com")
    talk.tell("2026年10月8日")
    talk.do(Goto(field="end", text="离职日期填错了"))
    assert talk.ask.field == "C_LEFT_DATE"


def test_a_question_that_this_case_does_not_ask_is_named_as_such() -> None:
    talk = a_talk_until("materials")
    talk.do(Goto(text="改一下配偶随往"))
    assert talk.said == ["not_asked_here"]
    talk.do(Goto(text="改一下那个"))
    assert talk.said == ["say_what_to_change"]


@pytest.mark.parametrize("field", ["name", "district"])
def test_what_comes_from_the_id_card_or_the_employer_says_who_can_change_it(field: str) -> None:
    talk = a_talk_until("personal")
    talk.do(Goto(field=field, text="改一下"))
    assert talk.said == ["read_only"]


@pytest.mark.parametrize("section", ["education", "work"])
@pytest.mark.parametrize(
    ("answer", "settles"),
    [
        (Answer(text="没有", option="no"), True), (Answer(text="没有", option="deny"), True),
        (Answer(text="没有别的了", option="deny"), True), (Answer(text="不用加了", option="deny"), True),
        (Answer(text="没有"), True), (Answer(text="对，没有了"), True), (Answer(option="yes"), True),
        (Answer(text="不对", option="no"), False), (Answer(text="不是", option="deny"), False),
        (Answer(text="有错"), False),
    ],
)  # fmt: skip
def test_none_under_a_summary_means_no_more_and_wrong_asks_what_to_change(
    section: str, answer: Answer, settles: bool
) -> None:
    talk = a_talk_until(section)
    rows = (HIGH_SCHOOL, UNIVERSITY) if section == "education" else (FIRST_JOB, PRESENT_JOB)
    for row in rows:
        talk.entries(row)
    assert talk.ask.field == f"{section}_confirm"
    talk.do(answer)
    assert (f"{section}.confirm" in talk.draft.settled) is settles
    assert ("say_what_to_change" in talk.said) is not settles


@pytest.mark.parametrize("text", ["有", "还有", "再加一段"])
def test_more_under_a_summary_opens_one_more(text: str) -> None:
    talk = a_talk_until("education")
    talk.entries(HIGH_SCHOOL, UNIVERSITY)
    talk.do(Answer(text=text, option="yes" if text == "有" else None))
    assert (talk.ask.field, talk.ask.index) == ("school", 2)


def two_schools() -> Talk:
    talk = a_talk_until("education")
    talk.entries(UNIVERSITY, MASTER)
    return talk


def test_a_tap_to_change_finds_its_school_although_an_earlier_one_came_before_it() -> None:
    talk = two_schools()
    tap = Goto(field="end", index=1, mark=mark_of(MASTER["end"]))
    talk.entries(HIGH_SCHOOL)
    talk.do(tap)
    assert (talk.ask.index, talk.draft.rows("education")[2]["school"]) == (2, "清华大学")


def test_a_tap_to_change_a_value_that_was_changed_since_says_so() -> None:
    talk = two_schools()
    tap = Goto(field="end", index=1, mark=mark_of("2014-06"))
    talk.do(tap)
    assert talk.said == ["changed_since"]


def test_a_tap_on_a_choice_goes_to_the_school_that_it_was_offered_for() -> None:
    talk = a_talk_until("education")
    talk.entries(HIGH_SCHOOL, UNIVERSITY)
    talk.do(Goto(field="study_identity", index=1))
    offered = talk.ask.facts["mark"]
    talk.tap("成人教育", "study_identity")
    talk.do(Goto(field="study_identity", index=0))
    talk.do(Answer(option="在职学习", field="study_identity", index=1, mark=offered))
    told = [row.get("study_identity") for row in talk.draft.rows("education")]
    assert told[1] == "在职学习" and told[0] != "在职学习"


def test_a_tap_on_a_gap_that_was_filled_fills_no_other_gap() -> None:
    talk = a_talk_until("work")
    talk.entries({**FIRST_JOB, "end": "2014-03"}, {**FIRST_JOB, "start": "2015-03", "end": "2017-03"}, PRESENT_JOB)
    assert talk.ask.field == "gap"
    first = talk.ask.facts["mark"]
    talk.do(Answer(option="yes", field="gap", mark=first))
    assert talk.ask.field == "gap"
    before = talk.draft.rows("work")
    talk.do(Answer(option="yes", field="gap", mark=first))
    assert (talk.said, talk.draft.rows("work")) == (["changed_since"], before)


def test_a_refused_answer_is_never_shown_as_what_stands_in_the_field() -> None:
    talk = a_talk_until("contact")
    talk.tell("1380013800", phone="1380013800")
    talk.do(Goto(field="phone"))
    assert (talk.ask.current, talk.ask.facts["refused"]) == ("", "1380013800")


def test_a_value_that_stands_is_shown_beside_a_later_one_that_was_refused() -> None:
    talk = a_talk_until("personal")
    talk.do(Goto(field="phone"))
    talk.tell(phone="123")
    talk.do(Goto(field="phone"))
    assert (talk.ask.current, talk.ask.facts["refused"]) == ("138****8000", "123")
    talk.tell(phone="13900139000")
    talk.do(Goto(field="phone"))
    assert (talk.ask.current, talk.ask.facts["refused"]) == ("139****9000", "")
