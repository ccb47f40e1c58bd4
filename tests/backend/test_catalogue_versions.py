"""A case keeps the catalogue and the notice that it was opened under until its applicant is asked again."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from backend.adapters.catalogue_files import FOLDER
from backend.adapters.kept_catalogues import KeptCatalogues
from backend.domain.case import Stage
from backend.domain.profile import BusinessType
from backend.services.parts import Parts
from tests.backend.backend_world import Person, a_case


@pytest.fixture(scope="module")
def two_versions(tmp_path_factory: pytest.TempPathFactory) -> KeptCatalogues:
    """The catalogue of today, and one that was in force before, with a notice of its own."""
    folder = tmp_path_factory.mktemp("catalogue")
    shutil.copytree(FOLDER, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("kept"))
    shutil.copytree(FOLDER, folder / "kept" / "older", ignore=shutil.ignore_patterns("kept"))
    older = folder / "kept" / "older"
    (older / "catalogue.yml").write_text('version: "older"\n', encoding="utf-8")
    notices = (older / "notices.yml").read_text(encoding="utf-8")
    (older / "notices.yml").write_text(notices.replace("2026.11-new", "2025.01-new"), encoding="utf-8")
    return KeptCatalogues(folder)


def test_a_kept_folder_answers_for_the_cases_of_its_time(two_versions: KeptCatalogues) -> None:
    assert two_versions.at("older").notice_for(BusinessType.NEW).version == "2025.01-new"
    assert two_versions.current().notice_for(BusinessType.NEW).version != "2025.01-new"


def test_a_version_that_is_no_longer_kept_is_answered_by_today(two_versions: KeptCatalogues) -> None:
    assert two_versions.at("of-long-ago") is two_versions.current()


async def test_asking_the_notice_again_moves_a_draft_to_the_catalogue_of_today(person: Person, parts: Parts) -> None:
    case = await a_case(parts, person.openid, stage=Stage.DRAFT)
    async with parts.begin() as uow:
        await uow.cases.save(replace(case, catalogue_version="older"))
        await uow.commit()
    await person.says("open")
    assert await _version(parts, case.id) == "older"
    outcome = await person.says("redo", section="notice")
    assert outcome["ask"]["field"] == "eligible"
    assert await _version(parts, case.id) == parts.catalogues.current().version


async def test_a_case_that_was_submitted_stays_with_its_catalogue(person: Person, parts: Parts) -> None:
    case = await a_case(parts, person.openid, stage=Stage.AGENCY_REVIEW)
    async with parts.begin() as uow:
        await uow.cases.save(replace(case, catalogue_version="older"))
        await uow.commit()
    await person.says("redo", section="notice")
    assert await _version(parts, case.id) == "older"


async def test_reopening_after_a_timeout_asks_a_notice_again_that_has_changed(person: Person, parts: Parts) -> None:
    case = await a_case(parts, person.openid, stage=Stage.CLOSED_TIMEOUT)
    answers = {**case.draft["answers"], "notice": {"eligible": "yes", "version": "an-old-notice"}}
    async with parts.begin() as uow:
        closed = replace(case, draft={**case.draft, "answers": answers}, closed_at=parts.clock.now())
        await uow.cases.save(closed)
        await uow.commit()
    outcome = await person.says("start_case", business_type="NEW")
    assert outcome["ask"]["field"] == "eligible"


async def test_reopening_with_the_notice_unchanged_asks_it_no_second_time(person: Person, parts: Parts) -> None:
    case = await a_case(parts, person.openid, stage=Stage.CLOSED_TIMEOUT)
    version = parts.catalogues.current().notice_for(BusinessType.NEW).version
    answers = {**case.draft["answers"], "notice": {"eligible": "yes", "version": version}}
    async with parts.begin() as uow:
        await uow.cases.save(replace(case, draft={**case.draft, "answers": answers}, closed_at=parts.clock.now()))
        await uow.commit()
    outcome = await person.says("start_case", business_type="NEW")
    assert outcome["ask"]["field"] != "eligible"


async def _version(parts: Parts, case_id: str) -> str:
    async with parts.begin() as uow:
        found = await uow.cases.get(case_id)
    assert found is not None
    return found.catalogue_version
