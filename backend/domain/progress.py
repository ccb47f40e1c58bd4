"""How far a case is: its steps, who acts next, and what the applicant has to do (F49, F55, F61)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from backend.domain.case import STAGES, Actor, Stage
from backend.domain.profile import AppointmentMode, FlowProfile


class StepState(StrEnum):
    DONE = "done"
    NOW = "now"
    AHEAD = "ahead"
    STOPPED = "stopped"


@dataclass(frozen=True)
class ProgressStep:
    """One line of the list an applicant sees."""

    code: str
    label: str
    state: StepState


@dataclass(frozen=True)
class Progress:
    """`todo` names what the applicant has to do now (an utter name's ending); empty when it is not their turn."""

    stage: Stage
    label: str
    steps: tuple[ProgressStep, ...]
    who_acts: Actor
    who_acts_label: str
    todo: str


_STEPS: Final[tuple[tuple[str, str], ...]] = (
    ("fill", "填写信息和上传材料"),
    ("pay", "支付"),
    ("agency", "中智审核"),
    ("visit", "复审预约"),
    ("hr_first", "人社局初审"),
    ("hr_final", "人社局复审"),
    ("slip", "领取确认单"),
)
_AT: Final[Mapping[Stage, str]] = MappingProxyType(
    {
        Stage.DRAFT: "fill",
        Stage.SLOT_REQUIRED: "fill",
        Stage.AWAITING_PAYMENT: "pay",
        Stage.CLOSED_TIMEOUT: "pay",
        Stage.AWAITING_MATERIALS_EMAIL: "agency",
        Stage.AGENCY_REVIEW: "agency",
        Stage.AGENCY_REJECTED: "agency",
        Stage.AGENCY_PASSED: "visit",
        Stage.RE_REVIEW_BOOKING: "visit",
        Stage.RE_REVIEW_BOOKED: "visit",
        Stage.RE_REVIEW_MISSED: "visit",
        Stage.HR_FIRST_REVIEW: "hr_first",
        Stage.HR_FIRST_SUPPLEMENT: "hr_first",
        Stage.HR_FINAL_REVIEW: "hr_final",
        Stage.HR_FINAL_SUPPLEMENT: "hr_final",
        Stage.APPROVED: "slip",
        Stage.COMPLETED: "slip",
        Stage.HR_REFUSED: "hr_final",
        Stage.CANCELLED: "fill",
        Stage.ARCHIVED: "slip",
    }
)
_TODO: Final[Mapping[Stage, str]] = MappingProxyType(
    {
        Stage.DRAFT: "go_on_filling",
        Stage.SLOT_REQUIRED: "book",
        Stage.AWAITING_PAYMENT: "pay",
        Stage.AWAITING_MATERIALS_EMAIL: "mail_materials",
        Stage.AGENCY_REJECTED: "send_rejected_items",
        Stage.RE_REVIEW_BOOKING: "book",
        Stage.RE_REVIEW_BOOKED: "attend",
        Stage.RE_REVIEW_MISSED: "book",
        Stage.HR_FIRST_SUPPLEMENT: "send_supplement",
        Stage.HR_FINAL_SUPPLEMENT: "send_supplement",
        Stage.CLOSED_TIMEOUT: "start_again",
        Stage.CANCELLED: "start_again",
        Stage.COMPLETED: "download_slip",
    }
)
WHO_LABELS: Final[Mapping[Actor, str]] = MappingProxyType(
    {Actor.APPLICANT: "您", Actor.STAFF: "中智", Actor.BUREAU: "人社局", Actor.SYSTEM: "系统", Actor.NOBODY: ""}
)
_STOPPED: Final = frozenset({Stage.CLOSED_TIMEOUT, Stage.CANCELLED, Stage.HR_REFUSED})


def progress_of(stage: Stage, profile: FlowProfile) -> Progress:
    """The steps of the case's own flow with a mark at each."""
    facts = STAGES[stage]
    visits = profile.appointment is AppointmentMode.RE_REVIEW
    steps = [step for step in _STEPS if step[0] != "visit" or visits]
    return Progress(
        stage=stage,
        label=facts.label,
        steps=_marked(steps, stage),
        who_acts=facts.who_acts,
        who_acts_label=WHO_LABELS[facts.who_acts],
        todo=_TODO.get(stage, ""),
    )


def _marked(steps: list[tuple[str, str]], stage: Stage) -> tuple[ProgressStep, ...]:
    codes = [code for code, _ in steps]
    here = _AT[stage]
    at = codes.index(here) if here in codes else codes.index("hr_first")
    now = StepState.STOPPED if stage in _STOPPED else StepState.NOW
    if stage in (Stage.COMPLETED, Stage.ARCHIVED):
        now = StepState.DONE
    marks = [StepState.DONE if place < at else now if place == at else StepState.AHEAD for place in range(len(steps))]
    return tuple(ProgressStep(code, label, mark) for (code, label), mark in zip(steps, marks, strict=True))
