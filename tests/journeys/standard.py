"""The standard applicant: single, renting, two schools, two jobs, about 18 materials (materials.md, minimum kit)."""

from __future__ import annotations

import re

from people import Applicant, Page

# What is sent for each material item; two pictures where both sides count.
PAPERS = {
    "居民身份证": ("id_front", "id_back"),
    "户口簿": ("hukou", "hukou"),
    "申请表": ("application_form",),
    "个人诚信声明": ("declaration_personal",),
    "单位诚信声明": ("declaration_employer",),
    "授权委托书": ("authorisation",),
    "房屋租赁合同": ("lease",),
    "出租人房产证": ("landlord_deed",),
    "劳动（聘用）合同": ("contract",),
    "营业执照": ("business_licence",),
    "社保": ("social_insurance",),
    "个人所得税": ("tax_record",),
    "学历（毕业）证书": ("diploma",),
    "学位证书": ("degree",),
    "电子注册备案表": ("chsi_report",),
    "学位在线验证报告": ("degree_report",),
    "未婚声明": ("declaration_unmarried",),
}


async def binds(applicant: Applicant, username: str) -> None:
    await applicant.says("你好")
    await applicant.sees("登录绑定")
    assert (await applicant.binds(username)).status == 200
    await applicant.sees("续签")


async def fills_in(applicant: Applicant) -> str:
    """From 新申请 to the first material; the case's number."""
    await applicant.says("新申请")
    number = await applicant.sees("编号GJ")
    if "立户单位" in applicant.screen:
        await applicant.taps(label="示例科技（北京）有限公司（朝阳区）")
    await applicant.sees("新申请须知")
    await applicant.taps(label="符合条件")
    await applicant.sees("手机号和邮箱")
    await applicant.says("13800138000，邮箱发两个吧 zhang@example.com；li@example.com")
    await applicant.sees("北京通")
    page = await applicant.opens("北京通")
    assert (await page.submits("/h5/credentials", username="bjt", password="geheim-1", **page.ticks)).status == 200
    await applicant.sees("婚姻状况")
    await applicant.says("汉族，群众，未婚，没有职称")
    await applicant.sees("户口所在地")
    await applicant.says("吉林省长春市，家庭户，城镇")
    await applicant.sees("现居住地址")
    await applicant.says("朝阳区建国路1号院2号楼301，租房，100020")
    await applicant.sees("白底免冠照片")
    await applicant.sends("portrait")
    await applicant.sees("用这张")
    await applicant.says("用这张")
    await applicant.sees("学习经历")
    await applicant.says("长春市十一高中，2003.9-2006.6；吉林大学，软件工程，2006.9-2010.6，全日制本科")
    await applicant.sees("学习经历一共2段")
    await applicant.says("对，没有了")
    await applicant.sees("工作经历")
    await applicant.says(
        "2010.7-2018.3 北京用友软件有限公司，java开发，北京市海淀区；"
        "2018.4-2030.5 示例科技（北京）有限公司，高级开发工程师，北京市朝阳区"
    )
    await applicant.sees("工作经历一共2段")
    await applicant.says("对，没有了")
    await applicant.sees("社保谁缴")
    await applicant.says("1 1 2 2")
    await applicant.sees("居民身份证")
    found = re.search(r"GJ\d{8}-\d{5}", number)
    assert found, number
    return found.group(0)


async def sends_papers(applicant: Applicant) -> None:
    """Send what the conversation asks for until it asks for nothing more."""
    for _ in range(len(PAPERS) + 1):
        asked = re.search(r"请拍“([^”]+)”", applicant.screen)
        if asked is None:
            return
        for sample in paper_for(asked.group(1)):
            await applicant.sends(sample)
            await applicant.sees("收到")
        if "传完了" in applicant.screen:
            await applicant.taps(label="传完了")


def paper_for(item: str) -> tuple[str, ...]:
    for name, samples in PAPERS.items():
        if name in item:
            return samples
    raise AssertionError(f"nothing to send for {item}")


async def pays_later(applicant: Applicant) -> Page:
    """Submit and open the payment page without paying."""
    await applicant.says("提交")
    await applicant.sees("支付")
    return await applicant.opens("支付")


async def submits_and_pays(applicant: Applicant) -> None:
    page = await pays_later(applicant)
    sheet = await applicant.pays(page)
    assert sheet["err_msg"] == "get_brand_wcpay_request:ok", sheet
    await page.posts("/h5/pay/check", {})
