"""Schools, levels, majors and study identities (F29)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from nlu.extract.tokens import Token
from nlu.extract.values import Sheet
from nlu.extract.wordlists import any_of, named, places_of, words

HIGH_SCHOOL: Final = "高中"
_KNOWN: Final = re.compile(
    any_of(named("schools.txt")) + r"(?!一?点|一?些|街|桥|荒|代表|学习|学生|于|[省市区县])(?:[\u4e00-\u9fff]{2,6}(?:校区|分校))?", re.IGNORECASE
)
_CUT: Final = re.compile(
    r".*(?:改成了?|改为|换成|更正为|应该是|应为|就读于?|毕业于|毕业院校|考上了?|考入|进入|来自|学校(?:名称|名字|全称)?(?:是|叫|为|:)?|本科|硕士|博士|大专|专科|研究生|全日制|统招|自考|函授"
    r"|成人|先后?|然后|后来|接着|之后|[在从于是读念叫的去我到和跟了与为:]|上(?!海|饶|虞|杭)|年|月|高中(?!部)|初中|第一学历|最高学历|最后)"
)
_NAMED: Final = re.compile(
    r"[\u4e00-\u9fff·()]{2,24}?(?:职业技术大学|大学|职业技术学院|师范学院|学院|高级中学|中等专业学校|中等职业学校|职业高中|职业中学|技工学校|学校|职高|中专|技校|高专|党校|附中|中学|研究院)"
    r"(?:\([\u4e00-\u9fff]{2,4}\)|[\u4e00-\u9fff]{2,4}(?:校区|分校))?(?=的|读|上|念|$|[^\u4e00-\u9fff]|[\u4e00-\u9fff])"
)
_ENGLISH: Final = re.compile(r"(?:(?:The )?(?:University|College|Institute) of [A-Z][A-Za-z]+(?: [A-Z][A-Za-z]+)*|(?:[A-Z][A-Za-z.&'-]+ )+(?:University|College|Institute|School)(?: of (?:[A-Z][A-Za-z]+ ?)+)?)")
_NUMBERED: Final = re.compile(
    r"(?P<city>[\u4e00-\u9fff]{1,7}?)(?P<di>第?)(?P<n>[一二三四五六七八九十]{1,3}|\d{1,3})(?P<tail>高级中学|高中|中学|高|中)(?![个年级考国以])"
)
_NAMED_HIGH: Final = re.compile(r"[\u4e00-\u9fff]{1,8}(?:实验|外国语|第?[一二三四五六七八九十\d]+|师大|附属)高中|[\u4e00-\u9fff]{2,6}(?:市|县|区)[\u4e00-\u9fff]{0,6}高中")
_NOT_A_NAME: Final = re.compile(r"^(?:第[一二两三四五六七八九十\d]+[段个份]|[一二两三四五六七八九十几这那哪某各全个所该本此原]|什么|怎么|没有|英文|中文|大|小|好|重点|普通|名牌|有的|毕业|还有|学历|要|填|最|民办|公办|个)*(?:大学|学院|中学|高中|学校|研究院|职高|中专|技校)$")
_LEVELS: Final = tuple(
    (level, re.compile(form))
    for level, form in (
        ("博士研究生", r"(?:读|念|上)博(?!物)|博士(?:研究生|生|学位)?(?!后)|直博"),
        ("硕士研究生", r"修士|(?:读|念|上|考)?研究生(?!院)|硕士(?:研究生|生|学位)?|读硕|读研|考研上|MBA|EMBA|MPA"),
        ("本科", r"专升本|本科(?:生)?|学士(?:学位)?|本硕"),
        ("大专", r"大专|专科|高职"),
        ("中专", r"中专|职高|技校"),
        (HIGH_SCHOOL, r"高中(?!级|层)"),
    )
)
_IDENTITIES: Final = tuple(
    (name, re.compile(form))
    for name, form in (
        ("在职学习", r"非全日制?|在职(?:学习|读的?|研究生|硕士|博士|MBA|本科)|在职(?!证明)|半脱产|业余(?:学习)?"),
        ("全日制学生", r"(?:统招)?全日制(?:学生|统招|普通)?|统招|普招|脱产学习|脱产"),
        ("自学考试", r"自学考试|自考"),
        ("成人教育", r"成人教育|成教|函授|夜大|成人高考|成考|成人(?:本科|大专)"),
        ("网络/远程教育", r"网络教育|远程(?:教育|学习)|网教"),
        ("开放大学", r"(?:国家)?开放大学(?:的)?|(?<!广播)电大"),
        ("留学", r"留学|海归"),
    )
)
_MAJOR_CUE: Final = re.compile(
    r"(?:(?:所学|学的|读的)?专业(?:名称|名)?(?:是|为|叫|:|改成|改为|换成|更正为|应该是|学的|读的)*\s?|主修(?:的是|的)?\s?|学的(?:是|专业是)?\s?|读的(?:是)?\s?)(?P<m>[\u4e00-\u9fffA-Za-z][\u4e00-\u9fffA-Za-z()、]{1,24}?)(?=专业|本科|硕士|研究生|博士|大专|,|。|;|\s|$|\d|统招|全日制|毕业|学位|[不的]对|写错)"
)
_MAJOR_BEFORE: Final = re.compile(r"(?P<m>[\u4e00-\u9fffA-Za-z]{2,20})专业")
_MAJOR_KNOWN: Final = re.compile(any_of(words("majors.txt")) + r"(?:学(?!校|院|位|历|士|费)|类|方向)?(?!师|员|与|[一-龥]?专业)", re.IGNORECASE)
_MAJOR_CHUNK: Final = re.compile(r"[\u4e00-\u9fff][\u4e00-\u9fff()]{1,14}(?:学|工程|技术|管理|设计|科学|贸易|教育|语言|文学|经济|金融|法律|艺术|英语|翻译|营销|治疗|医学|表演|制造|分析|数学|与应用|研究|科学与技术)$")
_NOT_A_MAJOR: Final = re.compile(r"^第[一二三四五六七八九十\d]|更正|修改|纠正|想|什么|怎么|大学|学院|中学|留学|上学|入学|学校|同学|开学|工作|填|吗|写|改|不|没|一样|方向是|我|他|毕业|自学|在职|读|上的")
_COUNTRY_BEFORE: Final = re.compile(any_of(name for name, full in named("countries.txt").items() if full != "中国" and len(name) > 1) + r"(?=.{3})")
# 北京大学第三医院, 清华大学出版社 employ people; nobody studied there.
_IS_AN_EMPLOYER: Final = re.compile(r"(?:附属)?[\u4e00-\u9fff]{0,8}?(?:医院|出版社|幼儿园|公司)")
_LONGER: Final = re.compile(any_of((*words("longer.txt"), *words("places.txt"), *named("countries.txt"))))
_BEFORE_A_NAME: Final = "在于读上是的考了从进去到念和跟,。 "
_ONE_NAME: Final = re.compile(r"[\u4e00-\u9fffA-Za-z()]{3,24}")
_SAYS_MAJOR: Final = re.compile(r"我?(?:(?P<cued>(?:所?学?的?专业|[学读念]的)(?:[就也还]?是|为|叫|:|,)*)|是?[学读念])(?P<m>[\u4e00-\u9fffA-Za-z()]+?)(?:专业)?的?")
_NO_MAJOR: Final = re.compile(r"(?:专业(?:[是为:\s]|改成|改为|填|写)*(?:无|没有)(?!分)|没有专业|不分专业|没分专业)")


def find_schools(sheet: Sheet) -> Iterator[Token]:
    """Full names for known schools and abbreviations; anything else that is named like a school as typed."""
    for found in sheet.free_matches(_ENGLISH):
        yield from _close(sheet, Token("school", found.group().strip(), found.start(), found.end()))
    for found in sheet.free_matches(_NUMBERED):
        yield from _numbered(sheet, found)
    for found in sheet.free_matches(_KNOWN):
        if not _goes_on(sheet.text, found.start(), found.end()):
            yield from _close(sheet, Token("school", full_name(found.group()), found.start(), found.end()))
    for pattern in (_NAMED, _NAMED_HIGH):
        for found in sheet.free_matches(pattern):
            yield from _named(sheet, found)


def is_whole_major(text: str) -> bool:
    """Whether a message is one name in which a shorter major stands: 办公自动化, 材料成型及控制工程, 付款与结算."""
    if not _ONE_NAME.fullmatch(text) or _NOT_A_MAJOR.search(text):
        return False
    return bool(_MAJOR_KNOWN.search(text)) or bool(re.search(r".[与及].", text))


def whole_major(text: str) -> str | None:
    """The major of a message that says nothing else: 学会计的, 专业是英语(商务方向)."""
    said = _SAYS_MAJOR.fullmatch(text)
    if said and (_MAJOR_KNOWN.fullmatch(said["m"]) or (said["cued"] and is_whole_major(said["m"]))):
        return str(said["m"])
    return text.removesuffix("专业") if is_whole_major(text) else None


def full_name(school: str) -> str:
    """北航 → 北京航空航天大学; an unknown name stays as it is."""
    return named("schools.txt").get(school.lower(), school)


def country_of(school: str) -> str | None:
    """The country of a known school abroad (ED06)."""
    known = places_of("schools.txt").get(school) or next((f"中国{area}" for area in ("香港", "澳门") if school.startswith(area)), None)
    led = _COUNTRY_BEFORE.match(school)
    return known or (named("countries.txt")[led.group().lower()] if led else None)


def find_levels(sheet: Sheet) -> Iterator[Token]:
    for level, pattern in _LEVELS:
        for found in sheet.free_matches(pattern):
            yield from _close(sheet, Token("level", level, found.start(), found.end()))


def find_identities(sheet: Sheet) -> Iterator[Token]:
    for name, pattern in _IDENTITIES:
        for found in sheet.free_matches(pattern):
            yield from _close(sheet, Token("study_identity", name, found.start(), found.end()))


def find_majors(sheet: Sheet, *, in_history: bool) -> Iterator[Token]:
    """Majors by cue (专业金融, 软件工程专业); by list or ending only where a school or level stands beside (`in_history`)."""
    for found in sheet.free_matches(_NO_MAJOR):
        yield from _close(sheet, Token("major", "无", found.start(), found.end()))
    for pattern in (_MAJOR_CUE, _MAJOR_BEFORE):
        for found in sheet.free_matches(pattern, "m"):
            yield from _cued_major(sheet, found)
    if in_history:
        for found in sheet.free_matches(_MAJOR_KNOWN):
            yield from _close(sheet, Token("major", found.group(), found.start(), found.end()))


def find_leftover_majors(sheet: Sheet) -> Iterator[Token]:
    """Chunks between what is already read that end like a major: 勘查技术与工程."""
    for found in sheet.free_matches(re.compile(r"[\u4e00-\u9fff()]+")):
        if _MAJOR_CHUNK.match(found.group()) and not _NOT_A_MAJOR.search(found.group()):
            yield from _close(sheet, Token("major", found.group(), found.start(), found.end()))


def _cued_major(sheet: Sheet, found: re.Match[str]) -> Iterator[Token]:
    name = found["m"]
    cut = re.match(r".*(?:[大学院]|的|读|学的|是|在|我|了|本科|硕士|博士|大专|全日制|统招)(?=[\u4e00-\u9fffA-Za-z]{2})", name)
    known = _MAJOR_KNOWN.search(name)
    start = found.start("m")
    if known and len(known.group()) >= len(name) - 1 and known.start() <= 1:
        start, name = start + known.start(), name[known.start() :]
    elif cut and "学" not in name[cut.end() :][:1]:
        start, name = start + cut.end(), name[cut.end() :]
    name = re.sub(r"(?:的|是|吧|啊)+$", "", name)
    if len(name) >= 2 and not _NOT_A_MAJOR.search(name):
        yield from _close(sheet, Token("major", name, start, start + len(name)))


def _numbered(sheet: Sheet, found: re.Match[str]) -> Iterator[Token]:
    start = found.start() + _lead(found["city"])
    city = sheet.text[start : found.end("city")]
    if not city or (found["tail"] in ("高", "中") and not re.fullmatch(r"[\u4e00-\u9fff]{1,6}", city)):
        return
    name = sheet.text[start : found.end()]
    tail = "高中" if "高" in found["tail"] else "中学"
    full = f"{city.removesuffix('市')}市第{found['n']}{tail}" if found["tail"] in ("高", "中") else None
    yield from _close(sheet, Token("school", name, start, found.end(), guess=full))
    if "高" in found["tail"]:
        yield Token("level", HIGH_SCHOOL, start, found.end(), implied=True)


def _named(sheet: Sheet, found: re.Match[str]) -> Iterator[Token]:
    start = found.start() + _lead(found.group())
    name = sheet.text[start : found.end()]
    if len(name) < 4 or _NOT_A_NAME.match(name) or re.search(r"怎么|什么|填|吗|[不没个过这改]|哪|几|写|改成|删|确认单|打印|要给", name):
        return
    if sheet.is_free(start, found.end()) and not _IS_AN_EMPLOYER.match(sheet.text, found.end()):
        yield from _close(sheet, Token("school", full_name(name), start, found.end()))
        if re.search(r"中学|高中|附中|职高|中专|技校", name):
            yield Token("level", HIGH_SCHOOL, start, found.end(), implied=True)


def _lead(name: str) -> int:
    """How many characters before the real name were swallowed: 我在|长春市第十一高中."""
    cut = _CUT.match(name)
    while cut and cut.end() >= len(name) - 1:
        cut = _CUT.match(name[: cut.end() - 1])
    return cut.end() if cut else 0


def _goes_on(text: str, start: int, end: int) -> bool:
    """Whether a short name is only a part of a longer one: 清华 in 清华附中, 中山 in 中山市."""
    if _IS_AN_EMPLOYER.match(text, end) or _is_inside(text, start, end):
        return True
    if end - start > 5:
        return False
    return bool(re.match(r"附|[\u4e00-\u9fff]{0,5}(?:大学|学院|中学|高中)|[路街市区县州]|同方|紫光|方正", text[end : end + 8])) and not re.match(
        r"[\u4e00-\u9fff]{0,2}(?:读|上|的|念|本科|硕士|和|毕业)|经管学院|医学部|[\u4e00-\u9fff]{2,6}学院", text[end : end + 8]
    )


def _is_inside(text: str, start: int, end: int) -> bool:
    """澳大 in 澳大利亚, 中大 in 中大型, 湖大 in 西湖大学."""
    if any(longer.start() <= start and end <= longer.end() and longer.end() - longer.start() > end - start for longer in _LONGER.finditer(text)):
        return True
    return text[start:end].endswith("大") and text[end : end + 1] == "学" and start > 0 and "\u4e00" <= text[start - 1] <= "\u9fff" and text[start - 1] not in _BEFORE_A_NAME


def _close(sheet: Sheet, token: Token) -> Iterator[Token]:
    sheet.close(token.start, token.end)
    yield token
