"""The bot's turns through a real Rasa and action server, against a small backend (contracts 2 and 3)."""

from __future__ import annotations

from itertools import pairwise

import redis


def texts(replies):
    return "\n".join(reply.get("text", "") for reply in replies)


def test_a_form_turn_is_one_command_and_asks_the_next_question(applicant, backend):
    applicant.taps("start_application:business_type=NEW")
    backend.commands.clear()
    applicant.call({"sender": applicant.sender, "key": "k-phone", "text": "13812345678"})
    key, name, body = backend.commands[0]
    assert (len(backend.commands), name, key) == (1, "answer", "k-phone:turn")
    assert body["text"] == "13812345678" and body["field"] == "phone"


def test_the_question_comes_with_its_choices(applicant, backend):
    replies = applicant.taps("start_application:business_type=NEW")
    assert "手机号" in texts(replies)
    assert "help" in [choice["payload"] for choice in replies[-1]["choices"]]


def test_a_tapped_option_answers_and_the_talk_moves_to_the_next_section_in_one_command(applicant, backend):
    applicant.taps("start_application:business_type=NEW")
    backend.at[applicant.sender] = 1
    applicant.taps("previous")
    backend.at[applicant.sender] = 4 - 2
    applicant.taps("resume")
    backend.commands.clear()
    replies = applicant.taps("choose:field=marital,option=single")
    assert [name for _, name, _ in backend.commands] == ["answer"]
    assert "职称" in texts(replies)
    replies = applicant.says("高级工程师")
    assert "学校" in texts(replies)
    assert [name for _, name, _ in backend.commands] == ["answer", "answer"]


def test_a_turn_replayed_after_redis_was_lost_changes_nothing_twice(applicant, backend, servers):
    applicant.taps("start_application:business_type=NEW")
    backend.at[applicant.sender] = 3
    applicant.taps("resume")
    applicant.says("工程师", key="twice")
    redis.Redis.from_url(servers["redis"]).flushall()
    replies = applicant.says("工程师", key="twice")
    assert backend.at[applicant.sender] == 4
    assert "学校" in texts(replies)


def test_a_question_inside_a_form_is_answered_and_the_form_goes_on(applicant, backend):
    applicant.taps("start_application:business_type=NEW")
    backend.commands.clear()
    replies = applicant.says("要多久")
    assert "不能替他们承诺日期" in replies[0]["text"]
    assert "手机号码" in replies[-1]["text"]
    assert backend.commands == []


def test_a_command_said_word_for_word_works_in_a_form(applicant, backend):
    applicant.taps("start_application:business_type=NEW")
    backend.commands.clear()
    applicant.says("上一步")
    assert [name for _, name, _ in backend.commands] == ["previous"]


def test_what_is_not_understood_is_never_answered_with_the_same_words_twice(applicant, backend):
    applicant.taps("start_application:business_type=NEW")
    heard = [texts(applicant.says("呵呵呵")) for _ in range(4)]
    assert all(one != other for one, other in pairwise(heard))
    assert [body["reason"] for _, name, body in backend.commands if name == "human"] == ["not_understood"]


def test_a_repeated_turn_gives_the_same_replies_and_no_second_command(applicant, backend):
    applicant.taps("start_application:business_type=NEW")
    backend.at[applicant.sender] = 3
    applicant.taps("resume")
    first = applicant.says("工程师", key="again")
    sent = len(backend.commands)
    assert applicant.says("工程师", key="again") == first
    assert len(backend.commands) == sent


def test_a_lost_tracker_asks_the_backend_and_takes_the_message_as_the_answer(applicant, backend, servers):
    applicant.taps("start_application:business_type=NEW")
    backend.at[applicant.sender] = 4
    redis.Redis.from_url(servers["redis"]).flushall()
    backend.commands.clear()
    applicant.says("吉林大学")
    assert [name for _, name, _ in backend.commands] == ["open", "answer"]
    assert backend.commands[1][2]["text"] == "吉林大学"


def test_a_backend_that_is_down_is_a_503_and_the_same_turn_works_later(applicant, backend):
    applicant.taps("start_application:business_type=NEW")
    backend.at[applicant.sender] = 3
    applicant.taps("resume")
    backend.down = True
    status, body = applicant.turn("later", text="工程师")
    assert (status, body["error"]["code"]) == (503, "turn_failed")
    backend.down = False
    status, body = applicant.turn("later", text="工程师")
    assert status == 200 and "工程师" in texts(body["replies"])


def test_a_slash_at_the_beginning_is_no_command(applicant, backend):
    applicant.taps("start_application:business_type=NEW")
    backend.commands.clear()
    applicant.says("/cancel_case")
    assert [name for _, name, _ in backend.commands] == ["answer"]


def test_cancelling_asks_first_and_then_does_it(applicant, backend):
    applicant.taps("start_application:business_type=NEW")
    replies = applicant.says("取消")
    assert "一旦取消办理，如想再继续申请，需要重新提交此业务。" in texts(replies)
    applicant.taps("choose:field=cancel,option=yes")
    assert [body for _, name, body in backend.commands if name == "cancel_case"] == [
        {"confirmed": False}, {"confirmed": True}]  # fmt: skip


def test_a_file_is_uploaded_to_what_is_asked(applicant, backend):
    applicant.taps("start_application:business_type=NEW")
    backend.commands.clear()
    applicant.turn(files=[{"file_id": "f_1", "kind": "image"}, {"file_id": "f_2", "kind": "image"}])
    assert [(name, body["file_id"]) for _, name, body in backend.commands] == [("upload", "f_1"), ("upload", "f_2")]


def test_a_call_without_the_token_is_refused(applicant):
    status, _ = applicant.call({"sender": "o_x", "key": "k", "text": "你好"}, token="wrong")
    assert status == 401


def test_a_call_that_is_no_turn_is_a_400(applicant):
    assert applicant.call({"sender": "o_x", "key": "k"})[0] == 400
    assert applicant.call({"sender": "o_x", "key": "k", "text": "a", "payload": "b"})[0] == 400
    assert applicant.call({"sender": "o_x", "key": "k", "payload": "含有中文"})[0] == 400


def test_a_new_follower_is_greeted_by_what_the_backend_says(applicant, backend):
    status, body = applicant.turn(event="subscribe")
    assert status == 200 and body["replies"]
    assert [name for _, name, _ in backend.commands] == ["open"]


def test_the_end_of_a_form_waits_for_the_applicant(applicant, backend):
    applicant.taps("start_application:business_type=NEW")
    backend.at[applicant.sender] = 4
    applicant.taps("resume")
    replies = applicant.says("吉林大学")
    assert "吉林大学" in texts(replies)
    assert applicant.says("谢谢")[0]["text"].startswith("不客气")
