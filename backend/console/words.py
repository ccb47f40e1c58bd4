"""What the console says: the sentence of every refusal, and how moments, amounts and codes are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any, Final
from zoneinfo import ZoneInfo

from backend.domain import appointment_refusals as visits
from backend.domain import calendars
from backend.domain import errors as domain
from backend.domain.case import STAGES, Stage
from backend.domain.errors import DomainError
from backend.domain.profile import BusinessType
from backend.services import errors as failures
from backend.services.staff import refusals as staff
from backend.services.staff.case_items import ItemView
from backend.services.staff.refusals import StaffRefusal

BEIJING: Final = ZoneInfo("Asia/Shanghai")
NOTHING: Final = "—"

TITLES: Final = {
    400: "请求有误",
    401: "请先登录",
    403: "没有执行",
    404: "没有找到",
    405: "不能这样访问",
    409: "没有执行",
    413: "文件太大",
    500: "出错了",
}
_STATUS: Final = {
    400: "这个请求看不懂，请返回上一页再试。",
    401: "登录已结束，请重新登录；刚才的操作没有执行。",
    403: "页面停留太久，或不是从工作台发出的操作，没有执行。请刷新页面再试。",
    404: "没有这个页面，可能地址写错了，或内容已被移走。",
    405: "这个地址不能这样访问，请从工作台进入。",
    413: "文件太大，请压缩到 20 MB 以内再上传。",
    500: "系统出了点问题，刚才的操作没有执行。请稍后再试；一直这样请告诉管理员。",
}
_PDF: Final = {
    "not_pdf": "这不是 PDF 文件，请上传 PDF 格式的确认单。",
    "encrypted": "这个 PDF 设了密码或权限，请换一个没有加密的文件。",
    "broken": "这个 PDF 打不开，可能已损坏，请重新导出后再上传。",
    "empty": "这个 PDF 一页也没有，请检查文件。",
    "too_long": "这个 PDF 页数太多，确认单一般只有一两页，请检查文件。",
    "too_big": "文件太大，请压缩到 20 MB 以内再上传。",
}
SENTENCES: Final[Mapping[type[Exception], str]] = {
    staff.WrongPassword: "用户名或密码不对，请再试一次。",
    staff.Locked: "密码连续输错多次，账号已暂时锁定，请 {until} 之后再试。",
    staff.CaseUnknown: "没有找到这个申请，请检查申请编号。",
    staff.ChangedMeanwhile: "这个申请刚刚有了变化，您的操作没有执行。页面已更新，请看过之后再操作。",
    staff.TakenByAnother: "{display_name} 正在处理这个申请，您的操作没有执行。需要的话可以先接手。",
    staff.TaskUnknown: "这个待办已经办完，或不存在。",
    staff.FileUnknown: "没有找到这个文件，可能已被撤回。",
    staff.TextNeeded: "请写明内容，不能为空。",
    staff.TextTooLong: "内容太长，请控制在 {longest} 字以内。",
    staff.NothingToRefund: "现在没有可退的款：没有付过、已全退、上一笔还在退，或者申请还没有结束（请先取消申请）。",
    staff.NoInvoiceOpen: "现在没有要开或要改的发票，请刷新页面。",
    staff.InvoiceNumberWrong: "发票号码不对：数电发票 20 位数字，旧版发票 8 位数字。",
    staff.SlipNotThere: "这个申请还没有确认单，不用更换。",
    staff.SlipTheSame: "这就是现在的那份确认单，请选正确的文件。",
    staff.CalendarUnknown: "没有找到这个日历。",
    staff.CalendarWrong: "没有保存：“{what}”请检查一下。",
    staff.CalendarTaken: "这个地点已经有同类的窗口了，请改一改地点的写法（例如加上几号厅），或直接修改原来那个。",
    staff.DaysWrong: "日期不对：要从今天或以后开始，结束不早于开始，最长 60 天。",
    staff.SeatsTaken: "已经约出 {taken} 个，名额不能更少。",
    staff.SeatsWrong: "名额请填 1 到 {most} 之间的整数。",
    calendars.CalendarFaulty: (
        "没有保存，这里不对：{what}。每天写成 09:00-11:30，几段用逗号隔开，不能重叠；提前天数填 1 到 366。"
    ),
    visits.VisitNotOver: "还没到预约的时间，到时候再登记。",
    visits.NoAppointment: "这个预约已经取消或登记过了，请刷新页面。",
    visits.SlotUnknown: "没有找到这个时段，请刷新页面。",
    staff.QrUnavailable: "微信暂时没有给出二维码，请稍后再试。",
    staff.PersonUnknown: "没有找到这位申请人。可以用用户名、申请编号或完整的身份证号查找。",
    staff.EmployerWrong: "“{what}”填得不对，请核对后再保存。",
    staff.ContentUnknown: "没有找到这项内容。",
    staff.ContentWrong: "没有发布：“{what}”{why}。",
    staff.ContentSame: "和现在的内容一样，没有要发布的。",
    staff.ContentChanged: "同事刚刚发布过这一项，您填的还在下面；请对照新的历史记录再预览一次。",
    staff.EmployerUnknown: "没有找到这个立户。",
    staff.ListTooLong: "一次最多 {most} 行，请分几次添加。",
    staff.PersonBusy: "这位申请人正通过这个单位办理，办完或取消后才能移出。",
    staff.CreditCodeTaken: "这个统一社会信用代码已经有立户了，请直接修改那一户。",
    staff.NotAllowed: "这一步只有主管可以做。",
    staff.NameTaken: "这个用户名已经有人用了，请换一个。",
    staff.NameWrong: "用户名要 3 到 32 位字母、数字、点或横线；姓名不能为空，最多 20 个字。",
    staff.NotOneself: "不能停用自己或改自己的角色，请其他主管来做。",
    staff.LastManager: "至少要留一位主管。",
    staff.InvitationGone: "这个链接已经用过或过期了，请让主管重新发一个。",
    staff.WeakPassword: "密码要 10 到 64 位，既有字母也有数字，不能和用户名一样，也不要太常见。",
    staff.WrongOldPassword: "现在的密码不对，请再试一次。",
    staff.DeadlinePassed: "截止日期已经过去，请重新选择。",
    staff.DeadlineUnreadable: "截止日期看不懂，请重新选择，或者留空。",
    domain.NotPossibleNow: "申请现在的阶段不能这样操作，请刷新页面。",
    staff.RefundAmountWrong: "退款金额不对：请填大于 0、最多 {left} 元的数，最多两位小数。",
    domain.ReasonNeeded: "退回材料要写明原因，申请人会看到。",
    domain.ItemsUndecided: "还有材料没有审核，全部通过或退回之后才能完成审核。",
    domain.ItemUnknown: "这个申请里没有这项材料。",
    failures.StorageUnavailable: "文件库暂时连不上，刚才的操作没有执行，请稍后再试。",
    failures.FileMissing: "这个文件在文件库里找不到了，请告诉管理员。",
    failures.FileRefused: "这个文件不能用，请换一个。",
    domain.ItemLocked: "这项材料现在不能再改。",
}
TASK_KINDS: Final = {
    "human": "转人工",
    "refund_review": "退款确认",
    "late_payment": "关闭后到账",
    "double_payment": "重复付款",
    "forward_supplement": "转交补充材料",
    "invoice": "开发票",
    "invoice_change": "修改发票",
    "mail_failed": "邮件未送达",
    "contact_changed": "联系方式有改",
    "refund_failed": "退款没成功",
    "payment_mismatch": "支付核对",
    "push_failed": "消息未送达",
    "bill_mismatch": "对账差异",
    "bill_unavailable": "账单没取到",
    "case_stalled": "等得太久",
    "files_loose": "文件没归类",
    "data_delete": "数据删除",
    "data_export_failed": "副本没做出来",
}

LEDGER_STATES: Final = {
    "kept": "已收",
    "given_back": "多付，退回",
    "queued": "待退",
    "processing": "退款中",
    "success": "已退",
    "abnormal": "退款异常",
    "closed": "退款关闭",
}


def for_status(status: int) -> str:
    return _STATUS.get(status, _STATUS[500])


def for_refusal(refusal: StaffRefusal | DomainError) -> str:
    """The sentence of a refusal, its facts filled in."""
    if isinstance(refusal, staff.PdfRefused):
        return _PDF[refusal.why]
    sentence = SENTENCES.get(type(refusal), _STATUS[500])
    facts = {name: moment(value) if isinstance(value, datetime) else value for name, value in vars(refusal).items()}
    return sentence.format(**facts)


def moment(at: datetime | None) -> str:
    """A moment in Beijing, to the minute."""
    return NOTHING if at is None else at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")


def day(at: datetime | None) -> str:
    return NOTHING if at is None else at.astimezone(BEIJING).strftime("%Y-%m-%d")


def iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


def waited(span: timedelta) -> str:
    """How long something waits, as people say it."""
    minutes = max(0, int(span.total_seconds() // 60))
    days, hours = minutes // 1440, minutes // 60 % 24
    if days:
        return f"{days} 天 {hours} 小时" if hours else f"{days} 天"
    if hours and minutes % 60:
        return f"{hours} 小时 {minutes % 60} 分"
    return f"{hours} 小时" if hours else f"{minutes} 分钟"


def yuan(amount_fen: int) -> str:
    return f"¥{amount_fen // 100}.{amount_fen % 100:02d}"


def plain_yuan(amount_fen: int) -> str:
    """For a table that is counted on with: no sign, no thousands."""
    return f"{amount_fen // 100}.{amount_fen % 100:02d}"


def month(first: date) -> str:
    return f"{first:%Y-%m}"


def ledger_state(state: str) -> str:
    return LEDGER_STATES.get(state, state)


def stage_label(stage: str) -> str:
    return STAGES[Stage(stage)].label


def business_label(business: str) -> str:
    return BusinessType(business).label


def task_label(kind: str) -> str:
    return TASK_KINDS.get(kind, kind)


def by_category(items: Sequence[ItemView]) -> list[tuple[str, list[ItemView]]]:
    """Items under the headings of the catalogue, in its order."""
    return [(category, list(group)) for category, group in groupby(items, key=lambda item: item.category)]


FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "moment": moment,
    "day": day,
    "iso": iso,
    "waited": waited,
    "yuan": yuan,
    "plain_yuan": plain_yuan,
    "month": month,
    "ledger_state": ledger_state,
    "stage_label": stage_label,
    "business_label": business_label,
    "task_label": task_label,
    "by_category": by_category,
}
