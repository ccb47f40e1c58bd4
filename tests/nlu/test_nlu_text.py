"""The normaliser: one spelling, offsets kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.text.normalise import normalise
from nlu.text.spans import Traced


@pytest.mark.parametrize(
    ("typed", "plain"),
    [("工作居中证", "工作居住证"), ("帮我查一下工具证的進度[微笑]", "帮我查一下工作居住证的进度"), ("才料还差什么！！！", "材料还差什么!"), ("我想问哈材料要啥子", "我想问下材料要什么"),
     ("俺想续签中不中", "我想续签行不行"), ("续前怎么弄", "续签怎么弄"), ("人设局", "人社局"), ("２０１８．９～２０１９", "2018.9-2019"), ("我要傳身份證 /:rose 😀謝謝", "我要传身份证 谢谢"),
     ("员工居住证", "员工居住证"), ("时间不到", "时间不到"), ("配偶", "配偶"), ("审核中吗", "审核中吗"), ("现在不想", "现在不想"), ("\u200b你\u200d好\ufeff", "你好"), ("👌", "好的"),
     ("[发怒]", "烦死了"), ("😀🐱", "你好")],
)
def test_every_spelling_becomes_one(typed: str, plain: str) -> None:
    assert normalise(typed).text == plain


def test_offsets_lead_back_to_what_was_typed() -> None:
    typed = "　我在眾智公司，办工具证"
    traced = normalise(typed)
    at = traced.text.index("工作居住证")
    assert traced.verbatim(at, at + 5) == "工具证"


@given(st.text(max_size=200))
def test_every_character_knows_where_it_came_from(typed: str) -> None:
    traced = normalise(typed)
    assert len(traced.starts) == len(traced.ends) == len(traced.text)
    assert all(0 <= start < end <= len(typed) for start, end in zip(traced.starts, traced.ends, strict=True))
    assert list(traced.starts) == sorted(traced.starts)


@given(st.text(alphabet="工作居住证材料续签改手机号0123456789.,-?", max_size=60))
def test_normalising_twice_changes_nothing_more(typed: str) -> None:
    once = normalise(typed).text
    assert normalise(once).text == once


@given(st.text(max_size=50))
def test_an_untouched_text_maps_to_itself(typed: str) -> None:
    traced = Traced.of(typed)
    assert traced.verbatim(0, len(typed)) == typed
