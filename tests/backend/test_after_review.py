"""Supplements, templates by mail, human hand-off, slip, history, cancellation: what an applicant does later."""

from __future__ import annotations

from dataclasses import replace

from backend.domain.case import Event, Stage
from backend.services.files import NewFile, store_file
from backend.services.mailing import send_due_mails
from backend.services.parts import Parts
from backend.services.records import CaseRecord, Confirmation, ItemRecord, SupplementRequest
from backend.services.template_mailing import make_asked_templates
from backend.services.transitions_log import SYSTEM, record_transition
from tests.backend.backend_world import PASS_AGREED, FakeMailer, Person, a_case, pushed, said, stage_of, tasks
from tests.conftest import MovableClock


async def _with_items(parts: Parts, case: CaseRecord) -> None:
    async with parts.begin() as uow:
        await uow.items.add(ItemRecord("i1", case.id, "HO04", "rejected", reject_reason="看不清"))
        await uow.items.add(ItemRecord("i2", case.id, "WK01", "passed"))
        await uow.commit()


async def _item(parts: Parts, item_id: str) -> ItemRecord:
    async with parts.begin() as uow:
        found = await uow.items.get(item_id)
    assert found is not None
    return found


async def test_only_rejected_items_take_files_and_all_of_them_must_before_it_goes_back(
    person: Person, parts: Parts
) -> None:
    case = await a_case(parts, person.openid, stage=Stage.AGENCY_REJECTED)
    await _with_items(parts, case)
    assert said(await person.says("missing")) == ["rejected_items"]
    assert "supplement_incomplete" in said(await person.says("resubmit"))
    _, told = await person.sends_file(b"%PDF-1.7 a contract")
    assert "item_locked" in said(await person.says("upload", file_id=told["file_id"], item="WK01"))
    received = await person.says("upload", file_id=told["file_id"])
    assert said(received) == ["file_received"]
    assert (await _item(parts, "i1")).state == "rejected"
    await person.says("resubmit")
    assert await stage_of(parts, case) == "agency_review"
    assert (await _item(parts, "i1")).state == "uploaded"
    assert (await _item(parts, "i2")).state == "passed"


async def test_the_bureaus_request_is_answered_with_files_and_reminds_the_staff(person: Person, parts: Parts) -> None:
    case = await a_case(parts, person.openid, stage=Stage.HR_FIRST_SUPPLEMENT)
    async with parts.begin() as uow:
        request = SupplementRequest("q1", case.id, "hr_first", 1, "请补充完税证明", parts.clock.now())
        await uow.supplements.add(request)
        await uow.commit()
    assert "supplement_incomplete" in said(await person.says("resubmit"))
    assert said(await person.sends_photo()) == ["file_received"]
    await person.says("resubmit")
    assert await stage_of(parts, case) == "hr_first_review"
    assert await tasks(parts) == ["forward_supplement"]


async def test_the_upload_page_lists_the_bureaus_request_as_an_item(person: Person, parts: Parts) -> None:
    case = await a_case(parts, person.openid, stage=Stage.HR_FINAL_SUPPLEMENT)
    async with parts.begin() as uow:
        await uow.supplements.add(SupplementRequest("q1", case.id, "hr_final", 1, "请补充完税证明", parts.clock.now()))
        await uow.commit()
    _, told = await person.sends_file(b"%PDF-1.7 taxes")
    status, answer = await person.post("/materials/SU02/files", file_ids=[told["file_id"]])
    assert status == 200
    assert [(one["item"], one["files"]) for one in answer["items"]][-1] == ("SU02", [told["file_id"]])


async def test_a_rejected_one_inch_photo_is_sent_again_like_any_item(person: Person, parts: Parts) -> None:
    case = await a_case(parts, person.openid, stage=Stage.AGENCY_REJECTED)
    async with parts.begin() as uow:
        await uow.items.add(ItemRecord("i1", case.id, "BA04", "rejected", reject_reason="背景不是白色"))
        await uow.commit()
    assert said(await person.sends_photo()) == ["file_received"]
    assert "resubmitted" in said(await person.says("resubmit"))


async def test_during_the_review_no_file_is_taken(person: Person, parts: Parts) -> None:
    await a_case(parts, person.openid, stage=Stage.AGENCY_REVIEW)
    assert "locked_now" in said(await person.sends_photo())


async def test_templates_are_made_and_mailed_to_all_addresses_once_a_minute(
    person: Person, parts: Parts, mailer: FakeMailer, a_clock: MovableClock
) -> None:
    await person.starts()
    await person.fills_in_everything(until="materials_form")
    assert said(await person.says("send_templates"))[0] == "templates_queued"
    assert "too_soon" in said(await person.says("send_templates"))
    assert await make_asked_templates(parts) == 1
    assert await send_due_mails(parts) == 1
    assert await send_due_mails(parts) == 0
    assert list(mailer.sent[0].recipients) == ["a@example.com", "b@example.cn"]
    assert {one.name.rpartition(".")[2] for one in mailer.sent[0].attachments} == {"pdf", "docx"}
    assert await pushed(parts) == ["templates_sent"]
    async with parts.begin() as uow:
        assert [mail.attachments for mail in await uow.mails.where()] == [[]]
    a_clock.advance(seconds=61)
    assert said(await person.says("send_templates"))[0] == "templates_queued"


async def test_a_mail_server_that_is_down_gets_the_same_message_later(
    person: Person, parts: Parts, mailer: FakeMailer, a_clock: MovableClock
) -> None:
    await person.starts()
    await person.fills_in_everything(until="materials_form")
    await person.says("send_templates")
    await make_asked_templates(parts)
    mailer.is_down = True
    await send_due_mails(parts)
    mailer.is_down = False
    a_clock.advance(seconds=30)
    await send_due_mails(parts)
    assert len(mailer.sent) == 1


async def test_a_refused_mail_is_told_to_the_applicant_and_to_the_staff(
    person: Person, parts: Parts, mailer: FakeMailer
) -> None:
    await person.starts()
    await person.fills_in_everything(until="materials_form")
    await person.says("send_templates")
    await make_asked_templates(parts)
    mailer.refuses = True
    await send_due_mails(parts)
    assert await pushed(parts) == ["templates_failed"]
    assert await tasks(parts) == ["mail_failed"]


async def test_asking_for_a_person_twice_a_day_is_one_task(person: Person, parts: Parts) -> None:
    await a_case(parts, person.openid, stage=Stage.DRAFT)
    assert said(await person.says("human")) == ["human_called"]
    assert said(await person.says("human")) == ["human_called_already"]
    assert await tasks(parts) == ["human"]


async def test_a_person_is_called_for_somebody_unbound_too(person: Person, parts: Parts) -> None:
    assert said(await person.says("human")) == ["human_called"]


async def test_the_slip_is_offered_for_the_latest_successful_case_only(person: Person, parts: Parts) -> None:
    assert said(await person.says("open")) == ["welcome_stranger"]
    case = await a_case(parts, person.openid, stage=Stage.APPROVED)
    assert "confirmation_not_here" in said(await person.says("confirmation_slip"))
    async with parts.begin() as uow:
        pdf = await store_file(
            uow, parts, NewFile("slip", "console", b"%PDF-1.7 slip"), applicant_id=case.applicant_id, openid=None
        )
        await uow.confirmations.add(Confirmation("k1", case.id, pdf.id, parts.clock.now()))
        await record_transition(uow, case, Event.UPLOAD_CONFIRMATION, SYSTEM, now=parts.clock.now())
        await uow.commit()
    outcome = await person.says("confirmation_slip")
    assert outcome["files"] == [{"file_id": pdf.id, "kind": "confirmation"}]
    assert await person.get(f"/files/{pdf.id}") == (200, b"%PDF-1.7 slip")
    assert said(await person.says("history")) == ["history"]


async def test_closing_a_case_purges_the_credentials(person: Person, parts: Parts) -> None:
    case = await a_case(parts, person.openid, stage=Stage.DRAFT)
    for unticked in ({}, {"beijing_pass": "2025.01"}):
        assert (await person.post("/credentials", username="wang", password="secret", agreed=unticked))[0] == 422
    assert (await person.post("/credentials", username="wang", password="secret", agreed=PASS_AGREED))[0] == 200
    async with parts.begin() as uow:
        kept = await uow.credentials.get(case.id)
        assert kept is not None
        assert b"secret" not in kept.password_sealed
    await person.says("cancel_case", confirmed=True)
    async with parts.begin() as uow:
        assert await uow.credentials.get(case.id) is None


async def test_a_case_that_timed_out_is_started_again_with_its_answers(person: Person, parts: Parts) -> None:
    case = await a_case(parts, person.openid, stage=Stage.DRAFT)
    await person.says("answer", values=[{"field": "phone", "value": "13912345678"}], text="…")
    async with parts.begin() as uow:
        kept = await uow.cases.get(case.id)
        assert kept is not None
        await uow.cases.save(replace(kept, stage="closed_timeout", closed_at=parts.clock.now()))
        await uow.commit()
    started = await person.says("start_case", business_type="NEW")
    _, overview = await person.get("/overview")
    assert started["case"]["case_no"] != case.case_no
    assert overview["data"]["answers"]["contact"]["phone"].startswith("1")


async def test_the_overview_masks_what_is_personal(person: Person, parts: Parts) -> None:
    await a_case(parts, person.openid)
    status, overview = await person.get("/overview")
    assert status == 200
    assert "13800138000" not in str(overview)
    assert "*" in overview["applicant"]["id_no"]
    assert overview["order"]["amount"] == "300.00"


async def test_a_contact_event_is_kept(person: Person, parts: Parts) -> None:
    await person.post("/contacted", event="subscribe", scene="qr_1")
    await person.post("/contacted", event="message")
    await person.post("/contacted", event="unsubscribe")
    async with parts.begin() as uow:
        follower = await uow.followers.get(person.openid)
    assert follower is not None
    assert (follower.subscribed, follower.scene, follower.last_message_at is not None) == (False, "qr_1", True)


async def test_every_stage_change_writes_one_audit_row(person: Person, parts: Parts) -> None:
    case = await a_case(parts, person.openid, stage=Stage.AGENCY_REVIEW)
    await person.says("cancel_case", confirmed=True)
    async with parts.begin() as uow:
        rows = await uow.audit.where(case_id=case.id)
    moved = [(row.from_stage, row.to_stage, row.actor_kind) for row in rows if row.from_stage != row.to_stage]
    assert moved == [("agency_review", "cancelled", "applicant")]
