"""What a copy of a person's data contains: words and files in full, colleagues by role, others' numbers masked."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from backend.domain.case import STAGES, Stage
from backend.domain.masks import mask_id_number
from backend.domain.profile import BusinessType
from backend.services.binding import applicant_id_no, applicant_name
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.records import CaseRecord, StoredFile
from backend.services.standing import BEIJING

ID_NUMBER: Final = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
EXTENSIONS: Final = {"image/jpeg": "jpg", "application/pdf": "pdf"}
ABOUT: Final = """这是您在工居的数据副本，{when}生成。
data.json：资料、申请、进度、订单、同意记录、谁看过您的材料。
files：您发来的照片和材料，以及确认单。
同事只写岗位，不写姓名；别人的身份证号已遮住；北京通密码出于安全不导出。
保存期限：
{kept}
"""


@dataclass(frozen=True)
class FileOfPerson:
    name: str
    stored: StoredFile


@dataclass(frozen=True)
class Copy:
    texts: Sequence[tuple[str, bytes]]
    files: Sequence[FileOfPerson]


def zipped(entries: Sequence[tuple[str, bytes]]) -> bytes:
    """A ZIP of these entries; pictures are not packed again."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in entries:
            kind = zipfile.ZIP_STORED if name.endswith((".jpg", ".pdf")) else zipfile.ZIP_DEFLATED
            archive.writestr(name, content, compress_type=kind)
    return out.getvalue()


async def copy_of(uow: UnitOfWork, parts: Parts, applicant_id: str | None, openid: str) -> Copy:
    """Everything of this person, read in one transaction; the files' contents come later."""
    told: dict[str, Any] = {"wechat": await _of_openid(uow, openid, applicant_id)}
    names: dict[str, str] = {}
    files = await uow.files.where(openid=openid, applicant_id=None, order_by="created_at")
    applicant = await uow.applicants.get(applicant_id) if applicant_id else None
    if applicant is not None and applicant_id is not None:
        own = applicant_id_no(parts, applicant)
        cases = await uow.cases.where(applicant_id=applicant_id, order_by="created_at")
        told |= {
            "account": {"username": applicant.username, "name": applicant_name(parts, applicant), "id_no": own},
            "cases": [_masked(await _of_case(uow, parts, case, names), own) for case in cases],
            "consents": [_plain(one, "purpose version how given_at withdrawn_at") for one in await uow.consents.where(
                applicant_id=applicant_id, order_by="given_at")],
            "opened_by": [
                {"role": role, "what": what, "times": count, "last": at}
                for role, what, count, at in await uow.privacy.looks(applicant_id)
            ],
        }  # fmt: skip
        files += await uow.files.where(applicant_id=applicant_id, order_by="created_at")
    plain = json.dumps(told, ensure_ascii=False, indent=1, default=_json).encode()
    kept = [one for one in parts.catalogues.retention().classes.values() if one.shown]
    when = parts.clock.now().astimezone(BEIJING)
    about = ABOUT.format(
        when=f"{when:%Y-%m-%d %H:%M}", kept="\n".join(f"- {one.label}：{one.how_long}" for one in kept)
    )
    return Copy(
        texts=(("说明.txt", about.encode()), ("data.json", plain)),
        files=[FileOfPerson(_name(number, one, names), one) for number, one in enumerate(files, start=1)],
    )


async def _of_openid(uow: UnitOfWork, openid: str, applicant_id: str | None) -> dict[str, Any]:
    identity = await uow.identities.get(applicant_id) if applicant_id else None
    follower = await uow.followers.get(openid)
    return {
        "openid": openid,
        "bound": _plain(identity, "terms_version terms_accepted_at bound_at") if identity else None,
        "follower": _plain(follower, "subscribed scene first_seen_at last_seen_at") if follower else None,
    }


async def _of_case(uow: UnitOfWork, parts: Parts, case: CaseRecord, names: dict[str, str]) -> dict[str, Any]:
    catalogue = parts.catalogues.at(case.catalogue_version)
    items = await uow.items.where(case_id=case.id, order_by="code")
    materials = []
    for item in items:
        material = catalogue.material(item.code)
        title = material.name if material else item.code
        held = await uow.item_files.where(item_id=item.id, removed_at=None, order_by="added_at")
        names |= {one.file_id: f"{item.code}-{title}" for one in held}
        materials.append({"item": item.code, "name": title, **_plain(item, "state reject_reason decided_at"),
                          "files": len(held)})  # fmt: skip
    for slip in await uow.confirmations.where(case_id=case.id):
        names[slip.file_id] = "确认单"
    orders = await uow.orders.where(case_id=case.id, order_by="created_at")
    payments = await uow.payments.where(order_id=[one.id for one in orders]) if orders else []
    refunds = await uow.refunds.where(payment_id=[one.id for one in payments]) if payments else []
    return {
        **_plain(case, "case_no created_at submitted_at approved_at closed_at valid_until close_reason"),
        "business": BusinessType(case.business_type).label,
        "stage": STAGES[Stage(case.stage)].label,
        "told": case.draft,
        "materials": materials,
        "supplements": [_plain(one, "stage text items deadline state created_at submitted_at")
                        for one in await uow.supplements.where(case_id=case.id, order_by="created_at")],
        "timeline": [_plain(one, "at actor_kind action from_stage to_stage reason")
                     for one in await uow.audit.where(case_id=case.id, order_by="id")],
        "orders": [_plain(one, "out_trade_no amount_fen state created_at paid_at closed_at") for one in orders],
        "payments": [_plain(one, "transaction_id amount_fen paid_at kept") for one in payments],
        "refunds": [_plain(one, "out_refund_no amount_fen reason state created_at finished_at") for one in refunds],
        "invoice": [_plain(one, "title_type title tax_no email state") for one in await uow.invoices.where(
            case_id=case.id)],
        "visits": [_plain(one, "kind state created_at ended_at") for one in await uow.appointments.where(
            case_id=case.id)],
        "mails": [_plain(one, "recipients subject state created_at sent_at") for one in await uow.mails.where(
            case_id=case.id)],
        "beijing_pass_kept": await uow.credentials.get(case.id) is not None,
    }  # fmt: skip


def _plain(record: Any, names: str) -> dict[str, Any]:
    return {name: getattr(record, name) for name in names.split()}


def _masked(told: Mapping[str, Any], own: str) -> Any:
    """ID numbers of others (a spouse, a child, a landlord) are masked wherever they were told."""
    text = json.dumps(told, ensure_ascii=False, default=_json)
    return json.loads(ID_NUMBER.sub(lambda found: found[0] if found[0] == own else mask_id_number(found[0]), text))


def _json(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _name(number: int, stored: StoredFile, names: Mapping[str, str]) -> str:
    extension = EXTENSIONS.get(stored.media_type, "bin")
    title = re.sub(r"[^\w（）()、-]", "", names.get(stored.id, "其他"))[:40]
    return f"files/{number:03d}-{title}.{extension}"
