"""The one table of what can happen to a case; buttons, guards and the diagram all read it (states.md 2.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from backend.domain.case import STAGES, TERMINAL, Actor, Editable, Event, Stage
from backend.domain.errors import NotPossibleNow

S = Stage
E = Event


@dataclass(frozen=True)
class Row:
    """One line of the table: `number` is the row of states.md it comes from."""

    number: str
    source: Stage
    event: Event
    actor: Actor
    target: Stage


A, F, Y = Actor.APPLICANT, Actor.STAFF, Actor.SYSTEM
_OPEN: Final = tuple(stage for stage in Stage if stage not in TERMINAL)

ROWS: Final[tuple[Row, ...]] = (
    Row("T2", S.DRAFT, E.CHOOSE_EMPLOYER, A, S.DRAFT),
    Row("T3", S.DRAFT, E.CONFIRM_ELIGIBLE, A, S.DRAFT),
    Row("T4", S.DRAFT, E.NOT_ELIGIBLE, A, S.DRAFT),
    Row("T5", S.DRAFT, E.SAVE_SECTION, A, S.DRAFT),
    Row("T5", S.DRAFT, E.EXPIRE_DRAFT, Y, S.CANCELLED),
    Row("T5", S.SLOT_REQUIRED, E.EXPIRE_DRAFT, Y, S.CANCELLED),
    Row("T6", S.DRAFT, E.PREVIOUS, A, S.DRAFT),
    Row("T7", S.DRAFT, E.SKIP_SECTION, A, S.DRAFT),
    Row("T8", S.DRAFT, E.SET_CONDITIONS, A, S.DRAFT),
    Row("T9", S.DRAFT, E.SEND_TEMPLATES, A, S.DRAFT),
    Row("T10", S.DRAFT, E.UPLOAD, A, S.DRAFT),
    Row("T10", S.DRAFT, E.REMOVE_FILE, A, S.DRAFT),
    Row("T11", S.DRAFT, E.SUBMIT, A, S.AWAITING_PAYMENT),
    Row("T12", S.DRAFT, E.SUBMIT_FOR_BOOKING, A, S.SLOT_REQUIRED),
    Row("T13", S.SLOT_REQUIRED, E.BOOK, A, S.AWAITING_PAYMENT),
    Row("T14", S.AWAITING_PAYMENT, E.SET_INVOICE, A, S.AWAITING_PAYMENT),
    Row("T15", S.AWAITING_PAYMENT, E.PAYMENT_SUCCEEDED, Y, S.AGENCY_REVIEW),
    Row("T15", S.AWAITING_PAYMENT, E.PAYMENT_SUCCEEDED_MAIL_NEXT, Y, S.AWAITING_MATERIALS_EMAIL),
    Row("T16", S.AWAITING_PAYMENT, E.PAYMENT_WINDOW_CLOSED, Y, S.CLOSED_TIMEOUT),
    Row("T17", S.AWAITING_PAYMENT, E.REFRESH_LINK, A, S.AWAITING_PAYMENT),
    Row("T17b", S.CLOSED_TIMEOUT, E.LATE_PAYMENT_SUCCEEDED, Y, S.CLOSED_TIMEOUT),
    Row("T18", S.CLOSED_TIMEOUT, E.REOPEN, A, S.CLOSED_TIMEOUT),
    Row("T19", S.AWAITING_MATERIALS_EMAIL, E.MARK_EMAIL_RECEIVED, F, S.AGENCY_REVIEW),
    Row("T19", S.AWAITING_MATERIALS_EMAIL, E.UPLOAD, A, S.AGENCY_REVIEW),
    Row("T19", S.AWAITING_MATERIALS_EMAIL, E.REMOVE_FILE, A, S.AWAITING_MATERIALS_EMAIL),
    Row("T20", S.AGENCY_REVIEW, E.ITEM_PASS, F, S.AGENCY_REVIEW),
    Row("T20", S.AGENCY_REVIEW, E.ITEM_REJECT, F, S.AGENCY_REVIEW),
    Row("T21", S.AGENCY_REVIEW, E.FINISH_REVIEW_REJECTED, F, S.AGENCY_REJECTED),
    Row("T22", S.AGENCY_REVIEW, E.FINISH_REVIEW_PASSED, F, S.AGENCY_PASSED),
    Row("T23", S.AGENCY_REJECTED, E.UPLOAD, A, S.AGENCY_REJECTED),
    Row("T23", S.AGENCY_REJECTED, E.REMOVE_FILE, A, S.AGENCY_REJECTED),
    Row("T24", S.AGENCY_REJECTED, E.EDIT_EDUCATION, A, S.AGENCY_REJECTED),
    Row("T24", S.AGENCY_REJECTED, E.EDIT_WORK, A, S.AGENCY_REJECTED),
    Row("T25", S.AGENCY_REJECTED, E.RESUBMIT, A, S.AGENCY_REVIEW),
    Row("T26", S.AGENCY_PASSED, E.REQUIRE_RE_REVIEW, Y, S.RE_REVIEW_BOOKING),
    Row("T27", S.AGENCY_PASSED, E.FILE_TO_BUREAU, F, S.HR_FIRST_REVIEW),
    Row("T28", S.RE_REVIEW_BOOKING, E.BOOK, A, S.RE_REVIEW_BOOKED),
    Row("T29", S.RE_REVIEW_BOOKED, E.CANCEL_APPOINTMENT, A, S.RE_REVIEW_BOOKING),
    Row("T30", S.RE_REVIEW_BOOKED, E.RESCHEDULE, A, S.RE_REVIEW_BOOKED),
    Row("T32", S.RE_REVIEW_BOOKED, E.MARK_ATTENDED, F, S.HR_FIRST_REVIEW),
    Row("T32", S.RE_REVIEW_BOOKED, E.MARK_MISSED, F, S.RE_REVIEW_MISSED),
    Row("T33", S.RE_REVIEW_MISSED, E.BOOK, A, S.RE_REVIEW_BOOKED),
    Row("T34", S.HR_FIRST_REVIEW, E.REQUEST_SUPPLEMENT, F, S.HR_FIRST_SUPPLEMENT),
    *(
        Row("T35", stage, event, A, stage)
        for stage in (S.HR_FIRST_SUPPLEMENT, S.HR_FINAL_SUPPLEMENT)
        for event in (E.UPLOAD, E.REMOVE_FILE, E.EDIT_EDUCATION, E.EDIT_WORK)
    ),
    Row("T36", S.HR_FIRST_SUPPLEMENT, E.SUBMIT_SUPPLEMENT, A, S.HR_FIRST_REVIEW),
    Row("T37", S.HR_FIRST_REVIEW, E.PASS_FIRST, F, S.HR_FINAL_REVIEW),
    Row("T38", S.HR_FINAL_REVIEW, E.REQUEST_SUPPLEMENT, F, S.HR_FINAL_SUPPLEMENT),
    Row("T39", S.HR_FINAL_SUPPLEMENT, E.SUBMIT_SUPPLEMENT, A, S.HR_FINAL_REVIEW),
    Row("T40", S.HR_FINAL_REVIEW, E.PASS_FINAL, F, S.APPROVED),
    Row("T41", S.HR_FIRST_REVIEW, E.REFUSE, F, S.HR_REFUSED),
    Row("T41", S.HR_FINAL_REVIEW, E.REFUSE, F, S.HR_REFUSED),
    Row("T42", S.APPROVED, E.UPLOAD_CONFIRMATION, F, S.COMPLETED),
    *(Row("T43", stage, E.CANCEL_CASE, A, S.CANCELLED) for stage in _OPEN if stage is not S.APPROVED),
    *(Row("T44", stage, E.CANCEL_BY_STAFF, F, S.CANCELLED) for stage in _OPEN),
    *(Row("T45", stage, E.EDIT_CONTACT, A, stage) for stage in _OPEN),
    Row("T46", S.COMPLETED, E.DOWNLOAD_CONFIRMATION, A, S.COMPLETED),
    *(Row("T47", stage, E.ARCHIVE, Y, S.ARCHIVED) for stage in Stage if stage in TERMINAL - {S.ARCHIVED}),
)
"""T1 opens a case in `START`; T31 is T29 refused by its guard (`errors.NotPossibleNow` is not raised for it)."""

START: Final = S.DRAFT
TRANSITIONS: Final[Mapping[tuple[Stage, Event], Stage]] = MappingProxyType(
    {(row.source, row.event): row.target for row in ROWS}
)

EVENT_LABELS: Final[Mapping[Event, str]] = MappingProxyType(
    {
        E.CHOOSE_EMPLOYER: "选择立户",
        E.CONFIRM_ELIGIBLE: "符合条件",
        E.NOT_ELIGIBLE: "不符合",
        E.SAVE_SECTION: "保存",
        E.PREVIOUS: "上一步",
        E.SKIP_SECTION: "跳过",
        E.SET_CONDITIONS: "确认申请材料",
        E.SEND_TEMPLATES: "发送模板",
        E.UPLOAD: "上传材料",
        E.REMOVE_FILE: "撤回材料",
        E.SUBMIT: "提交",
        E.SUBMIT_FOR_BOOKING: "提交并预约",
        E.BOOK: "预约",
        E.SET_INVOICE: "填写发票",
        E.PAYMENT_SUCCEEDED: "支付成功",
        E.PAYMENT_SUCCEEDED_MAIL_NEXT: "支付成功，待邮寄材料",
        E.PAYMENT_WINDOW_CLOSED: "超时未支付",
        E.REFRESH_LINK: "重新获取支付链接",
        E.LATE_PAYMENT_SUCCEEDED: "关闭后到账",
        E.REOPEN: "重新发起申请",
        E.MARK_EMAIL_RECEIVED: "邮件已收到",
        E.ITEM_PASS: "通过此项",
        E.ITEM_REJECT: "退回此项",
        E.FINISH_REVIEW_REJECTED: "审核不合格",
        E.FINISH_REVIEW_PASSED: "审核通过",
        E.EDIT_EDUCATION: "修改学习经历",
        E.EDIT_WORK: "修改工作经历",
        E.RESUBMIT: "提交补件",
        E.REQUIRE_RE_REVIEW: "需要复审预约",
        E.FILE_TO_BUREAU: "报送人社局",
        E.CANCEL_APPOINTMENT: "取消预约",
        E.RESCHEDULE: "改约",
        E.MARK_ATTENDED: "已到场",
        E.MARK_MISSED: "未到场",
        E.REQUEST_SUPPLEMENT: "登记人社局补件要求",
        E.SUBMIT_SUPPLEMENT: "提交补充材料",
        E.PASS_FIRST: "登记初审通过",
        E.PASS_FINAL: "登记复审通过",
        E.REFUSE: "登记审核不通过",
        E.UPLOAD_CONFIRMATION: "上传确认单",
        E.CANCEL_CASE: "取消办理",
        E.CANCEL_BY_STAFF: "取消此申请",
        E.EDIT_CONTACT: "修改联系方式",
        E.DOWNLOAD_CONFIRMATION: "下载确认单",
        E.ARCHIVE: "归档",
        E.EXPIRE_DRAFT: "草稿到期",
    }
)


def next_stage(stage: Stage, event: Event) -> Stage:
    """Where `event` leads from `stage`.

    Raises:
        NotPossibleNow: the table has no such row.
    """
    try:
        return TRANSITIONS[stage, event]
    except KeyError:
        raise NotPossibleNow(stage=stage.value, event=event.value) from None


def is_possible(stage: Stage, event: Event) -> bool:
    """Whether the table has a row for it; whether it may happen now is asked of the rule modules."""
    return (stage, event) in TRANSITIONS


def staff_events(stage: Stage) -> tuple[Event, ...]:
    """The buttons that the console shows at this stage, in table order."""
    return tuple(row.event for row in ROWS if row.source is stage and row.actor is Actor.STAFF)


def may_edit(stage: Stage, what: Editable | str) -> bool:
    """Whether the applicant may change `what` at this stage (F56, T45)."""
    return Editable(what) in STAGES[stage].applicant_may_edit
