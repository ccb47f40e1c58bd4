"""我的数据: what is held of a person, until when and why, who has opened it, what they agreed to; erasing on demand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from backend.domain.case import PAID_STAGES, Stage
from backend.domain.masks import mask_id_number, mask_name
from backend.domain.retention import Because, Kept
from backend.domain.talk import Kind, Option, Question
from backend.services.binding import applicant_id_no, applicant_name
from backend.services.erasure import open_erasure, request_erasure
from backend.services.links import OfferedLink, Purpose, offer_link
from backend.services.outcome import Outcome
from backend.services.own_papers import current_slip
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.reading import beijing_date
from backend.services.rights_records import DataRequest
from backend.services.who_is import current_identity
from backend.services.withdrawing import FORM

Body = Mapping[str, Any]
ROLES: Final = {"reviewer": "审核员", "manager": "主管"}
SEEN: Final = {"file": "材料", "identity": "姓名和身份证号", "credentials": "北京通账号"}
RUNNING: Final = "在办的申请"
LINES: Final = 8


async def tell(uow: UnitOfWork, parts: Parts, openid: str) -> Outcome:
    """The short answer in the chat, with a link to the page that has it all."""
    applicant_id = await _applicant_of(uow, openid)
    held = await uow.privacy.held(applicant_id, openid)
    classes = parts.catalogues.retention().classes
    lines = [_line(classes.get(name), count, since) for name, (count, since) in held.items() if _is_told(classes, name)]
    looks = [_look(*one) for one in await uow.privacy.looks(applicant_id)] if applicant_id else []
    facts = {
        "list": "\n".join(lines[:LINES]) or "· 目前什么都没有",
        "looks": "\n".join(f"· {one}" for one in looks[:4]) or "· 还没有人打开过您的材料",
    }
    return Outcome(link=await page_link(uow, parts, openid, applicant_id)).saying("my_data", facts)


async def page_link(uow: UnitOfWork, parts: Parts, openid: str, applicant_id: str | None) -> OfferedLink:
    """The page about this person; where they have a case, it opens while the account talks for them only."""
    latest = await uow.cases.first(applicant_id=applicant_id, order_by="-created_at") if applicant_id else None
    case_no = latest.case_no if latest else None
    return await offer_link(uow, parts, openid, Purpose.DATA, case_no=case_no)


async def ask_to_delete(uow: UnitOfWork, parts: Parts, openid: str, body: Body) -> Outcome:
    """First what goes, what stays and why; then, on a yes, the plan that the worker carries out."""
    applicant_id = await _applicant_of(uow, openid)
    planned = await open_erasure(uow, openid, applicant_id)
    if planned is not None and planned.because == Because.ASKED:
        return Outcome().saying("deletion_waits" if planned.state == "review" else "deletion_planned")
    if not body.get("confirmed"):
        return Outcome(ask=await _sure(uow, parts, applicant_id))
    await request_erasure(uow, parts, openid, because=Because.ASKED)
    return Outcome().saying("deletion_planned")


async def _sure(uow: UnitOfWork, parts: Parts, applicant_id: str | None) -> Question:
    case = await uow.cases.first(applicant_id=applicant_id, closed_at=None) if applicant_id else None
    slip = await current_slip(uow, applicant_id) if applicant_id else None
    running = ""
    if case is not None:
        running = f"在办的申请 {case.case_no} 会一起取消。"
        if Stage(case.stage) in PAID_STAGES:
            running = f"在办的申请 {case.case_no} 会一起取消，付过的钱由同事核对是否退款。"
    facts = {
        "kept": parts.catalogues.retention().kept_labels(),
        "running": running,
        "slip": "确认单删了就下载不了，请先说“下载确认单”存一份。" if slip else "",
    }
    return Question(
        form=FORM, field="delete", group=("delete",), label="删除我的数据", kind=Kind.CONFIRM,
        options=(Option("yes", "确定删除"), Option("no", "先不删")), facts=facts,
    )  # fmt: skip


async def shown(parts: Parts, openid: str) -> dict[str, Any]:
    """The page 我的数据 as plain data; name and number masked, staff by role only."""
    table = parts.catalogues.retention()
    async with parts.begin() as uow:
        applicant_id = await _applicant_of(uow, openid)
        applicant = await uow.applicants.get(applicant_id) if applicant_id else None
        held = await uow.privacy.held(applicant_id, openid)
        looks = await uow.privacy.looks(applicant_id) if applicant_id else []
        consents = await uow.consents.where(applicant_id=applicant_id, order_by="-given_at") if applicant_id else []
        export = await uow.data_requests.first(
            openid=openid, applicant_id=applicant_id, kind="export", order_by="-created_at"
        )
        erasure = await open_erasure(uow, openid, applicant_id)
    purposes = parts.catalogues.purposes()
    return {
        "name": mask_name(applicant_name(parts, applicant)) if applicant else "",
        "id_no": mask_id_number(applicant_id_no(parts, applicant)) if applicant else "",
        "classes": [
            _class(table.classes.get(name), count, since)
            for name, (count, since) in held.items()
            if _is_told(table.classes, name)
        ],
        "looks": [
            {"who": ROLES.get(role, "同事"), "what": SEEN.get(what, "资料"), "count": count, "last": beijing_date(at)}
            for role, what, count, at in looks
        ],
        "consents": [
            {
                "label": purposes[one.purpose].label if one.purpose in purposes else one.purpose,
                "version": one.version,
                "given": beijing_date(one.given_at),
                "withdrawn": beijing_date(one.withdrawn_at) if one.withdrawn_at else "",
            }
            for one in consents
        ],
        "kept": table.kept_labels(),
        "export": _export(export, parts.clock.now(), table.classes["exports"].days),
        "erasure": _erasure(erasure),
    }


async def _applicant_of(uow: UnitOfWork, openid: str) -> str | None:
    identity = await current_identity(uow, openid)
    return identity.applicant_id if identity else None


def _is_told(classes: Mapping[str, Kept], name: str) -> bool:
    return name == "running_case" or (name in classes and classes[name].shown)


def _line(kept: Kept | None, count: int, since: datetime | None) -> str:
    if kept is None:
        return f"· {RUNNING} {count} 个"
    began = f"，{beijing_date(since)}起" if since else ""
    return f"· {kept.label} {count} 条{began}，{kept.how_long}"


def _look(role: str, what: str, count: int, at: datetime) -> str:
    return f"{ROLES.get(role, '同事')}看{SEEN.get(what, '资料')} {count} 次，最近{beijing_date(at)}"


def _class(kept: Kept | None, count: int, since: datetime | None) -> dict[str, Any]:
    began = beijing_date(since) if since else ""
    if kept is None:
        return {"label": RUNNING, "holds": "您正在填写和办理的资料", "count": count, "since": began,
                "until": "办完以后按下面的期限", "basis": "受您委托办理"}  # fmt: skip
    return {
        "label": kept.label, "holds": kept.holds, "count": count, "since": began, "until": kept.how_long,
        "basis": kept.basis,
    }  # fmt: skip


def _export(export: DataRequest | None, now: datetime, days: int) -> dict[str, Any] | None:
    if export is None or export.state not in ("scheduled", "ready"):
        return None
    if export.state == "ready" and export.finished_at and now >= export.finished_at + timedelta(days=days):
        return None
    files = [{"name": one["name"], "size_bytes": one["size_bytes"]} for one in export.objects]
    return {"state": export.state, "files": files}


def _erasure(planned: DataRequest | None) -> dict[str, str] | None:
    if planned is None:
        return None
    return {"state": planned.state, "due": beijing_date(planned.due_at) if planned.due_at else ""}
