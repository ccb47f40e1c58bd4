"""The personal section in three questions; sex and birth date follow from the ID number and are never asked (F27)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from backend.domain.context import InterviewContext
from backend.domain.districts import district_in
from backend.domain.draft import Draft
from backend.domain.enums import TITLE_LEVELS, choices, read_enum
from backend.domain.errors import AddressOutside, AddressSame, HukouBeijing, UnknownOption
from backend.domain.free_text import read_free_text
from backend.domain.numbers import read_postcode
from backend.domain.sections import held
from backend.domain.sections.earlier import earlier_prompts
from backend.domain.sections.fields import FieldsPrompt, SectionStore, accepted_choice
from backend.domain.sections.prompt import Accepted, FieldSpec, Prompt, Reading
from backend.domain.talk import Kind, Option, Say

_PROVINCE_NAMES: Final = (
    "天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 "
    "广东 海南 四川 贵州 云南 陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门"
)
_PROVINCES: Final[tuple[str, ...]] = tuple(_PROVINCE_NAMES.split())
_NO_TITLE: Final = ("无", "没有", "没", "暂无", "没有职称", "无职称", "不涉及", "none")
_STREET: Final = (
    "路",
    "街",
    "巷",
    "胡同",
    "小区",
    "号院",
    "号楼",
    "公寓",
    "家园",
    "苑",
    "里",
    "村",
    "大厦",
    "镇",
    "乡",
)
_LED_IN: Final = re.compile(
    r"^(我的?)?(现在|目前|现)?(户口|户籍|地址|住址|住)(所在地|地址)?(在|是|为|：|:)?\s*(?=\S)|^在(?=\S{4})"
)
_POSTCODE_PREFIXES: Final = ("100", "101", "102")


def _enum(name: str, label: str, hint: str = "", offered: int = 13) -> FieldSpec:
    options = tuple(Option(one, one) for one in choices(name)[:offered])

    def read(text: str, reading: Reading) -> Accepted:
        numbered = accepted_choice(text, options)
        value = numbered.value if numbered else read_enum(name, text)
        return Accepted(value, say=_warnings(name, text, value, reading))

    return FieldSpec(name, label, Kind.CHOICE, read, options, hint)


def _warnings(name: str, text: str, value: str, reading: Reading) -> tuple[Say, ...]:
    """党员 is taken for 中共党员 and said so; a league member past the age is reminded."""
    if name != "political":
        return ()
    if value == "中共党员" and text.strip() in ("党员", "我是党员"):
        return (Say("taken_as", {"label": "政治面貌", "shown": value}),)
    ctx = reading.ctx
    if value == "共青团员" and _age(ctx) > ctx.catalogue.thresholds.youth_league_age:
        return (Say("league_age", {"age": ctx.catalogue.thresholds.youth_league_age}),)
    return ()


def _age(ctx: InterviewContext) -> int:
    born, today = ctx.applicant.birth_date, ctx.today
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _hukou_place(text: str, reading: Reading) -> Accepted:
    place = read_free_text(_LED_IN.sub("", text.strip()), shortest=2, longest=100)
    if place.removeprefix("中国").startswith("北京"):
        raise HukouBeijing
    return Accepted(place)


def _address(text: str, reading: Reading) -> Accepted:
    """Must be in Beijing; a district's old name is replaced by the present one."""
    address = read_free_text(_LED_IN.sub("", text.strip()), shortest=4, longest=120)
    found = district_in(address, reading.ctx.catalogue.districts)
    if found is None and (not address.startswith("北京") or _province(address)):
        raise AddressOutside
    if found and found.legacy_name:
        address = address.replace(found.legacy_name, found.name, 1)
    if address == held.before(reading.draft, "address"):
        raise AddressSame
    return Accepted(address)


def _province(text: str) -> bool:
    return text.startswith(_PROVINCES)


def _is_hukou_place(piece: str) -> bool:
    plain = piece.removeprefix("户口").removeprefix("在")
    return plain.startswith((*_PROVINCES, "北京")) or (
        len(plain) > 2 and plain.endswith(("省", "市", "县", "州", "盟"))
    )


def _is_address(piece: str) -> bool:
    return len(piece) >= 5 and ("北京" in piece or "区" in piece) and any(word in piece for word in _STREET)


def _postcode(text: str, reading: Reading) -> Accepted:
    code = read_postcode(text)
    if code.startswith(_POSTCODE_PREFIXES):
        return Accepted(code)
    return Accepted(code, say=(Say("postcode_unusual", {"shown": code}),))


def _title(text: str, reading: Reading) -> Accepted:
    if text.strip().strip("。") in _NO_TITLE:
        return Accepted("无")
    return Accepted(read_free_text(text, shortest=2, longest=60))


def _is_title(piece: str) -> bool:
    return piece in _NO_TITLE[:1] + _NO_TITLE[4:6] or any(level in piece for level in TITLE_LEVELS[1:])


def _housing(ctx: InterviewContext) -> FieldSpec:
    """住所性质 is the same list as the condition C_HOUSE; it is asked here, once."""
    question = ctx.catalogue.questions["C_HOUSE"]
    options = tuple(Option(option.code, option.label) for option in question.options)
    words = {alias: option for option in question.options for alias in option.aliases}

    def read(text: str, reading: Reading) -> Accepted:
        if chosen := accepted_choice(text, options):
            return chosen
        if option := words.get(text.strip().strip("。")):
            return Accepted(option.code, option.label)
        raise UnknownOption(choices="、".join(option.label for option in options))

    labels = {option.value: option.label for option in options}
    return FieldSpec("housing", "住所性质", Kind.CHOICE, read, options, show=lambda code: labels.get(code, code))


HUKOU_PLACE = FieldSpec(
    "hukou_place",
    "户口所在地",
    Kind.ADDRESS,
    _hukou_place,
    hint="写到省、市、县，例如 吉林省长春市南关区",
    looks_right=_is_hukou_place,
)
ADDRESS = FieldSpec(
    "address", "现居住地址", Kind.ADDRESS, _address, hint="北京的住址，写到门牌号", looks_right=_is_address
)
POSTCODE = FieldSpec(
    "postcode",
    "邮政编码",
    Kind.NUMBER,
    _postcode,
    hint="6 位数字",
    looks_right=lambda piece: piece.isdecimal() and len(piece) == 6,
)
TITLE = FieldSpec("title", "职称", Kind.TEXT, _title, hint="没有就不用写", optional=True, looks_right=_is_title)


def personal_prompts(draft: Draft, ctx: InterviewContext) -> tuple[Prompt, ...]:
    who = {"gender": ctx.applicant.gender, "birth_date": ctx.applicant.birth_date.isoformat()}
    return (
        _group(
            "who",
            (
                _enum("ethnicity", "民族", offered=5),
                _enum("political", "政治面貌"),
                _enum("marital", "婚姻状况"),
                replace(TITLE, optional=not held.is_to_be_told(draft, "title")),
            ),
            "例如：汉族，群众，未婚。有职称也一起写上，例如 工程师（中级）",
            who,
        ),
        _group(
            "hukou",
            (HUKOU_PLACE, _enum("hukou_kind", "户口类型"), _enum("hukou_nature", "户口性质")),
            "例如：吉林省长春市，家庭户，城镇",
        ),
        _group("home", (ADDRESS, _housing(ctx), POSTCODE), "例如：朝阳区幸福路1号院2号楼301，租房，100020"),
        *earlier_prompts(draft, ctx),
    )


def _group(
    name: str, specs: tuple[FieldSpec, ...], hint: str, facts: Mapping[str, object] | None = None
) -> FieldsPrompt:
    return FieldsPrompt(
        key=f"personal.{name}",
        form="personal_form",
        section="personal",
        specs=specs,
        store=SectionStore("personal"),
        hint=hint,
        facts=facts,
    )


def title_of(draft: Draft) -> str:
    """The professional title; it was asked for, so silence means none."""
    return draft.answer("personal", "title") or "无"
