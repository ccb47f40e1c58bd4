"""What an earlier case proposes beside what it fills in: permit, contract, who comes along (T1, F67)."""

from __future__ import annotations

from datetime import date

import pytest

from backend.domain.context import PhotoState
from backend.domain.draft import Draft
from backend.domain.profile import BusinessType, profile_for
from backend.domain.sections.earlier import prefilled
from backend.domain.sections.family import family_on_papers
from backend.domain.talk import Answer, Goto, Skip
from tests.domain.talking import TODAY, Talk, a_context, the_catalogue
from tests.domain.test_other_businesses import EARLIER_CASE, an_earlier_draft

ENDS = date(2026, 12, 11)
CHILD = {"child_name": "王小宝", "child_born": "2018-03"}


def with_family(draft: Draft) -> Draft:
    draft = draft.with_answer("personal", "marital", "已婚")
    for code, told in (("C_SPOUSE", "without_job"), ("C_CHILD", "with_1")):
        draft = draft.with_answer("conditions", code, told)
    return draft.with_answer("family", "spouse_name", "李小花").with_rows("children", [CHILD])


def with_contract(draft: Draft, ends: str) -> Draft:
    return draft.with_rows("work", [{**draft.rows("work")[0], "end": ends}])


def a_new_case(business: BusinessType, source: Draft) -> Talk:
    """Past the notice; the 北京通 account given and the photo taken over."""
    profile = profile_for(business)
    asked = {one.code for one in the_catalogue().questions.values() if one.need_of(business)}
    draft = prefilled(source, case_no=EARLIER_CASE, profile=profile, today=TODAY, valid_until=ENDS, asked=asked)
    talk = Talk(
        a_context(business=business, profile=profile, photo=PhotoState(accepted=True), credentials_given=True), draft
    )
    talk.tap("yes")
    return talk


@pytest.mark.parametrize(
    "answer",
    [Answer(option="2026-12-11"), Answer(text="对", option="affirm"), Answer(text="是的"), Answer(text="没变")],
)
def test_the_end_of_our_own_permit_is_proposed_and_taken_with_one_word(answer: Answer) -> None:
    talk = a_new_case(BusinessType.RENEW, an_earlier_draft())
    talk.tell("京G2023000123")
    assert (talk.ask.field, talk.ask.facts["proposed"]) == ("C_PERMIT_END", "2026年12月11日")
    assert talk.draft.answer("conditions", "C_PERMIT_END") == ""
    talk.do(answer)
    assert talk.draft.answer("conditions", "C_PERMIT_END") == "2026-12-11"


def test_another_day_than_the_proposed_one_is_simply_told() -> None:
    talk = a_new_case(BusinessType.RENEW, an_earlier_draft())
    talk.tell("京G2023000123")
    talk.do(Answer(text="不对", option="deny"))
    assert (talk.said, talk.ask.field, talk.ask.facts["refused"]) == (["proposal_declined"], "C_PERMIT_END", "")
    talk.tell("2026年12月1日")
    assert talk.draft.answer("conditions", "C_PERMIT_END") == "2026-12-01"


def test_the_number_told_at_the_last_renewal_is_proposed_at_the_next() -> None:
    source = an_earlier_draft().with_answer("conditions", "C_PERMIT_NO", "京G2023000123")
    talk = a_new_case(BusinessType.RENEW, source)
    assert talk.ask.facts["proposed"] == "京G2023000123"
    talk.tell("是")
    assert talk.draft.answer("conditions", "C_PERMIT_NO") == "京G2023000123"


def test_without_an_earlier_end_nothing_is_proposed() -> None:
    profile = profile_for(BusinessType.RENEW)
    draft = prefilled(an_earlier_draft(), case_no=EARLIER_CASE, profile=profile, today=TODAY, asked={"C_PERMIT_END"})
    assert draft.answers.get("proposed", {}) == {}


def test_a_contract_that_has_run_out_is_asked_anew_and_nothing_else_of_that_job() -> None:
    talk = a_new_case(BusinessType.RENEW, with_contract(an_earlier_draft(), "2026-10"))
    for step in ("京G2023000123", "对"):
        talk.tell(step)
    talk.do(Skip())
    talk.tap("yes")
    assert (talk.ask.form, talk.ask.group, talk.ask.facts["ended"]) == ("work_form", ("end",), "2026年10月")
    talk.tell("2029年10月")
    assert talk.draft.rows("work")[0]["end"] == "2029-10"
    assert talk.ask.field == "work_confirm"


def test_a_new_contract_that_is_too_short_for_a_renewal_is_said_where_it_is_told() -> None:
    talk = a_new_case(BusinessType.RENEW, with_contract(an_earlier_draft(), "2026-10"))
    for step in ("京G2023000123", "对"):
        talk.tell(step)
    assert "contract_too_short" not in talk.said
    talk.do(Skip())
    talk.tap("yes")
    talk.tell("2027年1月")
    assert "contract_too_short" in talk.said


def test_a_contract_that_still_runs_is_left_as_it_was() -> None:
    talk = a_new_case(BusinessType.RENEW, with_contract(an_earlier_draft(), "2026-11"))
    assert talk.draft.rows("work")[0]["end"] == "2026-11"


@pytest.mark.parametrize("business", [BusinessType.RENEW, BusinessType.ADDRESS, BusinessType.GENERAL])
def test_who_came_along_stays_on_the_papers_of_a_business_that_does_not_ask(business: BusinessType) -> None:
    talk = a_new_case(business, with_family(an_earlier_draft()))
    told = family_on_papers(talk.draft)
    assert told["spouse_name"] == "李小花"
    assert told["children"] == [{"name": "王小宝", "birth_date": "2018-03"}]
    assert "conditions_form" not in (talk.ask.form,) or talk.ask.field not in ("C_SPOUSE", "C_CHILD", "spouse_name")


def test_the_summary_names_who_came_along() -> None:
    talk = a_new_case(BusinessType.RENEW, with_family(an_earlier_draft()))
    for step in ("京G2023000123", "对"):
        talk.tell(step)
    talk.do(Skip())
    assert "随往人员：李小花、王小宝" in talk.ask.facts["summary"]


def test_a_change_of_who_comes_along_asks_anew_and_names_only_the_new_child() -> None:
    talk = a_new_case(BusinessType.DEPENDANT, with_family(an_earlier_draft()))
    assert talk.ask.group == ("C_SPOUSE", "C_CHILD")
    assert talk.ask.facts["proposed"] == "配偶随往：随往，未就业，子女随往：1 个孩子随往"
    talk.tell("2 4")
    assert (talk.ask.group, talk.ask.index) == (("child_name", "child_born"), 1)


def test_what_was_left_unsure_is_not_proposed() -> None:
    source = with_family(an_earlier_draft()).with_answer("conditions", "C_SPOUSE", "unsure")
    talk = a_new_case(BusinessType.DEPENDANT, source)
    assert "配偶" not in talk.ask.facts["proposed"]


def test_what_was_told_is_no_longer_proposed() -> None:
    talk = a_new_case(BusinessType.RENEW, an_earlier_draft())
    for step in ("京G2023000123", "2026年12月1日"):
        talk.tell(step)
    talk.do(Goto(field="C_PERMIT_END"))
    assert (talk.ask.facts["proposed"], talk.ask.current) == ("", "2026年12月1日")


def test_skipping_the_rest_of_a_group_names_only_the_rest() -> None:
    talk = a_new_case(BusinessType.RENEW, an_earlier_draft())
    for step in ("京G2023000123", "对", "2"):
        talk.tell(step)
    step = talk.do(Skip())
    assert step.say[0].facts["label"] == "个税为 0"


@pytest.mark.parametrize("words", ["随往没工作，两个孩子", "没上班，2个孩子随往", "2 4"])
def test_who_comes_along_is_told_as_people_say_it(words: str) -> None:
    talk = a_new_case(BusinessType.DEPENDANT, an_earlier_draft().with_answer("personal", "marital", "已婚"))
    talk.tell(words)
    told = talk.draft.answers["conditions"]
    assert (told["C_SPOUSE"], told["C_CHILD"]) == ("without_job", "with_2")
