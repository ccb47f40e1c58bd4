"""Personal facts from closed lists: ethnicity, party, marriage, hukou, housing, title, and the plain condition answers."""

from __future__ import annotations

import re
from typing import Final

from nlu.extract.meant import SPOUSE, is_about_somebody, which, whom_one_follows
from nlu.extract.values import Sheet, Value
from nlu.extract.wordlists import any_of

ETHNICITIES: Final = (
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉"
    " 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺"
).split()
_ETHNICITY: Final = re.compile(rf"(?P<name>{any_of(ETHNICITIES)})族|民族(?:是|为|:|\s)*(?P<bare>{any_of(ETHNICITIES)})(?!族)")

# (field, pattern, value, ask back)
_FACTS: Final[tuple[tuple[str, re.Pattern[str], str, bool], ...]] = tuple(
    (name, re.compile(form), value, confirm)
    for name, form, value, confirm in (
        ("political", r"(?:中共)?预备党员", "中共预备党员", False),
        ("political", r"中共党员|(?:中国)?共产党员|中共正式党员", "中共党员", False),
        ("political", r"共青团员|共青团(?!支部|委)|(?<!党)团员", "共青团员", False),
        ("political", r"(?<!无)党员(?!证|材料)", "中共党员", True),
        ("political", r"群众|普通群众|政治面貌[是为:\s]*无(?!党)", "群众", False),
        ("political", r"无党派(?:民主)?(?:人士)?", "无党派民主人士", False),
        ("political", r"民革", "民革", False),
        ("political", r"民盟", "民盟", False),
        ("political", r"民建(?!厅|局)", "民建", False),
        ("political", r"民进", "民进", False),
        ("political", r"农工党", "农工党", False),
        ("political", r"致公党", "致公党", False),
        ("political", r"九三学社|九三", "九三学社", False),
        ("political", r"台盟", "台盟", False),
        ("marital", r"未婚(?!声明|证明)|没结婚|没有结婚|还没结婚|单身(?!证明|声明)|没对象", "未婚", False),
        ("marital", r"离婚官司|(?:正在|在闹|闹|没)离婚?(?:呢|$|,)|还没离(?!职|开|任)", "已婚", True),
        ("marital", r"离过[^,。]{0,3},?(?:后来|现在|又|再)+(?:结(?!束|业|算)(?:了|婚)*|领证了?)|(?:又|再)结婚?了", "已婚", False),
        ("marital", r"离异|离婚了?(?!证|协议|判决|材料)|离了(?!职)|离过(?:婚|一次)", "离婚", False),
        ("marital", r"丧偶|(?:老公|老婆|配偶|丈夫|妻子)(?:去世|过世|不在(?:了|世)|没了(?!工作|户口))|老伴(?:走|没|去世|不在)", "丧偶", False),
        ("marital", r"已婚|(?<!没)(?<!没有)(?<!未)(?:刚|才|已经?)结(?:了)?婚|结婚了|结了婚|再婚|复婚|初婚|结过婚|(?<!没)(?<!没有)(?<!未)领(?:了|过)?证了?(?!书|的)|二婚", "已婚", False),
        ("hukou_kind", r"集体户口?(?!首页|卡|页)", "集体户", False),
        ("hukou_kind", r"家庭户口?(?!首页|簿|本)", "家庭户", False),
        ("hukou_nature", r"非农业?(?:户口|户籍)?|城镇户?口?(?:户籍)?(?!职工|单位|居民医)|城市户口", "城镇", False),
        ("hukou_nature", r"农业户?口?(?!大学|大|局|部|银行|科学)|农村户口|农村的户口|农户", "农业", False),
        ("hukou_nature", r"居民户口?|(?:改|变|转)(?:成|为|了)?居民|户口性质[是为:\s]*居民", "居民", False),
        ("housing", r"(?:租|租的|租住)(?:的|在)?(?:宅基地|农村|村里|平房|农民)(?:房|的房|房子|自建房)?|宅基地", "租宅基地房", False),
        ("housing", r"租(?:的|了|住的?)?(?:居民楼|楼房|小区房|商品房|公寓|小区)(?:的?房子?)?", "租居民楼", False),
        ("housing", r"公租房|单位公房|单位分的?房|公房|单位的房", "单位公房", False),
        ("housing", r"(?:单位|公司|集体|员工)?的?宿舍(?!证明)", "单位宿舍", False),
        ("housing", r"(?:配偶|老婆|老公|爱人|妻子|丈夫|媳妇|对象)(?:的|名下的?|那边的?|单独)+(?:房子?|房产)?(?!证|合同|身份证|户口|工作)", "配偶名下", False),
        ("housing", r"[跟和与](?:父母|爸妈|家里人?|岳父母?|公婆|亲戚|朋友)(?:一起|一块)?住", "亲友家", False),
        ("housing", r"(?:住|借住?|借)(?:在|的)?(?:亲戚|亲友|朋友|父母|爸妈|哥|姐|叔叔|舅舅|同学|岳父母?)(?:家|那|的房子?|处|名下)?|亲友家|亲戚家|朋友家|借住|父母(?:家|的房子?|名下)", "亲友家", False),
        ("housing", r"(?:还没|没有?|未|尚未)(?:下|拿到?|办下来|取得?|领)(?:房产证|房本|产权证|不动产证|证)|(?:房产证|房证|不动产证|产权证)(?:还)?(?:没|未|没有)(?:下|拿|办|到|出)|按揭[^,。]{0,6}没下|网签(?!合同)|期房|刚买的?房|买了房?(?:还)?没下证|自有未取证", "自有未取证", False),
        ("housing", r"自己的?房(?:子|产)?|自有(?:住?房|产权|已取证)?|自家的?房子?|(?:我|本人)名下(?:的|有)?房?子?|自己买的(?:房子?)?|有房产证的?|买的房子?|自购房|有房(?!产)|产权房", "自有已取证", False),
        ("housing", r"租(?:的房|房(?!合同|协议|备案|税|子的合同)|的|住|了房|了个|别人)子?", "租房", False),
        ("title", r"(?:没有?|无|没评过?|还没评|没考)(?:任何)?(?:职称|专业技术职称)(?!证)|职称[是为:\s]*(?:没有|无)", "无", False),
        ("need_invoice", r"(?:不|别|不用|不需要|不想|无需)(?:要|用|需要)?(?:给我)?开?(?:具)?(?:发票|票)(?:了)?(?!抬头)", "no", False),
        ("need_invoice", r"(?:要|需要|想|帮我|给我|麻烦|得)(?:给我)?(?:开(?:具)?|要)(?:一?张|个)?(?:电子|增值税)?(?:普通)?(?:普票|专票|发票)|开(?:单位|公司|个人)(?:的)?(?:抬头|发票)|要发票|需要发票", "yes", False),
        ("title_type", r"(?:单位|公司|企业)(?:的)?(?:抬头|发票)|抬头(?:是|写|开|用|填|:)*(?:单位|公司|企业)(?!名)|开(?:给)?(?:单位|公司)(?:的)?$", "单位", False),
        ("title_type", r"个人(?:的)?(?:抬头|发票)|抬头(?:是|写|开|用|填|:)*(?:个人|我自己|本人|我的名字)|开个人的?", "个人", False),
        ("C_SI", r"(?:人事代理|代理公司|第三方|中智|外包公司|派遣公司)(?:代?缴|给?交|帮?交)|代理代?缴|社保(?:是|由)?(?:中智|代理|第三方)", "人事代理代缴", False),
        ("C_SI", r"(?:现?单位|公司)(?:自己|直接)?(?:给我?)?(?:直缴|直接缴|直接交|自己交|交的?社保|缴的?社保|缴纳)", "现单位直缴", False),
        ("C_SI", r"社保(?:中间)?(?:断缴?过?|断了|断过)|断缴过?", "断缴过", False),
        ("C_SI", r"(?:外地|异地|老家|上海|深圳|广州|天津|河北)(?:交|缴)(?:的)?(?:社保)?|社保(?:在)?(?:外地|异地)", "异地", False),
        ("C_TAX_ZERO", r"(?:没有?|从来没有?|都没有?)(?:个税)?(?:为|是)?(?:0|零)(?:的)?(?:月|个税|税|$|[,。])|个税(?:每个?月)?都(?:有|不是0|正常)|没有个税(?:为|是)?(?:0|零)", "没有", False),
        ("C_TAX_ZERO", r"个税(?:(?![没无不])[\u4e00-\u9fff\d]){0,8}?(?:0|零)(?!\.\d)|(?:有|几|两|一|\d)个?月(?:的)?(?:个税|税)?(?:是|为|交)(?:0|零)|零申报", "有", False),
        ("C_NAME_CHANGED", r"(?:没有?|没|从没|未)(?:改过|换过|更改过|变更过)(?:名字?|姓名|身份证号?)", "否", False),
        ("C_NAME_CHANGED", r"(?<!没)(?<!没有)(?<!未)(?:改过|换过)(?:名字?|姓名|身份证号)|有曾用名|曾用名(?!证明)(?:是|叫|:)", "是", False),
        ("C_TITLE", r"(?:职称|证)?(?:是)?(?:考的|考试取得|考试考的|考出来|以考代评|考取)(?:的)?", "考试", False),
        ("C_TITLE", r"(?:职称)?(?:是)?(?:评的|评审|评出来|评定|评上)(?:的|取得的?)?(?!表)", "评审", False),
        ("C_SPOUSE", r"(?:老婆|老公|配偶|爱人|妻子|丈夫)?(?:不随往|不一起办|不用随往|不跟我办)", "不随往", False),
        ("C_SPOUSE", r"(?:" + SPOUSE[3:-1] + r"|她|他)(?:的|户口|户籍|已经?|也|就|早|本来)*(?:是|有|在|办了|拿到)?了?(?:北京的?(?:户口|户籍|人(?!力|社|事|才))|京户|京籍|工作居住证|工居证|(?<=[在是])北京(?:的)?(?=$|,))", "已有工居证或京籍", False),
        ("C_SPOUSE", r"(?:老婆|老公|配偶|爱人|妻子|丈夫)(?:没有?(?:工作|上班)|全职在家|无业|未就业)", "随往·未就业", True),
        ("C_EDU", r"中外合作办学", "中外合作办学", False),
        ("C_UNIT", r"高新(?:技术)?(?:企业)?(?!证书)", "高新", False),
        ("C_UNIT", r"事业单位", "事业单位", False),
        ("C_UNIT", r"社会(?:组织|团体)|民办非企业?|民非", "社会组织", False),
    )
)
_TITLE: Final = re.compile(
    r"(?P<level>助理|初级|中级|副高级?|正高级?|高级)?(?P<name>工程师|经济师|会计师|政工师|统计师|审计师|人力资源管理师|教师|讲师|副教授|教授|主治医师|医师|建造师|造价师|研究员|律师|专业技术职称)?"
    r"(?:的)?职称(?!证|查询|评审表|路径|通道)|职称[是为有:\s]*(?P<after>(?:助理|初级|中级|副高|正高|高级)?[\u4e00-\u9fff]{0,8}(?:师|员|级|教授|高))"
)
# “用我老婆的行吗” and “没领证” are about a house only where one is spoken of.
_ABOUT_HOUSING: Final = re.compile(r"住|租|房|宿舍|公寓|宅基地")
# One value holds of the applicant: of several the last word counts, and nobody else's.
_ONES_OWN: Final = frozenset({"ethnicity", "political", "marital", "hukou_kind", "hukou_nature"})
_OF_A_SCHOOL: Final = re.compile(r"的?(?:大学|大专|本科|专科|学校|高中|中专|研究?生?|硕士|博士|驾)")
_NEGATED: Final = re.compile(r"(?:不是|并非|不叫|不应该是|没有说|别写|不算)$")


def read_personal(sheet: Sheet, asked: str | None = None) -> None:
    told = [Value("ethnicity", (found["name"] or found["bare"]) + "族", found.start(), found.end()) for found in sheet.free_matches(_ETHNICITY)]
    for name, pattern, value, confirm in _FACTS:
        meant = [found for found in sheet.free_matches(pattern) if _is_meant(sheet, name, found, asked)]
        told += [Value(name, value, found.start(), found.end(), confirm=confirm) for found in meant]
    for found in sheet.free_matches(_TITLE):
        shown = found["after"] or (found["level"] or "") + (found["name"] or "").replace("专业技术职称", "")
        if shown:
            told.append(Value("title", shown, found.start(), found.end()))
    for name in dict.fromkeys(value.field for value in told):
        _take(sheet, [value for value in told if value.field == name])


def _is_meant(sheet: Sheet, name: str, found: re.Match[str], asked: str | None) -> bool:
    """Whether the words are about what the field is about: a house, one's own name, a title and no school."""
    if name == "housing":
        return asked in ("address", "housing", "postcode") or bool(_ABOUT_HOUSING.search(sheet.text))
    if name == "C_NAME_CHANGED":
        return not is_name_of_a_unit(sheet.text, found.start())
    return name != "C_TITLE" or not _OF_A_SCHOOL.match(sheet.text, found.end())


def is_name_of_a_unit(text: str, at: int) -> bool:
    """公司去年|改过名."""
    return bool(re.search(r"(?<![在去到])(?:公司|单位|学校|大学|学院|集团|企业|[厂校])[^,。;我]{0,8}$", text[:at]))


def is_negated(text: str, at: int) -> bool:
    """Whether 不是 stands right before `at`: what follows is what the applicant denies."""
    return bool(_NEGATED.search(text[max(0, at - 5) : at]))


def _take(sheet: Sheet, told: list[Value]) -> None:
    """One value of a field: the first form that fits, or the one that the sentence says counts. Spans stay open, for 开公司抬头 says two things."""
    name = told[0].field
    free = [value for value in told if sheet.is_free(value.start, value.end) and not is_negated(sheet.text, value.start)]
    if name in _ONES_OWN:
        free = _ones_own(sheet.text, free)
    if not free or sheet.has(name):
        return
    apart = [value for value in free if value is free[0] or value.end <= free[0].start or free[0].end <= value.start]
    counts = which(sheet.text, [(value.start, value.end) for value in apart]) if name in _ONES_OWN else 0
    sheet.note(apart[counts])


def _ones_own(text: str, told: list[Value]) -> list[Value]:
    """Without what is told of other people, unless one takes after them."""
    own = [value for value in told if not is_about_somebody(text, value.start)]
    followed = whom_one_follows(text, [(value.start, value.end) for value in told]) if told and not own else None
    return own if followed is None else [told[followed]]
