"""Consent per purpose and version: noted where it is given, known by its newest word (catalogue/consents.yml)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from backend.domain.consents import Ends, Given, asked_on, not_agreed
from backend.services.errors import TermsNeeded
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.reminding import wake_reminders_of
from backend.services.rights_records import Consent
from backend.services.transitions_log import an_applicant, record_audit

TERMS: Final = "service_terms"
BIND_PAGE: Final = "bind"


def agreed_on_binding(parts: Parts, agreed: Mapping[str, str]) -> Mapping[str, str]:
    """What a page that binds asks for, by purpose, in the version that was shown.

    Raises:
        TermsNeeded: something needed is not ticked, or its words have changed since the page was opened.
    """
    asked = asked_on(parts.catalogues.purposes(), BIND_PAGE)
    if missing := not_agreed(asked, agreed):
        raise TermsNeeded("、".join(one.label for one in missing))
    return {one.name: one.version for one in asked if agreed.get(one.name) == one.version}


def shown_on(parts: Parts, page: str) -> list[dict[str, str | bool]]:
    """What this page asks to agree to: the words and the version of each."""
    return [
        {
            "name": one.name, "version": one.version, "label": one.label, "text": one.text,
            "needed_for": one.needed_for, "without": one.without, "needed": one.needed,
        }
        for one in asked_on(parts.catalogues.purposes(), page)
    ]  # fmt: skip


async def note_given(uow: UnitOfWork, parts: Parts, applicant_id: str, names: Iterable[str], *, how: str) -> None:
    """Note that these purposes were agreed to in their present version; repeating it changes nothing."""
    now, purposes = parts.clock.now(), parts.catalogues.purposes()
    live = {one.purpose: one for one in await uow.consents.where(applicant_id=applicant_id, withdrawn_at=None)}
    for name in names:
        shown, known = purposes[name].version, live.get(name)
        if known is not None and known.version == shown:
            continue
        if known is not None:
            await uow.consents.save(replace(known, withdrawn_at=now))
        await uow.consents.add(Consent(parts.ids.new("n"), applicant_id, name, shown, how, now))
        facts = {"purpose": name, "version": shown}
        await record_audit(uow, "consent_given", an_applicant(applicant_id), now=now, facts=facts)
        if purposes[name].ends is Ends.REMINDERS:
            await wake_reminders_of(uow, applicant_id, now)


async def given_by(uow: UnitOfWork, applicant_id: str) -> Mapping[str, Given]:
    """The newest word on each purpose; who signed in before consents were kept has agreed to what stood there."""
    found: dict[str, Given] = {}
    for one in await uow.consents.where(applicant_id=applicant_id, order_by="given_at"):
        found[one.purpose] = Given(one.version if one.withdrawn_at is None else None, was_asked=True)
    if not found and (identity := await uow.identities.first(applicant_id=applicant_id)):
        found = {name: Given(identity.terms_version, was_asked=True) for name in ("service_terms", "sensitive_id")}
    return found


async def wants(uow: UnitOfWork, applicant_id: str, name: str) -> bool:
    """Whether nothing was said against this purpose, one that needs no consent beforehand."""
    latest = await uow.consents.first(applicant_id=applicant_id, purpose=name, order_by="-given_at")
    return latest is None or latest.withdrawn_at is None
