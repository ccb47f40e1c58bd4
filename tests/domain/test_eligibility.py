"""Who can apply: limits by place, person and day, the self-check with reasons, answers without promises (F14–F16)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.catalogue import Catalogue
from backend.domain.context import EmployerFacts
from backend.domain.eligibility import CheckKind, assess, ready_day
from backend.domain.eligibility_answers import Asker, age_told, answer, months_told
from backend.domain.interview import take
from backend.domain.profile import BusinessType
from backend.domain.talk import Answer, ConfirmNotice, Value, Wants
from tests.domain.talking import TODAY, Talk, a_context, a_talk_until

HAIDIAN = EmployerFacts("emp_h", "示例海淀有限公司", "haidian")


def limit(catalogue: Catalogue, name: str, day: date = TODAY, **facts: str) -> int | None:
    found = catalogue.eligibility.limit(name, facts, day)
    return found.value if found else None


@pytest.mark.parametrize(
    ("name", "facts", "expected"),
    [
        ("months_in_post", {}, 6),
        ("months_in_post", {"district": "haidian"}, 12),
        ("months_in_post", {"district": "yanqing"}, 6),
        ("age_max", {"gender": "女"}, 55),
        ("age_max", {"gender": "男"}, 60),
        ("age_max", {}, None),
        ("income_percent", {"C_UNIT": "company"}, 150),
        ("income_percent", {"C_UNIT": "social"}, 120),
        ("income_percent", {"district": "fengtai"}, 120),
    ],
)
def test_the_most_special_limit_in_force_counts(
    catalogue: Catalogue, name: str, facts: dict[str, str], expected: int | None
) -> None:
    assert limit(catalogue, name, **facts) == expected


@pytest.mark.parametrize(("day", "wage"), [(date(2024, 7, 31), 11297), (date(2024, 8, 1), 11761), (TODAY, 11937)])
def test_the_average_wage_is_the_one_of_the_day(catalogue: Catalogue, day: date, wage: int) -> None:
    assert limit(catalogue, "average_wage", day) == wage


def test_every_limit_says_where_it_comes_from_and_when_it_was_checked(catalogue: Catalogue) -> None:
    for one in catalogue.eligibility.limits:
        assert one.origin.source in catalogue.eligibility.sources
        assert one.origin.last_verified is not None


@pytest.fixture
def unsure() -> Talk:
    """At the notice, a haidian company, 我不确定 was tapped."""
    talk = Talk(a_context(employers=(HAIDIAN,)))
    talk.tap("unsure")
    return talk


def test_who_is_not_sure_is_asked_few_short_questions(unsure: Talk) -> None:
    assert unsure.said == ["check_begins"]
    asked = []
    while unsure.ask.field != "eligible":
        asked.append(unsure.ask.field)
        unsure.tap(
            {"check_hukou": "no"}.get(unsure.ask.field, unsure.ask.options[0].value)
        ) if unsure.ask.kind.value == ("choice") else unsure.tell(**{unsure.ask.field: "2018-04"})
    assert asked == ["check_hukou", "check_joined", "check_path", "check_insurance", "check_quota"]
    assert unsure.said == ["check_passed"]


def _answers(
    talk: Talk, *, joined: str = "2018-04", hukou: str = "no", path: str = "degree", quota: str = "yes"
) -> None:
    talk.tap(hukou)
    talk.tell(check_joined=joined)
    talk.tap(path)
    talk.tap("direct")
    talk.tap(quota)


def test_all_met_leads_back_to_the_notice_without_reading_it_out_again(unsure: Talk) -> None:
    _answers(unsure)
    assert (unsure.said, unsure.ask.field, unsure.ask.facts["summary"]) == (["check_passed"], "eligible", "")
    unsure.tap("yes")
    assert unsure.ask.form == "contact_form"


def test_each_failed_condition_is_told_with_its_reason_and_whose_rules_it_breaks(unsure: Talk) -> None:
    unsure.tap("yes")
    unsure.tell(check_joined="2018-04")
    unsure.tap("none")
    unsure.tap("elsewhere")
    step = take(unsure.draft, Answer(option="no"), unsure.ctx)
    told = step.say[0]
    assert told.code == "check_failed"
    assert [line.removeprefix("· ")[:6] for line in told.facts["reasons"].splitlines()] == [
        "北京户口不用", "要有学士学位", "社保和个税要", "单位今年没有",
    ]  # fmt: skip
    assert "海淀区" in told.facts["basis"]
    assert step.wish is not None
    assert (step.wish.what, step.wish.about) == (Wants.NOT_ELIGIBLE, "hukou,path,insurance,quota")


def test_when_only_time_is_missing_the_day_is_kept_so_that_it_can_be_reminded_of(unsure: Talk) -> None:
    _answers(unsure, joined="2026-03")
    assert unsure.said == ["check_failed", "check_ready_on"]
    assert unsure.draft.answer("notice", "ready_on") == "2027-03-31"
    assert unsure.draft.answer("notice", "eligible") == "no"
    assert unsure.ask.form == "notice_form"


def test_when_more_than_time_is_missing_no_day_is_promised(unsure: Talk) -> None:
    _answers(unsure, joined="2026-03", quota="no")
    assert unsure.said == ["check_failed"]
    assert unsure.draft.answer("notice", "ready_on") == ""


def test_the_first_unsure_is_explained_the_second_one_is_an_answer(unsure: Talk) -> None:
    unsure.tap("unsure")
    assert (unsure.said, unsure.ask.field) == (["check_explained"], "check_hukou")
    unsure.tap("unsure")
    assert unsure.ask.field == "check_joined"
    unsure.tell("不确定")
    unsure.tell("不确定")
    for _ in range(3):
        unsure.tap("unsure")
        unsure.tap("unsure")
    assert unsure.said == ["check_doubtful"]


def test_the_answers_are_stored_with_the_version_of_the_notice(unsure: Talk) -> None:
    _answers(unsure)
    kept = unsure.draft.answers["notice"]
    assert kept["version"] == unsure.ctx.catalogue.notice_for(BusinessType.NEW).version
    assert {name: kept[name] for name in ("hukou", "joined", "path", "insurance", "quota")} == {
        "hukou": "no", "joined": "2018-04", "path": "degree", "insurance": "direct", "quota": "yes",
    }  # fmt: skip


def test_what_the_check_was_told_is_not_asked_again_among_the_conditions(unsure: Talk) -> None:
    _answers(unsure)
    assert unsure.draft.answers["conditions"] == {"C_PATH": "degree", "C_SI": "direct"}


def test_the_words_of_the_condition_question_are_heard_too(unsure: Talk) -> None:
    unsure.tap("no")
    unsure.do(Answer(values=(Value("start", "2018-04"),)))
    assert unsure.ask.field == "check_path"
    unsure.tap("title")
    by_text = take(unsure.draft, Answer(text="公司交的"), unsure.ctx)
    unsure.do(Answer(values=(Value("C_SI", "现单位直缴"),), text="公司交的"))
    assert unsure.ask.field == "check_quota"
    assert by_text.draft == unsure.draft


def test_every_district_says_where_its_conditions_come_from_in_words(catalogue: Catalogue) -> None:
    assert {one.origin.source for one in catalogue.districts.values()} <= set(catalogue.eligibility.sources)


def test_what_is_known_is_not_asked() -> None:
    talk = a_talk_until("materials")
    talk.ctx = replace(talk.ctx, employers=(replace(talk.ctx.employers[0], quota=3),))
    talk.draft = talk.draft.without_section("notice")
    step = talk.tap("unsure")
    assert [one.code for one in step.say] == ["eligibility_unsure"]


def test_the_month_of_joining_fills_in_the_present_job(unsure: Talk) -> None:
    _answers(unsure)
    unsure.tap("yes")
    at_work = replace(a_talk_until("work"), ctx=unsure.ctx)
    draft = at_work.draft.with_answer("notice", "joined", "2018-04")
    values = tuple(Value(n, v, 0, relative=True) for n, v in {"employer": HAIDIAN.name, "job": "开发"}.items())
    step = take(draft, Answer(values=values), unsure.ctx)
    assert step.draft.rows("work")[0]["start"] == "2018-04"


def test_a_known_failure_is_said_once_before_somebody_goes_on() -> None:
    context = a_context()
    old = replace(context, applicant=replace(context.applicant, birth_date=date(1966, 1, 1)))
    talk = Talk(old)
    talk.do(ConfirmNotice(eligible=True))
    assert (talk.said, talk.ask.form) == (["eligibility_doubt"], "notice_form")
    talk.do(ConfirmNotice(eligible=True))
    assert talk.ask.form == "contact_form"


def test_not_eligible_asks_which_condition_it_is() -> None:
    talk = Talk(a_context(employers=(HAIDIAN,)))
    talk.do(ConfirmNotice(eligible=False))
    assert talk.said == ["not_eligible", "which_condition"]
    assert talk.ask.field == "check_hukou"


@given(months=st.integers(1, 60), today=st.dates(date(2024, 1, 1), date(2030, 12, 31)))
def test_time_is_missing_exactly_until_the_day_that_is_told(months: int, today: date, catalogue: Catalogue) -> None:
    """Whoever comes back on that day passes, whoever comes the day before does not."""
    rules = catalogue.eligibility
    check = next(one for one in rules.checks if one.kind is CheckKind.MONTH)
    ordinal = today.year * 12 + today.month - 1 - months
    joined = f"{ordinal // 12:04d}-{ordinal % 12 + 1:02d}"
    facts = {"district": "haidian"}
    found = assess(rules, [check], {"joined": joined}, facts, today=today, place="海淀区")
    day = ready_day(rules, check, joined, facts, today)
    assert day is not None
    assert bool(found.failed) == (today < day)
    assert found.ready_on == (day if today < day else None)


@pytest.mark.parametrize(
    ("text", "asker", "parts"),
    [
        ("入职刚8个月，够不够", Asker({"district": "haidian"}, "haidian"), ["满12个月", "还差4个月", "海淀区"]),
        ("入职刚8个月，够不够", Asker({"district": "yanqing"}, "yanqing"), ["满6个月", "8个月，这一条够了", "延庆区"]),
        ("入职刚八个月，够不够", Asker({}), ["海淀区", "12个月", "其他区一般6个月"]),
        ("公司在延庆，条件跟海淀一样吗", Asker({}), ["延庆区：", "没有查到公开", "海淀区：", "100 万元", "满12个月"]),
        ("52岁女的还能办吗", Asker({}), ["女不超过55岁", "52岁，这一条够了"]),
        ("57岁女的还能办吗", Asker({"gender": "男"}, age=30), ["57岁，超过了"]),
        ("我这个年龄行吗", Asker({"gender": "男"}, age=61), ["61岁，超过了"]),
        ("没在北京交社保能不能办", Asker({}), ["由现单位在北京连续缴纳", "一般办不了"]),
        ("北京户口用办吗", Asker({}), ["非北京户口"]),
        ("是不是要硕士以上", Asker({}), ["学士及以上学位并工作满2年"]),
        ("不是说月缴个税150就行吗", Asker({}), ["这是旧口径"]),
        ("工资要多少", Asker({"C_UNIT": "social"}), ["1.2倍", "14,325元"]),
        ("年薪多少才行", Asker({"C_UNIT": "company"}), ["1.5倍", "17,906元"]),
        ("我们公司能办吗", Asker({}), ["告诉我单位在哪个区"]),
    ],
)  # fmt: skip
def test_a_question_is_answered_from_the_catalogue(
    catalogue: Catalogue, text: str, asker: Asker, parts: list[str]
) -> None:
    told = answer(catalogue, text, asker, TODAY)
    whole = "\n".join((*told.lines, told.basis))
    assert all(part in whole for part in parts), whole
    assert "核对" in told.basis


def test_a_question_about_nothing_in_particular_has_no_lines(catalogue: Catalogue) -> None:
    assert answer(catalogue, "我能办吗", Asker({}), TODAY).lines == ()


@given(text=st.text(max_size=60))
def test_no_answer_promises_anything_and_none_fails(catalogue: Catalogue, text: str) -> None:
    told = answer(catalogue, text, Asker({"district": "haidian"}, "haidian", 40), TODAY)
    assert not re.search("保证|一定能|肯定能|包过", "".join(told.lines))


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("8个月", 8),
        ("十一个月", 11),
        ("半年", 6),
        ("一年半", 18),
        ("2年了", 24),
        ("二十个月", 20),
        ("2012年入职", None),
        ("2026年3月入职的", 8),
    ],
)
def test_how_long_it_has_been_is_read_in_the_ways_people_say_it(text: str, months: int | None) -> None:
    assert months_told(text, TODAY) == months


def test_an_age_is_read_with_or_without_digits() -> None:
    assert (age_told("52岁"), age_told("五十二岁"), age_told("满55周岁"), age_told("多大")) == (52, 52, 55, None)
