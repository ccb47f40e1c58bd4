"""Answers to an open question of a form: they must not be taken for commands."""

from __future__ import annotations

from datetime import date
from typing import Final

import pytest

from nlu.classify.model import Model
from nlu.classify.understand import understand
from nlu.evaluate import THRESHOLD, trained_model
from nlu.extract.reading import read

TODAY = date(2026, 11, 21)
SURE: Final = 0.4  # as in actions: under it a sentence inside a form is an answer
# The intents that `actions` takes for an answer when a question stands open.
ANSWERS: Final = frozenset({"inform", "correct", "choose", "affirm", "deny", "unsure", "unknown"})
TYPED: Final[dict[str, str]] = {
    "job": "算法工程师 人事 出纳 教务老师 前台 架构师 销售代表 审计 法务 客服 行政助理 编剧 药剂师 实习 副总监 总裁助理 测试 仓库管理员 驻场运维 建筑设计 律师助理 客服主管 审核员 支付产品经理 材料工程师 预约管理员 发票专员",
    "major": "土木 数学 材料科学 汉语言 英语 车辆工程 国际经济与贸易 历史学 护理 通信 采矿 材料成型 人力资源 摄影 动画 表演 无 没有专业 会计电算化 社会工作 审计学",
    "employer": "用友 华为 北京示例科技有限公司 新东方 示例银行 首钢 中铁十八局 北京市第八中学 自己干 在家 待业 美团 汇丰 材料所 支付宝 百度在线 快手 退休返聘在示例公司 人民日报社",
    "school": "清华 北大 东北财经大学 北京二中 衡水中学 河北大学 科大 深大 首经贸 爱丁堡大学 UCL 农大",
    "place": "北京 上海市浦东新区 成都 天津滨海 朝阳 亦庄 深圳南山 望京 国外 河北石家庄",
    "start": "2015.7 2015年 15年9月 201509 去年三月 2019-06 六月 上个月",
    "end": "至今 现在 目前还在 还没离职 2020年底 20年5月 一直到现在 合同到2028年",
    "hukou_place": "山东济南 河北省邯郸市 老家河南 黑龙江 湖南长沙岳麓区 朝阳",
    "address": "朝阳区望京西园四区410楼 海淀区知春路1号院 回龙观龙腾苑六区 通州区北苑 昌平区天通苑北一区10号楼3单元501",
    "title": "无 中级 工程师 高级经济师 没评 助理工程师 副教授",
    "marital": "未婚 单身 已婚 离了 结了 再婚",
    "political": "群众 党员 团员 普通群众 预备党员 没入党",
    "ethnicity": "汉 回 满族 朝鲜族",
    "housing": "租的 自己的房 宿舍 老婆的 公租房 跟父母住 单位分的 借住",
    "postcode": "100020 102208 不知道 没有",
    "phone": "13812340000",
    "invoice_title": "北京示例科技有限公司 个人 单位 公司",
    "C_SI": "公司交的 中智代缴 断过 一直正常交 外地",
    "C_CHILD": "没有孩子 一个 两个都随往 不带 有一个五岁的",
}
ALL: Final = [(asked, text) for asked, texts in TYPED.items() for text in texts.split()]


@pytest.fixture(scope="module")
def model() -> Model:
    return trained_model()


def taken_for_commands(model: Model) -> list[tuple[str, str, str]]:
    found = []
    for asked, text in ALL:
        guess = understand(read(text, today=TODAY, asked=asked), model, threshold=THRESHOLD)[0]
        if guess.intent not in ANSWERS and guess.confidence >= SURE:
            found.append((asked, text, guess.intent))
    return found


def test_answers_in_a_form_are_hardly_ever_taken_for_commands(model: Model) -> None:
    wrong = taken_for_commands(model)
    assert len(wrong) <= 0.04 * len(ALL), wrong


@pytest.mark.parametrize("title", ["发票专员", "支付产品经理", "材料工程师", "客服主管"])
def test_a_title_is_the_job_that_was_asked_for_whatever_it_is_made_of(title: str) -> None:
    assert read(title, today=TODAY, asked="job").get("job") == title


def test_now_is_an_end_that_is_open() -> None:
    assert read("现在", today=TODAY, asked="end").get("end") == "OPEN"
