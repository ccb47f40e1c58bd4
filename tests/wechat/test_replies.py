import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wechat.replies import Choice, Link, Message, Reply, render, reply_text, split_text

texts = st.text(alphabet=st.sampled_from("你好ab😀\n，<>&] "), max_size=1500)


@given(texts)
def test_no_piece_is_longer_than_the_limit(text: str) -> None:
    assert all(len(piece.encode()) <= 2048 for piece in split_text(text))


@given(texts)
def test_splitting_loses_nothing_but_blank_space(text: str) -> None:
    assert re.sub(r"\s", "", "".join(split_text(text))) == re.sub(r"\s", "", text)


def test_2048_bytes_are_one_message() -> None:
    assert render([Reply(text="你" * 682 + "ab")]) == [Message(text="你" * 682 + "ab")]


def test_2049_bytes_are_split_between_characters() -> None:
    assert render([Reply(text="你" * 683)]) == [Message(text="你" * 682), Message(text="你")]


def test_a_split_prefers_a_line_end() -> None:
    first = "一" * 500
    assert split_text(f"{first}\n{'二' * 400}") == [first, "二" * 400]


def test_a_split_never_cuts_a_link() -> None:
    link = '<a href="https://example.com/x">去支付</a>'
    pieces = split_text("字" * 680 + link + "后")
    assert any(link in piece for piece in pieces)


def test_short_replies_are_merged_into_one_message() -> None:
    assert render([Reply(text="已保存。"), Reply(text="您的手机号码是？")]) == [
        Message(text="已保存。\n\n您的手机号码是？")
    ]


def test_a_picture_stands_between_the_texts_around_it() -> None:
    rendered = render([Reply(text="前"), Reply(image_file_id="f_1"), Reply(text="后")])
    assert rendered == [Message(text="前"), Message(image_file_id="f_1"), Message(text="后")]


def test_choices_become_menu_links_with_their_payload() -> None:
    assert reply_text(Reply(text="婚姻状况？", choices=(Choice("已婚 & 有娃", "choose:field=marital,option=1"),))) == (
        '婚姻状况？\n\n<a href="weixin://bizmsgmenu?msgmenucontent=%E5%B7%B2%E5%A9%9A%20%26%20%E6%9C%89%E5%A8%83'
        '&msgmenuid=choose:field=marital,option=1">已婚 & 有娃</a>'
    )


def test_a_link_is_shown_by_its_title() -> None:
    shown = reply_text(Reply(text="请支付", link=Link("去支付", 'https://x.example/h5/l/abc"d')))
    assert shown == '请支付\n<a href="https://x.example/h5/l/abc%22d">去支付</a>'


def test_control_characters_do_not_reach_the_chat() -> None:
    assert render([Reply(text="a\x00b\x1b")]) == [Message(text="ab")]


def test_the_contract_shape_is_read_and_written_alike() -> None:
    shape = {
        "text": "x",
        "choices": [{"title": "上一步", "payload": "previous"}],
        "link": {"title": "去支付", "url": "https://e.example"},
        "image": {"file_id": "f_1"},
    }
    assert Reply.from_json(shape).to_json() == shape


@pytest.mark.parametrize("shape", [{"choices": [{}]}, {"choices": [{"title": "a", "payload": "空 格"}]}, {"link": "x"}])
def test_another_shape_is_refused(shape: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        Reply.from_json(shape)
