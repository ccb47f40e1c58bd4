"""Sample papers in A4: lease, deed, contract, licence, insurance, tax, diplomas, reports and signed declarations."""

from __future__ import annotations

from PIL import Image

from simulator.samples.layouts import certificate, ledger, letter, table
from simulator.samples.people import (
    ADDRESS,
    AGENCY,
    BEIJING_ADDRESS,
    BIRTH,
    COMPANY,
    COMPANY_CODE,
    ID_NUMBER,
    LANDLORD,
    LANDLORD_ID,
    MAJOR,
    NAME,
    SCHOOL,
)

BORN = "{}年{}月{}日".format(*BIRTH)


def lease() -> Image.Image:
    return letter(
        "北京市房屋租赁合同",
        [
            f"出租人（甲方）：{LANDLORD}    身份证号：{LANDLORD_ID}    电话：13800000000",
            f"承租人（乙方）：{NAME}    身份证号：{ID_NUMBER}    电话：13900000000",
            f"第一条  房屋坐落于{BEIJING_ADDRESS}，建筑面积56.00平方米。",
            "第二条  租赁期自2026年1月1日至2028年12月31日，共计36个月。",
            "第三条  租金标准为每月人民币5000元，按季支付，押金一个月。",
            "第四条  甲方保证对该房屋享有出租的权利，乙方保证用于居住。",
            "第五条  本合同一式两份，双方签字后生效。",
        ],
        signatures=[f"甲方（签字）：{LANDLORD}", f"乙方（签字）：{NAME}", "2025年12月20日"],
    )


def landlord_deed() -> Image.Image:
    return table(
        "不动产权证书",
        [
            ("权利人", LANDLORD),
            ("共有情况", "单独所有"),
            ("坐落", BEIJING_ADDRESS),
            ("不动产单元号", "110199 000000 GB00000 F00000000"),
            ("权利类型", "国有建设用地使用权 / 房屋所有权"),
            ("用途", "住宅"),
            ("面积", "房屋建筑面积 56.00 平方米"),
            ("使用期限", "2005年1月1日起 2075年12月31日止"),
        ],
        note="京（2015）样张不动产权第0000000号",
        seal="样张不动产登记",
    )


def contract() -> Image.Image:
    return letter(
        "劳 动 合 同 书",
        [
            f"甲方（用人单位）：{COMPANY}    统一社会信用代码：{COMPANY_CODE}",
            f"乙方（劳动者）：{NAME}    身份证号：{ID_NUMBER}",
            "第一条  本合同为固定期限劳动合同，自2024年3月1日起至2029年2月28日止。",
            "第二条  乙方担任软件工程师岗位，工作地点为北京市朝阳区。",
            "第三条  甲方每月15日前支付工资，乙方月工资为人民币25000元。",
            "第四条  甲乙双方依法参加社会保险，缴纳住房公积金。",
            "第五条  本合同自双方签字盖章之日起生效。",
        ],
        signatures=["甲方（盖章）：", f"乙方（签字）：{NAME}", "2024年3月1日"],
        seal=COMPANY,
    )


def business_licence() -> Image.Image:
    return table(
        "营 业 执 照（副本）",
        [
            ("统一社会信用代码", COMPANY_CODE),
            ("名称", COMPANY),
            ("类型", "有限责任公司"),
            ("法定代表人", "郑样理"),
            ("注册资本", "1000万元"),
            ("成立日期", "2012年08月08日"),
            ("住所", "北京市朝阳区样张路1号样张大厦8层"),
            ("经营范围", "技术开发、技术服务、技术咨询（样张，不具法律效力）"),
        ],
        note="本件为复印件，与原件一致",
        seal=COMPANY,
    )


def social_insurance() -> Image.Image:
    months = [f"{year}-{month:02d}" for year, month in ((2025, 11), (2025, 12), *((2026, m) for m in range(1, 11)))]
    return ledger(
        "北京市社会保险个人权益记录（参保人员缴费信息）",
        ("缴费年月", "养老（元）", "医疗（元）", "失业（元）", "缴费单位"),
        [(month, "2000.00", "503.00", "125.00", COMPANY[2:8]) for month in months],
        seal="样张社保缴费专用",
    )


def tax_record() -> Image.Image:
    months = [f"2026-{month:02d}" for month in range(1, 11)]
    return ledger(
        "中华人民共和国个人所得税纳税记录（样张）",
        ("申报月份", "所得项目", "实缴税额（元）", "入库日期", "扣缴义务人"),
        [(month, "工资薪金", f"{860 + 37 * n}.00", f"{month}-15", COMPANY[2:8]) for n, month in enumerate(months)],
        seal="样张税务电子专用",
    )


def diploma() -> Image.Image:
    body = (
        f"学生 {NAME}，性别 男，{BORN}生，于2006年9月至2010年6月在本校{MAJOR}专业四年制本科学习，"
        "修完教学计划规定的全部课程，成绩合格，准予毕业。"
    )
    return certificate("普通高等学校", "毕 业 证 书", body, "证书编号：100001201005000001")


def degree() -> Image.Image:
    body = (
        f"{NAME}，男，{BORN}生。在{SCHOOL}{MAJOR}专业完成了本科学习计划，业已毕业，"
        "经审核符合学位条例的规定，授予工学学士学位。"
    )
    return certificate(SCHOOL, "学 士 学 位 证 书", body, "证书编号：1000014010000001")


def chsi_report() -> Image.Image:
    return table(
        "教育部学历证书电子注册备案表（样张）",
        [
            ("姓名", NAME),
            ("性别", "男"),
            ("出生日期", BORN),
            ("入学日期", "2006年09月01日"),
            ("毕业日期", "2010年06月30日"),
            ("学校名称", SCHOOL),
            ("专业", MAJOR),
            ("学历层次", "本科"),
            ("学习形式", "普通全日制"),
            ("证书编号", "100001201005000001"),
            ("在线验证码", "SAMPLE000000000"),
        ],
        note="验证有效期至2027年05月01日",
        seal="样张学历注册",
    )


def degree_report() -> Image.Image:
    return table(
        "中国高等教育学位在线验证报告（样张）",
        [
            ("姓名", NAME),
            ("性别", "男"),
            ("出生日期", BORN),
            ("获学位日期", "2010年06月30日"),
            ("学位授予单位", SCHOOL),
            ("学位级别", "学士"),
            ("学科（专业）", MAJOR),
            ("学位证书编号", "1000014010000001"),
            ("在线验证码", "SAMPLE111111111"),
        ],
        note="验证有效期至2027年05月01日",
        seal="样张学位认证",
    )


def application_form() -> Image.Image:
    return table(
        "《北京市工作居住证》申请表（样张）",
        [
            ("姓名", NAME),
            ("性别 / 民族", "男 / 汉族"),
            ("身份证号", ID_NUMBER),
            ("户籍地址", ADDRESS),
            ("在京住址", BEIJING_ADDRESS),
            ("学历 / 学位", "大学本科 / 学士"),
            ("聘用单位", COMPANY),
            ("职务", "软件工程师"),
            ("聘用期限", "2024年3月1日—2029年2月28日"),
            ("本人签字", NAME),
            ("单位意见", "情况属实，同意申报。"),
        ],
        note="2026年11月1日",
        seal=COMPANY,
    )


def declaration_personal() -> Image.Image:
    return letter(
        "个人诚信声明",
        [
            f"本人{NAME}，身份证号{ID_NUMBER}，申请办理北京市工作居住证。",
            "本人声明：所填信息与提交的材料真实、完整、有效，如有虚假，愿承担由此产生的一切后果。",
        ],
        signatures=[f"声明人（签字）：{NAME}", "2026年11月1日"],
    )


def declaration_employer() -> Image.Image:
    return letter(
        "单位诚信声明",
        [
            f"{COMPANY}为本单位职工{NAME}申报北京市工作居住证，已对其材料原件核对无误。",
            "本单位声明：申报内容真实，如有虚假，愿承担相应责任。",
        ],
        signatures=["法定代表人（签字）：郑样理", "2026年11月1日"],
        seal=COMPANY,
    )


def authorisation() -> Image.Image:
    return letter(
        "授权委托书",
        [
            f"委托人：{NAME}，身份证号{ID_NUMBER}。受托人：{AGENCY}。",
            "兹委托受托人代为办理北京市工作居住证的申报、补充材料与领取结果等事宜，受托人在授权范围内的行为，委托人均予承认。",
        ],
        signatures=[f"委托人（签字）：{NAME}", "受托人（盖章）：", "2026年11月1日"],
        seal=AGENCY,
    )


def declaration_unmarried() -> Image.Image:
    return letter(
        "未婚声明",
        [
            f"本人{NAME}，身份证号{ID_NUMBER}，声明至今从未登记结婚。",
            "以上情况属实，如有隐瞒，愿承担由此产生的一切法律责任。",
        ],
        signatures=[f"声明人（签字）：{NAME}", "2026年11月1日"],
    )
