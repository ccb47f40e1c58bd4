"""One case at any stage with everybody around it, and what a step leaves behind: for the walk through the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import text

from backend.domain.case import TERMINAL, Stage
from backend.services.files import NewFile, store_file
from backend.services.orders import record_payment
from backend.services.parts import Parts
from backend.services.records import (
    AuditEntry,
    CaseRecord,
    Confirmation,
    ItemFile,
    ItemRecord,
    Order,
    SupplementRequest,
)
from backend.services.staff.acting import Form
from backend.services.staff.office import Office
from backend.services.staff.sign_in import SignedIn
from tests.backend.backend_world import FakePay, Person, a_case, said
from tests.backend.visit_world import PROFILES, with_calendars
from tests.conftest import MovableClock

ADDRESSES = ["a@example.com", "b@example.cn"]
DRAFT: dict[str, Any] = {
    "answers": {
        "contact": {"phone": "13800138000", "emails": ";".join(ADDRESSES)},
        "notice": {"eligible": "yes", "version": "2026.11"},
        "personal": {"marital": "未婚", "housing": "租房"},
    },
    "entries": {
        "education": [
            {"school": "长春市第十一高中", "start": "2003-09", "end": "2006-06", "major": "无", "level": "高中及以下",
             "study_identity": "全日制学生", "country": "中国"},
            {"school": "吉林大学", "start": "2006-09", "end": "2010-06", "major": "软件工程", "level": "本科",
             "study_identity": "全日制学生", "country": "中国"},
        ],
        "work": [
            {"employer": "示例控股有限公司", "job": "开发", "start": "2010-07", "end": "2027-05", "place": "北京延庆"}
        ],
    },
}  # fmt: skip
VISITED = {
    Stage.RE_REVIEW_BOOKING: "re_review",
    Stage.RE_REVIEW_BOOKED: "re_review",
    Stage.RE_REVIEW_MISSED: "re_review",
    Stage.SLOT_REQUIRED: "pre_review",
    Stage.AWAITING_MATERIALS_EMAIL: "pre_review",
}
ITEM_STATES = {
    # Nobody has looked at a paper of a draft, nor before it was paid for or mailed.
    Stage.DRAFT: ("uploaded", "uploaded"),
    Stage.SLOT_REQUIRED: ("uploaded", "uploaded"),
    Stage.CLOSED_TIMEOUT: ("uploaded", "uploaded"),
    Stage.AWAITING_PAYMENT: ("uploaded", "uploaded"),
    Stage.AWAITING_MATERIALS_EMAIL: ("uploaded", "uploaded"),
    Stage.AGENCY_REVIEW: ("uploaded", "uploaded"),
    Stage.AGENCY_REJECTED: ("rejected", "passed"),
}


@dataclass(frozen=True)
class Trace:
    """What a step may leave behind."""

    stage: str
    audit: tuple[AuditEntry, ...]
    pushes: tuple[str, ...]
    mails: tuple[tuple[str, ...], ...]
    tasks: tuple[str, ...]
    kept: str

    def since(self, before: Trace) -> Trace:
        """What was added after `before`."""
        return replace(
            self,
            audit=self.audit[len(before.audit) :],
            pushes=self.pushes[len(before.pushes) :],
            mails=self.mails[len(before.mails) :],
            tasks=tuple(sorted(set(self.tasks) - set(before.tasks))),
        )


@dataclass
class Walker:
    """The applicant, a member of staff, the platform and the clock around one case."""

    person: Person
    parts: Parts
    office: Office
    pay: FakePay
    clock: MovableClock
    number: int = 1
    case_id: str = ""
    said: list[str] = field(default_factory=list)

    def another(self, number: int) -> Walker:
        """The same world with applicant `number`, at the time at which it began."""
        self.clock.at = MovableClock().at
        return replace(self, person=Person(self.person.client, f"o_walker_{number}"), number=number, case_id="")

    async def stands_at(self, stage: Stage, *, profile: str | None = None) -> None:
        """A case of this applicant at `stage`, as it would be there."""
        case = await a_case(self.parts, self.person.openid, stage=stage, number=self.number)
        kind = VISITED.get(stage)
        changes: dict[str, Any] = {"draft": DRAFT}
        if stage in TERMINAL:
            changes["closed_at"] = self.clock.now()
        if kind is not None:
            changes |= {"profile": PROFILES[kind], "business_type": "NEW" if kind == "re_review" else "RENEW"}
            await with_calendars(self.parts)
        if profile is not None:
            changes |= {"profile": profile, "business_type": "NEW" if profile.endswith("new") else "RENEW"}
        self.case_id = case.id
        async with self.parts.begin() as uow:
            await uow.cases.save(replace(case, **changes))
            await uow.commit()
        await self._furnish(stage)

    async def _furnish(self, stage: Stage) -> None:
        states = ITEM_STATES.get(stage, ("passed", "passed"))
        async with self.parts.begin() as uow:
            for number, (code, state) in enumerate(zip(("HO04", "WK01"), states, strict=True)):
                reason = "看不清" if state == "rejected" else None
                item = ItemRecord(f"i{number}_{self.number}", self.case_id, code, state, reject_reason=reason)
                await uow.items.add(item)
                held = ItemFile(self.parts.ids.new("x"), item.id, await self._a_file(uow), 1, self.clock.now())
                await uow.item_files.add(held)
            if stage in (Stage.HR_FIRST_SUPPLEMENT, Stage.HR_FINAL_SUPPLEMENT):
                kind = stage.value.removesuffix("_supplement")
                await uow.supplements.add(
                    SupplementRequest(f"q{self.number}", self.case_id, kind, 1, "请补充完税证明", self.clock.now())
                )
            if stage is Stage.COMPLETED:
                slip = await self._a_file(uow, b"%PDF-1.7 a slip")
                await uow.confirmations.add(Confirmation(f"k{self.number}", self.case_id, slip, self.clock.now()))
            await uow.commit()
        if stage is Stage.RE_REVIEW_BOOKED:
            await self._books(stage)

    async def _books(self, stage: Stage) -> None:
        case = await self.case()
        async with self.parts.begin() as uow:
            await uow.cases.save(replace(case, stage=Stage.RE_REVIEW_BOOKING.value))
            await uow.commit()
        assert said(await self.person.says("book", date="2026-03-18", half="AM")) == ["appointment_booked"]

    async def _a_file(self, uow: Any, content: bytes = b"%PDF-1.7 a paper") -> str:
        case = await uow.cases.get(self.case_id)
        new = NewFile("material", "chat", content)
        return (await store_file(uow, self.parts, new, applicant_id=case.applicant_id, openid=None)).id

    async def case(self) -> CaseRecord:
        async with self.parts.begin() as uow:
            found = await uow.cases.get(self.case_id)
        assert found is not None
        return found

    async def newest(self) -> None:
        """Look at the newest case from now on."""
        async with self.parts.begin() as uow:
            found = await uow.cases.first(order_by="-case_no")
        self.case_id = found.id if found else ""

    async def newest_of_mine(self) -> None:
        """Look at this applicant's open case from now on, when there is one."""
        async with self.parts.begin() as uow:
            found = await uow.cases.first(applicant_id=f"a_demo_{self.number}", closed_at=None)
        self.case_id = found.id if found else self.case_id

    async def says(self, name: str, **body: Any) -> None:
        self.said = said(await self.person.says(name, **body))

    async def sends(self, *, item: str | None = None) -> None:
        content = f"%PDF-1.7 {next(self.person.keys)}".encode()
        _, told = await self.person.sends_file(content)
        await self.says("upload", file_id=told["file_id"], item=item)

    async def form(self) -> Form:
        case = await self.case()
        who = SignedIn("s_demo_reviewer", "reviewer", "王审核", "reviewer", "csrf")
        return Form(who, case.case_no, case.version, self.parts.ids.new("token"))

    async def pays(self, **changes: Any) -> None:
        """WeChat Pay tells of a payment of the case's order."""
        report = self.pay.success(await self.order(), self.clock.now(), transaction_id=f"42000{self.number}")
        await record_payment(self.parts, replace(report, **changes), source="notify")

    async def order(self) -> Order:
        async with self.parts.begin() as uow:
            found = await uow.orders.first(case_id=self.case_id)
        assert found is not None
        return found

    async def decides(self, **states: str) -> None:
        """What the reviewer has decided in this round."""
        async with self.parts.begin() as uow:
            for item in await uow.items.where(case_id=self.case_id):
                state = states[item.code]
                reason = "看不清" if state == "rejected" else None
                await uow.items.save(
                    replace(
                        item,
                        state=state,
                        reject_reason=reason,
                        decided_at=self.clock.now(),
                        decided_by="s_demo_reviewer",
                    )
                )
            await uow.commit()

    async def trace(self) -> Trace:
        async with self.parts.begin() as uow:
            mine = {"case_id": self.case_id}
            case = await uow.cases.get(self.case_id)
            rows = await uow.connection.execute(  # type: ignore[attr-defined]
                text("SELECT dedupe_key FROM wechat_outgoing WHERE openid = :openid ORDER BY id"),
                {"openid": self.person.openid},
            )
            audit = await uow.audit.where(**mine, order_by="id")
            tasks = await uow.staff_tasks.where(**mine)
            return Trace(
                stage=case.stage if case else "",
                # `case_taken` says who looks after the case: no step of the case.
                audit=tuple(one for one in audit if one.action != "case_taken"),
                pushes=tuple(row[0].partition(":")[0] for row in rows),
                mails=tuple(tuple(one.recipients) for one in await uow.mails.where(**mine, order_by="created_at")),
                tasks=tuple(sorted(f"{one.kind}:{one.dedupe_key}" for one in tasks if one.kind != "handle_case")),
                kept=await self._kept(uow, case),
            )

    async def _kept(self, uow: Any, case: CaseRecord | None) -> str:
        """Everything that hangs on the case but what is being told: a refused answer is kept as it was typed (F31)."""
        if case is None:
            return ""
        items = await uow.items.where(case_id=case.id, order_by="id")
        orders = await uow.orders.where(case_id=case.id, order_by="id")
        payments = await uow.payments.where(order_id=[one.id for one in orders]) if orders else []
        refunds = await uow.refunds.where(payment_id=[one.id for one in payments]) if payments else []
        asked = await uow.supplements.where(case_id=case.id)
        return repr(
            (
                (case.stage, case.round, case.pay_deadline, case.closed_at, case.employer_id, case.close_reason),
                items,
                await uow.item_files.where(item_id=[one.id for one in items], order_by="id"),
                asked,
                await uow.supplement_files.where(request_id=[one.id for one in asked]) if asked else [],
                [(one.out_trade_no, one.state, one.deadline) for one in orders],
                payments,
                refunds,
                await uow.invoices.where(case_id=case.id),
                await uow.appointments.where(case_id=case.id, order_by="id"),
                await uow.confirmations.where(case_id=case.id),
                await uow.template_mails.where(case_id=case.id),
            )
        )


def kinds(tasks: Sequence[str]) -> list[str]:
    return [one.partition(":")[0] for one in tasks]


SOME_DAY = date(2026, 3, 31)
