"""“专业不对，是软件工程不是计算机”: the field that is named, and the name that is right."""

from __future__ import annotations

import re
from typing import Final

from nlu.extract.values import Sheet, Value
from nlu.extract.wordlists import any_of

_FIELDS: Final = {
    "专业": "major", "专业名称": "major", "学校": "school", "学校名称": "school", "校名": "school", "单位": "employer", "公司": "employer",
    "单位名称": "employer", "公司名称": "employer", "公司名": "employer", "公司名字": "employer", "岗位": "job", "职位": "job",
}  # fmt: skip
_WRONG: Final = r"(?:我?(?:写|填|打|弄|搞|选)?错了?|不对|有误|写的不对)[,，]?"
_RIGHT: Final = re.compile(
    rf"(?P<name>{any_of(_FIELDS)})(?:名称?)?(?:{_WRONG}(?:应该|应)?(?:是|叫|为|改成|改为|换成)|(?:应该是|应为|改成|改为|换成))(?P<v>[^\s,，。;；?]{{2,40}}?)(?=,|，|。|;|$|不是|而不是|\s)"
)


def read_corrections(sheet: Sheet) -> None:
    for found in sheet.free_matches(_RIGHT, "v"):
        sheet.take(Value(_FIELDS[found["name"]], found["v"], found.start("v"), found.end("v"), 0))
