"""What is an answer only because it was asked for: 汉, 中级经济师, 武汉的, 100 020, 还在这儿干, 之前断过两个月."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

from nlu.extract import places
from nlu.extract.meant import SPOUSE, is_about_somebody
from nlu.extract.moments import OPEN, full_year, read_spans
from nlu.extract.numbers import chinese_number
from nlu.extract.personal import ETHNICITIES, is_name_of_a_unit
from nlu.extract.values import Sheet, Value

WHO: Final = frozenset({"ethnicity", "political", "marital", "title"})
HUKOU: Final = frozenset({"hukou_place", "hukou_kind", "hukou_nature"})
HOME: Final = frozenset({"address", "housing", "postcode"})
REACH: Final = frozenset({"phone", "emails"})
SPOUSE_ASKED: Final = frozenset({"C_SPOUSE"})

_PINYIN: Final = {
    "han": "汉", "hui": "回", "man": "满", "zang": "藏", "miao": "苗", "zhuang": "壮", "yi": "彝", "dong": "侗", "yao": "瑶", "bai": "白",
    "tujia": "土家", "menggu": "蒙古", "chaoxian": "朝鲜", "weiwuer": "维吾尔",
}  # fmt: skip
_CHUNKS: Final = re.compile(r"[\s,、;/|]+")
_TITLE_LEVEL: Final = r"(?:助理|初级|中级|副高级?|正高级?|高级)"
_TITLE_NAME: Final = (
    r"(?:工程师|经济师|会计师|审计师|统计师|政工师|农艺师|药师|护师|技师|讲师|教师|副教授|教授|副研究员|研究员|主任医师|副主任医师|主治医师"
    r"|[一二]级建造师|造价(?:工程)?师|注册[\u4e00-\u9fff]{2,6}师|律师|翻译|编辑)"
)
_TITLE: Final = re.compile(rf"{_TITLE_LEVEL}{_TITLE_NAME}(?:职称)?")
_TITLE_ALONE: Final = re.compile(rf"(?:{_TITLE_LEVEL})?[\u4e00-\u9fff]{{0,8}}(?:师|级|教授|研究员|高)")
_TITLE_BARE: Final = re.compile(rf"{_TITLE_LEVEL}?{_TITLE_NAME}")
_NO_TITLE_YET: Final = re.compile(r"在评|没评上|还没(?:下来|评|拿到|发)|(?:没|未)(?:取得|考过|评)")
_CERTIFICATE: Final = re.compile(r"(?:我?(?:有|考了|拿了|考过)(?:一?个|了)?)?(?P<c>[\u4e00-\u9fffA-Za-z()]{2,20}(?:资格证书?|证书|资格|证))")
_STILL: Final = re.compile(
    r"(?:我?(?:现在|目前|如今|一直)(?:都|也|还)?(?:在|是)?(?:这儿?|这里|这家|职|干)?|(?:仍|还)在(?:这|那|职|干|上班|做).{0,8}|在职|(?:还)?没(?:离职|走|辞职|换))"
)
_YEARS_LONG: Final = re.compile(r"(?P<n>[\d一二两三四五六七八九十]{1,2})年(?:期)?(?:的)?(?:劳动)?合同")
_WISHED: Final = re.compile(r"(?:想|要|能|打算|准备|可以)[^,。;]{0,6}(?:迁|转|落)[到去至入在进]?$")
_NAMES_AN_AREA: Final = re.compile(rf"(?:{places.AREA}|北京)(?:[\u4e00-\u9fff]{{0,20}}?)(?=[\s,、;。]|的?(?:集体|家庭|农|城镇|居民|非农)|的$|$)")

# (fields that may be asked, field, pattern, value, ask back); the first that fits a field counts.
_SAID: Final[tuple[tuple[frozenset[str], str, re.Pattern[str], str, bool], ...]] = tuple(
    (asked, name, re.compile(form), value, confirm)
    for asked, name, form, value, confirm in (
        (WHO, "political", r"积极分子|入党申请|考察期|正在考察|(?:入过|退)团|超龄", "群众", True),
        (WHO, "marital", r"没(?:有)?领(?:过)?证|没扯证|有对象|(?:下个?月|准备|快要?|打算|马上)结婚", "未婚", True),
        (HUKOU, "hukou_kind", r"集体(?!企业)", "集体户", False),
        (HUKOU, "hukou_kind", r"人才(?:市场|中心)|(?:在|落)学校|单位(?:上|落)的?户", "集体户", True),
        (HUKOU, "hukou_kind", r"一个(?:户口|本)|一本|(?:父母|爸妈|家里?|自己)的?(?:户口|本)", "家庭户", True),
        (HUKOU, "hukou_nature", r"不分(?:农业|城镇|城乡)|(?<![\u4e00-\u9fff])居民(?![\u4e00-\u9fff])|居民(?:家庭|集体)", "居民", False),
        (frozenset({"study_identity"}), "study_identity", r"边(?:上班|工作)边|周末上?的?课|上班的?时候", "在职学习", False),
        (frozenset({"study_identity"}), "study_identity", r"网上|网络|远程|奥鹏|弘成", "网络/远程教育", False),
        (frozenset({"study_identity"}), "study_identity", r"国外|海外|出国", "留学", False),
        (frozenset({"C_NAME_CHANGED"}), "C_NAME_CHANGED", r"(?<!没)(?<!没有)(?<!未)[改换]过", "是", False),
        (SPOUSE_ASKED, "C_SPOUSE", rf"不(?:带|跟|和|用|需要|想|打算|给)?[^,。]{{0,4}}(?:{SPOUSE}|随往|一起|一块)", "不随往", False),
        (SPOUSE_ASKED, "C_SPOUSE", r"(?:一起|一块|跟我|随).*(?<!没)(?<!不)(?<!没有)(?:在(?:北京|京)?(?:上班|工作|就业)|有工作)", "随往·在京就业", False),
        (SPOUSE_ASKED, "C_SPOUSE", r"(?:全职(?:在家|太太|妈妈|主妇|带)|在家|没有?(?:工作|上班)|无业).*(?:一起|一块|跟我|随往)|(?:一起|一块|跟我|随往).*(?:全职(?:在家|太太|妈妈|主妇|带)|在家|没有?(?:工作|上班)|无业)", "随往·未就业", False),
    )
)
# The questions about conditions are asked together: what they may be told with, whichever of them stands first.
_CONDITIONS: Final[tuple[tuple[str, re.Pattern[str], str, bool], ...]] = tuple(
    (name, re.compile(form), value, confirm)
    for name, form, value, confirm in (
        ("C_PATH", r"学士|本科|硕士|博士|研究生|按?学位", "学士及以上学位+2年工作", True),
        ("C_PATH", r"(?<!没)(?<!没有)(?<!无)职称", "中级及以上职称或资格", True),
        ("C_PATH", r"专利|软著|知识产权", "知识产权", True),
        ("C_SI", r"(?<!没)(?<!没有)(?<!未)(?:断[过了缴交]|中断)", "断缴过", False),
        ("C_SI", r"代缴|代交|中智[缴交]", "人事代理代缴", False),
        ("C_SI", r"(?:单位|公司)(?:一直|自己|直接|给我?|帮我?)*[交缴]", "现单位直缴", False),
        ("C_TAX_ZERO", r"没有?(?:过|交过)?(?:零|0)|都(?:不是|没有)(?:零|0)", "没有", False),
        ("C_TAX_ZERO", r"没(?:有)?发工资|零申报|(?<!没)有[\u4e00-\u9fff\d]{0,4}(?:是|为|交)?(?:零|0)(?!\d)", "有", True),
        ("C_NAME_CHANGED", r"没(?:有)?(?:改|换|变)过?(?:名|姓名|身份证|$|[,。])", "否", False),
        ("C_NAME_CHANGED", r"叫过|(?<!没)(?<!没有)改过名|曾用名|以前(?:叫|姓)", "是", False),
        ("C_SPOUSE", r"不跟(?:过来|我来|着)|不(?:过来|一起来|随)", "不随往", False),
    )
)


def read_answers(sheet: Sheet, asked: str | None, *, today: date) -> None:
    """Values that the open question lets one read; they come after all that is plain by itself. A question answers none."""
    text = sheet.text.strip(" ,。.!")
    if asked is None or not text:
        return
    for value in _answers(sheet, text, asked, today=today):
        if not sheet.has(value.field) or value.field == asked:
            sheet.note(value)


def _answers(sheet: Sheet, text: str, asked: str, *, today: date) -> Iterator[Value]:
    end = len(sheet.text)
    if asked.startswith("C_") and not sheet.has("school", "employer", "title"):
        yield from _of_table(sheet, _CONDITIONS)
    yield from _of_table(sheet, [row[1:] for row in _SAID if asked in row[0]])
    if asked in WHO:
        yield from _titles(sheet, text, asked)
    if asked in HOME:
        yield from _postcodes(sheet)
    reader = _READERS.get(asked)
    if reader is not None and not sheet.has(asked):
        found = reader(text, today)
        if found is not None:
            value, confirm = found
            group = 0 if asked in ("start", "end") else None
            drop = ("date", "option", "month", "start", "end")
            sheet.values[:] = [old for old in sheet.values if old.field not in drop or asked not in ("start", "end", "postcode", "address")]
            yield Value(asked, value, 0, end, group, confirm)


def _of_table(sheet: Sheet, rows: list[tuple[str, re.Pattern[str], str, bool]] | tuple[tuple[str, re.Pattern[str], str, bool], ...]) -> Iterator[Value]:
    told: set[str] = set()
    for name, pattern, value, confirm in rows:
        found = pattern.search(sheet.text)
        if found and name == "C_NAME_CHANGED" and is_name_of_a_unit(sheet.text, found.start()):
            continue
        if found and name not in told and not sheet.has(name) and not (name in HUKOU and is_about_somebody(sheet.text, found.start())):
            told.add(name)
            yield Value(name, value, found.start(), found.end(), 0 if name == "study_identity" else None, confirm)


def _titles(sheet: Sheet, text: str, asked: str) -> Iterator[Value]:
    if sheet.has("title"):
        return
    if asked == "title" and (told := _CERTIFICATE.fullmatch(text)):
        yield Value("title", told["c"], 0, len(sheet.text))
        return
    found = _TITLE.search(sheet.text) or (_TITLE_BARE.search(sheet.text) if asked == "title" else None)
    if found:
        yield Value("title", found.group().removesuffix("职称"), found.start(), found.end())
    elif asked == "title" and text in ("无", "没有", "没"):
        yield Value("title", "无", 0, len(sheet.text))
    elif asked == "title" and _NO_TITLE_YET.search(text):
        yield Value("title", "无", 0, len(sheet.text), confirm=True)
    elif asked == "title" and (told := _TITLE_ALONE.fullmatch(text)):
        yield Value("title", told.group(), 0, len(sheet.text))


def _postcodes(sheet: Sheet) -> Iterator[Value]:
    found = next(sheet.free_matches(re.compile(r"(?<!\d)10[0-2]\d{3}(?!\d)")), None)
    if found and not sheet.has("postcode"):
        yield Value("postcode", found.group(), found.start(), found.end())


def _ethnicity(text: str, _today: date) -> tuple[str, bool] | None:
    plain = re.sub(r"^(?:我是|是)|(?:的|人)$", "", _CHUNKS.split(text)[0]).replace("汗", "汉").removesuffix("族")
    latin = re.sub(r"[^a-z]|zu$", "", text.lower())
    if plain in ETHNICITIES:
        return f"{plain}族", False
    return (f"{_PINYIN[latin]}族", False) if latin in _PINYIN and text.isascii() else None


def _postcode(text: str, _today: date) -> tuple[str, bool] | None:
    return (text.replace(" ", ""), False) if re.fullmatch(r"\d{3} ?\d{3}", text, re.ASCII) else None


def _month(text: str, today: date) -> tuple[str, bool] | None:
    """06/9 and a whole day, 20060901 or 2006-9-1, of which the month counts."""
    if short := re.fullmatch(r"(\d\d)[./-](1[0-2]|0?[1-9])", text, re.ASCII):
        return f"{full_year(int(short[1]), today=today)}-{int(short[2]):02d}", False
    spans = read_spans(text, today=today)
    is_one_day = len(spans) == 1 and spans[0].last is None and spans[0].first.day is not None and len(text) <= 12
    return (spans[0].first.as_month(), False) if is_one_day else None


def _end(text: str, today: date) -> tuple[str, bool] | None:
    if _STILL.fullmatch(text):
        return OPEN, False
    return _month(text, today)


def _hukou_place(text: str, _today: date) -> tuple[str, bool] | None:
    own = (found.group() for found in _NAMES_AN_AREA.finditer(text) if not is_about_somebody(text, found.start()) and not _WISHED.search(text[: found.start()]))
    return next(((place, False) for place in own), None)


def _address(text: str, _today: date) -> tuple[str, bool] | None:
    """From the district on, spaces and all: 朝阳区 十里堡 甲3号 A座 2303室."""
    found = re.search(rf"(?:北京市?\s?)?{places.A_DISTRICT}[^,;。]{{4,}}", text, re.IGNORECASE)
    if found is None or not re.search(r"\d", found.group()):
        return None
    whole = places.with_district(found.group().strip())
    return whole, whole != found.group().strip()


def _place(text: str, _today: date) -> tuple[str, bool] | None:
    known = places.district(text)
    return (places.in_beijing(known), False) if known else None


_READERS: Final[dict[str, Callable[[str, date], tuple[str, bool] | None]]] = {
    "ethnicity": _ethnicity, "postcode": _postcode, "start": _month, "end": _end, "hukou_place": _hukou_place, "address": _address, "place": _place,
}  # fmt: skip


def contract_end(text: str, *, today: date) -> str | None:
    """“三年合同，23年5月签的” ends three years later; None when the sentence gives no such length and day."""
    length = _YEARS_LONG.search(text)
    years = chinese_number(length["n"]) if length else None
    spans = [span for span in read_spans(text, today=today) if span.last is None and span.first.month]
    if not years or len(spans) != 1 or re.search(r"到期|截止|签到", text):
        return None
    return f"{spans[0].first.year + years}-{spans[0].first.month:02d}"
