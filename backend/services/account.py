"""Who talks on this WeChat account: changing the person, adding one, signing out (F5; several people on one phone)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from backend.domain.masks import mask_name
from backend.domain.talk import Kind, Option, Question
from backend.services.binding import applicant_id_no
from backend.services.errors import PersonUnknown
from backend.services.links import Purpose, offer_link
from backend.services.outcome import Outcome
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.records import Identity
from backend.services.standing import Standing, load_standing
from backend.services.talking import finish
from backend.services.transitions_log import an_applicant
from backend.services.who_is import detach, make_current, people_of

FORM: Final = "account_form"
ADD: Final = "add"
Handler = Callable[[UnitOfWork, Parts, Standing, Mapping[str, Any]], Awaitable[Outcome]]


async def switch_person(uow: UnitOfWork, parts: Parts, standing: Standing, body: Mapping[str, Any]) -> Outcome:
    """Name the people of this account and ask; with a choice, go on with that person where they stand."""
    people = await people_of(uow, standing.openid)
    chosen = body.get("person")
    if chosen == ADD or (chosen is None and len(people) == 1):
        link = await offer_link(uow, parts, standing.openid, Purpose.BIND)
        return await finish(uow, parts, standing, Outcome(link=link).saying("add_person", {"name": _name(standing)}))
    if chosen is None:
        return Outcome(ask=await _which(uow, parts, standing, people), case=standing.case)
    identity = await make_current(uow, parts, standing.openid, str(chosen))
    if identity is None:
        raise PersonUnknown
    now_for = await load_standing(uow, parts, standing.openid)
    if now_for.case is None:
        return Outcome().saying("switched_person", {"name": _name(now_for)})
    facts = {"name": _name(now_for), "case_no": now_for.case.case_no}
    return await finish(uow, parts, now_for, Outcome().saying("switched_to_case", facts))


async def unbind_account(uow: UnitOfWork, parts: Parts, standing: Standing, body: Mapping[str, Any]) -> Outcome:
    """Sign the current person out of this account; asks first. The case goes on and keeps everything."""
    name = _name(standing)
    if not body.get("confirmed"):
        facts = {"name": name, "case_no": standing.case.case_no if standing.case else None}
        question = Question(
            form=FORM, field="unbind", group=("unbind",), label="退出绑定", kind=Kind.CONFIRM,
            options=(Option("yes", "确定退出"), Option("no", "先不退出")), facts=facts,
        )  # fmt: skip
        return Outcome(ask=question, case=standing.case)
    mine = await uow.identities.get(standing.applicant.id)
    if mine is None:
        raise PersonUnknown
    who = an_applicant(standing.applicant.id)
    next_one = await detach(uow, parts, mine, by=who, why="asked")
    if next_one is None:
        return Outcome().saying("unbound", {"name": name})
    now_for = await load_standing(uow, parts, standing.openid)
    outcome = Outcome().saying("unbound_others_stay", {"name": name, "next": _name(now_for)})
    return await finish(uow, parts, now_for, outcome)


async def _which(uow: UnitOfWork, parts: Parts, standing: Standing, people: Sequence[Identity]) -> Question:
    """The others by family name, two of one name by the end of their ID numbers as well."""
    others = [one for one in people if not one.is_current]
    namesakes = Counter(one.shown_name for one in people)
    options = []
    for one in others:
        label = one.shown_name
        if namesakes[label] > 1:
            applicant = await uow.applicants.get(one.applicant_id)
            label = f"{label}（尾号{applicant_id_no(parts, applicant)[-4:]}）" if applicant else label
        options.append(Option(one.applicant_id, label))
    return Question(
        form=FORM, field="person", group=("person",), label="为谁办理", kind=Kind.CHOICE,
        options=(*options, Option(ADD, "再加一位")), facts={"name": _name(standing)},
    )  # fmt: skip


def _name(standing: Standing) -> str:
    return mask_name(standing.facts.name)


HANDLERS: Final[Mapping[str, Handler]] = {"switch_person": switch_person, "unbind_account": unbind_account}
