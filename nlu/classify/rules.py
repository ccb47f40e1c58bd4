"""The few cases in which the values alone decide the intent."""

from __future__ import annotations

import re
from typing import Final

from nlu.extract.reading import Reading
from nlu.extract.values import Value

MENTION_ONLY: Final = frozenset(
    "business_type material_item field section option ordinal direction topic polarity date half_day money case_no district month".split()
)
# With one of these words the sentence does something with the value, or asks about it.
_MORE_THAN_A_VALUE: Final = re.compile(
    r"改|错|不对|不是|应该|更正|纠正|删|加一|加上|再加|还有一|重|取消|换|查|看|传|发给|怎么|漏|少写|少填|没写|补|约|撤|办|申请|续|搬|说成|反了|看成|去掉|不要|清空|模板|材料|证明|"
    r"退|付|进度|审核|谁|安全|为什么|条件|够|影响|能|发票(?!抬头|邮箱)|添|新增|插|更新|问|确认单|登录|绑定|忘|收不到|上一|跳过|照片|多久|烦|随往(?!,在京)"
)
_CORRECTING: Final = re.compile(
    r"(?:说|写|填|打|弄|搞|选|发|输)(?:错|反|成)|^(?:不对|错了|不是)|[,。]?(?:我)?不是[^?]{1,12}[,。 ]|改成|改为|更正|纠正|应该是|应为|口误|手误|是旧的|新的是|是老地址|应该叫|多打|少打|少写了一[位个]"
)
_SHARE: Final = 0.45
# 改一下社保缴纳: a question that is named to be changed, although its words are those of a paper or of another wish.
_CHANGING: Final = re.compile(r"改一?下|修改|更改|改改|要改|想改|(?:填|写|选|打|弄|搞)错")
_OF_CONDITIONS: Final = frozenset({"spouse_name", "spouse_employer", "child_name", "child_born"})


def certain_intent(reading: Reading) -> str | None:
    """`correct` where a value replaces another, `inform` for a message that is mostly values; None when words decide."""
    text = reading.text
    if _facts(reading, also=frozenset({"business_type", "month"})) and _CORRECTING.search(text) and not reading.is_question():
        return "correct"
    if not reading.is_question() and _CHANGING.search(text) and any(map(_names_a_condition, reading.values)):
        return "edit_field"
    if not text or reading.is_question() or _MORE_THAN_A_VALUE.search(_outside_values(reading)):
        return None
    if any(len(set(entry) & {"school", "employer", "level", "job", "start", "end"}) >= 2 for entry in reading.entries):
        return "inform"
    return "inform" if _covered(reading) >= _SHARE * len(text) else None


def _names_a_condition(value: Value) -> bool:
    return value.field == "field" and (value.value in _OF_CONDITIONS or value.value.startswith("C_"))


def _covered(reading: Reading) -> int:
    return len({at for value in _facts(reading) for at in range(value[0], value[1])})


def _outside_values(reading: Reading) -> str:
    """The text with its names and numbers taken out: 补 in 补丁科技公司 is no wish to supplement."""
    chars = list(reading.text)
    for start, end in _facts(reading):
        chars[start:end] = " " * (end - start)
    return "".join(chars)


def _facts(reading: Reading, also: frozenset[str] = frozenset()) -> list[tuple[int, int]]:
    return [(v.start, v.end) for v in reading.values if v.field not in MENTION_ONLY - also]
