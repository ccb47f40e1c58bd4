"""够不够 by chatting: answers for the district of the case, a self-check with reasons, how a paper looks."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from people import Applicant, Simulator
from standard import binds, fills_in

Joins = Callable[[str], Coroutine[Any, Any, Applicant]]


async def test_an_applicant_who_is_not_sure_learns_what_is_missing_and_from_when(
    joins: Joins, simulator: Simulator, account: str
) -> None:
    applicant = await joins("小钱")
    await applicant.says("入职刚8个月，够不够")
    await applicant.sees("12个月", "以区人社局为准")
    await binds(applicant, account)
    await applicant.says("新申请")
    await applicant.sees("新申请须知")
    await applicant.says("入职刚8个月，够不够")
    await applicant.sees("还差4个月", "朝阳区", "以区人社局为准")
    await applicant.taps(label="我不确定")
    await applicant.sees("北京户口吗", "1/5")
    await applicant.says("不是")
    await applicant.sees("入职现单位")
    await applicant.says("上个月")
    await applicant.sees("符合下面哪一条")
    await applicant.taps(label="学士及以上学位，工作满2年")
    await applicant.sees("由谁缴")
    await applicant.says("公司交的")
    await applicant.sees("新办指标")
    await applicant.says("有")
    await applicant.sees("在现单位要满12个月（朝阳区）", "只差时间", "以区人社局为准", "转人工")


async def test_a_paper_is_shown_photos_are_moved_and_what_is_missing_is_exact(
    joins: Joins, simulator: Simulator, account: str
) -> None:
    applicant = await joins("小孙")
    await binds(applicant, account)
    await fills_in(applicant)
    await applicant.taps(label="看样子")
    await applicant.sees("四角完整", "[image]")
    await applicant.sends("id_front")
    await applicant.sees("还差1张（国徽面）")
    await applicant.says("还差啥")
    await applicant.sees("居民身份证：已收到1张，还差1张（国徽面）", "户口簿首页及本人页：要2张")
    await applicant.says("上面那张是户口本")
    await applicant.sees("放到“户口簿首页及本人页”里了")
    await applicant.says("情况说明的模板发我")
    await applicant.sees("1份模板正在发往", "查看总览")
    page = await applicant.opens("查看总览")
    assert "未婚声明（Word）" in page.text
