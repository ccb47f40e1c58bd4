"""Words that steer: business types, material items, fields and sections by name, ordinals, options, directions, topics."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from nlu.extract.numbers import chinese_number
from nlu.extract.personal import is_negated
from nlu.extract.values import Sheet, Value
from nlu.extract.wordlists import any_of, codes

_BUSINESS: Final = tuple(
    (kind, re.compile(form))
    for kind, form in (
        ("RENEW", r"续签|续办|续一下|续证|续工作居住证|要续|快到期|到期了?(?!款)|(?:证|它)过期|延期|续(?=下|期|了|$|吗|的|呢|[,。?!])|renew"),
        ("EMPLOYER", r"(?:变更|换|转|变|更换|改)(?:了?一?个?)?(?:聘用)?(?:新)?(?:单位|公司|工作(?!居住证)|雇主|东家)|聘用单位(?:要|想|需要)?变更|(?:单位|公司)(?:要|想|需要)?变更|公司变更|跳槽|转(?:过来|到新公司|到新单位|移)|新公司(?:接收|转)|调到新单位|工作变动|转单位"),
        ("DEPENDANT", r"随往|随迁|随行|随调|(?:加|添加|增加|带|带上|减|去掉|取消)(?:个|上|一下|我)?(?:的)?(?:孩子|老婆|老公|配偶|子女|家属|媳妇|儿子|女儿|爱人|家人|二胎|二宝|老二|丈夫|妻子|宝)|(?:孩子|老婆|老公|配偶|子女|家属|儿子|女儿|爱人)(?:加|放|办|弄|挂|添)(?:进|到|上|在)"),
        ("ADDRESS", r"搬家|换租|搬了?(?:新)?(?:家|地方|房子?|到)|(?:居住地|住址|居住地址|住所|家庭住址|住处)(?:的)?(?:变更|变了|换了|更改|改了)|(?:变更|更改|换|改变)(?:一?下|了)?(?:居住地址|住址|居住地|住所|住处|房子)|居住地址变更|换(?:了)?(?:个)?房子?|换住的地方|地址变更|变更地址"),
        ("GENERAL", r"一般信息(?:变更)?|信息变更|(?:变更|更新|改|修改|更改)(?:一?下|个)?(?:一般|个人|基本|我的)?信息|更新学历|(?:学历|学位|婚姻|结婚|职称|户籍|政治面貌)[^,。?]{0,4}(?:更新|变更)|(?:变更|更新)(?:一?下)?(?:学历|学位)|(?:改|变更|更新)(?:一?下)?(?:婚姻(?:状况)?|职称|户籍|姓名|政治面貌|职务)(?:信息)?"),
        ("NEW", r"新(?:申请|办|证)|首次(?:申请|办理?)|第一次(?:办|申请|弄|来办)|初次(?:申请|办理?)|(?:没|从没|从来没)(?:有)?(?:办过|申请过)|新办|头一回(?:办)?|头一次办?|初办|重新申请"),
    )
)
_FIELD_WORDS: Final[dict[str, str]] = {
    "phone": "手机号码 手机号 手机 电话号码 电话 联系方式 号码",
    "emails": "收材料的邮箱 邮箱地址 邮箱",
    "invoice_email": "收票邮箱 发票邮箱",
    "ethnicity": "民族",
    "political": "政治面貌 党派",
    "marital": "婚姻状况 婚姻状态 婚姻 婚况",
    "hukou_place": "户口所在地 户籍所在地 户籍地 户口地址 户籍地址 户口地",
    "hukou_kind": "户口类型 户籍类型",
    "hukou_nature": "户口性质 户籍性质",
    "address": "现居住地址 居住地址 现住址 家庭住址 住址 住所 地址",
    "housing": "住房性质 住所性质 住房情况 住房类型 住房 房子性质",
    "postcode": "邮政编码 邮编",
    "title": "职称",
    "school": "毕业院校 毕业学校 学校名称 学校名 学校 院校 校名",
    "major": "所学专业 专业名称 专业",
    "study_identity": "学习身份 学习形式 学习方式",
    "country": "国家地区 国家",
    "employer": "工作单位 单位名称 公司名称 公司名字 公司名 单位名 单位 公司",
    "job": "工作岗位 岗位名称 岗位 职位 职务",
    "place": "工作地点 工作地",
    "start": "入学时间 入学日期 入职时间 入职日期 开始时间 起始时间 开始日期",
    "end": "毕业时间 毕业日期 离职时间 离职日期 截止时间 结束时间 截止日期 合同到期时间 结束日期 合同期限 到期日",
    "invoice_title": "发票抬头 抬头",
    "tax_no": "纳税人识别号 信用代码 税号",
    "name": "姓名 名字",
    # Of the catalogue's conditions (backend/catalogue/conditions.yml); the backend knows their short names too.
    "C_PATH": "申请条件选择 按什么条件 按哪条申请",
    "C_SI": "社保缴纳方式 社保缴纳情况 社保缴纳 社保谁缴 社保那项 社保那个",
    "C_TAX_ZERO": "个税为0 个税是0 个税那项 个税那个 个税情况",
    "C_NAME_CHANGED": "改名换号",
    "C_TITLE": "职称取得方式 职称怎么取得",
    "C_BJ_TWO_YEARS": "近两年在京工作",
    "C_TITLE_YEAR": "职称取得年份 职称年份",
    "C_SPOUSE": "配偶随往",
    "C_CHILD": "子女随往 孩子随往 随往的孩子",
    "C_PERMIT_NO": "工作居住证编号 居住证编号 证件编号",
    "C_PERMIT_END": "工作居住证到期日 居住证到期日 证件到期日 证件有效期",
    "C_LEFT_DATE": "从原单位离职的日期",
    "C_RELEASED": "原单位解除关联 解除关联",
    "C_CHANGE_ITEMS": "变更项 变更内容 要改的信息",
    "spouse_name": "配偶姓名 配偶名字 配偶的姓名 配偶的名字",
    "spouse_employer": "配偶单位 配偶的单位 配偶公司",
    "child_name": "孩子姓名 孩子名字 孩子的名字 孩子的姓名 子女姓名 子女名字",
    "child_born": "孩子出生年月 孩子的出生年月 孩子生日 孩子的生日 子女出生年月",
    "district": "区县名称 区县 所在区",
}
_SECTION_WORDS: Final[dict[str, str]] = {
    "contact": "联系方式这页 联系信息 联系资料",
    "personal": "个人信息 个人资料 基本信息 基本资料",
    "photo": "一寸照片 一寸照 证件照 照片",
    "education": "改一下学历 改下学历 修改学历 改学历 学习经历 教育经历 教育背景 学历信息 上学经历 学历经历 学历这块 教育信息",
    "work": "工作经历 工作履历 履历 任职经历 工作经验 工作信息 工作这块",
    "conditions": "申请条件 条件选择 材料确认 条件那页",
    "materials": "上传材料 材料上传 材料清单",
    "invoice": "发票信息 开票信息 发票",
}
_FIELD_OF: Final = {word: name for name, words in _FIELD_WORDS.items() for word in words.split()}
_SECTION_OF: Final = {word: name for name, words in _SECTION_WORDS.items() for word in words.split()}
_FIELD: Final = re.compile(any_of(_FIELD_OF))
_SECTION: Final = re.compile(any_of(_SECTION_OF))
# 毕业时间 is a month of the schools, 入职时间 one of the jobs.
_WHOSE_TIME: Final = re.compile(r"(?:(?P<school>入学|毕业)|入职|离职|合同(?:到期|截止)?)(?:时间|日期|年月)")
_MATERIAL: Final = re.compile(any_of(codes("materials.txt")), re.IGNORECASE)

_LANDLORDS_DEED: Final = re.compile(r"(?:房东|出租人|房主)[^,。?]{0,8}(?:房产证|产权证|不动产证)")

_N: Final = r"(?:\d{1,2}|[一二两三四五六七八九十]{1,3})"
_ORDINAL: Final = re.compile(rf"第\s?(?P<n>{_N})\s?(?P<unit>段|条|个|项|份|张|页|行|所|家|份工作|次|步|种|栏|学校)?|(?P<last>最后|末尾|最末|最下面)(?:的)?(?:那|一|这)*(?:段|条|个|项|份|张|种)|倒数第一(?:段|个|条)?|上(?:一)?(?P<prev>段|条)")
_OPTION: Final = re.compile(
    rf"(?:选择?|要|就|用|我选|选项|序号|编号)\s?(?:第\s?)?(?P<n>{_N})(?:\s?(?:个|项|号|种|吧|条))?(?!\d|[年月]|[\u4e00-\u9fff]*(?:段|份|次))|^(?:第\s?)?(?P<bare>\d{{1,2}}|[一二三四五六七八九十])(?:[、.)号项个吧]|号吧|项吧|个吧)?$|选(?P<letter>[A-Ha-h])(?![A-Za-z])|^(?P<alone>[A-Ha-h])[.、]?$|(?P<firsts>前者|后者|前面那个|后面那个|上面那个|下面那个)"
)
_DIRECTIONS: Final = (
    ("up", r"(?:往|向|朝|再)?上(?:面)?(?:移|挪|调|一点|点|一些|些)|(?:往|向|朝)上|头顶(?:留|切|裁|太)|上移"),
    ("down", r"(?:往|向|朝|再)?下(?:面)?(?:移|挪|调|一点|一些|些)|(?:往|向|朝)下(?!一步|填)|下移"),
    ("left", r"(?:往|向|朝|再|偏)左|左(?:边)?(?:移|挪|一点|点|些)"),
    ("right", r"(?:往|向|朝|再|偏)右|右(?:边)?(?:移|挪|一点|点|些)"),
    ("bigger", r"(?:再|放|弄|调|头|脸|人)?大(?:一)?(?:点|些)|放大|太小|拉近|头大"),
    ("smaller", r"(?:再|缩|弄|调|头|脸|人)?小(?:一)?(?:点|些)|缩小|太大|拉远|太满"),
    ("reset", r"(?:裁剪|位置|照片)?(?:还原|复位|恢复原样|回到原来|重置)"),
)
_DIRECTION: Final = tuple((name, re.compile(form)) for name, form in _DIRECTIONS)
_TOPICS: Final = tuple(
    (name, re.compile(form))
    for name, form in (
        ("points_settlement", r"积分(?:落户|入户|申报|排名|分数|怎么算|多少分)|落户积分|积分"),
        ("settlement", r"(?<!积分)落户|入户|进京指标|户口(?:迁|转)(?:到|进|入)?北京|迁户口|办北京户口|拿北京户口|北京户口怎么|解决户口|人才引进|办户口|转户口"),
        ("residence_permit", r"(?<!工作)(?<!工)(?:暂住证|暂居证|居住登记卡?|居住登记|居住证(?!明))"),
        ("social_insurance", r"(?:帮|替|给)我?(?:交|缴)社保|社保[^,。?]{0,9}(?:代缴|代交|挂靠|补缴|转移|转到|断缴怎么|怎么补)|(?:代缴|代交|挂靠|补缴|补交|转移)(?:一下)?社保|养老保险|医保|生育津贴|失业金|社保卡"),
        ("housing_fund", r"公积金"),
        ("house_purchase", r"买房|购房(?:资格|资质|指标|条件)|限购|摇号买|房贷"),
        ("car_plate", r"车牌|摇号|买车|小客车|京牌|车指标|进京证"),
        ("bribery", r"花钱|找人[^,。?]{0,3}(?:办|弄|帮|托|代)|(?:有|走)(?:路子|门路|内部)|找关系|掏[^,。]{0,2}钱|托关系|托人|走后门|包过|保过|(?:多|加)(?:给|点)(?:你)?(?:点)?钱|塞钱|红包|代办(?:费)?(?:包)|假(?:证|材料|合同|流水|学历|的)|造假|买(?:一个|个)?(?:证|指标|名额)|ps一下"),
        ("school_admission", r"(?:孩子|小孩|子女)?(?:上学|入学|幼升小|小升初|中考|高考)(?:资格|政策|怎么|需要|能|可以|条件|报名)"),
    )
)


def read_words(sheet: Sheet) -> None:
    """Mentions; they close no span, for one word may be both (照片: a section and a material)."""
    _mention_business(sheet)
    _mention_first(sheet, "material_item", "HO05", _LANDLORDS_DEED)
    _mention_longest(sheet, "material_item", _MATERIAL, lambda word: codes("materials.txt")[word.lower()])
    _mention_longest(sheet, "section", _SECTION, lambda word: _SECTION_OF[word])
    _mention_longest(sheet, "field", _FIELD, lambda word: _FIELD_OF[word])
    if not sheet.has("section") and (when := _WHOSE_TIME.search(sheet.text)):
        sheet.note(Value("section", "education" if when["school"] else "work", when.start(), when.end()))
    for name, pattern in _DIRECTION:
        _mention_first(sheet, "direction", name, pattern)
    for name, pattern in _TOPICS:
        _mention_first(sheet, "topic", name, pattern)
    _read_ordinals(sheet)
    _read_options(sheet)


def _mention_business(sheet: Sheet) -> None:
    for kind, pattern in _BUSINESS:
        for found in sheet.free_matches(pattern):
            if not is_negated(sheet.text, found.start()) and not sheet.has("business_type"):
                sheet.note(Value("business_type", kind, found.start(), found.end()))


def _mention_longest(sheet: Sheet, name: str, pattern: re.Pattern[str], code: Callable[[str], str]) -> None:
    known: set[str] = set()
    for found in sheet.free_matches(pattern):
        value = code(found.group())
        if value not in known and not is_negated(sheet.text, found.start()):
            known.add(value)
            sheet.note(Value(name, value, found.start(), found.end()))


def _mention_first(sheet: Sheet, name: str, value: str, pattern: re.Pattern[str]) -> None:
    found = next(sheet.free_matches(pattern), None)
    if found and not sheet.has(name):
        sheet.note(Value(name, value, found.start(), found.end()))


def _read_ordinals(sheet: Sheet) -> None:
    for found in sheet.free_matches(_ORDINAL):
        number = -1 if found["n"] is None else chinese_number(found["n"]) or 0
        if number:
            sheet.note(Value("ordinal", str(number), found.start(), found.end()))
            if found["unit"] in (None, "个", "项", "种", "张", "条"):
                sheet.note(Value("option", str(number), found.start(), found.end()))


def _read_options(sheet: Sheet) -> None:
    for found in sheet.free_matches(_OPTION):
        if found["firsts"]:
            number = 1 if found["firsts"][0] in "前上" else 2
        elif found["letter"] or found["alone"]:
            number = ord((found["letter"] or found["alone"]).lower()) - ord("a") + 1
        else:
            number = chinese_number(found["n"] or found["bare"]) or 0
        if number and not sheet.has("option"):
            sheet.note(Value("option", str(number), found.start(), found.end()))
