"""What holds for every flow: each step is reached, each question has words, nothing told is lost or shown otherwise."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.domain.draft import Draft
from backend.domain.interview import check_submission, open_question, take
from backend.domain.profile import AppointmentMode, BusinessType, Manual, profile_for
from backend.domain.sections import held, script
from backend.domain.sections.earlier import EARLIER, prefilled
from backend.domain.still_missing import still_missing
from backend.domain.talk import Answer, FinishItem, Goto, Kind, Previous, Question, Resume, Skip
from tests.domain.talking import FIRST_JOB, HIGH_SCHOOL, PRESENT_JOB, TODAY, UNIVERSITY, Talk, a_context, the_catalogue
from tests.domain.test_other_businesses import an_earlier_draft

FLOWS = [(business, manual) for business in BusinessType for manual in Manual]
NAMES = [f"{business.value}-{manual.value}" for business, manual in FLOWS]
TOLD = {
    "phone": "13900139000", "emails": "b@example.com", "ethnicity": "汉族", "political": "群众", "marital": "已婚",
    "title": "工程师（中级）", "hukou_place": "河北省保定市", "hukou_kind": "集体户", "hukou_nature": "城镇",
    "address": "海淀区学院路2号院1号楼502", "housing": "租房", "postcode": "100083", "C_PERMIT_NO": "京G2023000123",
    "C_PERMIT_END": "2026年12月1日", "C_LEFT_DATE": "2026年11月1日", "C_CHANGE_ITEMS": "手机号、婚姻状况",
    "spouse_name": "张样张", "spouse_employer": "北京样张有限公司", "child_name": "王样张", "child_born": "2020-03",
}  # fmt: skip
RESPONSES = {
    name
    for path in (Path(__file__).resolve().parents[2] / "data" / "domain").glob("*.yml")
    for name in (yaml.safe_load(path.read_text(encoding="utf-8")).get("responses") or {})
}


def a_walk(business: BusinessType, manual: Manual, *, returning: bool) -> Talk:
    profile = profile_for(business, manual)
    earlier = prefilled(an_earlier_draft(), case_no="GJ20231101-00001", profile=profile, today=TODAY)
    draft = earlier if returning else Draft()
    return Talk(a_context(business=business, profile=profile, credentials_given=True), draft)


def answers(talk: Talk) -> Question:
    """Answer the open question in the usual way; gives what was asked."""
    asked = talk.ask
    if asked.form in ("photo_form", "materials_form") and asked.kind is not Kind.CONFIRM:
        if asked.facts.get("enough"):
            talk.do(FinishItem())
        else:
            talk.send_photo()
    elif asked.form in ("education_form", "work_form") and asked.index is not None and asked.kind is not Kind.CONFIRM:
        rows = (HIGH_SCHOOL, UNIVERSITY) if asked.form == "education_form" else (FIRST_JOB, PRESENT_JOB)
        talk.tell(**rows[min(asked.index, 1)])
    elif all(name in TOLD for name in asked.group):
        for name in asked.group:
            if len(asked.group) == 1:
                talk.do(Answer(text=TOLD[name], field=name))
            else:
                talk.tell(**{name: TOLD[name]})
    elif len(asked.group) > 1:
        talk.tell(" ".join("1" for _ in asked.group))
    else:
        talk.tap(asked.options[0].value)
    return asked


@cache
def walked(
    business: BusinessType, manual: Manual, returning: bool
) -> tuple[tuple[Question, ...], Talk, tuple[Talk, ...]]:
    """Every question of a usual talk up to 提交, and the talk as it stood before each of them."""
    talk, asked, stood = a_walk(business, manual, returning=returning), [], []
    for _ in range(80):
        stood.append(Talk(talk.ctx, talk.draft))
        if talk.ask.field == "submit":
            return tuple(asked), talk, tuple(stood)
        asked.append(answers(talk))
    raise AssertionError(f"stuck at {talk.ask}")


@pytest.mark.parametrize("returning", [False, True], ids=["first", "returning"])
@pytest.mark.parametrize(("business", "manual"), FLOWS, ids=NAMES)
def test_every_flow_leads_to_the_submission_and_everything_is_there_then(
    business: BusinessType, manual: Manual, returning: bool
) -> None:
    _, talk, _ = walked(business, manual, returning)
    check_submission(talk.draft, talk.ctx)
    assert still_missing(talk.draft, talk.ctx) == ()


@pytest.mark.parametrize(("business", "manual"), FLOWS, ids=NAMES)
def test_every_step_of_a_flow_is_reached_by_somebody_who_is_new(business: BusinessType, manual: Manual) -> None:
    asked, talk, _ = walked(business, manual, False)
    met = {one.form.removesuffix("_form") for one in asked} | {"review"}
    with_questions = {name for name in talk.ctx.profile.steps if _asks(name, talk)}
    assert with_questions <= met


def _asks(name: str, talk: Talk) -> bool:
    return bool(script.SECTIONS[name](talk.draft, talk.ctx))


@pytest.mark.parametrize(("business", "manual"), FLOWS, ids=NAMES)
def test_somebody_who_returns_is_asked_less(business: BusinessType, manual: Manual) -> None:
    first, _, _ = walked(business, manual, False)
    again, _, _ = walked(business, manual, True)
    assert len(again) < len(first)


@pytest.mark.parametrize("returning", [False, True], ids=["first", "returning"])
@pytest.mark.parametrize(("business", "manual"), FLOWS, ids=NAMES)
def test_every_question_has_words(business: BusinessType, manual: Manual, returning: bool) -> None:
    asked, _, _ = walked(business, manual, returning)
    for one in asked:
        place = f"utter_ask_{one.form.removesuffix('_form')}"
        if len(one.group) > 1:
            names = {f"{place}_{one.field}_group", f"{place}_group", "utter_ask_group"}
        else:
            names = {f"{place}_{one.field}_{one.kind}", f"{place}_{one.field}", f"{place}_{one.kind}"}
        assert names & RESPONSES, names


@pytest.mark.parametrize("code", [one.code for one in the_catalogue().questions.values() if not one.derived])
def test_a_question_of_the_catalogue_that_is_no_choice_has_words_of_its_own(code: str) -> None:
    question = the_catalogue().questions[code]
    if question.kind in ("date", "document_no", "multi_choice"):
        assert f"utter_ask_conditions_{code}" in RESPONSES


@pytest.mark.parametrize("flow", FLOWS, ids=NAMES)
def test_what_a_flow_skips_are_steps_of_it_and_what_it_changes_is_known(flow: tuple[BusinessType, Manual]) -> None:
    profile = profile_for(*flow)
    assert profile.skippable_sections <= frozenset(profile.steps)
    assert frozenset(profile.changes) <= held.KNOWN
    assert (profile.appointment is AppointmentMode.PRE_REVIEW) is (profile.name == "2019_other")


@pytest.mark.parametrize("question", the_catalogue().questions.values(), ids=lambda one: one.code)
def test_an_option_opens_only_what_can_be_held(question: object) -> None:
    for option in question.options:  # type: ignore[attr-defined]
        assert frozenset(option.opens) <= held.KNOWN


SOON = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ANY_FLOW = st.sampled_from(FLOWS)


def _at(flow: tuple[BusinessType, Manual], returning: bool, place: int) -> Talk:
    _, _, stood = walked(*flow, returning)
    return stood[place % len(stood)]


def _everything(draft: Draft) -> dict[str, str]:
    """Every accepted value; what is set aside counts for its field as long as nothing new is told."""
    sections = {name: told for name, told in draft.answers.items() if name not in (EARLIER, held.HELD)}
    told = {f"{section}.{name}": value for section, values in sections.items() for name, value in values.items()}
    entries = ((f"{name}.{at}", row) for name, rows in draft.entries.items() for at, row in enumerate(rows))
    rows = {f"{entry}.{field}": str(value) for entry, row in entries for field, value in row.items()}
    return told | rows


@SOON
@given(ANY_FLOW, st.booleans(), st.integers(0, 60), st.integers(1, 5))
def test_going_back_and_returning_shows_exactly_what_was_there(
    flow: tuple[BusinessType, Manual], returning: bool, place: int, back: int
) -> None:
    talk = _at(flow, returning, place)
    asked, before = talk.ask, talk.draft.answers
    draft = talk.draft
    for _ in range(back):
        draft = take(draft, Previous(), talk.ctx).draft
        shown = open_question(draft, talk.ctx)
        assert shown is not None
    draft = take(draft, Resume(), talk.ctx).draft
    assert (open_question(draft, talk.ctx), draft.answers) == (asked, before)


@SOON
@given(ANY_FLOW, st.booleans(), st.integers(0, 60), st.integers(1, 4))
def test_skipping_loses_nothing(flow: tuple[BusinessType, Manual], returning: bool, place: int, times: int) -> None:
    talk = _at(flow, returning, place)
    draft = talk.draft
    for _ in range(times):
        after = take(draft, Skip(), talk.ctx).draft
        assert _everything(draft).items() <= _everything(after).items()
        draft = after


@SOON
@given(st.sampled_from(Manual), st.lists(st.sampled_from(["手机号", "婚姻状况", "户口", "职称", "1 4"]), max_size=4))
def test_choosing_other_changes_again_and_again_never_loses_an_earlier_value(
    manual: Manual, choices: list[str]
) -> None:
    talk = a_walk(BusinessType.GENERAL, manual, returning=True)
    whole, draft = _with_held(talk.draft), talk.draft
    for choice in choices:
        for command in (Goto(field="C_CHANGE_ITEMS"), Answer(text=choice)):
            draft = take(draft, command, talk.ctx).draft
        assert whole.items() <= _with_held(draft).items()


def _with_held(draft: Draft) -> dict[str, str]:
    sections = [draft.answers.get(section, {}) for section in ("contact", "personal")]
    told = {name: value for section in sections for name, value in section.items()}
    return {**told, **draft.answers.get(held.HELD, {})}
