"""Which stages and events a case has, what each stage is called and who acts in it (states.md 2.1, 2.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Stage(StrEnum):
    """Where a case stands; the value is stored."""

    DRAFT = "draft"
    SLOT_REQUIRED = "slot_required"
    AWAITING_PAYMENT = "awaiting_payment"
    CLOSED_TIMEOUT = "closed_timeout"
    AWAITING_MATERIALS_EMAIL = "awaiting_materials_email"
    AGENCY_REVIEW = "agency_review"
    AGENCY_REJECTED = "agency_rejected"
    AGENCY_PASSED = "agency_passed"
    RE_REVIEW_BOOKING = "re_review_booking"
    RE_REVIEW_BOOKED = "re_review_booked"
    RE_REVIEW_MISSED = "re_review_missed"
    HR_FIRST_REVIEW = "hr_first_review"
    HR_FIRST_SUPPLEMENT = "hr_first_supplement"
    HR_FINAL_REVIEW = "hr_final_review"
    HR_FINAL_SUPPLEMENT = "hr_final_supplement"
    APPROVED = "approved"
    COMPLETED = "completed"
    HR_REFUSED = "hr_refused"
    CANCELLED = "cancelled"
    ARCHIVED = "archived"


class Event(StrEnum):
    """What can happen to a case."""

    CHOOSE_EMPLOYER = "choose_employer"
    CONFIRM_ELIGIBLE = "confirm_eligible"
    NOT_ELIGIBLE = "not_eligible"
    SAVE_SECTION = "save_section"
    PREVIOUS = "previous"
    SKIP_SECTION = "skip_section"
    SET_CONDITIONS = "set_conditions"
    SEND_TEMPLATES = "send_templates"
    UPLOAD = "upload"
    REMOVE_FILE = "remove_file"
    SUBMIT = "submit"
    SUBMIT_FOR_BOOKING = "submit_for_booking"
    BOOK = "book"
    SET_INVOICE = "set_invoice"
    PAYMENT_SUCCEEDED = "payment_succeeded"
    PAYMENT_SUCCEEDED_MAIL_NEXT = "payment_succeeded_mail_next"
    PAYMENT_WINDOW_CLOSED = "payment_window_closed"
    REFRESH_LINK = "refresh_link"
    LATE_PAYMENT_SUCCEEDED = "late_payment_succeeded"
    REOPEN = "reopen"
    MARK_EMAIL_RECEIVED = "mark_email_received"
    ITEM_PASS = "item_pass"  # noqa: S105
    ITEM_REJECT = "item_reject"
    FINISH_REVIEW_REJECTED = "finish_review_rejected"
    FINISH_REVIEW_PASSED = "finish_review_passed"
    EDIT_EDUCATION = "edit_education"
    EDIT_WORK = "edit_work"
    RESUBMIT = "resubmit"
    REQUIRE_RE_REVIEW = "require_re_review"
    FILE_TO_BUREAU = "file_to_bureau"
    CANCEL_APPOINTMENT = "cancel_appointment"
    RESCHEDULE = "reschedule"
    MARK_ATTENDED = "mark_attended"
    MARK_MISSED = "mark_missed"
    REQUEST_SUPPLEMENT = "request_supplement"
    SUBMIT_SUPPLEMENT = "submit_supplement"
    PASS_FIRST = "pass_first"  # noqa: S105
    PASS_FINAL = "pass_final"  # noqa: S105
    REFUSE = "refuse"
    UPLOAD_CONFIRMATION = "upload_confirmation"
    CANCEL_CASE = "cancel_case"
    CANCEL_BY_STAFF = "cancel_by_staff"
    EDIT_CONTACT = "edit_contact"
    DOWNLOAD_CONFIRMATION = "download_confirmation"
    ARCHIVE = "archive"
    EXPIRE_DRAFT = "expire_draft"


class Actor(StrEnum):
    """Who makes an event happen, or whose turn it is."""

    APPLICANT = "applicant"
    STAFF = "staff"
    BUREAU = "bureau"
    SYSTEM = "system"
    NOBODY = "nobody"


class Editable(StrEnum):
    """What an applicant may change; the sections of the interview and the files of a supplement."""

    EMPLOYER = "employer"
    NOTICE = "notice"
    CONTACT = "contact"
    PERSONAL = "personal"
    PHOTO = "photo"
    EDUCATION = "education"
    WORK = "work"
    CONDITIONS = "conditions"
    MATERIALS = "materials"
    REVIEW = "review"
    INVOICE = "invoice"
    REJECTED_ITEMS = "rejected_items"
    SUPPLEMENT_FILES = "supplement_files"


@dataclass(frozen=True)
class StageFacts:
    """What is said about a stage; `label_2019` is the older manual's word for it."""

    label: str
    label_2019: str
    who_acts: Actor
    applicant_may_edit: frozenset[Editable]


_DRAFT_PARTS: Final = frozenset(Editable) - {Editable.INVOICE, Editable.REJECTED_ITEMS, Editable.SUPPLEMENT_FILES}
_CONTACT: Final = frozenset({Editable.CONTACT})
_HISTORY: Final = frozenset({Editable.EDUCATION, Editable.WORK})
_NOTHING: Final[frozenset[Editable]] = frozenset()


def _facts(
    label: str, who: Actor, may_edit: frozenset[Editable] = _CONTACT, *, label_2019: str | None = None
) -> StageFacts:
    return StageFacts(label, label_2019 or label, who, may_edit)


STAGES: Final[Mapping[Stage, StageFacts]] = MappingProxyType(
    {
        Stage.DRAFT: _facts("填写中", Actor.APPLICANT, _DRAFT_PARTS),
        Stage.SLOT_REQUIRED: _facts("待预约（预审）", Actor.APPLICANT, _DRAFT_PARTS),
        Stage.AWAITING_PAYMENT: _facts("待支付", Actor.APPLICANT, _CONTACT | {Editable.INVOICE}),
        Stage.CLOSED_TIMEOUT: _facts("超时自动关闭", Actor.NOBODY, _NOTHING),
        Stage.AWAITING_MATERIALS_EMAIL: _facts("待邮件提交材料", Actor.APPLICANT, _CONTACT | {Editable.MATERIALS}),
        Stage.AGENCY_REVIEW: _facts("中智审核中", Actor.STAFF, label_2019="预审中"),
        Stage.AGENCY_REJECTED: _facts(
            "中智审核不合格", Actor.APPLICANT, _CONTACT | _HISTORY | {Editable.REJECTED_ITEMS}
        ),
        Stage.AGENCY_PASSED: _facts("中智审核通过", Actor.STAFF, label_2019="预审通过"),
        Stage.RE_REVIEW_BOOKING: _facts("待复审预约", Actor.APPLICANT),
        Stage.RE_REVIEW_BOOKED: _facts("已预约复审", Actor.APPLICANT),
        Stage.RE_REVIEW_MISSED: _facts("未按时到场", Actor.APPLICANT),
        Stage.HR_FIRST_REVIEW: _facts("人社局初审中", Actor.BUREAU),
        Stage.HR_FIRST_SUPPLEMENT: _facts(
            "人社局初审待补", Actor.APPLICANT, _CONTACT | _HISTORY | {Editable.SUPPLEMENT_FILES}
        ),
        Stage.HR_FINAL_REVIEW: _facts("人社局复审中", Actor.BUREAU),
        Stage.HR_FINAL_SUPPLEMENT: _facts(
            "人社局复审待补", Actor.APPLICANT, _CONTACT | _HISTORY | {Editable.SUPPLEMENT_FILES}
        ),
        Stage.APPROVED: _facts("人社局审核通过", Actor.STAFF),
        Stage.COMPLETED: _facts("办理成功", Actor.NOBODY, _NOTHING),
        Stage.HR_REFUSED: _facts("人社局审核不通过", Actor.NOBODY, _NOTHING),
        Stage.CANCELLED: _facts("已取消办理", Actor.NOBODY, _NOTHING),
        Stage.ARCHIVED: _facts("历史记录", Actor.NOBODY, _NOTHING),
    }
)

TERMINAL: Final = frozenset({Stage.CLOSED_TIMEOUT, Stage.COMPLETED, Stage.HR_REFUSED, Stage.CANCELLED, Stage.ARCHIVED})
"""Stages that no event leaves, but for the archive (T47)."""

PAID_STAGES: Final = frozenset(Stage) - TERMINAL - {Stage.DRAFT, Stage.SLOT_REQUIRED, Stage.AWAITING_PAYMENT}
"""Open stages that only a paid case reaches."""
