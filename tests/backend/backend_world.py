"""A small world for the backend's tests: one applicant who talks to the real HTTP API on real PostgreSQL."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import aiohttp
from aiohttp.test_utils import TestClient
from PIL import Image
from sqlalchemy import text

from backend.domain.bill import BillLine
from backend.domain.case import Stage
from backend.domain.draft import Draft
from backend.services.errors import NotificationRefused, PaymentUnavailable
from backend.services.orders import open_order
from backend.services.parts import Parts
from backend.services.ports import (
    FaceBox,
    MailRefused,
    OutgoingMail,
    PaymentReport,
    RefundReport,
)
from backend.services.records import CaseRecord, Identity, Order, Payment, Refund

TOKEN = "a-service-token-for-tests"
SEEDED_PASSWORD = "Gongju-2026"
PASS_AGREED = {"beijing_pass": "2026.11"}
AGREED = {"service_terms": "2026.11", "sensitive_id": "2026.11"}


@dataclass
class FakePay:
    """Stands in for WeChat Pay: orders are paid when a test says so."""

    app_id: str = "wxapp"
    mch_id: str = "1900000001"
    paid: dict[str, PaymentReport] = field(default_factory=dict)
    closed: list[str] = field(default_factory=list)
    prepared: list[str] = field(default_factory=list)
    refunds: dict[str, RefundReport] = field(default_factory=dict)
    asked_refunds: list[str] = field(default_factory=list)
    away: bool = False
    bills: dict[date, list[BillLine]] = field(default_factory=dict)

    async def prepay(self, order: Order) -> str:
        self._reach()
        self.prepared.append(order.out_trade_no)
        return f"wx{len(self.prepared)}"

    def sheet(self, prepay_id: str) -> Mapping[str, str]:
        return {"package": f"prepay_id={prepay_id}"}

    async def query(self, out_trade_no: str) -> PaymentReport:
        self._reach()
        return self.paid.get(out_trade_no, PaymentReport(out_trade_no, "NOTPAY"))

    async def close(self, out_trade_no: str) -> None:
        self._reach()
        self.closed.append(out_trade_no)

    async def refund(self, refund: Refund, payment: Payment) -> RefundReport:
        self._reach()
        self.asked_refunds.append(refund.out_refund_no)
        return self.refunds.get(refund.out_refund_no, RefundReport(refund.out_refund_no, "PROCESSING", "rf1"))

    async def trade_bill(self, day: date) -> AsyncIterator[list[BillLine]]:
        self._reach()
        lines = self.bills.get(day, [])
        for at in range(0, len(lines), 2):
            yield lines[at : at + 2]

    def read_notification(self, headers: Mapping[str, str], body: bytes) -> PaymentReport | RefundReport:
        if headers.get("X-Genuine") != "yes":
            raise NotificationRefused
        told = json.loads(body)
        told["paid_at"] = datetime.fromisoformat(told["paid_at"])
        return PaymentReport(**told)

    def success(self, order: Order, at: datetime, *, transaction_id: str = "4200001") -> PaymentReport:
        return PaymentReport(
            order.out_trade_no, "SUCCESS", self.app_id, self.mch_id, transaction_id, order.amount_fen, at
        )

    def _reach(self) -> None:
        if self.away:
            raise PaymentUnavailable


@dataclass
class FakeMailer:
    sent: list[OutgoingMail] = field(default_factory=list)
    refuses: bool = False
    is_down: bool = False

    async def send(self, mail: OutgoingMail) -> None:
        if self.is_down:
            raise ConnectionError
        if self.refuses:
            raise MailRefused("550")
        self.sent.append(mail)


async def face_in_the_middle(_jpeg: bytes) -> FaceBox | None:
    return FaceBox(400, 500, 400, 500)


def a_picture(shade: int = 200, size: tuple[int, int] = (1200, 1600)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (shade, 180, 160)).save(out, "JPEG", quality=40)
    return out.getvalue()


ANSWERS: Mapping[str, list[tuple[str, str]]] = {
    "phone": [("phone", "13800138000")],
    "emails": [("emails", "a@example.com;b@example.cn")],
    "political": [("political", "群众")],
    "ethnicity": [("ethnicity", "汉族")],
    "marital": [("marital", "未婚")],
    "hukou_place": [("hukou_place", "吉林省长春市朝阳区")],
    "hukou_kind": [("hukou_kind", "家庭户")],
    "hukou_nature": [("hukou_nature", "居民")],
    "address": [("address", "朝阳区示例路1号院2号楼3单元401")],
    "housing": [("housing", "租房")],
    "postcode": [("postcode", "100020")],
    "title": [("title", "无")],
    "C_PERMIT_NO": [("C_PERMIT_NO", "京G2023000123")],
    "C_PERMIT_END": [("C_PERMIT_END", "2026-04-01")],
    "C_LEFT_DATE": [("C_LEFT_DATE", "2026-03-01")],
    "C_CHANGE_ITEMS": [("C_CHANGE_ITEMS", "婚姻状况")],
}
SCHOOLS = (
    {
        "school": "长春市第十一高中", "start": "2003-09", "end": "2006-06", "level": "高中",
        "study_identity": "全日制学生",
    },
    {
        "school": "吉林大学", "start": "2006-09", "end": "2010-06", "major": "软件工程", "level": "本科",
        "study_identity": "全日制学生",
    },
)  # fmt: skip
JOBS = (
    {"employer": "示例一号有限公司", "job": "开发", "start": "2010-07", "end": "2018-03", "place": "北京市朝阳区"},
    {
        "employer": "示例科技（北京）有限公司", "job": "后端开发", "start": "2018-04", "end": "2027-05",
        "place": "北京市朝阳区",
    },
)  # fmt: skip


@dataclass
class Person:
    """An applicant in the chat; every command gets a new idempotency key unless one is given."""

    client: TestClient[Any, Any]
    openid: str
    keys: Any = field(default_factory=lambda: count(1))
    last: dict[str, Any] = field(default_factory=dict)

    async def says(self, name: str, *, key: str | None = None, **body: Any) -> dict[str, Any]:
        status, answer = await self.command(name, key=key, **body)
        assert status == 200, (name, body, status, answer)
        self.last = answer
        return answer

    async def command(self, name: str, *, key: str | None = None, **body: Any) -> tuple[int, dict[str, Any]]:
        return await self.post(f"/commands/{name}", key=key, **body)

    async def post(self, path: str, *, key: str | None = None, **body: Any) -> tuple[int, dict[str, Any]]:
        headers = {"Idempotency-Key": key or f"turn{next(self.keys)}:0"}
        async with self.client.post(self._url(path), json=body, headers=headers) as response:
            return response.status, await response.json()

    async def get(self, path: str) -> tuple[int, Any]:
        async with self.client.get(self._url(path)) as response:
            is_json = response.content_type == "application/json"
            return response.status, await response.json() if is_json else await response.read()

    async def sends_file(self, content: bytes, *, key: str | None = None, **meta: Any) -> tuple[int, dict[str, Any]]:
        form = aiohttp.FormData()
        told = {"kind": "image", "sha256": hashlib.sha256(content).hexdigest(), "width": 1200, "height": 1600, **meta}
        form.add_field("meta", json.dumps(told), content_type="application/json")
        form.add_field("file", content, filename="photo.jpg", content_type="image/jpeg")
        headers = {"Idempotency-Key": key or f"turn{next(self.keys)}:file"}
        async with self.client.post(self._url("/files"), data=form, headers=headers) as response:
            return response.status, await response.json()

    async def sends_photo(self, shade: int = 200) -> dict[str, Any]:
        status, told = await self.sends_file(a_picture(shade))
        assert status == 201, told
        return await self.says("upload", file_id=told["file_id"])

    def _url(self, path: str) -> str:
        return f"/internal/v1/applicants/{self.openid}{path}"

    async def binds(self, username: str = "demo1", password: str = SEEDED_PASSWORD, **more: Any) -> tuple[int, Any]:
        body = {"username": username, "password": password, "agreed": AGREED, **more}
        return await self.post("/bind", **body)

    async def fills_in_everything(self, *, until: str = "review_form") -> dict[str, Any]:
        """From whatever is asked to the first question of the form `until`, one answer per question."""
        for _ in range(120):
            ask = self.last["ask"]
            assert ask is not None, self.last
            if ask["form"] == until:
                return ask  # type: ignore[no-any-return]
            await self._answers(ask)
        raise AssertionError(f"stuck at {self.last['ask']}")

    async def _answers(self, ask: Mapping[str, Any]) -> None:
        form, name = ask["form"], ask["field"]
        if ask["kind"] == "page" or name == "credentials":
            await self.post("/credentials", username="wang", password="secret", agreed=PASS_AGREED)
            await self.says("open")
        elif form == "photo_form" and ask["kind"] == "photo":
            await self.sends_photo()
        elif form in ("materials_form", "supplement_form") and ask["kind"] in ("photo", "photos"):
            if ask["facts"].get("enough"):
                await self.says("finish_item")
            else:
                await self.sends_photo(shade=next(self.keys) % 250)
        elif form in ("education_form", "work_form") and ask["index"] is not None:
            rows = SCHOOLS if form == "education_form" else JOBS
            if ask["index"] < len(rows):
                values = [{"field": one, "value": told} for one, told in rows[ask["index"]].items()]
                await self.says("answer", values=values, index=ask["index"], text="…")
            else:
                await self.says("finish_section")
        elif all(one in ANSWERS for one in ask["group"]):
            values = [{"field": f, "value": v} for one in ask["group"] for f, v in ANSWERS[one]]
            await self.says("answer", values=values, text="…")
        else:
            await self.says("answer", field=name, option=ask["options"][0]["value"], text="")

    async def starts(self) -> dict[str, Any]:
        await self.binds()
        return await self.says("start_case", business_type="NEW")

    async def submits(self) -> dict[str, Any]:
        """A whole case up to the waiting order."""
        await self.starts()
        await self.fills_in_everything()
        return await self.says("submit")


async def the_order(parts: Parts) -> Order:
    async with parts.begin() as uow:
        order = await uow.orders.first(order_by="-created_at")
    assert order is not None
    return order


def said(outcome: Mapping[str, Any]) -> list[str]:
    return [one["code"] for one in outcome["say"]]


async def bound(parts: Parts, openid: str, number: int = 1) -> str:
    """The applicant id of demo applicant `number`, bound to `openid` without the page."""
    applicant_id = f"a_demo_{number}"
    now = parts.clock.now()
    async with parts.begin() as uow:
        await uow.identities.add(Identity(openid, applicant_id, "2026.11", now, now))
        await uow.commit()
    return applicant_id


async def a_case(
    parts: Parts, openid: str, *, stage: Stage = Stage.AWAITING_PAYMENT, number: int = 1, emails: str = "a@example.com"
) -> CaseRecord:
    """A case of demo applicant `number` at `stage`, with an open order when it waits for money."""
    applicant_id = await bound(parts, openid, number)
    now = parts.clock.now()
    draft = Draft().with_answer("contact", "emails", emails).with_answer("contact", "phone", "13800138000")
    case = CaseRecord(
        id=parts.ids.new("c"),
        case_no=f"GJ20260315-{number:05d}",
        applicant_id=applicant_id,
        business_type="NEW",
        profile="2023_new",
        stage=stage.value,
        catalogue_version=parts.catalogues.current().version,
        created_at=now,
        updated_at=now,
        stage_since=now,
        draft=draft.to_json(),
        employer_id="e_demo_yanqing",
        submitted_at=now,
        pay_deadline=now + timedelta(hours=24),
    )
    async with parts.begin() as uow:
        await uow.cases.add(case)
        if stage is Stage.AWAITING_PAYMENT:
            await open_order(uow, parts, case, openid, amount_fen=30000, deadline=now + timedelta(hours=24))
        await uow.commit()
    return case


async def stage_of(parts: Parts, case: CaseRecord) -> str:
    async with parts.begin() as uow:
        found = await uow.cases.get(case.id)
    assert found is not None
    return found.stage


async def pushed(parts: Parts) -> list[str]:
    """The kinds of messages that wait in the chat's outbox, in order."""
    async with parts.begin() as uow:
        rows = await uow.connection.execute(text("SELECT dedupe_key FROM wechat_outgoing ORDER BY id"))  # type: ignore[attr-defined]
        return [row[0].partition(":")[0] for row in rows]


async def tasks(parts: Parts) -> list[str]:
    async with parts.begin() as uow:
        return sorted(task.kind for task in await uow.staff_tasks.where())
