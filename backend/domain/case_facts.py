"""What a draft says in the words of the catalogue's conditions; nothing that was told once is asked again (3.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from backend.domain.context import InterviewContext
from backend.domain.districts import read_district
from backend.domain.draft import Draft
from backend.domain.errors import UnknownOption
from backend.domain.materials import BUCKET_ITEM, Requirement, requirements
from backend.domain.profile import UploadMode
from backend.domain.remembering import remembered
from backend.domain.sections.family import family_facts
from backend.domain.sections.opening import chosen_employer
from backend.domain.sections.personal import title_of
from backend.domain.sections.work import open_gaps
from backend.domain.timeline import UNEMPLOYED, education_kind, highest_education, month_of, present_job, work_start

_MARITAL: Final = {"未婚": "single", "已婚": "married", "离婚": "divorced", "丧偶": "widowed"}
_HUKOU: Final = {"家庭户": "family", "集体户": "collective"}
_DEGREES: Final = {"无": "none", "学士": "bachelor", "硕士": "master", "博士": "doctor"}


@remembered
def case_facts(draft: Draft, ctx: InterviewContext) -> Mapping[str, str]:
    """The facts that conditions test, by name; a fact that is not known is absent."""
    asked = {code: draft.answer("conditions", code) for code in ctx.catalogue.questions}
    derived = {**_chosen(draft, ctx), **_derived(draft, ctx), **_of_employer(ctx)}
    facts = {**asked, **derived, "business": ctx.business.value}
    return {name: value for name, value in facts.items() if value}


def _chosen(draft: Draft, ctx: InterviewContext) -> dict[str, str]:
    """Every chosen option of a multiple choice as a fact of its own (`change_marital`)."""
    several = [one for one in ctx.catalogue.questions.values() if one.fact]
    return {
        f"{one.fact}_{option}": "yes" for one in several for option in draft.answer("conditions", one.code).split(",")
    }


def _derived(draft: Draft, ctx: InterviewContext) -> dict[str, str]:
    education, work = draft.rows("education"), draft.rows("work")
    best = highest_education(education)
    graduated = month_of(best, "end") if best else None
    last = present_job(work)
    return {
        "C_MAR": _MARITAL.get(draft.answer("personal", "marital"), ""),
        "C_HOUSE": draft.answer("personal", "housing"),
        "C_HUKOU": _HUKOU.get(draft.answer("personal", "hukou_kind"), ""),
        "C_EDU": education_kind(education),
        "C_EDU_YEAR": str(graduated.year) if graduated else "",
        "C_CONTRACT": last.get("end", "") if last else "",
        "C_GAP": _gap(draft, ctx) if work else "",
        "degree": _DEGREES[best["degree"]] if best else "",
        "title": "none" if title_of(draft) == "无" else "some",
        **family_facts(draft, ctx),
    }


def _gap(draft: Draft, ctx: InterviewContext) -> str:
    """Yes for a gap that was left as well as for one that 待业 fills: both need the explanation (WK16)."""
    jobless = any(row.get("employer") == UNEMPLOYED for row in draft.rows("work"))
    return "yes" if jobless or open_gaps(draft, ctx) else "no"


def _of_employer(ctx: InterviewContext) -> dict[str, str]:
    employer = chosen_employer(ctx)
    if employer is None:
        return {}
    try:
        code = read_district(employer.district, ctx.catalogue.districts).code
    except UnknownOption:
        return {"C_UNIT": employer.unit_kind}
    extra = {f"district_asks_{item}": "yes" for item in ctx.catalogue.districts[code].extra_items}
    return {"C_UNIT": employer.unit_kind, "district": code, **extra}


@remembered
def case_requirements(draft: Draft, ctx: InterviewContext) -> tuple[Requirement, ...]:
    """The materials that this case needs as far as it is told; for a bulk upload they are advice (F68)."""
    return requirements(ctx.catalogue, ctx.business, case_facts(draft, ctx))


@remembered
def items_to_send(draft: Draft, ctx: InterviewContext) -> tuple[Requirement, ...]:
    """What the case is checked for on 提交: item by item, or the one bucket of a bulk upload."""
    is_bulk = ctx.profile.upload_mode is UploadMode.BULK
    return tuple(one for one in case_requirements(draft, ctx) if (one.code == BUCKET_ITEM) is is_bulk)


def advised(draft: Draft, ctx: InterviewContext) -> tuple[Requirement, ...]:
    """The advice list of a bulk upload: what such a case usually needs, by business, district and condition (F68)."""
    needed = case_requirements(draft, ctx)
    return tuple(one for one in needed if one.required and one.code != BUCKET_ITEM and not one.material.from_photo)


def told_once(draft: Draft) -> Mapping[str, str]:
    """Fields of the personal section that follow from the lists of schools and jobs (fields.md 5.3)."""
    best = highest_education(draft.rows("education")) or {}
    last = present_job(draft.rows("work")) or {}
    return {
        "education_level": best.get("level", ""),
        "degree": best.get("degree", ""),
        "major": best.get("major", ""),
        "position": last.get("job", ""),
        "work_start": work_start(draft.rows("work")),
        "joined_on": last.get("start", ""),
        "contract_end": last.get("end", ""),
    }
