"""上一步, 跳过, 保存, 重填, 取消, 帮助, 转人工, 到哪一步了 mean the same under every question that a form can put (F25, F31, F32)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.shared.core.domain import Domain

from actions.commands import Command, Remark, decide
from actions.reading import Question, Reading
from actions.speech import question_of
from nlu.wording import OperatorTexts

DOMAIN = Domain.from_path(str(Path(__file__).resolve().parents[2] / "data/domain"))


# What the backend tells with its questions; every sentence finds what it needs.
FACTS = {"title": "须知", "summary": "1. …", "question": "您有学士学位吗？", "count": 2, "position": 1, "start": "2013年9月", "end": "2014年2月",
         "months": 6, "proposed": "2044年3月", "employer": "示例科技", "visit": "复审", "place": "朝阳区", "bring": "原件", "parts": [
             {"field": "a", "label": "一", "optional": False, "options": []}, {"field": "b", "label": "二", "optional": False, "options": []}],
         "materials": 15, "pieces": 30, "reason": "看不清"}  # fmt: skip


def asked(form: str, field: str, kind: str, **more: Any) -> Question:
    place = {"form": f"{form}_form", "field": field, "label": field, "number": 2, "total": 8}
    return Question.of_ask({**place, "kind": kind, **more, "facts": {**FACTS, **more.get("facts", {})}})


def options(*pairs: str) -> dict[str, Any]:
    return {"options": [{"value": value, "label": label} for value, label in (pair.split("=") for pair in pairs)]}


YES_NO = options("yes=是", "no=否")
QUESTIONS = {
    "employer": asked("employer", "employer", "choice", **options("e_1=示例科技（北京）有限公司", "e_2=示例控股有限公司")),
    "notice": asked("notice", "eligible", "confirm", **options("yes=符合条件", "unsure=我不确定", "no=不符合")),
    "self-check": asked("notice", "check_degree", "choice", **YES_NO),
    "phone and mails": asked("contact", "phone", "phone", group=["phone", "emails"]),
    "mails": asked("contact", "emails", "emails"),
    "credentials": asked("contact", "credentials", "page"),
    "who": asked("personal", "ethnicity", "choice", group=["ethnicity", "political", "marital", "title"]),
    "political": asked("personal", "political", "choice", **options("群众=群众", "中共党员=中共党员")),
    "title": asked("personal", "title", "text", optional=True),
    "hukou": asked("personal", "hukou_place", "address"),
    "address": asked("personal", "address", "address", group=["address", "housing", "postcode"]),
    "postcode": asked("personal", "postcode", "number"),
    "unchanged": asked("personal", "unchanged", "choice", **options("yes=都没变", "home=住址变了")),
    "photo": asked("photo", "photo", "photo"),
    "preview": asked("photo", "photo", "confirm", **options("accept=用这张", "retake=换一张")),
    "school": asked("education", "school", "text", index=0, group=["school", "start", "end", "major"]),
    "a further school": asked("education", "school", "text", index=2, optional=True),
    "major": asked("education", "major", "text", index=1),
    "start": asked("education", "start", "month", index=1),
    "months": asked("education", "start", "month", index=1, facts={"years": "2003年几月到2006年几月", "example": "9 6"}),
    "schools": asked("education", "education_confirm", "confirm", facts={"count": 2}, **options("yes=对，没有了", "add=再加一段")),
    "employer of a job": asked("work", "employer", "text", index=0),
    "job": asked("work", "job", "text", index=0),
    "end": asked("work", "end", "month", index=0),
    "place": asked("work", "place", "text", index=0),
    "gap": asked("work", "gap", "confirm", **options("yes=填待业", "no=不填")),
    "open end": asked("work", "open_end", "confirm", **options("yes=用这个时间", "no=我自己填")),
    "jobs": asked("work", "work_confirm", "confirm", facts={"count": 2}, **options("yes=对，没有了", "add=再加一段")),
    "conditions": asked("conditions", "C_PATH", "choice", group=["C_PATH", "C_SI"], options=[
        {"value": "degree", "label": "学士及以上学位+2年工作", "field": "C_PATH"}, {"value": "direct", "label": "现单位直缴", "field": "C_SI"}]),
    "a condition": asked("conditions", "C_SPOUSE", "choice", **options("stay=不随往", "unsure=不确定")),
    "what changed": asked("conditions", "C_CHANGE_ITEMS", "multi_choice", **options("phone=手机号", "marital=婚姻状况")),
    "a day": asked("conditions", "C_LEFT_DATE", "date"),
    "a paper": asked("materials", "BA01", "photos", facts={"files": 1}, **options("finish_item=这项传完了")),
    "submit": asked("review", "submit", "confirm", **options("yes=提交申请", "no=先不提交")),
    "invoice": asked("invoice", "title_type", "choice", group=["title_type", "invoice_title"], **options("个人=个人", "单位=单位")),
    "tax number": asked("invoice", "tax_no", "text"),
    "pay": asked("invoice", "pay", "page"),
    "a rejected paper": asked("supplement", "BA02", "photos", facts={"reason": "看不清"}),
    "hand in": asked("supplement", "resubmit", "confirm", **options("yes=提交", "no=还要补")),
    "a visit": asked("appointment", "slot", "choice", **options("sl_1=3月18日上午", "sl_2=3月18日下午")),
}  # fmt: skip
WORDS = {
    "上一步": "previous", "返回": "previous", "跳过": "skip", "保存": "save", "先存着": "save", "重填": "redo", "取消": "cancel_case",
    "取消办理": "cancel_case", "转人工": "human", "到哪一步了": "progress", "进度": "progress", "继续": "resume", "还差什么": "missing",
}  # fmt: skip
everywhere = pytest.mark.parametrize("question", [pytest.param(q, id=name) for name, q in QUESTIONS.items()])


def said(text: str, intent: str = "inform", confidence: float = 0.1, entities: Any = ()) -> Reading:
    return Reading(text, intent, confidence, [{"entity": e, "value": v} for e, v in entities])


@everywhere
@pytest.mark.parametrize("text", [*WORDS, *(f"{word}。" for word in WORDS)])
def test_a_command_in_so_many_words_is_that_command(question: Question, text: str) -> None:
    move = decide(said(text), question)
    assert isinstance(move, Command) and move.name == WORDS[text.rstrip("。")]


@everywhere
def test_help_is_about_the_question(question: Question) -> None:
    assert decide(said("帮助"), question) == Remark("help")


@everywhere
def test_nothing_is_cancelled_by_a_word_alone(question: Question) -> None:
    assert decide(said("取消", "cancel_case", 1.0), question) == Command("cancel_case", {"confirmed": False})


@everywhere
@pytest.mark.parametrize("kind", ["password", "id_number", "bank_card"])
def test_a_secret_is_no_answer_to_any_question(question: Question, kind: str) -> None:
    for intent, confidence in (("inform", 0.9), ("unknown", 0.2), ("ask_privacy", 0.9), ("upload_item", 0.9)):
        move = decide(said("〔密码〕", intent, confidence, [("secret_typed", kind)]), question)
        assert move == Command("secret_typed", {"kind": kind})


@everywhere
@pytest.mark.parametrize(
    ("field", "word"),
    [("phone", "手机号"), ("emails", "邮箱"), ("marital", "婚姻状况"), ("address", "地址"), ("school", "学校"), ("job", "岗位"), ("C_SI", "社保缴纳")],
)
def test_a_field_is_opened_by_its_name_under_every_question(question: Question, field: str, word: str) -> None:
    if question.kind == "multi_choice":
        return  # there “改一下手机号” is the answer
    move = decide(said(f"改一下{word}", "edit_field", 0.95, [("field", field)]), question)
    assert isinstance(move, Command) and (move.name, move.body["field"]) == ("goto", field)


@everywhere
@pytest.mark.parametrize("intent", ["thanks", "frustration", "ask_time", "out_of_scope", "bot_challenge", "goodbye", "wait", "chitchat"])
def test_small_talk_is_left_to_the_rules_and_changes_nothing(question: Question, intent: str) -> None:
    move = decide(said("说点别的", intent, 0.95), question)
    assert not isinstance(move, Command) or question.form in ("cancel_form", "appointment_form"), move


def put(question: Question, round_: int) -> str:
    """The words of the question when it is put for the `round_`-th time after misses in a row."""
    said_ = question_of(question, round_=round_, stumbled=round_ > 1).message()
    texts = OperatorTexts(domain=DOMAIN)
    variation = texts._variation([said_["response"], *said_["otherwise"], "utter_said"], round_)
    assert variation is not None
    return str(texts._filled(variation, said_)["text"])


@everywhere
def test_a_question_that_is_put_again_is_put_in_other_words_three_times(question: Question) -> None:
    """After the third miss a colleague is called; until then no sentence comes twice."""
    asked_anew = [put(question, round_) for round_ in (0, 1, 2)]
    assert all(asked_anew), asked_anew
    assert len(set(asked_anew)) == 3, asked_anew
