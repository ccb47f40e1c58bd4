"""What applicants with an earlier case say in each of the other businesses, up to the bucket (F65–F68)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from people import Applicant, Reviewer
from standard import binds


def day(days: int) -> str:
    """A day so many days from now, as people write it."""
    moment = datetime.now(UTC) + timedelta(days=days)
    return f"{moment.year}年{moment.month}月{moment.day}日"


@dataclass(frozen=True)
class Business:
    """A menu label, the demo account that uses it, and what is said once each text has been seen."""

    label: str
    account: str
    told: Sequence[tuple[str, str]]
    advised: str


BUSINESSES = (
    Business(
        "续签",
        "demo61",
        (
            ("编号是多少", "京G2023000123"),
            ("到期", f"{day(20)}到期"),
            ("社保谁缴", "1 2"),
            ("有变化吗", "没有变化"),
        ),
        "续签申报表",
    ),
    Business(
        "聘用单位变更",
        "demo63",
        (
            ("离职的", f"{day(-20)}走的"),
            ("解除关联了吗", "解除了"),
            ("社保谁缴", "跳过"),
            ("有变化吗", "没变化"),
            ("工作经历一共2段", "对，没有了"),
        ),
        "原聘用单位同意调出函",
    ),
    Business(
        "随往人员变更",
        "demo62",
        (
            ("有变化吗", "已婚"),
            ("配偶一起办随往吗", "2 2"),
            ("配偶叫什么", "王小美"),
            ("有变化吗", "没有变化"),
        ),
        "结婚证",
    ),
    Business(
        "居住地址变更",
        "demo64",
        (
            ("建国路1号院", "海淀区学院路2号院1号楼502，单位宿舍，100083"),
            ("有变化吗", "没有"),
        ),
        "宿舍",
    ),
    Business(
        "一般信息变更",
        "demo66",
        (
            ("改哪些信息", "婚姻状况和政治面貌"),
            ("原来是：群众", "中共党员"),
            ("原来是：未婚", "已婚"),
            ("有变化吗", "没有变化"),
        ),
        "结婚证",
    ),
)


async def begins(applicant: Applicant, label: str, account: str) -> str:
    """Sign in, choose the business, confirm the notice; the case's number.

    Where an earlier journey has moved the clock, the permit on file may have run out: that is said, and gone on with.
    """
    await binds(applicant, account)
    await applicant.taps(label=label)
    number = await applicant.sees("编号GJ", "须知")
    await applicant.taps(label="符合条件")
    doubted = "再点一次“符合条件”"
    if await applicant.sees_one_of(doubted, "北京通", "手机号和邮箱") == doubted:
        await applicant.taps(label="符合条件")
    found = re.search(r"GJ\d{8}-\d{5}", number)
    assert found, number
    return found.group(0)


async def gives_credentials(applicant: Applicant) -> None:
    await applicant.sees("北京通")
    page = await applicant.opens("北京通")
    assert (await page.submits("/h5/credentials", username="bjt", password="geheim-1", **page.ticks)).status == 200


async def tells(applicant: Applicant, told: Sequence[tuple[str, str]]) -> None:
    for seen, said in told:
        await applicant.sees(seen)
        await applicant.says(said)


async def sends_portrait_when_asked(applicant: Applicant) -> None:
    """Of an old case the photo is no longer kept; else the materials or the submission come next."""
    if await applicant.sees_one_of("白底免冠照片", "都发在这里", "提交") == "白底免冠照片":
        await applicant.sends("portrait")
        await applicant.sees("用这张")
        await applicant.says("用这张")


async def sends_everything(applicant: Applicant, *samples: str) -> None:
    """Photos into the bucket, one after the other."""
    for sent, sample in enumerate(samples, 1):
        await applicant.sends(sample)
        await applicant.sees(f"一共{sent}张")


async def pays(applicant: Applicant) -> None:
    await applicant.sees("支付")
    page = await applicant.opens("支付")
    sheet = await applicant.pays(page)
    assert sheet["err_msg"] == "get_brand_wcpay_request:ok", sheet
    await page.posts("/h5/pay/check", {})
    await applicant.sees("提交成功")


async def passes_everything(reviewer: Reviewer, case_no: str) -> None:
    await reviewer.passes(case_no, *await reviewer.items(case_no))
    await reviewer.presses(case_no, "events/finish_review")


async def pieces(reviewer: Reviewer, case_no: str) -> list[str]:
    """The files of the bucket that can be picked on the case page."""
    return re.findall(r'name="files" value="([^"]+)"', await reviewer.case(case_no))
