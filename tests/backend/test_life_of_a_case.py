"""Whatever applicant, staff, WeChat Pay and time do in whatever order, the invariants of states.md 2.5 hold.

The numbers in the names of the checks are those of 2.5. What concerns one rule alone has a property test beside that
rule; docs/features.md lists them all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from typing import Any

import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from backend.domain.case import TERMINAL, Event, Stage
from backend.domain.errors import DomainError
from backend.seed import demo_id_number
from backend.services.files import NewFile, store_file
from backend.services.records import Applicant, ApplicantEmployer, Confirmation
from backend.services.reminding import remind
from backend.services.staff import bureau, closing, confirmation, review, visiting
from backend.services.staff.refusals import StaffRefusal
from tests.backend.transition_steps import EDITS, OPEN, Act, by_staff, closes, later, pays, says, sends, tells
from tests.backend.transition_world import Trace, Walker
from tests.backend.visit_world import check_seats, with_calendars
from tests.console.console_world import a_pdf

S, E = Stage, Event
PASSWORD = "geheim-Zq81-nur-hier"
REWRITABLE = {S.DRAFT, S.SLOT_REQUIRED, S.AGENCY_REJECTED, S.HR_FIRST_SUPPLEMENT, S.HR_FINAL_SUPPLEMENT}
NUMBERS: Iterator[int] = count(101)


async def decides_everything(w: Walker, *, reject: str = "") -> None:
    async with w.parts.begin() as uow:
        codes = [item.code for item in await uow.items.where(case_id=w.case_id, active=True, state="uploaded")]
    for code in codes:
        if code == reject:
            await review.reject_item(w.office, await w.form(), code=code, reason="看不清")
        else:
            await review.pass_item(w.office, await w.form(), code=code)
    await review.finish_review(w.office, await w.form())


async def reminds(w: Walker) -> None:
    await remind(w.parts)


async def pays_if_asked(w: Walker) -> None:
    async with w.parts.begin() as uow:
        orders = await uow.orders.where(case_id=w.case_id)
    if orders:
        await pays(w)


async def begins_again(w: Walker) -> None:
    await w.says("start_case", business_type="NEW")
    await w.newest_of_mine()


BY_APPLICANT: dict[str, Act] = {
    "edits schools": EDITS[E.EDIT_EDUCATION],
    "edits jobs": EDITS[E.EDIT_WORK],
    "edits addresses": tells("emails", "neu@example.com"),
    "sends": sends(),
    "sends to a passed item": sends("WK01"),
    "takes back": says("undo_upload"),
    "resubmits": says("resubmit"),
    "books": says("book", number=1),
    "gives up the visit": says("cancel_appointment", confirmed=True),
    "cancels": says("cancel_case", confirmed=True),
    "begins again": begins_again,
    "asks for the slip": says("confirmation_slip"),
    "asks how far": says("progress"),
    "asks for the past": says("history"),
}
BY_OTHERS: dict[str, Act] = {
    "passes all": decides_everything,
    "rejects one": lambda w: decides_everything(w, reject="HO04"),
    "files": by_staff(bureau.file_to_bureau),
    "first passed": by_staff(bureau.pass_first),
    "final passed": by_staff(bureau.pass_final),
    "asks for more": by_staff(bureau.request_supplement, text="请补完税证明"),
    "refuses": by_staff(bureau.refuse, reason="社保不连续"),
    "slip": by_staff(confirmation.upload_confirmation, content=a_pdf()),
    "came": by_staff(visiting.mark_visit, E.MARK_ATTENDED),
    "cancels for them": by_staff(closing.cancel_case, reason="重复申请"),
    "pays": pays_if_asked,
    "closes": closes,
    "reminds": reminds,
    "waits": later(hours=13),
}
STEPS = {**BY_APPLICANT, **BY_OTHERS}


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(
    stage=st.sampled_from(OPEN), profile=st.sampled_from(["2023_new", "2019_new"]),
    steps=st.lists(st.sampled_from(sorted(STEPS)), min_size=6, max_size=16),
)  # fmt: skip
async def test_the_invariants_hold_after_every_step(
    walker: Walker, stage: Stage, profile: str, steps: list[str]
) -> None:
    life = await Life.begun(walker, stage, profile)
    for step in steps:
        await life.takes(step)
    await check_seats(walker.parts)


PASTS = st.lists(
    st.tuples(st.sampled_from(sorted(TERMINAL - {S.ARCHIVED})), st.integers(1, 900)),
    min_size=1, max_size=5, unique_by=lambda one: one[1],
)  # fmt: skip


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(past=PASTS)
async def test_of_any_past_cases_the_most_recent_success_alone_offers_the_slip(
    walker: Walker, past: list[tuple[Stage, int]]
) -> None:
    """2.5, 6 and 9: whatever happened before and after it."""
    w, _ = await a_newcomer(walker)
    await w.stands_at(S.COMPLETED)
    pattern, now = await w.case(), w.clock.now()
    slips = {}
    async with w.parts.begin() as uow:
        await uow.cases.save(replace(pattern, stage=S.CANCELLED.value, closed_at=now - timedelta(days=1000)))
        for at, (stage, days) in enumerate(past):
            ended = now - timedelta(days=days)
            case = replace(
                pattern, id=f"{pattern.id}{at}", case_no=f"{pattern.case_no}{at}", stage=stage.value,
                closed_at=ended, created_at=ended - timedelta(days=30),
            )  # fmt: skip
            await uow.cases.add(case)
            paper = NewFile("confirmation", "console", f"%PDF-1.7 {case.id}".encode())
            stored = await store_file(uow, w.parts, paper, applicant_id=case.applicant_id, openid=None)
            await uow.confirmations.add(Confirmation(f"k{case.id}", case.id, stored.id, ended))
            slips[days] = stored.id
        await uow.commit()
    told = await w.person.says("confirmation_slip")
    newest = min((days for stage, days in past if stage is S.COMPLETED), default=0)
    assert [one["file_id"] for one in told["files"]] == ([slips[newest]] if newest else [])
    for days, file_id in slips.items():
        status, _ = await w.person.get(f"/files/{file_id}")
        assert (status == 200) is (days == newest), days


async def a_newcomer(walker: Walker) -> tuple[Walker, str]:
    """Somebody of their own in the same world, and their ID number."""
    number = next(NUMBERS)
    applicant_id, id_number = f"a_demo_{number}", demo_id_number(number)
    keys = walker.parts.keys
    async with walker.parts.begin() as uow:
        await uow.applicants.add(
            Applicant(
                id=applicant_id,
                username=f"life{number}",
                password_hash="x",
                name_sealed=keys.seal("样张三".encode(), context=f"applicants.name:{applicant_id}"),
                id_no_sealed=keys.seal(id_number.encode(), context=f"applicants.id_no:{applicant_id}"),
                id_no_hash=f"life{number}",
                created_at=walker.clock.now(),
            )
        )
        await uow.applicant_employers.add(ApplicantEmployer(applicant_id, "e_demo_yanqing"))
        await uow.commit()
    return walker.another(number), id_number


@dataclass
class Life:
    """One case among the steps, and what is known of it before the next."""

    w: Walker
    id_number: str

    @classmethod
    async def begun(cls, walker: Walker, stage: Stage, profile: str) -> Life:
        w, id_number = await a_newcomer(walker)
        await with_calendars(w.parts, seats=500)
        visits = {S.RE_REVIEW_BOOKING, S.RE_REVIEW_BOOKED, S.RE_REVIEW_MISSED, S.SLOT_REQUIRED}
        by_mail = stage is S.AWAITING_MATERIALS_EMAIL
        await w.stands_at(stage, profile=None if stage in visits or by_mail else profile)
        await w.person.post("/credentials", username="wang", password=PASSWORD, agreed={"beijing_pass": "2026.11"})
        return cls(w, id_number)

    async def takes(self, step: str) -> None:
        before, draft = await self.w.trace(), (await self.w.case()).draft
        items, case_id = await self._items(), self.w.case_id
        self.w.person.last = {}
        with structlog.testing.capture_logs() as logs, suppress(DomainError, StaffRefusal):
            await STEPS[step](self.w)
        if self.w.case_id != case_id:
            return
        after = await self.w.trace()
        self._8_one_audit_row_and_at_most_one_push(before, after, step)
        await self._1_no_money_is_swallowed(after)
        if step in BY_APPLICANT:
            await self._2_passed_items_stay(items, step)
            await self._3_schools_and_jobs(Stage(before.stage), draft["entries"], step)
        await self._6_and_9_the_slip(step)
        await self._10_nothing_tells_the_number_or_the_password(logs)

    def _8_one_audit_row_and_at_most_one_push(self, before: Trace, after: Trace, step: str) -> None:
        new = after.since(before)
        moves = [(one.from_stage, one.to_stage) for one in new.audit if one.to_stage and one.from_stage != one.to_stage]
        at = before.stage
        for source, target in moves:
            assert source == at, (step, moves)
            at = str(target)
        assert at == after.stage, (step, moves)
        assert len(new.pushes) <= 1, (step, new.pushes)

    async def _1_no_money_is_swallowed(self, after: Trace) -> None:
        async with self.w.parts.begin() as uow:
            orders = await uow.orders.where(case_id=self.w.case_id)
            payments = await uow.payments.where(order_id=[one.id for one in orders]) if orders else []
            for one in payments:
                assert one.kept or await uow.refunds.where(payment_id=one.id)
            assert after.stage != S.CLOSED_TIMEOUT or not [one for one in payments if one.kept]

    async def _2_passed_items_stay(self, items: dict[str, tuple[str, Any]], step: str) -> None:
        now = await self._items()
        for code, (state, files) in items.items():
            if state == "passed":
                assert now[code] == (state, files), (step, code)

    async def _3_schools_and_jobs(self, stage: Stage, entries: Any, step: str) -> None:
        changed = (await self.w.case()).draft["entries"] != entries
        assert not changed or stage in REWRITABLE, (step, stage)
        if step in ("edits schools", "edits jobs") and stage not in REWRITABLE:
            assert set(self.w.said) & {"locked_now", "no_case"}, (step, stage, self.w.said)

    async def _6_and_9_the_slip(self, step: str) -> None:
        if step != "asks for the slip":
            return
        case, answer = await self.w.case(), self.w.person.last
        has_slip = case.stage == S.COMPLETED
        assert bool(answer["files"]) is has_slip, (case.stage, self.w.said)
        if not has_slip:
            assert "confirmation_not_here" in self.w.said

    async def _10_nothing_tells_the_number_or_the_password(self, logs: list[Any]) -> None:
        async with self.w.parts.begin() as uow:
            told = await uow.connection.execute(  # type: ignore[attr-defined]
                text("SELECT parts::text || coalesce(template::text, '') FROM wechat_outgoing WHERE openid = :openid"),
                {"openid": self.w.person.openid},
            )
            mails = [one.subject + one.body for one in await uow.mails.where(case_id=self.w.case_id)]
            audit = [repr(one) for one in await uow.audit.where(case_id=self.w.case_id)]
        said = json.dumps(self.w.person.last, ensure_ascii=False)
        for shown in (repr(logs), said, *(row[0] for row in told), *mails, *audit):
            assert self.id_number not in shown
            assert PASSWORD not in shown

    async def _items(self) -> dict[str, tuple[str, Any]]:
        async with self.w.parts.begin() as uow:
            items = await uow.items.where(case_id=self.w.case_id, active=True)
            held = await uow.item_files.where(item_id=[one.id for one in items], removed_at=None)
        return {one.code: (one.state, sorted(file.file_id for file in held if file.item_id == one.id)) for one in items}


async def test_cancelled_and_timed_out_cases_stand_in_the_history_and_offer_no_slip(walker: Walker) -> None:
    """2.5, 9: each of the terminal stages but a success."""
    for number, stage in enumerate(sorted(TERMINAL - {S.COMPLETED, S.ARCHIVED}), 1):
        w = walker.another(number)
        await w.stands_at(stage)
        told = await w.person.says("history")
        assert (await w.case()).case_no in json.dumps(told), stage
        slip = await w.person.says("confirmation_slip")
        assert (slip["files"], slip["say"][0]["code"]) == ([], "confirmation_not_here"), stage
