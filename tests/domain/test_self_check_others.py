"""The notice and the self-check of the five businesses beside a new application (F14–F16, F66)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from backend.domain.catalogue import Catalogue
from backend.domain.context import EmployerFacts
from backend.domain.draft import Draft
from backend.domain.profile import BusinessType, profile_for
from backend.domain.sections.earlier import prefilled
from backend.domain.talk import Answer
from tests.domain.talking import TODAY, Talk, a_context
from tests.domain.test_other_businesses import EARLIER_CASE, OTHERS, an_earlier_draft

DONGCHENG = EmployerFacts("emp_d", "示例东城有限公司", "dongcheng")
HAIDIAN = EmployerFacts("emp_h", "示例海淀有限公司", "haidian")


def at_the_notice(
    business: BusinessType, *, valid_until: date | None = None, employer: EmployerFacts = HAIDIAN, last: str = "emp_h"
) -> Talk:
    """Somebody who has completed a case with us, at the notice of another one."""
    profile = profile_for(business)
    draft = prefilled(
        an_earlier_draft(), case_no=EARLIER_CASE, profile=profile, today=TODAY, valid_until=valid_until,
        employer_id=last,
    )  # fmt: skip
    return Talk(a_context(business=business, profile=profile, employers=(employer,), credentials_given=True), draft)


def a_stranger(business: BusinessType) -> Talk:
    """Somebody without an earlier case of ours: everything has to be asked."""
    return Talk(a_context(business=business, profile=profile_for(business), employers=(HAIDIAN,)), Draft())


def checks_asked(talk: Talk) -> list[str]:
    talk.tap("unsure")
    asked: list[str] = []
    while talk.ask.field != "eligible" and len(asked) < 9:
        asked.append(talk.ask.field.removeprefix("check_"))
        talk.tap("unsure")
        talk.tap("unsure")
    return asked


@pytest.mark.parametrize("business", list(BusinessType))
def test_every_business_has_a_notice_of_its_own_with_its_version(catalogue: Catalogue, business: BusinessType) -> None:
    notices = [catalogue.notice_for(one) for one in BusinessType]
    mine = catalogue.notice_for(business)
    assert [one.version for one in notices].count(mine.version) == 1
    assert business.label in mine.title
    assert 3 <= mine.summary.count("·") <= 6


@pytest.mark.parametrize(
    ("business", "codes"),
    [
        (BusinessType.RENEW, ["insurance", "same_employer", "permit_end", "first_renewal", "contract"]),
        (BusinessType.EMPLOYER, ["insurance", "left_on", "released"]),
        (BusinessType.DEPENDANT, ["same_employer", "valid", "companion"]),
        (BusinessType.ADDRESS, ["same_employer", "valid", "new_home"]),
        (BusinessType.GENERAL, ["same_employer", "valid", "changed"]),
    ],
)
def test_who_is_not_sure_is_asked_what_this_business_depends_on(business: BusinessType, codes: list[str]) -> None:
    talk = a_stranger(business)
    assert checks_asked(talk) == codes
    assert talk.said == ["check_doubtful"]


def test_what_our_own_records_say_is_not_asked() -> None:
    assert checks_asked(at_the_notice(BusinessType.ADDRESS, valid_until=TODAY)) == ["new_home"]
    renewal = at_the_notice(BusinessType.RENEW, valid_until=TODAY + timedelta(days=20))
    assert checks_asked(renewal) == ["insurance", "first_renewal"]


@pytest.mark.parametrize(("left", "fits"), [(31, False), (30, True), (0, True), (-30, True), (-31, False)])
def test_the_renewal_window_is_open_thirty_days_around_the_end(left: int, fits: bool) -> None:
    talk = at_the_notice(BusinessType.RENEW, valid_until=TODAY + timedelta(days=left))
    talk.tap("yes")
    assert talk.said == (["eligible_confirmed"] if fits else ["eligibility_doubt"])


def test_the_window_is_the_one_of_the_district() -> None:
    talk = at_the_notice(
        BusinessType.RENEW, valid_until=TODAY - timedelta(days=1), employer=DONGCHENG, last=DONGCHENG.id
    )
    talk.tap("yes")
    assert talk.said == ["eligibility_doubt"]


def test_too_early_a_renewal_is_told_its_day_and_reminded_of_it() -> None:
    talk = at_the_notice(BusinessType.RENEW, valid_until=date(2027, 3, 31))
    talk.tap("unsure")
    talk.tap("direct")
    talk.tap("yes")
    assert talk.said == ["check_failed", "check_ready_on"]
    assert talk.draft.answer("notice", "ready_on") == "2027-03-01"


def test_a_day_told_to_the_check_is_not_asked_again_by_the_application() -> None:
    talk = a_stranger(BusinessType.EMPLOYER)
    talk.tap("unsure")
    talk.tap("direct")
    talk.tell("10月8日走的")
    talk.tap("yes")
    assert talk.said == ["check_passed"]
    told = talk.draft.answers["conditions"]
    assert (told["C_LEFT_DATE"], told["C_RELEASED"], told["C_SI"]) == ("2026-10-08", "yes", "direct")


@pytest.mark.parametrize(("day", "said"), [("2026年9月22日", "check_passed"), ("2026年9月21日", "check_failed")])
def test_the_sixty_days_after_leaving_count_to_the_day(day: str, said: str) -> None:
    talk = a_stranger(BusinessType.EMPLOYER)
    for answer in ("unsure", "direct"):
        talk.tap(answer)
    talk.tell(day)
    talk.tap("yes")
    assert talk.said == [said]


@pytest.mark.parametrize(
    ("text", "code"), [("明天", "day_wrong"), ("2027年1月1日", "day_in_future"), ("上个月", "day_wrong")]
)
def test_a_day_that_is_none_is_refused_and_the_question_stays(text: str, code: str) -> None:
    talk = a_stranger(BusinessType.EMPLOYER)
    for answer in ("unsure", "direct"):
        talk.tap(answer)
    talk.tell(text)
    assert (talk.said, talk.ask.field) == ([code], "check_left_on")


def test_who_has_not_left_yet_is_told_what_comes_first() -> None:
    talk = a_stranger(BusinessType.EMPLOYER)
    for answer in ("unsure", "direct"):
        talk.tap(answer)
    talk.tell("还没离职")
    talk.tap("no")
    assert talk.said == ["check_doubtful"]
    assert talk.draft.answer("conditions", "C_LEFT_DATE") == ""


def test_another_employer_than_the_permits_is_said_before_somebody_goes_on() -> None:
    talk = at_the_notice(BusinessType.ADDRESS, valid_until=TODAY, last="emp_other")
    talk.tap("yes")
    assert talk.said == ["eligibility_doubt"]
    talk.tap("yes")
    assert talk.said == ["eligible_confirmed"]


@pytest.mark.parametrize(
    ("business", "answers", "reason"),
    [
        (BusinessType.DEPENDANT, ("hukou",), "北京户口不用办随往"),
        (BusinessType.ADDRESS, ("outside",), "现住址要在北京"),
    ],
)
def test_a_failed_condition_is_told_with_its_reason(
    business: BusinessType, answers: tuple[str, ...], reason: str
) -> None:
    talk = at_the_notice(business, valid_until=TODAY)
    talk.tap("unsure")
    for one in answers[:-1]:
        talk.tap(one)
    step = talk.do(Answer(option=answers[-1]))
    assert (step.say[0].code, reason in step.say[0].facts["reasons"]) == ("check_failed", True)


def test_a_lease_that_ends_soon_is_named_with_the_published_months() -> None:
    talk = at_the_notice(BusinessType.ADDRESS, valid_until=TODAY)
    talk.tap("unsure")
    step = talk.do(Answer(option="rented_short"))
    assert "6个月以上" in step.say[0].facts["doubts"]


def test_a_contract_told_to_the_check_belongs_to_the_present_job() -> None:
    talk = a_stranger(BusinessType.RENEW)
    for one in ("unsure", "direct", "yes"):
        talk.tap(one)
    talk.tell("2026年12月1日")
    talk.tap("yes")
    talk.tell("无固定期限")
    assert (talk.said, talk.draft.answer("notice", "contract")) == (["check_passed"], "OPEN")


@pytest.mark.parametrize("business", OTHERS)
@pytest.mark.parametrize("words", ["看全文", "须知全文"])
def test_the_whole_notice_can_be_read_and_the_question_stays(business: BusinessType, words: str) -> None:
    talk = a_stranger(business)
    step = talk.tell(words)
    assert (step.say[0].code, talk.ask.field) == ("notice_in_full", "eligible")
    assert "政府不收费" in step.say[0].facts["paragraphs"]


def a_renewal_after(business: str) -> Talk:
    profile = profile_for(BusinessType.RENEW)
    draft = prefilled(
        an_earlier_draft(), case_no=EARLIER_CASE, profile=profile, today=TODAY, valid_until=TODAY, business=business
    )
    return Talk(a_context(business=BusinessType.RENEW, profile=profile, credentials_given=True), draft)


def test_a_first_renewal_is_told_that_it_may_need_no_filing_before_anything_is_paid() -> None:
    talk = a_renewal_after("NEW")
    step = talk.tap("yes")
    assert [one.code for one in step.say] == ["eligible_confirmed", "eligibility_verify"]
    assert "自动延期" in step.say[1].facts["doubts"]


def test_who_has_renewed_with_us_before_is_told_nothing_of_the_sort() -> None:
    assert [one.code for one in a_renewal_after("RENEW").tap("yes").say] == ["eligible_confirmed"]


@pytest.mark.parametrize(
    "answer", [Answer(text="没有", option="deny"), Answer(text="没有"), Answer(text="没续过，第一次到期")]
)
def test_none_is_an_answer_to_whether_it_was_renewed_before(answer: Answer) -> None:
    talk = a_renewal_after("ADDRESS")
    talk.tap("unsure")
    talk.tap("direct")
    talk.tap("yes")
    assert talk.ask.field == "check_first_renewal"
    talk.do(answer)
    assert talk.draft.answer("notice", "first_renewal") == "no"
