"""Calendars of one seat or a few, and people who have to visit, for the tests of appointments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aiohttp.test_utils import TestClient
from sqlalchemy import text

from backend.domain.case import Stage
from backend.domain.draft import Draft
from backend.seed import demo_id_number
from backend.services.parts import Parts
from backend.services.records import Applicant, CaseRecord, Identity
from backend.services.slot_opening import install_calendars, open_slots
from backend.services.visit_records import AppointmentRecord, SlotRecord, WaitlistEntry
from tests.backend.backend_world import Person, a_case

PROFILES = {"re_review": "2019_new", "pre_review": "2019_other"}


def a_document(*, seats: int = 1, **more: Any) -> dict[str, Any]:
    row = {
        "seats": seats,
        "place": "示例大厅",
        "bring": "身份证原件",
        "weekly": [{"days": [1, 2, 3, 4], "windows": ["09:00-11:30", "13:00-16:00"]}],
        "ahead_days": 10,
        **more,
    }
    return {"calendars": [{"id": kind, "kind": kind, **row} for kind in PROFILES]}


def another(client: TestClient[Any, Any], number: int) -> Person:
    """A second, third … applicant beside the one of the fixture."""
    return Person(client, f"o_person_{number}")


async def with_calendars(parts: Parts, *, seats: int = 1, holidays: Any = (), **more: Any) -> None:
    await install_calendars(parts, {**a_document(seats=seats, **more), "holidays": holidays})
    await open_slots(parts)


async def slots_of(parts: Parts, kind: str = "re_review") -> list[SlotRecord]:
    async with parts.begin() as uow:
        return await uow.slots.where(calendar_id=kind, order_by="starts_at")


async def slot_now(parts: Parts, slot_id: str) -> SlotRecord:
    async with parts.begin() as uow:
        found = await uow.slots.get(slot_id)
    assert found is not None
    return found


async def a_visitor(
    parts: Parts, openid: str, *, number: int = 1, stage: Stage = Stage.RE_REVIEW_BOOKING, kind: str = "re_review"
) -> CaseRecord:
    case = await a_case(parts, openid, stage=stage, number=number)
    business = "NEW" if kind == "re_review" else "RENEW"
    changed = replace(case, profile=PROFILES[kind], business_type=business)
    async with parts.begin() as uow:
        await uow.cases.save(changed)
        await uow.commit()
    return changed


async def visits_of(parts: Parts, case: CaseRecord) -> list[AppointmentRecord]:
    async with parts.begin() as uow:
        return await uow.appointments.where(case_id=case.id, order_by="created_at")


async def live_of(parts: Parts, case: CaseRecord) -> list[str]:
    return [one.slot_id for one in await visits_of(parts, case) if one.state in ("held", "confirmed")]


async def line_of(parts: Parts) -> list[WaitlistEntry]:
    async with parts.begin() as uow:
        return await uow.waitlist.where(order_by="id")


async def check_seats(parts: Parts) -> None:
    """Every slot counts exactly who sits in it, and never more than it has."""
    async with parts.begin() as uow:
        rows = await uow.connection.execute(  # type: ignore[attr-defined]
            text(
                "SELECT s.id, s.taken, s.seats, (SELECT count(*) FROM appointments a WHERE a.slot_id = s.id"
                " AND a.state IN ('held', 'confirmed')) + (SELECT count(*) FROM waitlist w WHERE w.slot_id = s.id"
                " AND w.state = 'offered') AS sitting FROM slots s"
            )
        )
        for row in rows:
            assert row.taken == row.sitting <= row.seats, row


def options(outcome: Mapping[str, Any]) -> list[str]:
    return [one["value"] for one in outcome["ask"]["options"]]


async def a_crowd(parts: Parts, count: int) -> list[tuple[str, CaseRecord]]:
    """So many people who have to book a re-review, each with an openid and an open case."""
    now, found = parts.clock.now(), []
    draft = Draft().with_answer("contact", "phone", "13800138000").to_json()
    async with parts.begin() as uow:
        for number in range(count):
            applicant_id, openid = f"a_crowd_{number}", f"o_crowd_{number}"
            applicant = Applicant(
                id=applicant_id,
                username=f"crowd{number}",
                password_hash="x",
                name_sealed=parts.keys.seal("样张三".encode(), context=f"applicants.name:{applicant_id}"),
                id_no_sealed=parts.keys.seal(
                    demo_id_number(number % 60).encode(), context=f"applicants.id_no:{applicant_id}"
                ),
                id_no_hash=f"crowd{number}",
                created_at=now,
            )
            case = CaseRecord(
                id=f"c_crowd_{number}",
                case_no=f"GJ20260301-{number:05d}",
                applicant_id=applicant_id,
                business_type="NEW",
                profile="2019_new",
                stage=Stage.RE_REVIEW_BOOKING.value,
                catalogue_version=parts.catalogues.current().version,
                created_at=now,
                updated_at=now,
                stage_since=now,
                draft=draft,
                employer_id="e_demo_yanqing",
            )
            await uow.applicants.add(applicant)
            await uow.identities.add(Identity(openid, applicant_id, "2026.11", now, now))
            await uow.cases.add(case)
            found.append((openid, case))
        await uow.commit()
    return found
