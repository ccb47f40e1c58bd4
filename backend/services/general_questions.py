"""What the catalogue answers to anybody: materials, fee and conditions of a business (F15, F38, F45)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from backend.domain import eligibility_answers
from backend.domain.case_facts import case_facts
from backend.domain.catalogue import Catalogue, Mark
from backend.domain.eligibility import whole_years
from backend.domain.eligibility_answers import Asker
from backend.domain.errors import UnknownField
from backend.domain.materials import short_name
from backend.domain.profile import BusinessType
from backend.domain.talk import Say
from backend.services.links import Purpose, offer_link
from backend.services.made_files import sample_of
from backend.services.orders import said_yuan
from backend.services.outcome import Outcome, ShownFile
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.standing import Standing, beijing_day

Body = Mapping[str, Any]
GENERAL: Final = frozenset({"open", "materials", "fee", "eligibility"})


def business_of(body: Body, standing: Standing | None) -> BusinessType | None:
    """The business that was named, else the one that is running."""
    named = body.get("business_type")
    if named:
        return BusinessType(named)
    return BusinessType(standing.case.business_type) if standing and standing.case else None


def materials_in_general(catalogue: Catalogue, business: BusinessType | None) -> Say:
    """What every applicant of a business sends, and how many items depend on the circumstances."""
    kind = business or BusinessType.NEW
    always, perhaps, checked = [], 0, date.min
    for one in catalogue.materials.values():
        if kind not in one.marks:
            continue
        if one.marks[kind] is Mark.REQUIRED and one.condition_for(kind) is None:
            always.append(short_name(one.name))
            checked = max(checked, one.origin.last_verified or checked)
        else:
            perhaps += 1
    facts = {"business": kind.label, "count": len(always), "list": "、".join(always), "perhaps": perhaps or ""}
    return Say("materials_general", {**facts, "checked": _day(checked)})


def about_item(catalogue: Catalogue, item: str) -> Say:
    """One material: what matters about it; raises `UnknownField`."""
    material = catalogue.material(item)
    if material is None:
        raise UnknownField(field=item)
    return Say("about_item", {"name": material.name, "hint": material.hint})


def fee(catalogue: Catalogue, business: BusinessType | None, standing: Standing | None) -> Say:
    """The agency's fee; the price agreed with the applicant's employer where there is one."""
    if business is None:
        amounts = "，".join(f"{one.label}{said_yuan(catalogue.fee.fen_for(one))}元" for one in BusinessType)
        return Say("fee_list", {"amounts": amounts})
    employer = None
    if standing and standing.case and standing.case.business_type == business.value:
        employer = next((one for one in standing.employers if one.id == standing.open_case.employer_id), None)
    amount_fen = catalogue.fee.fen_for(business, employer=employer.uscc if employer else "")
    if employer and employer.fee_fen:
        amount_fen = employer.fee_fen
    return Say("fee", {"business": business.label, "amount": said_yuan(amount_fen)})


def eligibility(
    catalogue: Catalogue, business: BusinessType | None, text: str, standing: Standing | None, today: date
) -> Say:
    """What is published about what was asked, else the conditions as the notice states them (F15)."""
    asker = _asker(standing, today)
    told = eligibility_answers.answer(catalogue, text, asker, today)
    if told.lines:
        return Say("eligibility_answer", {"told": "\n".join(told.lines), "basis": told.basis})
    notice = catalogue.notice_for(business or BusinessType.NEW)
    summary = "\n".join(line for line in notice.summary.splitlines() if line.startswith("·"))
    facts = {"business": (business or BusinessType.NEW).label, "summary": summary, "basis": told.basis}
    return Say("eligibility", facts)


def _asker(standing: Standing | None, today: date) -> Asker:
    """What we know of who asks, so that it is not asked again."""
    if standing is None:
        return Asker({})
    facts: dict[str, str] = {"gender": standing.facts.gender}
    if standing.context is not None:
        facts |= case_facts(standing.draft, standing.context)
    age = whole_years(standing.facts.birth_date, today)
    return Asker(facts, facts.get("district", ""), age)


def answer(parts: Parts, name: str, body: Body, standing: Standing | None) -> Say:
    """The general answer to `materials`, `fee` or `eligibility`."""
    catalogue = standing.context.catalogue if standing and standing.context else parts.catalogues.current()
    business = business_of(body, standing)
    if name == "fee":
        return fee(catalogue, business, standing)
    if name == "eligibility":
        today = beijing_day(parts.clock.now())
        return eligibility(catalogue, business, str(body.get("text") or ""), standing, today)
    if body.get("item"):
        return about_item(catalogue, str(body["item"]))
    return materials_in_general(catalogue, business)


async def answer_a_stranger(uow: UnitOfWork, parts: Parts, openid: str, name: str, body: Body) -> Outcome:
    """Before signing in: the greeting or the general answer, with the way in."""
    link = await offer_link(uow, parts, openid, Purpose.BIND)
    if name == "open":
        return Outcome(link=link).saying("welcome_stranger")
    said = (answer(parts, name, body, None), Say("bind_offer"))
    return Outcome(say=said, files=pictures(parts, name, body), link=link)


def pictures(parts: Parts, name: str, body: Body) -> tuple[ShownFile, ...]:
    """How the paper looks that was asked about (F41)."""
    material = parts.catalogues.current().material(str(body.get("item"))) if name == "materials" else None
    return (sample_of(material.code),) if material is not None and material.has_sample else ()


def _day(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day and day != date.min else ""
