"""Employers, jobs and stretches without work (F33-F35)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from nlu.extract.tokens import Token
from nlu.extract.values import Sheet
from nlu.extract.wordlists import any_of, words

IDLE: Final = "待业"
_BRAND: Final = re.compile(any_of(words("employers.txt")) + r"(?!大学|街|路|答)(?:第?[一二三四五六七八九十\d]+(?:工程|公|航)?[局院](?:集团)?(?:有限)?(?:公司)?|[\u4e00-\u9fff]{1,8}?(?:院|研究所|事业部|厂|局|分公司|支行|分行)(?![\u4e00-\u9fff])|集团|公司|科技|软件|网络|银行|控股)?", re.IGNORECASE)
_COMPANY: Final = re.compile(
    r"[\u4e00-\u9fffA-Za-z0-9()·&]{2,40}?(?:有限责任公司|股份有限公司|集团有限公司|有限公司|分公司|总公司|子公司|公司|(?:集团|控股|银行|医院|事务所|研究院|研究所|研究中心|设计院|科学院|出版社|报社|杂志社|电视台|幼儿园|小学"
    r"|委员会|协会|基金会|工作室|科技|证券|保险|信托|传媒|药业|酒店|律所|中心|工厂|电厂|机械厂)(?![\u4e00-\u9fff()]{0,10}(?:公司|集团|控股)))"
    r"(?:\([\u4e00-\u9fff]{2,10}\))?(?:[\u4e00-\u9fff]{2,6}(?:分公司|分行|支行|分院|子公司|办事处|代表处|研究所|研究院|事业部|营业部))?"
)
_CUT: Final = re.compile(
    r".*?(?:(?:改成了?|改为|换成|更正为|应该是|应为|就职于?|任职于?|入职了?|加入了?|跳槽到?|跳到|进入|供职于?|受雇于|(?:工作)?单位(?:名称|名)?(?:是|叫|为|:|改成|应该是)|公司(?:名称|名字|全称|名)?(?:是|叫|为|:|改成|应该是)|现在|目前|之前|以前|后来|然后|接着|之后|先|毕业后)"
    r"|(?:^|(?<=[^\u4e00-\u9fff]))?(?:[在从于是去到叫的了进又再换给和])(?=[\u4e00-\u9fffA-Za-z0-9]{3}))"
)
_NOT_A_NAME: Final = re.compile(
    r"^(?:第[一二两三四五六七八九十\d]+[段个份]|疫情|因为|由于|当时|结果|期间|导致|时候|突然|那年|[刚从一二两三四五六七八九十几这那哪某各每家个的我你他们新老原上下现前旧换变更聘用本该此同另其他还有在从自己开创业的是叫国小大民私外企营合资好去到把当前一直个人关于单位公司跳槽转])*(?:公司|集团|单位|中心|银行|科技|医院|软件|保险|小学|酒店|律所|工厂|协会|控股|证券)$"
)
_QUESTIONABLE: Final = re.compile(r"专业|毕业|怎么|什么|吗|哪|为什么|能不能|算不算|社保|材料|发票|抬头|证明|盖章|立户|续签|换|变更|我们|你们|人社局|中智|让我|给不给|名字|名称|行业|要求|办理|委托|服务|客服|中心城|审核")
_SUFFIX: Final = (
    "工程师 架构师 程序员 开发 前端 后端 全栈 测试 运维 算法 产品经理 产品 运营 设计师 设计 美工 经理 主管 总监 专员 助理 主任 组长 部长 处长 科长 会计 出纳 财务 审计 税务 教师 老师 讲师 教授 辅导员 研究员 助研 博士后 医生 医师 护士长 护士 药师"
    " 律师 法务 分析师 分析员 顾问 咨询师 咨询 销售 客户经理 客服 编辑 记者 翻译 主编 科员 公务员 行政 人事 人力 HR HRBP 采购 秘书 文员 负责人 总经理 副总 总裁 CEO CTO CFO COO 合伙人 创始人 司机 厨师 导演 编导 主播 摄影师 建筑师 规划师 造价师 精算师 交易员 投资经理 操盘手 实习生 管培生 技术员 技工 项目经理 店长 教练 演员 数据分析 数据挖掘 研发 实施 技术支持 售前 售后 质检 策划 市场 品牌 公关 培训师 检验员 质量员 施工员 安全员 资料员 监理 飞行员 空乘 保育员"
).split()
_JOB_END: Final = any_of(_SUFFIX)
_JOB_CUE: Final = re.compile(
    rf"(?:(?:工作)?岗位(?:名称)?(?:是|叫|为|:|做|改成|应该是)*|职位(?:是|叫|为|:|改成)*|职务(?:是|为|:|改成)*|担任|出任|任(?!职|何|务|意)|做(?:的是|的|了)?|从事|当(?!前|时|地|年|月|然|初|天|中|场|兵)|干(?:的是|的(?!活))|title(?:是|:)?)\s?(?P<j>[A-Za-z0-9+#./\-\u4e00-\u9fff]{{1,16}}?{_JOB_END}|[A-Za-z+#.]{{0,12}}[\u4e00-\u9fff]{{2,10}}?)(?=,|。|;|\s|$|工作|岗|一职|的(?!是)|至今|到现在|了|\d|那|,|\(|\))"
)
_JOB_BARE: Final = re.compile(rf"(?P<j>[A-Za-z+#.]{{0,12}}\s?(?:高级|资深|住院|主治|副主任|初级|中级|助理|首席|项目|研发|技术|软件|硬件|后端|前端|测试|算法|数据|产品|销售|市场|运营|客户|部门|人力资源|财务|电气|机械|结构|土建|嵌入式|java|Java|安全|网络|系统|运维|架构|投资|风控|法务|行政|教研|中学|小学|高中|初中|幼儿园|语文|数学|英语|物理|化学|生物|历史|地理|政治|体育|音乐|美术|舞蹈|培训|质量|生产|工艺|设备|大区|区域|副|总){{0,4}}{_JOB_END}(?:{_JOB_END}){{0,2}})(?:岗位?)?", re.IGNORECASE)
_TITLE: Final = re.compile(rf"[\u4e00-\u9fffA-Za-z+#]{{1,8}}{_JOB_END}")
_POST: Final = re.compile(r"[\u4e00-\u9fffA-Za-z]{2,8}岗")
_NOT_A_TITLE: Final = re.compile(r"^[我你他是在做当]|[找转接叫要请联系是]|人工(?!智能)|公司|单位|(?<!语文)(?<!数学)(?<!英语)(?<!物理)(?<!化学)(?<!生物)(?<!历史)(?<!地理)(?<!政治)(?<!体育)(?<!音乐)(?<!美术)(?<!舞蹈)(?<!中学)(?<!小学)(?<!初中)(?<!高中)(?<!园)老师$|[然这那上得的了吗]|变更|申请|续签|填|改|选|写错|什么|怎么|不|没|哪|居住证")
_NOT_A_JOB: Final = re.compile(r"^[然过的这那写错上要得]|变更|信息|业务|续签|申请|一般|写[错的]|填|改|选|什么|怎么|吗|不|没|哪|工作居住证|材料|过$|[的了]$|法$|合同|一半|[要该]干")
_IDLE: Final = re.compile(r"待业(?!说明|证明|声明)|没上班|没工作|没有工作|没有上班|失业(?!金|保险|登记|证)|在家(?:待着|休息|带孩子|照顾孩子)?(?!办公|里)|全职(?:妈妈|太太|在家|考研)|备考|考研(?!上|成功)|gap|空窗|无业(?!声明|证明)|在家带孩子|休息了?", re.IGNORECASE)

_WORKED_AT: Final = re.compile(
    r"(?:在|去了?|到了?|入职了?|加入了?|进了?)(?P<e>[\u4e00-\u9fffA-Za-z0-9()]{2,16}?)(?=做|当(?!时|前)|任(?!何)|担任|上班|工作(?!居住证|单位|经|地|时)|从事|入职|就职)"
)
_UNIT_IS: Final = re.compile(
    r"(?:就职于|任职于|入职了|加入了|跳槽到了?|跳到了?|(?:工作)?单位(?:名称)?(?:是|叫|:)|公司(?:名称)?(?:是|叫|:))(?P<e>[\u4e00-\u9fffA-Za-z0-9()]{2,24})"
)
_NO_EMPLOYER: Final = re.compile(
    r"[了的]|^(?:北京|上海|深圳|广州|外地|老家|国外|家|外面)$|那边|这里|哪|读|毕业|职$|单位|公司$|下一|一家|以后|之前|现在|上班|路上|企业$|事业单位|[周月天号点年]|刚|\d+个"
)


_BARE_COMPANY: Final = re.compile(r"(?:[问补删写填签让帮找过个这的]|声明|还是|一家).*公司$|(?:问|加|补|删|换|去|找|给|让|跟|到).{0,2}公司$|^(?:养老|生育|医疗|工伤|失业|社会|商业)保险$|[张页份]是银行$|绑|^(?:明天|今天|昨天|上面|下面|注册|代办|开办?|办)")


def is_title(text: str) -> bool:
    """Whether a whole message is the title of a job and nothing else."""
    return bool(_TITLE.fullmatch(text) or _POST.fullmatch(text)) and not _NOT_A_TITLE.search(text)

# A brand with its city in front is the firm there, and tells the place as well: 北京用友.
_CITY_BEFORE: Final = re.compile(r"(?:北京|上海|天津|重庆|广州|深圳|杭州|南京|成都|武汉|西安|苏州|青岛|大连|厦门|郑州|长沙|济南|合肥|沈阳)$")


def find_idle(sheet: Sheet) -> Iterator[Token]:
    for found in sheet.free_matches(_IDLE):
        sheet.close(found.start(), found.end())
        yield Token("employer", IDLE, found.start(), found.end())
        yield Token("job", "无", found.start(), found.end(), implied=True)


def find_employers(sheet: Sheet) -> Iterator[Token]:
    for found in sheet.free_matches(_COMPANY):
        start = found.start() + _lead(found.group())
        name = sheet.text[start : found.end()]
        if len(name) >= 3 and not _NOT_A_NAME.match(name) and not _is_talk(name) and sheet.is_free(start, found.end()):
            sheet.close(start, found.end())
            yield Token("employer", name, start, found.end())
    for found in sheet.free_matches(_BRAND):
        city = _CITY_BEFORE.search(sheet.text[: found.start()])
        start = city.start() if city and sheet.is_free(city.start(), found.end()) else found.start()
        sheet.close(start, found.end())
        yield Token("employer", sheet.text[start : found.end()], start, found.end())
        if start < found.start():
            yield Token("place", sheet.text[start : found.start()], start, found.start(), implied=True)


def _is_talk(name: str) -> bool:
    """Whether what ends like a company is only talk about one: 先问问公司."""
    return bool(_QUESTIONABLE.search(name) or (not name.endswith("有限公司") and _BARE_COMPANY.search(name)))


def find_cued_employers(sheet: Sheet) -> Iterator[Token]:
    """在 X 做 Y, 单位是 X: a name without any ending of a company, where the sentence says that one works there."""
    for pattern in (_WORKED_AT, _UNIT_IS):
        for found in sheet.free_matches(pattern, "e"):
            name = found["e"]
            if _NOT_A_NAME.match(name) or _QUESTIONABLE.search(name) or _NO_EMPLOYER.search(name):
                continue
            sheet.close(found.start("e"), found.end("e"))
            yield Token("employer", name, found.start("e"), found.end("e"))


def find_jobs(sheet: Sheet, *, in_history: bool) -> Iterator[Token]:
    patterns = (_JOB_CUE, _JOB_BARE) if in_history else (_JOB_CUE,)
    for pattern in patterns:
        for found in sheet.free_matches(pattern, "j"):
            name = found["j"].strip()
            if len(name) < 2 or _NOT_A_JOB.search(name):
                continue
            sheet.close(found.start("j"), found.end("j"))
            yield Token("job", name, found.start("j"), found.end("j"))


def _lead(name: str) -> int:
    lead = 0
    cut = _CUT.match(name)
    while cut and cut.end():
        lead += cut.end()
        cut = _CUT.match(name[lead:])
    return lead
