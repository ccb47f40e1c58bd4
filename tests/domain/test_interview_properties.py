"""Whatever is said in whatever order: no accepted answer is lost, and the talk always knows what it asks next."""

from __future__ import annotations

from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.domain.draft import Draft
from backend.domain.interview import open_question, take
from backend.domain.months import Month
from backend.domain.talk import (
    AddEntry,
    Answer,
    ChooseItem,
    Command,
    ConfirmNotice,
    FinishItem,
    FinishSection,
    Goto,
    Previous,
    Redo,
    RemoveEntry,
    Resume,
    Save,
    Skip,
    Value,
)
from backend.domain.timeline import gaps
from tests.domain.talking import HIGH_SCHOOL, PRESENT_JOB, UNIVERSITY, a_talk_until

FIELDS = {
    "phone": ["13800138000", "123"],
    "emails": ["a@qq.com；b@163.com", "nothing"],
    "ethnicity": ["汉", "火星"],
    "marital": ["已婚", "未婚"],
    "hukou_place": ["吉林省长春市", "北京市"],
    "address": ["朝阳区幸福路1号", "谢谢"],
    "housing": ["租房", "宿舍", "洞穴"],
    "postcode": ["100020", "1"],
    "school": ["吉林大学", "长春市第十一高中", "好的"],
    "start": ["2008-09", "2001", "2020-01"],
    "end": ["2012-06", "OPEN", "1999-01"],
    "major": ["软件工程", "无"],
    "employer": ["示例控股", "待业", "某某科技有限公司"],
    "job": ["开发"],
    "place": ["北京市朝阳区"],
    "C_PATH": ["degree", "不确定", "title"],
    "C_SI": ["direct", "异地"],
}
VALUES = st.lists(
    st.sampled_from(sorted(FIELDS)).flatmap(
        lambda name: st.builds(
            Value,
            st.just(name),
            st.sampled_from(FIELDS[name]),
            st.sampled_from([None, None, 0, 1]),
            st.booleans(),
        )
    ),
    max_size=4,
).map(tuple)
TEXTS = st.sampled_from(
    ["对", "不对", "1", "1 1 2 2", "没有了", "谢谢", "吉林大学", "2010年9月", "13800138000", "汉族 群众 未婚", ""]
) | st.text(max_size=12)
KEEPING: st.SearchStrategy[Command] = st.one_of(
    st.builds(Answer, values=VALUES, text=TEXTS),
    st.builds(Answer, option=st.sampled_from(["yes", "no", "add", "accept", "1", "degree"])),
    st.just(Previous()),
    st.just(Skip()),
    st.just(Save()),
    st.just(Resume()),
    st.builds(Goto, field=st.sampled_from(sorted(FIELDS)), index=st.sampled_from([None, 0, 1, 5])),
    st.builds(Goto, section=st.sampled_from(["contact", "education", "work", "materials", "review"])),
    st.just(AddEntry()),
    st.just(FinishSection()),
    st.just(FinishItem()),
    st.builds(ChooseItem, st.sampled_from(["BA01", "WK01", "OT05", "FA01"])),
    st.builds(ConfirmNotice, st.just(True)),
)
ANY = (
    KEEPING | st.builds(Redo, st.sampled_from([None, "personal", "work"])) | st.builds(RemoveEntry, st.integers(-1, 3))
)
STARTS = {name: a_talk_until(name) for name in ("notice", "contact", "personal", "education", "work", "conditions")}
STARTED = st.sampled_from(sorted(STARTS))
SOON = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SOON
@given(STARTED, st.lists(KEEPING, max_size=12))
def test_no_accepted_answer_is_ever_lost(start: str, commands: list[Command]) -> None:
    talk = STARTS[start]
    draft = talk.draft
    for command in commands:
        before = draft
        draft = take(draft, command, talk.ctx).draft
        for section, told in before.answers.items():
            assert set(told) <= set(draft.answers.get(section, {}))
        for section in ("education", "work"):
            full = [row for row in before.rows(section) if row]
            assert len([row for row in draft.rows(section) if row]) >= len(full)
            for row in full:
                assert any(set(row) <= set(kept) for kept in draft.rows(section))


@SOON
@given(STARTED, st.lists(ANY, max_size=12))
def test_there_is_always_a_question_and_the_draft_survives_storage(start: str, commands: list[Command]) -> None:
    talk = STARTS[start]
    draft = talk.draft
    for command in commands:
        step = take(draft, command, talk.ctx)
        draft = step.draft
        assert Draft.from_json(draft.to_json()).to_json() == draft.to_json()
        question = open_question(draft, talk.ctx)
        assert question is not None
        assert question.field in question.group
        assert 0 <= question.number <= question.total
        if not isinstance(command, Save) and step.wish is None:
            assert step.ask == question


@SOON
@given(STARTED, st.lists(KEEPING, max_size=6), st.integers(1, 4))
def test_going_back_and_returning_shows_exactly_what_was_there(start: str, commands: list[Command], back: int) -> None:
    talk = STARTS[start]
    draft = talk.draft
    for command in commands:
        draft = take(draft, command, talk.ctx).draft
    draft = take(draft, Resume(), talk.ctx).draft
    asked = open_question(draft, talk.ctx)
    for _ in range(back):
        draft = take(draft, Previous(), talk.ctx).draft
    assert open_question(take(draft, Resume(), talk.ctx).draft, talk.ctx) == asked


@SOON
@given(STARTED, st.lists(ANY, max_size=10))
def test_no_sentence_carries_a_full_phone_or_mail_of_the_draft(start: str, commands: list[Command]) -> None:
    talk = STARTS[start]
    draft = talk.draft
    for command in commands:
        step = take(draft, command, talk.ctx)
        draft = step.draft
        phone = draft.answer("contact", "phone")
        for say in step.say:
            assert not phone or phone not in str(dict(say.facts))


def spans(first_year: int) -> st.SearchStrategy[tuple[str, str]]:
    months = st.integers(0, 150).map(lambda offset: Month(first_year, 1).plus(offset))
    return st.tuples(months, st.integers(1, 40)).map(lambda pair: (str(pair[0]), str(pair[0].plus(pair[1]))))


@given(st.lists(spans(2012), min_size=1, max_size=6), st.booleans())
def test_gaps_are_the_uncovered_months_of_a_month_set(jobs: list[tuple[str, str]], master: bool) -> None:
    work = [{**PRESENT_JOB, "start": start, "end": end} for start, end in jobs]
    study = {**UNIVERSITY, "school": "清华大学", "start": "2014-09", "end": "2017-06", "level": "硕士研究生"}
    education = [HIGH_SCHOOL, UNIVERSITY, *([study] if master else [])]

    def months(start: str, end: str) -> set[int]:
        return set(range(Month.parse(start).ordinal, Month.parse(end).ordinal + 1))

    covered = set().union(*(months(row["start"], row["end"]) for row in [*work, *education]))
    graduated = Month.parse("2017-06" if master else "2012-06").plus(1).ordinal
    starts = [Month.parse(start).ordinal for start, _ in jobs]
    free = [at for at in range(min(graduated, *starts), max(starts)) if at not in covered]
    runs: list[list[int]] = []
    for at in free:
        if runs and runs[-1][-1] == at - 1:
            runs[-1].append(at)
        else:
            runs.append([at])
    expected = [(run[0], run[-1]) for run in runs if len(run) > 3]
    found = gaps(work, education, today=date(2026, 11, 21), more_than=3)
    assert [(gap.period.start.ordinal, gap.period.end.ordinal) for gap in found] == expected
