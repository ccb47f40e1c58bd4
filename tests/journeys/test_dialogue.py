"""What a conversation promises whatever is said in it: commands anywhere, interruptions, corrections, secrets, time."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import psycopg
import pytest
from conftest import RunningStack
from people import Applicant, Simulator
from psycopg import sql
from standard import binds

pytestmark = pytest.mark.journey
Joins = Callable[[str], Coroutine[Any, Any, Applicant]]

HALF_A_YEAR_H = 183 * 24
TYPED_ID = "110105198803127719"
TYPED_PASSWORD = "Lv9-kaputt-7731"


async def begins(applicant: Applicant, account: str) -> None:
    """Signed in, a new application begun, the phone number and the address asked."""
    await binds(applicant, account)
    await applicant.says("新申请")
    await applicant.sees("新申请须知")
    await applicant.taps(label="符合条件")
    await applicant.sees("手机号和邮箱")


async def reaches_education(applicant: Applicant, account: str) -> None:
    """Everything before the schools is told in as few words as the talk allows."""
    await begins(applicant, account)
    await applicant.says("13800138000 zhang@example.com")
    await applicant.says("跳过")
    await applicant.says("汉族，群众，未婚，没有职称")
    await applicant.says("吉林省长春市，家庭户，城镇")
    await applicant.says("朝阳区建国路1号院2号楼301，租房，100020")
    await applicant.says("跳过")
    await applicant.sees("第1段学习经历")


async def test_a_stranger_gets_general_answers_and_is_never_greeted_twice_the_same(
    simulator: Simulator, joins: Joins
) -> None:
    stranger = await joins("路人")
    greetings = [await stranger.follows(), await stranger.says("你好"), await stranger.says("在吗")]
    assert len(set(greetings)) == 3
    assert all("登录绑定" in greeting for greeting in greetings)

    await stranger.says("续签要交什么")
    await stranger.sees("续签一般要这些", "以所在区为准", "登录绑定")
    await stranger.says("续签多少钱")
    await stranger.sees("580元", "政府不收费")
    await stranger.says("我能办吗，入职刚8个月")
    await stranger.sees("12个月", "一般6个月", "以区人社局为准")


async def test_commands_and_small_talk_work_anywhere_and_lead_back_to_the_question(
    simulator: Simulator, joins: Joins, account: str
) -> None:
    applicant = await joins("小陈")
    await begins(applicant, account)
    await applicant.says("手机13800138000")
    await applicant.sees("138****8000", "邮箱")
    for aside, answer in (
        ("要多久", "不能替他们承诺日期"),
        ("我要办居住证", "公安的居住证"),
        ("积分落户怎么算", "积分落户"),
        ("社保能代缴吗", "不能代缴"),
        ("烦死了", "对不起"),
        ("谢谢", "不客气"),
        ("到哪一步了", "填写中"),
        ("帮助", "分号"),
    ):
        await applicant.says(aside)
        await applicant.sees(answer, "邮箱")

    await applicant.says("上一步")
    await applicant.sees("138****8000")
    await applicant.says("继续")
    await applicant.sees("邮箱")
    await applicant.says("保存")
    await applicant.sees("都存好了")
    assert "邮箱" not in applicant.screen
    await applicant.says("取消")
    await applicant.sees("一旦取消办理，如想再继续申请，需要重新提交此业务。")
    await applicant.says("不取消")
    await applicant.sees("不取消", "邮箱")
    await applicant.says("改一下手机号")
    await applicant.sees("现在填的是：138****8000")
    await applicant.says("13911112222")
    await applicant.sees("139****2222", "邮箱")
    await applicant.says("再见")
    assert "邮箱" not in await applicant.sees("存着")


async def test_what_is_not_understood_is_never_answered_the_same_way_and_then_by_a_person(
    simulator: Simulator, joins: Joins, account: str
) -> None:
    applicant = await joins("小褚")
    await begins(applicant, account)
    answers = [await applicant.says(noise) for noise in ("啦啦啦啦", "咕噜咕噜", "嘟嘟嘟嘟")]
    assert len(set(answers)) == 3
    assert "请同事来看" in answers[-1]
    assert all(re.search("手机号|邮箱", answer) for answer in answers)


async def test_several_facts_corrections_and_gaps_are_understood(
    simulator: Simulator, joins: Joins, account: str
) -> None:
    applicant = await joins("小卫")
    await reaches_education(applicant, account)
    await applicant.says("长春市十一高中，2003.9-2006.6；吉林大学，软件工程，2006.9-2010.6，全日制本科")
    await applicant.sees("学习经历一共2段", "长春市十一高中 无 高中及以下", "吉林大学 软件工程 本科")
    await applicant.says("本科是05年入学不是06年")
    await applicant.sees("2005年9月–2010年6月 吉林大学")
    await applicant.says("第二段改成2006年9月入学")
    await applicant.sees("2006年9月–2010年6月 吉林大学")
    await applicant.says("全日制")
    await applicant.sees("第几段")
    await applicant.says("对")
    await applicant.sees("第1段工作经历")

    await applicant.says(
        "2010.7-2013.8 北京用友软件有限公司，java开发，北京市海淀区；"
        "2014.3入职示例科技(北京)有限公司，产品经理，北京市朝阳区，无固定期限"
    )
    await applicant.sees("没有固定期限", "示例科技（北京）有限公司")
    await applicant.says("好")
    await applicant.sees("2013年9月到2014年2月有6个月没有经历", "待业")
    await applicant.says("填吧")
    await applicant.sees("2013年9月–2014年2月 待业", "工作经历一共3段")
    assert "立户单位" not in applicant.screen, "brackets of another width are the same company"
    await applicant.says("对")
    await applicant.sees("①学士及以上学位+2年工作", "比如“1 1 2 2”就是")


async def test_a_typed_password_or_id_number_is_answered_with_the_page_and_kept_nowhere(
    running: RunningStack, simulator: Simulator, joins: Joins, account: str
) -> None:
    applicant = await joins("小蒋")
    await begins(applicant, account)
    await applicant.says("13800138000 zhang@example.com")
    await applicant.sees("北京通")
    for typed in (f"我的身份证号是{TYPED_ID}", f"北京通密码是{TYPED_PASSWORD}"):
        await applicant.says(typed)
        await applicant.sees("链接")
        assert applicant.links("url"), "the page's link comes with the answer"
    logs = [path for path in (running.environment.folder / "logs").iterdir() if path.stem != "simulator"]
    found = [path.name for path in logs if _tells(path)]
    assert found == []
    assert _columns_with(running, TYPED_ID, TYPED_PASSWORD) == set()


def _tells(log: Path) -> bool:
    text = log.read_text(errors="replace")
    return TYPED_ID in text or TYPED_PASSWORD in text


def _columns_with(running: RunningStack, *secrets: str) -> set[str]:
    url = running.environment.variables["DATABASE_URL"].replace("+psycopg", "")
    found = set()
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            rows = connection.execute(sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(table)))
            if any(secret in row for (row,) in rows for secret in secrets):
                found.add(table)
    return found


async def test_half_a_year_later_the_talk_goes_on_at_the_first_open_question(
    simulator: Simulator, joins: Joins, account: str
) -> None:
    applicant = await joins("小沈")
    await begins(applicant, account)
    await applicant.says("手机13800138000")
    await applicant.sees("邮箱")
    await simulator.moves_clock(hours=HALF_A_YEAR_H)
    await applicant.says("我回来了，接着上次没填完的继续")
    await applicant.sees("联系方式", "邮箱")
    assert "手机号是多少" not in applicant.screen
    await applicant.says("zhang@example.com")
    await applicant.sees("z***@example.com")
