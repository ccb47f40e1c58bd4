"""The talk about the person: the notice, the employer, contact and personal data."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.domain.case_facts import case_facts
from backend.domain.context import EmployerFacts
from backend.domain.errors import Incomplete
from backend.domain.interview import check_submission
from backend.domain.talk import (
    ChooseEmployer,
    ConfirmNotice,
    Skip,
    Wants,
)
from tests.domain.talking import (
    COMPANY,
    Talk,
    a_context,
    a_talk_until,
)


def test_the_only_employer_is_chosen_without_a_question(talk: Talk) -> None:
    assert talk.ask.form == "notice_form"


def test_one_of_several_employers_is_chosen_by_number() -> None:
    other = EmployerFacts("emp_2", "样例科技有限公司", "haidian")
    talk = Talk(a_context(employers=(COMPANY, other)))
    assert [option.label for option in talk.ask.options] == ["示例控股有限公司（延庆区）", "样例科技有限公司（海淀区）"]
    step = talk.do(ChooseEmployer(option="2"))
    assert step.wish is not None
    assert (step.wish.what, step.wish.about) == (Wants.CHOOSE_EMPLOYER, "emp_2")
    assert talk.ask.form == "notice_form"


def test_somebody_who_is_not_eligible_stays_at_the_notice(talk: Talk) -> None:
    step = talk.do(ConfirmNotice(eligible=False))
    assert talk.said == ["not_eligible", "which_condition"]
    assert step.wish is not None
    assert talk.ask.form == "notice_form"
    talk.do(ConfirmNotice(eligible=True))
    assert talk.ask.form == "contact_form"
    assert talk.draft.answer("notice", "version") == talk.ctx.catalogue.notice_for(talk.ctx.business).version


def test_a_refused_value_keeps_what_was_right_and_asks_only_the_rest() -> None:
    talk = a_talk_until("contact")
    talk.tell(phone="1380013", emails="a@qq.com；b@163.com")
    assert talk.said == ["saved_values", "phone_wrong"]
    assert talk.draft.answer("contact", "emails") == "a@qq.com;b@163.com"
    assert (talk.ask.group, talk.ask.facts["refused"]) == (("phone",), "1380013")


def test_the_plain_text_is_enough_without_extractors() -> None:
    talk = a_talk_until("contact")
    talk.tell("13800138000 a@qq.com")
    assert talk.draft.answers["contact"] == {"phone": "13800138000", "emails": "a@qq.com"}


def test_credentials_can_be_put_off_but_not_for_ever() -> None:
    talk = a_talk_until("credentials")
    talk.do(Skip())
    assert talk.said == ["put_off"]
    assert talk.ask.form == "personal_form"
    with pytest.raises(Incomplete) as incomplete:
        check_submission(talk.draft, talk.ctx)
    assert "北京通账号" in incomplete.value.missing


def test_what_was_put_off_is_asked_before_the_submission() -> None:
    talk = a_talk_until("review")
    talk.ctx = replace(talk.ctx, credentials_given=False)
    talk.draft = talk.draft.skip("contact.credentials")
    assert talk.ask.field == "credentials"
    talk.do(Skip())
    assert talk.said == ["needed_now"]


def test_words_of_a_sentence_fill_a_group() -> None:
    talk = a_talk_until("personal")
    talk.tell("汉，党员，离异")
    assert talk.draft.answers["personal"] == {"ethnicity": "汉族", "political": "中共党员", "marital": "离婚"}
    assert talk.said == ["saved_values", "taken_as"]


def test_a_title_is_accepted_with_the_group_and_is_none_by_silence() -> None:
    talk = a_talk_until("personal")
    talk.tell("汉族 群众 未婚 工程师（中级）")
    assert talk.draft.answer("personal", "title") == "工程师（中级）"
    assert case_facts(talk.draft, talk.ctx)["title"] == "some"


def test_a_league_member_past_the_age_is_reminded_and_not_blocked() -> None:
    talk = a_talk_until("personal")
    talk.tell(ethnicity="汉族", political="团员", marital="未婚")
    assert "league_age" in talk.said
    assert talk.ask.field == "hukou_place"


def test_a_beijing_household_stops_with_the_reason() -> None:
    talk = a_talk_until("personal")
    talk.tell("汉族 群众 未婚")
    talk.tell(hukou_place="北京市海淀区", hukou_kind="家庭户", hukou_nature="城镇")
    assert "hukou_beijing" in talk.said
    assert talk.ask.group == ("hukou_place",)


def test_an_address_outside_beijing_is_refused_and_an_old_district_name_replaced() -> None:
    talk = a_talk_until("personal")
    talk.tell("汉族 群众 未婚")
    talk.tell("吉林省长春市 家庭户 城镇")
    talk.tell(address="河北省廊坊市幸福路1号", housing="租房", postcode="100020")
    assert "address_outside" in talk.said
    talk.tell("延庆县示例街1号")
    assert talk.draft.answer("personal", "address") == "延庆区示例街1号"


def test_an_address_is_kept_without_the_words_around_it() -> None:
    talk = a_talk_until("personal")
    talk.tell(address="我现在住在朝阳区幸福路1号")
    assert talk.draft.answer("personal", "address") == "朝阳区幸福路1号"
