"""The few cases in which the values alone decide the intent."""

from __future__ import annotations

import re
from typing import Final

from nlu.classify.masking import SIGNS, mask
from nlu.extract.reading import Reading

_SIGNS: Final = "".join(set(SIGNS.values()))
_ONLY_VALUES: Final = re.compile(rf"^(?:我?的?(?:手机号?码?|电话|邮箱|地址|现住址|邮编|民族|学校|单位|公司|专业|岗位|职位)?(?:号码?)?(?:是|为|在|叫)?[{_SIGNS}]+(?:和|到|的|年|月|在|读|做|族|人|是)*)+$")
_PERSONAL: Final = frozenset("marital political hukou_kind hukou_nature ethnicity title".split())


def certain_intent(reading: Reading) -> str | None:
    """`inform` for a message that is nothing but values, `choose` for a bare option; None when words decide."""
    masked = mask(reading)
    if not masked:
        return None
    if re.fullmatch(r"[ⓡ约]+", masked) or re.search(r"约", masked):
        return None
    if _ONLY_VALUES.match(masked.upper()) and not set(masked.upper()) <= {"Ⓡ", "Ⓨ"}:
        return "inform"
    if any(v.field in _PERSONAL and v.end - v.start >= len(reading.text.strip(" 。,.!")) for v in reading.values):
        return "inform"
    return None
