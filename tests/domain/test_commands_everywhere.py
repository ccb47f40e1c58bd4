"""上一步, 跳过, 保存, 重填, 继续 and 改一下X at every question that the interview can put (F25, F31, F32, F67)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Final

import pytest

from backend.domain.case import Stage
from backend.domain.context import InterviewContext, ItemState, ItemStatus
from backend.domain.draft import Draft
from backend.domain.interview import Step, open_question, take
from backend.domain.talk import (
    Answer,
    Command,
    FinishSection,
    Goto,
    Kind,
    Previous,
    Question,
    Redo,
    RemoveEntry,
    Resume,
    Save,
    Skip,
    Value,
)
from tests.domain.talking import FIRST_JOB, HIGH_SCHOOL, PRESENT_JOB, UNIVERSITY, Talk, a_talk_until

Place = tuple[Draft, InterviewContext]
FIELDS: Final = (
    "phone",
    "emails",
    "ethnicity",
    "political",
    "marital",
    "title",
    "hukou_place",
    "hukou_kind",
    "hukou_nature",
    "address",
    "housing",
    "postcode",
    "photo",
    "school",
    "start",
    "end",
    "major",
    "study_identity",
    "country",
    "employer",
    "job",
    "place",
    "C_PATH",
    "C_SI",
    "C_TAX_ZERO",
    "C_NAME_CHANGED",
)
# What is free text takes a senseless word for an answer; a person reads it later.
FREE: Final = frozenset({"invoice_title", "school", "major", "employer", "job", "place", "title", "hukou_place"})


STEPS: Final = (
    "notice",
    "contact",
    "credentials",
    "personal",
    "photo",
    "education",
    "work",
    "conditions",
    "materials",
    "review",
    "payment",
)
SECTIONS: Final = frozenset(
    [
        "notice",
        "contact",
        "personal",
        "photo",
        "education",
        "work",
        "conditions",
        "materials",
        "review",
        "invoice",
        "supplement",
    ]
)


class Recording(Talk):
    """Notes every question that comes up, with the draft and the context that it came up in."""

    def do(self, command: Command) -> Step:
        step = super().do(command)
        _note(self)
        return step


PLACES: dict[str, Place] = {}


def _note(talk: Talk) -> None:
    question = open_question(talk.draft, talk.ctx)
    if question is not None:
        PLACES.setdefault(_name(question, talk.ctx), (talk.draft, talk.ctx))


def _name(question: Question, ctx: InterviewContext) -> str:
    entry = "" if question.index is None else f"#{question.index}"
    several = "+" if len(question.group) > 1 else ""
    return f"{ctx.stage.value}:{question.form.removesuffix('_form')}.{question.field}{entry}{several}"


@cache
def places() -> Mapping[str, Place]:
    """Every question of a new application, the two lists one field at a time, the payment, a supplement."""
    for walk in (_step_by_step, _field_by_field, _lists, _conditions, _after_submission):
        walk()
    return PLACES


def _recording(section: str) -> Recording:
    told = a_talk_until(section)
    talk = Recording(ctx=told.ctx, draft=told.draft)
    _note(talk)
    return talk


def _step_by_step() -> None:
    for section in STEPS:
        _recording(section)


def _field_by_field() -> None:
    talk = _recording("contact")
    talk.tell(phone="13800138000")
    talk = _recording("personal")
    answers = {
        "ethnicity": "汉族",
        "political": "群众",
        "marital": "已婚",
        "hukou_place": "吉林省长春市",
        "hukou_kind": "家庭户",
        "hukou_nature": "城镇",
        "address": "朝阳区建国路1号院2号楼301",
        "housing": "租居民楼",
        "postcode": "100020",
    }
    for name, value in answers.items():
        talk.tell(**{name: value})
    talk.send_photo()
    _note(talk)


def _lists() -> None:
    for section, first, second in (("education", HIGH_SCHOOL, UNIVERSITY), ("work", FIRST_JOB, PRESENT_JOB)):
        talk = _recording(section)
        for row in (first, second):
            for name, value in row.items():
                talk.tell(**{name: value})
    talk = _recording("work")
    talk.entries({**FIRST_JOB, "end": "2017-08"}, {**PRESENT_JOB, "end": "OPEN"})
    talk.tap("yes")
    talk.tap("no")


def _conditions() -> None:
    talk = _recording("conditions")
    talk.tell(C_PATH="职称")
    for _ in range(12):
        if talk.ask.form != "conditions_form":
            break
        talk.tap(talk.ask.options[0].value) if talk.ask.options else talk.tell("2018")


def _after_submission() -> None:
    talk = _recording("payment")
    talk.tap("need_invoice")
    talk.tell(title_type="单位")
    rejected = ItemState("BA01", ItemStatus.REJECTED, files=2, reason="看不清")
    items = {**talk.ctx.items, "BA01": rejected}
    back = Recording(ctx=replace(talk.ctx, stage=Stage.AGENCY_REJECTED, items=items), draft=talk.draft.at(None))
    _note(back)
    for field in ("school", "employer", "phone"):
        back.do(Goto(field=field))


def after(place: Place, *commands: Command) -> tuple[Draft, Question | None, list[str]]:
    draft, ctx = place
    said: list[str] = []
    for command in commands:
        step = take(draft, command, ctx)
        draft, said = step.draft, [one.code for one in step.say]
    return draft, open_question(draft, ctx), said


def told(draft: Draft) -> object:
    return draft.answers, draft.entries


def at(question: Question | None) -> tuple[str, str, int | None] | None:
    return (question.form, question.field, question.index) if question else None


# The names are fixed, so that every question has a test of its own.
NAMES: Final = sorted(places())
everywhere: Callable[..., object] = pytest.mark.parametrize("name", NAMES)


def test_the_walk_meets_every_section_and_kind_of_question() -> None:
    forms = {name.partition(":")[2].partition(".")[0] for name in NAMES}
    assert forms >= SECTIONS
    assert len(NAMES) > 50
    asked = [open_question(*places()[name]) for name in NAMES]
    kinds = {one.kind for one in asked if one}
    assert kinds >= {Kind.TEXT, Kind.MONTH, Kind.CHOICE, Kind.CONFIRM, Kind.PHONE, Kind.EMAILS, Kind.ADDRESS}
    assert kinds >= {Kind.PHOTO, Kind.PHOTOS, Kind.PAGE}


@everywhere
def test_saving_changes_nothing_and_asks_nothing(name: str) -> None:
    draft, ctx = places()[name]
    step = take(draft, Save(), ctx)
    assert (step.draft, step.ask, [one.code for one in step.say]) == (draft, None, ["saved_for_later"])


@everywhere
def test_one_step_back_loses_nothing_and_leads_forward_again(name: str) -> None:
    draft, ctx = places()[name]
    back, question, said = after((draft, ctx), Previous())
    assert said in (["went_back"], ["at_first_step"])
    assert told(back) == told(draft)
    assert question is not None
    first_open = after((draft, ctx), Resume())[1]
    assert at(after((back, ctx), Resume())[1]) == at(first_open)


@everywhere
def test_going_back_again_and_again_ends_at_the_first_question(name: str) -> None:
    draft, ctx = places()[name]
    steps = 0
    said = [""]
    while said != ["at_first_step"]:
        draft, _, said = after((draft, ctx), Previous())
        steps += 1
        assert steps < 120, "going back turns in a circle"


@everywhere
def test_skipping_loses_nothing_that_was_told(name: str) -> None:
    draft, ctx = places()[name]
    skipped, _, said = after((draft, ctx), Skip())
    # A summary that is skipped is agreed to, with what was proposed in it.
    assert told(skipped) == told(draft) or said[:1] == ["section_done"]
    assert not said or said[0] in ("skipped", "put_off", "cannot_skip", "needed_now", "gap_left", "section_done"), said


@everywhere
def test_starting_over_clears_one_section_and_asks_its_first_question(name: str) -> None:
    draft, ctx = places()[name]
    question = open_question(draft, ctx)
    assert question is not None
    section = question.form.removesuffix("_form")
    cleared, again, said = after((draft, ctx), Redo())
    assert said in (["section_cleared"], ["nothing_to_clear"], [])
    assert again is not None
    assert again.form == question.form
    others = {key: value for key, value in draft.answers.items() if key != section}
    assert {key: value for key, value in cleared.answers.items() if key != section} == others


@everywhere
@pytest.mark.parametrize("field", FIELDS)
def test_every_field_can_be_opened_by_name_and_left_again(name: str, field: str) -> None:
    draft, ctx = places()[name]
    opened, question, said = after((draft, ctx), Goto(field=field))
    assert told(opened) == told(draft)
    assert question is not None
    if said:
        assert said[0] in ("not_there_yet", "locked_now"), said
    else:
        assert field in question.group
    assert at(after((opened, ctx), Resume())[1]) == at(after((draft, ctx), Resume())[1])


@everywhere
@pytest.mark.parametrize("noise", ["啦啦啦啦", "asdfgh", "？？？", "。"])
def test_a_senseless_answer_is_refused_with_words_and_changes_nothing_but_free_text(name: str, noise: str) -> None:
    draft, ctx = places()[name]
    question = open_question(draft, ctx)
    assert question is not None
    step = take(draft, Answer(text=noise, field=question.field, index=question.index), ctx)
    assert step.say
    if not FREE & set(question.group):
        assert told(step.draft) == told(draft)
        assert at(step.ask) == at(question)


@everywhere
def test_a_name_of_nothing_deletes_nothing(name: str) -> None:
    draft, ctx = places()[name]
    for section in ("education", "work"):
        field = "school" if section == "education" else "employer"
        left, _, said = after((draft, ctx), RemoveEntry(section=section, named=(Value(field, "没有这一家"),)))
        assert told(left) == told(draft)
        assert said[0] in ("which_to_remove", "no_such_entry", "locked_now")


@everywhere
def test_no_more_is_answered_wherever_it_is_said(name: str) -> None:
    draft, ctx = places()[name]
    step = take(draft, FinishSection(), ctx)
    assert step.say or at(step.ask) != at(open_question(draft, ctx)) or step.wish
