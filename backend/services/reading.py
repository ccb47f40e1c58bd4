"""Looking things up for the applicant: progress, what is missing, materials, history, the slip, the overview."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from backend.domain.case import STAGES, Actor, Event, Stage
from backend.domain.case_facts import items_to_send
from backend.domain.context import ItemStatus
from backend.domain.draft import Draft
from backend.domain.errors import ConfirmationNotHere
from backend.domain.interview import where_it_stands
from backend.domain.masks import mask_emails, mask_name, mask_phone
from backend.domain.materials import BUCKET_ITEM, Requirement, short_name
from backend.domain.profile import BusinessType
from backend.domain.progress import StepState, progress_of
from backend.domain.quiet_hours import beijing_day
from backend.domain.reminders import change_until
from backend.domain.sections.bucket import TICKED, advice_lines, is_filling, takes_everything
from backend.domain.sections.held import HELD
from backend.domain.sections.proposals import EARLIER
from backend.domain.sections.uploads import BUREAU_ITEM, bureau_request
from backend.domain.still_missing import still_missing, still_to_send_back
from backend.domain.talk import Say
from backend.services.links import Purpose, offer_link
from backend.services.made_files import template_downloads
from backend.services.orders import yuan
from backend.services.outcome import Outcome, ShownFile, case_json
from backend.services.own_papers import current_slip, invoice_download
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.records import CaseRecord
from backend.services.reminding import left_day
from backend.services.standing import BEIJING, Standing, flow_of, load_standing
from backend.services.transitions_log import an_applicant, record_transition
from backend.services.visit_file import visit_download
from backend.services.waiting import range_facts

ITEM_LABELS: Final[Mapping[ItemStatus, str]] = {
    ItemStatus.NOT_UPLOADED: "未上传",
    ItemStatus.UPLOADED: "已上传",
    ItemStatus.PASSED: "已通过",
    ItemStatus.REJECTED: "未通过",
}
SUPPLEMENTED: Final = (Stage.AGENCY_REJECTED, Stage.HR_FIRST_SUPPLEMENT, Stage.HR_FINAL_SUPPLEMENT)


async def progress(uow: UnitOfWork, parts: Parts, standing: Standing) -> Outcome:
    """F49: where it is, since when, and who acts next; of the last case when none is open."""
    case = standing.case or await uow.cases.first(applicant_id=standing.applicant.id, order_by="-created_at")
    if case is None:
        return Outcome().saying("no_case")
    told_by = progress_of(Stage(case.stage), flow_of(case))
    marks = {StepState.DONE: "✓", StepState.NOW: "▶", StepState.AHEAD: "○", StepState.STOPPED: "×"}
    told = {
        "case_no": case.case_no,
        "business": BusinessType(case.business_type).label,
        "stage": case.stage,
        "stage_label": told_by.label,
        "since": beijing_date(case.stage_since),
        "who": told_by.who_acts_label,
        "todo": told_by.todo,
        "steps": "\n".join(f"{marks[step.state]} {step.label}" for step in told_by.steps),
        **await range_facts(uow, case),
        **_countdown(parts, case),
    }
    return Outcome(say=(Say("progress", told), where_it_stands(Stage(case.stage))), case=case)


def _countdown(parts: Parts, case: CaseRecord) -> dict[str, object]:
    """The days left for changing the employer, while it is the applicant who has to act (states.md 2.3)."""
    until = change_until(parts.catalogues.at(case.catalogue_version).reminders, left_day(Draft.from_json(case.draft)))
    today = beijing_day(parts.clock.now())
    if until is None or until < today or STAGES[Stage(case.stage)].who_acts is not Actor.APPLICANT:
        return {}
    return {"change_until": f"{until.month}月{until.day}日", "change_left": (until - today).days}


def missing(standing: Standing) -> Outcome:
    """还差啥: of the draft, or of what was sent back."""
    context = standing.interview
    if context.stage in SUPPLEMENTED:
        return _still_to_supplement(standing)
    advice = _advice(standing)
    if context.stage not in (Stage.DRAFT, Stage.SLOT_REQUIRED):
        return Outcome(say=advice or (where_it_stands(context.stage),))
    lacking = still_missing(standing.draft, context)
    if not lacking:
        return Outcome(say=advice or (Say("materials_complete"),))
    names = "\n".join(f"· {one}" for one in lacking)
    return Outcome(say=(Say("still_missing", {"count": len(lacking), "missing": names}), *advice))


def _advice(standing: Standing) -> tuple[Say, ...]:
    """Of a bulk upload that is open: what such a case usually needs, and how much has arrived (F68)."""
    context = standing.interview
    if not is_filling(context):
        return ()
    bucket = context.items.get(BUCKET_ITEM)
    facts = {"list": advice_lines(standing.draft, context), "files": bucket.files if bucket else 0}
    return (Say("advice_list" if facts["files"] else "advice_list_empty", facts),)


def _still_to_supplement(standing: Standing) -> Outcome:
    context = standing.interview
    if context.supplement is not None:
        return Outcome().saying(
            "bureau_asks", {"request": bureau_request(context.supplement), "files": context.supplement.new_files}
        )
    rejected = [item for item in context.items.values() if item.state is ItemStatus.REJECTED]
    lines = [
        f"· {_name(standing, item.code)}：{item.reason}" + (f"（已补{item.new_files}张）" if item.new_files else "")
        for item in rejected
    ]
    open_ones = len(still_to_send_back(standing.draft, context))
    return Outcome().saying("rejected_items", {"count": open_ones, "items": "\n".join(lines)})


def materials(standing: Standing) -> Outcome:
    """The list of this case with the state of each item (F38), or the advice list of a bulk upload (F68)."""
    if advice := _advice(standing):
        return Outcome(say=advice)
    lines = [_line(one) for one in materials_json(standing) if one["required"]]
    if not lines:
        return Outcome().saying("materials_not_known_yet")
    return Outcome().saying("materials_list", {"count": len(lines), "list": "\n".join(lines)})


def _line(item: Mapping[str, Any]) -> str:
    """Ticked when it is there; a refused one says so."""
    mark = {ItemStatus.NOT_UPLOADED: "·", ItemStatus.REJECTED: "×"}.get(ItemStatus(item["state"]), "✓")
    return f"{mark} {short_name(item['name'])}"


def materials_json(standing: Standing) -> list[dict[str, Any]]:
    """Every item of the case for the upload page; of a bulk upload its bucket and what was sent back by name (F70)."""
    context = standing.interview
    found = []
    for one in _items_of(standing):
        record = standing.item(one.code)
        state = context.items.get(one.code)
        status = state.state if state else ItemStatus.NOT_UPLOADED
        found.append(
            {
                "item": one.code,
                "name": one.material.name,
                "category": one.material.category,
                "hint": one.material.hint,
                "required": one.required,
                "files_min": one.files_min,
                "files_max": one.files_max,
                "template": one.material.template.value,
                "state": status.value,
                "state_label": ITEM_LABELS[status],
                "reason": state.reason if state else "",
                "files": [held.file_id for held in standing.files_of(record)] if record else [],
            }
        )
    return [*found, *_of_the_bureau(standing)]


def _items_of(standing: Standing) -> tuple[Requirement, ...]:
    context = standing.interview
    asked = items_to_send(standing.draft, context)
    if not takes_everything(context):
        return asked
    materials = (context.catalogue.material(code) for code in context.items if code != BUCKET_ITEM)
    named = (Requirement(one, True, max(one.files_min, 1), one.files_max) for one in materials if one)
    return (*asked, *named)


def _of_the_bureau(standing: Standing) -> list[dict[str, Any]]:
    """The bureau's open request as one more item (F52)."""
    request = standing.interview.supplement
    if request is None:
        return []
    material = standing.interview.catalogue.material(BUREAU_ITEM)
    state = ItemStatus.UPLOADED if request.new_files else ItemStatus.NOT_UPLOADED
    return [
        {
            "item": BUREAU_ITEM,
            "name": material.name if material else "补充材料",
            "category": material.category if material else "其他",
            "hint": request.text,
            "required": True,
            "files_min": 1,
            "files_max": material.files_max if material else 20,
            "template": "none",
            "state": state.value,
            "state_label": ITEM_LABELS[state],
            "reason": "",
            "files": [sent.file_id for sent in standing.supplement_files],
        }
    ]


async def history(uow: UnitOfWork, standing: Standing) -> Outcome:
    """F62: past applications, newest first."""
    cases = await uow.cases.where(applicant_id=standing.applicant.id, order_by="-created_at")
    past = [case for case in cases if case.closed_at is not None]
    if not past:
        return Outcome().saying("no_history")
    lines = [
        f"· {beijing_date(case.created_at)} {BusinessType(case.business_type).label} {STAGES[Stage(case.stage)].label}"
        f"（{case.case_no}）"
        for case in past[:10]
    ]
    return Outcome().saying("history", {"count": len(past), "list": "\n".join(lines)})


async def confirmation_slip(uow: UnitOfWork, parts: Parts, standing: Standing) -> Outcome:
    """T46; raises `ConfirmationNotHere`."""
    found = await current_slip(uow, standing.applicant.id)
    if found is None:
        raise ConfirmationNotHere
    case, slip = found
    who = an_applicant(standing.applicant.id)
    await record_transition(uow, case, Event.DOWNLOAD_CONFIRMATION, who, now=parts.clock.now())
    link = await offer_link(uow, parts, standing.openid, Purpose.OVERVIEW, case_no=case.case_no)
    files = (ShownFile(slip.file_id, "confirmation"),)
    return Outcome(files=files, link=link, case=case).saying("confirmation_ready", {"case_no": case.case_no})


async def overview(parts: Parts, openid: str) -> dict[str, Any]:
    """F49: everything on one page, masked; of the last case when none is open."""
    async with parts.begin() as uow:
        standing = await load_standing(uow, parts, openid, lock=False)
        case = standing.case
        if case is None:
            case = await uow.cases.first(applicant_id=standing.applicant.id, order_by="-created_at")
        slip = await current_slip(uow, standing.applicant.id)
        order = await uow.orders.first(case_id=case.id, order_by="-created_at") if case else None
        trail = await uow.audit.where(case_id=case.id, order_by="id") if case else []
        visits = await visit_download(uow, case.id) if case else []
        invoices = await invoice_download(uow, case.id) if case else []
    return {
        "applicant": {"name": mask_name(standing.facts.name), "id_no": standing.facts.masked_id},
        "case": case_json(case, None) if case else None,
        "progress": _progress_json(case) if case else None,
        "data": shown_answers(standing),
        "materials": materials_json(standing) if standing.context else [],
        "timeline": [
            {"at": entry.at.isoformat(), "stage": entry.to_stage, "label": STAGES[Stage(entry.to_stage)].label}
            for entry in trail
            if entry.to_stage and (entry.to_stage != entry.from_stage or entry.action == "start_case")
        ],
        "order": {
            "amount": yuan(order.amount_fen),
            "state": order.state,
            "deadline": order.deadline.isoformat(),
        }
        if order
        else None,
        "downloads": [
            *([{"file_id": slip[1].file_id, "title": "确认单"}] if slip else []),
            *invoices,
            *visits,
            *template_downloads(standing),
        ],
    }


def _progress_json(case: CaseRecord) -> dict[str, Any]:
    told = progress_of(Stage(case.stage), flow_of(case))
    steps = [{"label": step.label, "state": step.state.value} for step in told.steps]
    return {"who_acts": told.who_acts.value, "steps": steps}


def shown_answers(standing: Standing) -> dict[str, Any]:
    """What was told, by section; phone and addresses masked."""
    hidden = (EARLIER, HELD, TICKED)
    answers = {name: dict(values) for name, values in standing.draft.answers.items() if name not in hidden}
    contact = answers.get("contact", {})
    for name, mask in (("phone", mask_phone), ("emails", mask_emails)):
        if contact.get(name):
            contact[name] = mask(contact[name])
    rows = {name: [dict(row) for row in rows] for name, rows in standing.draft.entries.items()}
    return {"answers": answers, "entries": rows}


def beijing_date(moment: datetime) -> str:
    local = moment.astimezone(BEIJING)
    return f"{local.year}年{local.month}月{local.day}日"


def _name(standing: Standing, code: str) -> str:
    material = standing.interview.catalogue.material(code)
    return material.name if material else code
