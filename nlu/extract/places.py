"""Where: districts with their old names, countries, cities, addresses in Beijing, the place of the hukou."""

from __future__ import annotations

import re
from typing import Final

from nlu.extract.meant import is_about_somebody
from nlu.extract.values import Sheet, Value
from nlu.extract.wordlists import any_of, named, words

DISTRICTS: Final[dict[str, str]] = {
    "东城区": "东城 崇文区 崇文",
    "西城区": "西城 宣武区 宣武",
    "朝阳区": "朝阳 望京 国贸 三里屯 酒仙桥 cbd",
    "丰台区": "丰台 总部基地",
    "石景山区": "石景山",
    "海淀区": "海淀 上地 中关村 五道口 西二旗 知春路",
    "门头沟区": "门头沟",
    "房山区": "房山",
    "通州区": "通州 通县 城市副中心 副中心",
    "顺义区": "顺义",
    "昌平区": "昌平县 昌平 回龙观 天通苑",
    "大兴区": "大兴县 大兴",
    "怀柔区": "怀柔县 怀柔",
    "平谷区": "平谷县 平谷",
    "密云区": "密云县 密云",
    "延庆区": "延庆县 延庆",
    "北京经济技术开发区": "北京经开区 亦庄经济开发区 亦庄 经开区 开发区 经济技术开发区",
}
_QUARTERS: Final = frozenset("望京 国贸 三里屯 酒仙桥 cbd 总部基地 上地 中关村 五道口 西二旗 知春路 回龙观 天通苑 副中心 城市副中心".split())
_DISTRICT_OF: Final = {name: full for full, names in DISTRICTS.items() for name in (full, *names.split())}
A_DISTRICT: Final = any_of(_DISTRICT_OF)
_DISTRICT: Final = re.compile(rf"(?:北京市?)?(?P<name>{any_of(_DISTRICT_OF)})(?!大街|路|门|人)", re.IGNORECASE)
_ADDRESS: Final = re.compile(
    rf"(?:北京市?)?(?:{any_of(_DISTRICT_OF)})?[\u4e00-\u9fffA-Za-z·]{{0,20}}?"
    rf"[\u4e00-\u9fff]{{1,12}}(?:路|街|大街|胡同|小区|家园|花园|园|苑|里|村|镇|乡|公寓|大厦|庄|府|城|巷|条|院|社区|嘉园|名苑)"
    rf"[\u4e00-\u9fffA-Za-z0-9#\-、()]{{0,30}}?(?:\d+|[一二三四五六七八九十]+)\s?(?:号楼|号院|号|栋|幢|单元|楼|层|室|户|座|门)"
    rf"(?:[ \-]?[\u4e00-\u9fffA-Za-z0-9#\-]{{0,20}}(?:室|户|号|层|楼|单元|座|门|\d))*",
)
_CUT_ADDRESS: Final = re.compile(r"^(?:在|.*?(?:地址|住址|住所|住在|搬到了?|搬去|改成了?|换成|变成|现在|现住|我住|家住|租房住?|租住|合租|新家|新的)(?:在|是|为|改成|:|,|\s)*)")
_AREAS: Final = words("places.txt")
AREA: Final = any_of(area.removesuffix("市") for area in _AREAS)
_AREA: Final = AREA
_HUKOU_AT: Final = re.compile(
    rf"(?:户口所?在?地?|户籍所?在?地?|老家|籍贯|落户在)(?:是|在|为|:|\s)*(?P<place>{_AREA}(?:省|市|自治区)?(?:{_AREA}市?)?(?:[\u4e00-\u9fff]{{1,8}}?(?:市|区|县|州|盟|旗|镇|乡|村|街道)){{0,4}})"
)
_HUKOU_OF: Final = re.compile(rf"(?P<place>{_AREA}(?:省|市)?(?:{_AREA}市?)?(?:[\u4e00-\u9fff]{{1,4}}[区县])?)的?(?:户口|户籍|人(?!力|社|事|才|大))(?![薄簿本页首])")
# 户口上学迁到武汉了: where it went, down to the smallest area that is named after that; a wish to move it tells nothing.
_HUKOU_WENT: Final = re.compile(r"(?:户口|户籍)(?:(?![想要能可会没未不怎打准])[^,。;]){0,10}(?:迁|转|落)(?:到|去|至|入|在|进)")
_WENT_TO: Final = re.compile(rf"{_AREA}(?:省|市|自治区)?(?:{_AREA}市?)?(?:[\u4e00-\u9fff]{{1,4}}?[区县](?![\u4e00-\u9fff]))?")
_COUNTRY: Final = re.compile(any_of(named("countries.txt")))
_PLACE: Final = re.compile(
    rf"(?P<area>{_AREA}(?:省|市)?(?:{_AREA}(?![区县])市?)?\s?(?:{any_of(_DISTRICT_OF)}|[\u4e00-\u9fff]{{1,3}}[区县])?|(?:{any_of(_DISTRICT_OF)}))"
)
_OF_BEIJING: Final = re.compile(r"^北京市?(?=.)")
_PLACE_CUE: Final = re.compile(rf"(?:工作地点|工作地|办公地点?|地点|上班地点?|坐标|base)(?:是|在|为|:|\s)*{_PLACE.pattern}", re.IGNORECASE)


def district(text: str) -> str | None:
    """The current name for a name of a district, old or short: 延庆县 → 延庆区."""
    return _DISTRICT_OF.get(text.lower())


def country(text: str) -> str | None:
    return named("countries.txt").get(text.lower())


def read_address(sheet: Sheet) -> None:
    """One address in Beijing down to a number; it is kept as it stands."""
    for found in sheet.free_matches(_ADDRESS):
        start = found.start()
        while lead := _CUT_ADDRESS.match(sheet.text[start : found.end()]):
            start += lead.end()
        whole = with_district(sheet.text[start : found.end()])
        inferred = whole != sheet.text[start : found.end()]
        if found.end() - start >= 5 and sheet.take(Value("address", whole, start, found.end(), confirm=inferred)):
            return


def read_hukou_place(sheet: Sheet) -> None:
    went = _HUKOU_WENT.search(sheet.text)
    if went and not is_about_somebody(sheet.text, went.start()) and not re.search(r"[?吗]", sheet.text):
        named_since = [found for found in sheet.free_matches(_WENT_TO) if found.start() >= went.end()]
        if named_since:
            found = max(named_since, key=lambda one: len(one.group()))
            sheet.take(Value("hukou_place", found.group(), found.start(), found.end()))
            return
    for pattern in (_HUKOU_AT, _HUKOU_OF):
        for found in sheet.free_matches(pattern, "place"):
            if is_about_somebody(sheet.text, found.start()):
                continue
            if sheet.take(Value("hukou_place", found["place"], found.start("place"), found.end("place"))):
                return


def read_districts(sheet: Sheet) -> None:
    for found in sheet.free_matches(_DISTRICT):
        name = found["name"].lower()
        sheet.take(Value("district", _DISTRICT_OF[name], found.start(), found.end(), confirm=name in _QUARTERS))


def find_country(sheet: Sheet) -> list[Value]:
    """Countries that are named outside the names of schools and companies."""
    return [
        Value("country", named("countries.txt")[found.group().lower()], found.start(), found.end())
        for found in sheet.free_matches(_COUNTRY)
    ]


def find_work_places(sheet: Sheet) -> list[Value]:
    return [_work_place(m) for m in sheet.free_matches(_PLACE_CUE, "area")] or [_work_place(m) for m in sheet.free_matches(_PLACE, "area")]


def _work_place(found: re.Match[str]) -> Value:
    """A quarter tells its district, which is then shown beside what was said: 望京 → 北京市朝阳区."""
    quarter = _OF_BEIJING.sub("", found["area"]).lower() in _QUARTERS
    return Value("place", _full_area(found["area"]), found.start("area"), found.end("area"), confirm=quarter)


def _full_area(area: str) -> str:
    """A district alone is one of Beijing's: 延庆, 北京延庆 → 北京市延庆区."""
    plain = area.replace(" ", "")
    known = district(_OF_BEIJING.sub("", plain))
    return in_beijing(known) if known else plain


def in_beijing(known: str) -> str:
    return known if known.startswith("北京") else f"北京市{known}"


def with_district(address: str) -> str:
    """望京花园 → 朝阳区望京花园: a quarter tells the district that the address lacks."""
    found = _DISTRICT.match(address)
    if found is None or found["name"].lower() not in _QUARTERS or any(name in address for name in DISTRICTS):
        return address
    return f"{_DISTRICT_OF[found['name'].lower()]}{address}"
