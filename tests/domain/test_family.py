"""Spouse and children who come along: asked by name, counted in the materials, printed on their papers (FA05–FA15)."""

from __future__ import annotations

import pytest

from backend.domain.case_facts import case_facts, case_requirements
from backend.domain.sections.family import family_on_papers
from backend.domain.talk import Answer
from tests.domain.talking import Talk, a_talk_until


@pytest.fixture
def family() -> Talk:
    """A married applicant whose spouse works and whose two children come along."""
    talk = a_talk_until("conditions")
    talk.draft = talk.draft.with_answer("personal", "marital", "已婚")
    talk.tell("1 1 2 2")
    talk.do(Answer(text="1 4"))
    return talk


def files_min(talk: Talk) -> dict[str, int]:
    return {one.code: one.files_min for one in case_requirements(talk.draft, talk.ctx)}


def test_the_spouse_and_each_child_are_asked_for_in_one_sentence_each(family: Talk) -> None:
    assert family.ask.group == ("spouse_name", "spouse_employer")
    family.tell("李小花，示例花店有限公司")
    assert (family.ask.group, family.ask.index) == (("child_name", "child_born"), 0)
    family.tell("王小宝，2018年3月")
    family.tell("王小贝 2009.5")
    assert family.ask.form == "materials_form"
    assert family.draft.rows("children") == (
        {"child_name": "王小宝", "child_born": "2018-03"}, {"child_name": "王小贝", "child_born": "2009-05"},
    )  # fmt: skip


def test_what_was_left_out_is_asked_singly(family: Talk) -> None:
    family.tell("李小花")
    assert family.ask.group == ("spouse_employer",)


def test_the_papers_of_children_are_counted_per_child(family: Talk) -> None:
    needed = files_min(family)
    assert (needed["FA08"], needed["FA09"], needed["FA05"]) == (2, 2, 2)
    assert {"FA01", "FA06", "FA13"} <= needed.keys()
    assert "FA07" not in needed


def test_a_school_paper_is_listed_only_for_a_child_of_sixteen(family: Talk) -> None:
    family.tell("李小花，示例花店有限公司")
    family.tell("王小宝，2018年3月")
    assert "FA12" not in files_min(family)
    family.tell("王小贝 2009.5")
    assert case_facts(family.draft, family.ctx)["oldest_child"] == "17"
    assert "FA12" in files_min(family)


def test_a_birth_in_the_future_is_refused_and_the_name_kept(family: Talk) -> None:
    family.tell("李小花，示例花店有限公司")
    family.tell("王小宝，2035年3月")
    assert "month_in_future" in family.said
    assert family.ask.group == ("child_born",)


def test_fewer_children_keep_what_was_told(family: Talk) -> None:
    family.tell("李小花，示例花店有限公司")
    family.tell("王小宝，2018年3月")
    family.tell("王小贝 2009.5")
    family.draft = family.draft.with_answer("conditions", "C_CHILD", "with_1")
    assert files_min(family)["FA08"] == 1
    family.draft = family.draft.with_answer("conditions", "C_CHILD", "with_2")
    assert family.draft.rows("children")[1]["child_name"] == "王小贝"


def test_the_papers_name_who_comes_along_without_any_number(family: Talk) -> None:
    family.tell("李小花，示例花店有限公司")
    family.tell("王小宝，2018年3月")
    told = family_on_papers(family.draft)
    assert told["family"] == [
        {"relation": "配偶", "name": "李小花", "accompany": "随往"},
        {"relation": "子女", "name": "王小宝", "accompany": "随往"},
    ]
    assert "id_no" not in str(told)
