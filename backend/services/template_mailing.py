"""Templates by mail: asked for at most once a minute, made by the worker, sent to every address (F39, F40, T9)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from backend.domain.case import Event
from backend.domain.case_facts import case_requirements, told_once
from backend.domain.catalogue import TemplateKind
from backend.domain.masks import mask_email
from backend.domain.materials import short_name
from backend.domain.sections.family import family_on_papers
from backend.domain.sections.opening import chosen_employer, district_name
from backend.domain.sections.work import open_gaps
from backend.domain.timeline import UNEMPLOYED
from backend.services.binding import applicant_id_no
from backend.services.errors import TooSoon
from backend.services.links import Purpose, offer_link
from backend.services.outcome import Outcome
from backend.services.parts import Parts
from backend.services.ports import MadeDocument, UnitOfWork
from backend.services.pushes import emails_of, mail_all, open_task, push
from backend.services.records import TemplateMail
from backend.services.standing import Standing, standing_of
from backend.services.transitions_log import an_applicant, record_transition

PAUSE: Final = timedelta(minutes=1)
GIVE_UP_AFTER: Final = timedelta(minutes=10)
BATCH: Final = 5


async def ask_for_templates(uow: UnitOfWork, parts: Parts, standing: Standing, item: str | None = None) -> Outcome:
    """T9: the papers that the case needs, or the one that is named; they can be downloaded too (F40).

    Raises:
        TooSoon: within a minute of the last time.
    """
    case, now = standing.open_case, parts.clock.now()
    addresses = emails_of(case)
    if not addresses:
        return Outcome().saying("emails_needed")
    known = templates_of(standing)
    codes = [item] if item in known else template_codes(standing)
    if not codes or (item is not None and item not in known):
        return Outcome().saying("no_templates")
    last = await uow.template_mails.first(case_id=case.id, order_by="-requested_at")
    if last is not None and now < last.requested_at + PAUSE:
        raise TooSoon(wait_s=int((last.requested_at + PAUSE - now).total_seconds()) + 1)
    who = an_applicant(standing.applicant.id)
    await record_transition(uow, case, Event.SEND_TEMPLATES, who, now=now, facts={"count": len(codes)})
    await uow.template_mails.add(TemplateMail(parts.ids.new("m"), case.id, now, codes))
    shown = "、".join(mask_email(one) for one in addresses)
    link = await offer_link(uow, parts, standing.openid, Purpose.OVERVIEW, case_no=case.case_no)
    return Outcome(link=link).saying("templates_queued", {"count": len(codes), "addresses": shown})


def template_codes(standing: Standing) -> list[str]:
    """The items of this case whose paper we prepare."""
    needed = case_requirements(standing.draft, standing.interview)
    return [one.code for one in needed if one.required and one.material.template is TemplateKind.SYSTEM]


def templates_of(standing: Standing) -> dict[str, str]:
    """Every paper that this case may use, the optional ones too: code and name."""
    needed = case_requirements(standing.draft, standing.interview)
    return {one.code: short_name(one.material.name) for one in needed if one.material.template is TemplateKind.SYSTEM}


async def make_asked_templates(parts: Parts) -> int:
    """The worker's half: make the papers and queue the mail; how many requests were served.

    One that fails keeps no other one waiting; its failure is raised when the others are served. After ten minutes of
    failing it becomes a task for the staff.
    """
    async with parts.begin() as uow:
        asked = await uow.template_mails.where(state="queued", finished_at=None, order_by="requested_at")
    taken = asked[:BATCH]
    served = await asyncio.gather(*(_serve(parts, request) for request in taken), return_exceptions=True)
    failures = [(request, one) for request, one in zip(taken, served, strict=True) if isinstance(one, BaseException)]
    for request, _ in failures:
        if parts.clock.now() >= request.requested_at + GIVE_UP_AFTER:
            await _give_up(parts, request)
    for _, failure in failures:
        raise failure
    return len(served)


async def _give_up(parts: Parts, request: TemplateMail) -> None:
    now = parts.clock.now()
    async with parts.begin() as uow:
        fresh = await uow.template_mails.get(request.id, lock=True)
        case = await uow.cases.get(request.case_id)
        if fresh is None or fresh.finished_at is not None or case is None:
            return
        await uow.template_mails.save(replace(fresh, state="failed", finished_at=now))
        note = f"申请 {case.case_no}：模板没能做出来，请人工发给申请人"
        await open_task(uow, parts.ids.new("t"), "mail_failed", note, once=request.id, now=now, case=case)
        await push(uow, parts.texts, case, "templates_unmade", once=request.id)
        await uow.commit()


async def _serve(parts: Parts, request: TemplateMail) -> None:
    async with parts.begin() as uow:
        fresh = await uow.template_mails.get(request.id, lock=True)
        case = await uow.cases.get(request.case_id)
        identity = await uow.identities.get(case.applicant_id) if case else None
        if fresh is None or fresh.finished_at is not None or fresh.state != "queued":
            return
        now = parts.clock.now()
        if case is None or case.closed_at is not None or identity is None:
            await uow.template_mails.save(replace(fresh, state="failed", finished_at=now))
            await uow.commit()
            return
        standing = await standing_of(uow, parts, identity, lock=False)
        papers = [paper for code in request.documents for paper in await parts.templates.make(code, paper_facts(
            parts, standing))]  # fmt: skip
        attachments = [await _keep(parts, paper) for paper in papers]
        names = "\n".join(f"· {paper.name}" for paper in papers)
        was_queued = await mail_all(
            uow, parts.texts, case, "templates_mail", {"documents": names},
            once=request.id, now=now, attachments=attachments, template_mail_id=request.id,
        )  # fmt: skip
        # `sent` or `failed` follows from the mail; here the request is merely taken.
        await uow.template_mails.save(replace(fresh, state="queued" if was_queued else "failed", finished_at=now))
        await uow.commit()


async def _keep(parts: Parts, paper: MadeDocument) -> Mapping[str, str]:
    object_key = f"mails/{parts.clock.now():%Y/%m}/{parts.ids.new('o')}"
    await parts.objects.put(object_key, parts.keys.seal(paper.content, context=object_key))
    return {"name": paper.name, "media_type": paper.media_type, "object_key": object_key}


def paper_facts(parts: Parts, standing: Standing) -> dict[str, object]:
    """What the papers say about the person; everything else is left as a line to fill in by hand."""
    draft, context = standing.draft, standing.interview
    employer = chosen_employer(context)
    usc_code = next((one.uscc for one in standing.employers if employer and one.id == employer.id), "")
    once = told_once(draft)
    work: Sequence[Mapping[str, str]] = draft.rows("work")
    told: dict[str, Any] = {
        "case_no": standing.open_case.case_no,
        "business": context.business.label,
        "name": standing.facts.name,
        "gender": standing.facts.gender,
        "birth_date": standing.facts.birth_date.isoformat(),
        "id_no": applicant_id_no(parts, standing.applicant),
        "phone": draft.answer("contact", "phone"),
        "company": employer.name if employer else "",
        "district": district_name(employer, context) if employer else "",
        "agency": context.catalogue.agency,
        "prev_employer": _former_employer(work, employer.name if employer else ""),
        "left_on": draft.answer("conditions", "C_LEFT_DATE"),
        "usc_code": usc_code,
        "address": draft.answer("personal", "address"),
        "hukou_place": draft.answer("personal", "hukou_place"),
        "work_place": work[-1].get("place", "") if work else "",
        "gaps": [
            *(
                {"start": row.get("start", ""), "end": row.get("end", ""), "reason": ""}
                for row in work
                if row.get("employer") == UNEMPLOYED
            ),
            *(
                {"start": str(gap.period.start), "end": str(gap.period.end), "reason": ""}
                for gap in open_gaps(draft, context)
            ),
        ],
        **family_on_papers(draft),
        **{name: once.get(name, "") for name in ("position", "joined_on", "contract_end", "education_level")},
    }
    return {name: value for name, value in told.items() if value}


def _former_employer(work: Sequence[Mapping[str, str]], company: str) -> str:
    """The last employer before the present one."""
    others = [row.get("employer", "") for row in work if row.get("employer") not in (company, UNEMPLOYED)]
    return others[-1] if others else ""
