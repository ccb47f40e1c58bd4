"""Demo applicants who completed a case with us before, so that a renewal or a change has something to take over."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from typing import Final

from backend.adapters.documents.samples import A4_PX, PORTRAIT_PX, a_portrait, a_slip
from backend.domain.case import Stage
from backend.domain.draft import Draft
from backend.domain.photo_crop import propose
from backend.domain.profile import BusinessType, Manual, profile_for
from backend.seed import EMPLOYERS, VISITING, add_applicants
from backend.services.files import NewFile, store_file
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.records import CaseRecord, Confirmation, Photo

FIRST: Final = 61
_PERMIT_DAYS: Final = 3 * 365
_OLD, _FRESH = _PERMIT_DAYS - 20, 100
# Through which employer account each applied before, through which now, and how many days ago it was completed:
# demo61, demo62, … Of an old case the photo is no longer kept (catalogue/retention.yml), its permit is about to end.
RETURNING: Final = (
    (EMPLOYERS[0], EMPLOYERS[0], _OLD),
    (EMPLOYERS[0], EMPLOYERS[0], _FRESH),
    (EMPLOYERS[1], EMPLOYERS[0], _FRESH),
    (EMPLOYERS[0], EMPLOYERS[0], _FRESH),
    (EMPLOYERS[0], EMPLOYERS[0], _FRESH),
    (EMPLOYERS[0], EMPLOYERS[0], _FRESH),
    (VISITING, VISITING, _OLD),
    (VISITING, VISITING, _FRESH),
)


async def seed_earlier_cases(parts: Parts, *, password: str) -> list[str]:
    """Add what is missing; gives the line to print."""
    password_hash = await parts.passwords.hash(password)
    async with parts.begin() as uow:
        for place, (before, now, days_ago) in enumerate(RETURNING):
            number = FIRST + place
            if await uow.applicants.get(f"a_demo_{number}") is None:
                await add_applicants(uow, parts, {number: [now]}, password_hash)
                await _add_case(uow, parts, number, before, days_ago=days_ago)
        await uow.commit()
    last = FIRST + len(RETURNING) - 1
    return [f"applicants with an earlier case: demo{FIRST} … demo{last} (demo{last - 1}, demo{last} book visits)"]


async def _add_case(uow: UnitOfWork, parts: Parts, number: int, employer: tuple[str, ...], *, days_ago: int) -> None:
    """A new application that was completed then; its permit runs for three years."""
    now = parts.clock.now()
    opened, closed = now - timedelta(days=days_ago + 40), now - timedelta(days=days_ago)
    manual = Manual.LEGACY_2019 if employer is VISITING else Manual.M2023
    case = CaseRecord(
        id=f"c_demo_{number}",
        case_no=f"GJ{opened:%Y%m%d}-{90000 + number}",
        applicant_id=f"a_demo_{number}",
        business_type=BusinessType.NEW.value,
        profile=profile_for(BusinessType.NEW, manual).name,
        stage=Stage.COMPLETED.value,
        catalogue_version=parts.catalogues.current().version,
        draft=_draft(employer[1], today=now.date()).to_json(),
        employer_id=employer[0],
        created_at=opened,
        updated_at=closed,
        stage_since=closed,
        submitted_at=opened,
        approved_at=closed,
        closed_at=closed,
        valid_until=(closed + timedelta(days=_PERMIT_DAYS)).date(),
    )
    await uow.cases.add(case)
    await _add_photo(uow, parts, case)
    slip = await store_file(
        uow, parts, NewFile("confirmation", "console", a_slip(), *A4_PX), applicant_id=case.applicant_id, openid=None
    )
    await uow.confirmations.add(Confirmation(f"d_demo_{number}", case.id, slip.id, closed, "s_demo_reviewer"))


async def _add_photo(uow: UnitOfWork, parts: Parts, case: CaseRecord) -> None:
    width, height = PORTRAIT_PX
    limits = parts.catalogues.current().thresholds
    box = propose(width, height, None, limits)
    cut = await parts.cutter.cut(a_portrait(), **asdict(box))
    source = await store_file(
        uow, parts, NewFile("image", "chat", a_portrait(), width, height), applicant_id=case.applicant_id, openid=None
    )
    one_inch = NewFile("photo", "made", cut, limits.photo_width, limits.photo_height)
    preview = await store_file(uow, parts, one_inch, applicant_id=case.applicant_id, openid=None)
    photo = Photo(
        case_id=case.id,
        source_file_id=source.id,
        width=width,
        height=height,
        **asdict(box),
        proposed=asdict(box),
        preview_file_id=preview.id,
        accepted_at=case.created_at,
    )
    await uow.photos.add(photo)


def _draft(company: str, *, today: date) -> Draft:
    personal = {
        "ethnicity": "汉族",
        "political": "群众",
        "marital": "未婚",
        "hukou_place": "吉林省长春市",
        "hukou_kind": "家庭户",
        "hukou_nature": "城镇",
        "address": "朝阳区建国路1号院2号楼301",
        "housing": "rented_flat",
        "postcode": "100020",
    }
    schools = (
        {"school": "长春市第十一高中", "start": "2003-09", "end": "2006-06", "level": "高中及以下", "major": "无"},
        {"school": "吉林大学", "start": "2006-09", "end": "2010-06", "level": "本科", "major": "软件工程"},
    )
    jobs = (
        {
            "employer": "北京样张软件有限公司",
            "job": "开发",
            "start": "2010-07",
            "end": "2018-03",
            "place": "北京市海淀区",
        },
        {"employer": company, "job": "高级开发", "start": "2018-04", "end": f"{today.year + 3}-05", "place": "北京市"},
    )
    usual = {"study_identity": "全日制学生", "country": "中国"}
    return Draft(
        answers={"contact": {"phone": "13800138000", "emails": "sample@example.com"}, "personal": personal},
        entries={"education": tuple({**one, **usual} for one in schools), "work": jobs},
        settled=frozenset({"education.confirm", "work.confirm"}),
    )
