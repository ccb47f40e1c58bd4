"""Choosing a person, signing out, the code of a new phone: what is said becomes the right command, never an answer."""

from __future__ import annotations

import asyncio

import pytest

from actions.account import of_form
from actions.backend import Outcome
from actions.commands import decide
from actions.moves import Command, Remark
from actions.reading import Question, Reading
from actions.talk import Standing, Turn

PEOPLE = [{"value": "a_1", "label": "王*"}, {"value": "a_2", "label": "李*"}, {"value": "add", "label": "再加一位"}]
YES_NO = [{"value": "yes", "label": "确定退出"}, {"value": "no", "label": "先不退出"}]
PERSON = Question.of_ask({"form": "account_form", "field": "person", "kind": "choice", "group": ["person"], "options": PEOPLE})
UNBIND = Question.of_ask({"form": "account_form", "field": "unbind", "kind": "confirm", "group": ["unbind"], "options": YES_NO})
CODE = Question.of_ask({"form": "account_form", "field": "phone_code", "kind": "text", "group": ["phone_code"]})


def read(text, intent="unknown", *, exact=False, confidence=0.9, **entities):
    found = tuple({"entity": name, "value": value} for name, value in entities.items())
    return Reading(text=text, intent=intent, confidence=confidence, entities=found, exact=exact, key="k")


@pytest.mark.parametrize(("text", "person"), [("王*", "a_1"), ("李*", "a_2"), ("再加一位", "add")])
def test_a_person_is_chosen_by_name(text, person):
    assert decide(read(text, "choose"), PERSON) == Command("switch_person", {"person": person})


def test_a_tapped_person_counts_whatever_is_asked_now():
    reading = read("", "choose", exact=True, field="person", option="a_2")
    assert decide(reading, Question.none()) == Command("switch_person", {"person": "a_2"})


@pytest.mark.parametrize("text", ["是", "确定退出", "1"])
def test_signing_out_needs_a_yes(text):
    assert decide(read(text, "affirm"), UNBIND) == Command("unbind_account", {"confirmed": True})


@pytest.mark.parametrize("text", ["不", "先不退出", "别退", "不退了"])
def test_anything_like_no_signs_nobody_out(text):
    assert decide(read(text, "deny"), UNBIND) == Command("resume")


@pytest.mark.parametrize("intent", ["unknown", "inform", "unbind_account"])
def test_what_is_neither_yes_nor_no_is_asked_again(intent):
    assert decide(read("嗯我想想", intent), UNBIND) == Remark("again")


def test_saying_退出_alone_only_asks():
    assert decide(read("退出登录", "unbind_account"), Question.none()) == Command("unbind_account", {"confirmed": False})


@pytest.mark.parametrize("text", ["482913", "验证码是 482913", "４８２９１３", "482 913"])
def test_six_digits_are_the_code_however_they_are_written(text):
    assert of_form(read(text), CODE, sure=0.4) == Command("confirm_phone", {"code": "482913"})


@pytest.mark.parametrize("text", ["4829", "13800138000", "第六位"])
def test_other_numbers_are_not_taken_for_the_code(text):
    assert of_form(read(text), CODE, sure=0.4) == Remark("again")


@pytest.mark.parametrize(("text", "body"), [("没收到", {"again": True}), ("再发一遍", {"again": True}), ("不改了", {"give_up": True})])
def test_the_code_can_be_sent_again_or_given_up(text, body):
    assert of_form(read(text), CODE, sure=0.4) == Command("confirm_phone", body)


class Backend:
    def __init__(self, outcome):
        self.outcome, self.sent = outcome, []

    async def command(self, openid, command, *, key, request_id):
        self.sent.append(command)
        return self.outcome


PHONE = {"form": "contact_form", "field": "phone", "group": ["phone"], "label": "手机号码", "kind": "phone"}


def test_an_answer_says_for_which_case_it_is_and_the_name_stands_first():
    case = {"case_no": "GJ20260316-00002", "stage": "draft"}
    backend = Backend(Outcome(say=({"code": "saved_value", "facts": {}},), ask=PHONE, case=case, person="王*"))
    before = Standing(Question.of_ask(PHONE), case_no="GJ20260316-00001")
    spoken = asyncio.run(Turn("o1", "action_talk", read("13800138000", "inform", phone="13800138000"), backend).run(before))
    assert backend.sent[0].case_no == "GJ20260316-00001"
    assert spoken.utterances[0].name == "utter_on_behalf_of"
    assert Standing.of_slots({"asked": spoken.standing.asked}).case_no == "GJ20260316-00002"
