"""Templates are sent again, one by one and downloaded; samples are shown on request and at the first ask (F39–F41)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from backend.adapters.documents.maker import LetterMaker
from backend.services.mailing import send_due_mails
from backend.services.parts import Parts
from backend.services.ports import MadeDocument
from backend.services.standing import load_standing
from backend.services.template_mailing import make_asked_templates, paper_facts
from tests.backend.backend_world import FakeMailer, Person, pushed, said, tasks
from tests.conftest import MovableClock


@pytest.fixture
async def at_materials(person: Person) -> Person:
    await person.starts()
    await person.fills_in_everything(until="materials_form")
    return person


async def _sent(parts: Parts, mailer: FakeMailer) -> list[str]:
    await make_asked_templates(parts)
    await send_due_mails(parts)
    return sorted(one.name for mail in mailer.sent for one in mail.attachments)


async def test_exactly_the_papers_of_the_case_are_sent_as_pdf_and_word(
    at_materials: Person, parts: Parts, mailer: FakeMailer
) -> None:
    told = await at_materials.says("send_templates")
    assert said(told) == ["templates_queued"]
    assert told["link"]["purpose"] == "overview"
    codes = ["BA08", "BA09", "BA10", "FA03"]
    assert [name.split("-")[0] for name in await _sent(parts, mailer)] == sorted(codes * 2)


async def test_one_paper_can_be_asked_for_by_name_also_an_optional_one(
    at_materials: Person, parts: Parts, mailer: FakeMailer
) -> None:
    await at_materials.says("send_templates", item="OT03")
    assert await _sent(parts, mailer) == ["OT03-情况说明.docx", "OT03-情况说明.pdf"]


async def test_a_paper_that_the_case_does_not_need_is_not_sent(at_materials: Person) -> None:
    assert said(await at_materials.says("send_templates", item="FA14")) == ["no_templates"]
    assert said(await at_materials.says("send_templates", item="BA01")) == ["no_templates"]


async def test_they_are_sent_again_after_a_minute_and_each_time_is_noted(
    at_materials: Person, parts: Parts, a_clock: MovableClock
) -> None:
    await at_materials.says("send_templates")
    assert said(await at_materials.says("send_templates")) == ["too_soon"]
    a_clock.advance(seconds=61)
    assert said(await at_materials.says("send_templates")) == ["templates_queued"]
    async with parts.begin() as uow:
        assert len(await uow.template_mails.where()) == 2


class Broken(LetterMaker):
    """Papers that cannot be made, whatever the reason."""

    async def make(self, code: str, facts: Mapping[str, object]) -> Sequence[MadeDocument]:
        raise ValueError


async def test_papers_that_cannot_be_made_become_a_task_after_ten_minutes_and_are_told_of(
    at_materials: Person, parts: Parts, a_clock: MovableClock
) -> None:
    await at_materials.says("send_templates")
    broken = replace(parts, templates=Broken())
    with pytest.raises(ValueError):
        await make_asked_templates(broken)
    assert await tasks(parts) == []
    a_clock.advance(seconds=660)
    with pytest.raises(ValueError):
        await make_asked_templates(broken)
    assert (await tasks(parts), await pushed(parts)) == (["mail_failed"], ["templates_unmade"])
    assert await make_asked_templates(broken) == 0


async def test_each_paper_can_be_downloaded_in_both_formats(at_materials: Person) -> None:
    _, seen = await at_materials.get("/overview")
    ids = {one["title"]: one["file_id"] for one in seen["downloads"]}
    status, pdf = await at_materials.get(f"/files/{ids['未婚声明（PDF）']}")
    assert (status, pdf[:5]) == (200, b"%PDF-")
    status, word = await at_materials.get(f"/files/{ids['未婚声明（Word）']}")
    assert (status, word[:2]) == (200, b"PK")


@pytest.mark.parametrize("file_id", ["tpl_FA14_pdf", "tpl_BA01_pdf", "tpl_FA03_exe", "tpl_", "smp_", "smp_NOPE"])
async def test_what_is_not_there_is_not_found(at_materials: Person, file_id: str) -> None:
    status, _ = await at_materials.get(f"/files/{file_id}")
    assert status == 404


async def test_a_stranger_cannot_download_anybodys_papers(at_materials: Person, client: object) -> None:
    stranger = Person(at_materials.client, "o_somebody_else")
    status, _ = await stranger.get("/files/tpl_FA03_pdf")
    assert status in (404, 409)


async def test_asking_about_a_paper_shows_how_it_looks(at_materials: Person) -> None:
    told = await at_materials.says("materials", item="FA01")
    assert (said(told), told["files"]) == (["about_item"], [{"file_id": "smp_FA01", "kind": "sample"}])
    status, picture = await at_materials.get("/files/smp_FA01")
    assert (status, picture[:3]) == (200, b"\xff\xd8\xff")


async def test_what_is_often_sent_wrongly_is_shown_once_when_it_is_asked_for(at_materials: Person) -> None:
    shown = []
    for _ in range(30):
        told = at_materials.last
        if told["ask"]["form"] != "materials_form":
            break
        shown += [file["file_id"] for file in told["files"]]
        await at_materials._answers(told["ask"])
    assert shown == ["smp_BA02", "smp_HO04", "smp_WK04", "smp_WK06", "smp_ED03"]


async def test_what_the_case_tells_stands_in_the_papers(at_materials: Person, parts: Parts) -> None:
    async with parts.begin() as uow:
        facts = paper_facts(parts, await load_standing(uow, parts, at_materials.openid))
    assert (facts["agency"], facts["company"], facts["position"]) == ("中智", "示例控股有限公司", "后端开发")
    assert facts["district"] == "延庆区"
    assert facts["prev_employer"] == "示例科技（北京）有限公司"
    assert (facts["joined_on"], facts["contract_end"]) == ("2018-04", "2027-05")
