"""A turn says each thing once: refusals, reminders, links and pictures find their one place."""

from __future__ import annotations

import asyncio

import pytest

from actions.backend import Outcome
from actions.reading import Question, Reading
from actions.speech import question_of
from actions.talk import Standing, Turn

PHONE = {"form": "contact_form", "field": "phone", "group": ["phone"], "label": "手机号码", "kind": "phone"}
SUBMIT = {"form": "review_form", "field": "submit", "group": ["submit"], "label": "提交申请", "kind": "confirm"}
LEASE = {"form": "supplement_form", "field": "HO04", "group": ["HO04"], "label": "房屋租赁合同", "kind": "photos",
         "facts": {"reason": "缺页"}}  # fmt: skip
PREVIEW = {"form": "photo_form", "field": "photo", "group": ["photo"], "label": "一寸照片", "kind": "confirm"}
PAY = {"form": "invoice_form", "field": "pay", "group": ["pay"], "label": "支付", "kind": "page"}
TITLE = {"form": "invoice_form", "field": "invoice_title", "group": ["invoice_title"], "label": "发票抬头", "kind": "text"}
CROP = {"purpose": "crop", "url": "https://example.com/h5/l/x"}


class Backend:
    """Answers every command with the outcome that a test prepared."""

    def __init__(self, *outcomes):
        self.outcomes, self.sent = list(outcomes), []

    async def command(self, openid, command, *, key, request_id):
        self.sent.append((command.name, dict(command.body)))
        return self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]


def say(*codes, **facts):
    return tuple({"code": code, "facts": facts} for code in codes)


def turn(backend, text, intent, asked=None, entities=(), **standing):
    reading = Reading(text=text, intent=intent, confidence=0.9, entities=entities, key="k")
    before = Standing(Question.of_ask(asked), **standing)
    return asyncio.run(Turn("o1", "action_talk", reading, backend).run(before))


def names(spoken):
    return [one.name for one in spoken.utterances]


def test_what_was_asked_for_is_told_and_the_question_only_recalled():
    spoken = turn(Backend(Outcome(say=say("fee"), ask=PHONE)), "多少钱", "ask_fee", PHONE)
    assert names(spoken) == ["utter_fee", "utter_continue"]


def test_saving_ends_the_turn():
    spoken = turn(Backend(Outcome(say=say("saved_for_later"), ask=PHONE)), "先存着", "save_draft", PHONE)
    assert names(spoken) == ["utter_saved_for_later"]
    assert spoken.standing.question.field == "phone"


def test_a_sentence_that_asks_by_itself_is_not_followed_by_the_question():
    spoken = turn(Backend(Outcome(say=say("send_a_photo", label="房屋租赁合同"), ask=LEASE)), "哈哈", "unknown", LEASE)
    assert names(spoken) == ["utter_send_a_photo_supplement"]
    assert spoken.utterances[0].facts["reason"] == "缺页"


def test_the_preview_hangs_on_its_sentence_and_the_crop_page_on_the_question():
    files = ({"file_id": "f_1", "kind": "preview"},)
    backend = Backend(Outcome(say=say("photo_preview"), ask=PREVIEW, files=files, link=CROP))
    spoken = turn(backend, "", "photo_nudge", PREVIEW)
    assert [one.file_id for one in spoken.utterances] == ["f_1", None]
    assert [one.link for one in spoken.utterances] == [None, CROP]


def test_something_sent_back_meanwhile_is_asked_for_whatever_is_said():
    backend = Backend(Outcome(say=say("case_open"), ask=LEASE))
    spoken = turn(backend, "我补一下", "unknown")
    assert backend.sent == [("open", {})]
    assert spoken.standing.question.field == "HO04"
    assert names(spoken) == ["utter_ask_supplement_HO04_photos"]


def test_a_nod_when_nothing_is_asked_is_no_stumble():
    spoken = turn(Backend(Outcome(say=say("case_open"))), "好的", "affirm")
    assert (names(spoken), spoken.standing.stumbles) == (["utter_acknowledged"], 0)


def test_the_same_way_in_is_never_offered_in_the_same_words():
    backend = Backend(Outcome(say=say("welcome_stranger"), link={"purpose": "bind", "url": "https://example.com"}))
    first = turn(backend, "你好", "greet")
    again = turn(backend, "在吗", "greet", asked_to_bind=first.standing.asked_to_bind)
    assert (first.utterances[0].round, again.utterances[0].round) == (0, 1)
    assert len(first.utterances) == 1, "the link hangs on the greeting"


def test_taking_back_a_cancellation_says_so():
    asked = {"form": "cancel_form", "field": "cancel", "group": ["cancel"], "label": "取消办理", "kind": "confirm"}
    spoken = turn(Backend(Outcome(say=say("welcome_back"), ask=PHONE)), "不取消", "deny", asked)
    assert names(spoken)[0] == "utter_not_cancelled"


def test_paid_but_nothing_arrived_is_answered_as_that():
    backend = Backend(Outcome(say=say("progress", "where_it_stands"), ask=PAY, case={"stage": "awaiting_payment"}))
    assert names(turn(backend, "已经付了", "paid_but_unpaid", PAY))[0] == "utter_not_paid_yet"


def test_a_company_told_for_the_invoice_is_its_title():
    backend = Backend(Outcome(ask=PAY))
    turn(backend, "示例控股有限公司", "inform", TITLE, [{"entity": "employer", "value": "示例控股有限公司", "group": "0"}])
    assert backend.sent[0][1]["values"][0]["field"] == "invoice_title"


def test_a_tax_number_that_is_none_does_not_become_the_title():
    backend = Backend(Outcome(ask=TITLE))
    turn(backend, "税号是123456", "inform", TITLE)
    assert backend.sent[0][1]["values"] == [{"field": "tax_no", "value": "123456"}]


def test_the_named_entry_is_the_one_that_changes():
    asked = {"form": "work_form", "field": "work_confirm", "group": ["work_confirm"], "kind": "confirm"}
    entities = [{"entity": "ordinal", "value": "2"}, {"entity": "job", "value": "架构师", "group": "0"}]
    backend = Backend(Outcome(ask=asked))
    turn(backend, "第二段岗位改成架构师", "correct", asked, entities)
    assert backend.sent[0][1]["values"] == [{"field": "job", "value": "架构师", "index": 1}]


def test_many_missing_months_are_asked_for_once():
    spoken = turn(Backend(Outcome(say=say("month_needed", "month_needed"), ask=PHONE)), "03-06年", "inform", PHONE)
    assert names(spoken).count("utter_months_needed") == 1
    assert "utter_month_needed" not in names(spoken)


def test_a_farewell_is_not_followed_by_a_question():
    reading = Reading(text="再见", intent="goodbye", confidence=0.9, key="k")
    after = Turn("o1", "contact_form", reading, Backend(Outcome())).continue_after_rules
    assert asyncio.run(after(Standing(Question.of_ask(PHONE)))).utterances == []


def test_help_about_a_field_that_is_named_comes_before_help_about_the_first_one_asked():
    """“没有邮箱咋办” to the question for phone and mails."""
    both = {**PHONE, "group": ["phone", "emails"]}
    spoken = turn(Backend(Outcome()), "没有邮箱咋办", "ask_filling", both, entities=[{"entity": "field", "value": "emails"}])
    said = spoken.utterances[0]
    assert (said.name, said.otherwise[0]) == ("utter_help_contact_emails", "utter_help_contact_phone")


@pytest.mark.parametrize("kind", ["month", "date", "choice"])
def test_a_question_of_the_self_check_is_put_in_its_own_words(kind: str) -> None:
    asked = question_of(Question.of_ask({"form": "notice_form", "field": "check_left_on", "kind": kind}))
    assert f"utter_ask_notice_{kind}" in [asked.name, *asked.otherwise]
