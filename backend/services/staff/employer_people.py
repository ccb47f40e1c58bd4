"""An employer's page: its applicants, new ones from a pasted list, and a sheet of QRs for those not yet bound (F5)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from backend.domain.calendars import beijing_day
from backend.domain.case import TERMINAL, Stage
from backend.domain.errors import DomainError
from backend.domain.masks import mask_id_number, mask_name
from backend.domain.numbers import read_id_number
from backend.services.bind_offers import LIFE, issue_offer, new_scene
from backend.services.binding import applicant_id_no, applicant_name
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.records import Applicant, ApplicantEmployer, CaseRecord, Employer
from backend.services.staff.calendar_changes import Change, once
from backend.services.staff.office import Office
from backend.services.staff.refusals import EmployerUnknown, ListTooLong, NotAllowed, PersonBusy, TextNeeded
from backend.services.staff.sign_in import SignedIn

SHOWN: Final = 50
MOST_LINES: Final = 200
QRS_A_SHEET: Final = 12
NO_PASSWORD: Final = "!"  # noqa: S105 - no password has this hash
_USERNAME_LENGTH: Final = 8
_NAME: Final = re.compile(r"[^\W\d_][^\d_]{1,49}")


@dataclass(frozen=True)
class PersonLine:
    """One applicant, masked; `case` is the running one."""

    id: str
    username: str
    name: str
    masked_id: str
    bound: bool
    case: CaseRecord | None


@dataclass(frozen=True)
class EmployerPage:
    employer: Employer
    people: Sequence[PersonLine]
    unbound: int
    sheets: int
    count: int
    page: int
    pages: int


@dataclass(frozen=True)
class Wrong:
    """A line that was not taken, as it was written, and why."""

    line: str
    why: str


@dataclass(frozen=True)
class Added:
    """What became of a pasted list; `linked` were known already, through another employer."""

    new: int
    linked: int
    known: int
    wrong: Sequence[Wrong]


@dataclass(frozen=True)
class SheetQr:
    name: str
    username: str
    media_type: str
    picture: bytes
    until: datetime


async def employer_page(office: Office, employer_id: str, *, page: int = 1) -> EmployerPage:
    """Raises EmployerUnknown."""
    async with office.parts.begin() as uow:
        employer = await uow.employers.get(employer_id)
        if employer is None:
            raise EmployerUnknown
        people, bound = await _people(uow, employer_id)
        pages = max(1, -(-len(people) // SHOWN))
        page = min(max(page, 1), pages)
        shown = people[(page - 1) * SHOWN : page * SHOWN]
        cases = await uow.cases.where(applicant_id=[one.id for one in shown], order_by="created_at")
    running = {one.applicant_id: one for one in cases if Stage(one.stage) not in TERMINAL}
    lines = [_line(office.parts, one, one.id in bound, running.get(one.id)) for one in shown]
    unbound = len(people) - len(bound)
    return EmployerPage(employer, lines, unbound, -(-unbound // QRS_A_SHEET), len(people), page, pages)


async def add_people(office: Office, who: SignedIn, employer_id: str, text: str, *, token: str) -> Added:
    """Every line `姓名 身份证号` becomes an applicant of this employer, or is linked to it; the others are handed back.

    A new applicant has no password: they come in by QR, or set one with a code. The same list twice adds nobody.

    Raises:
        NotAllowed: only managers do this. TextNeeded, ListTooLong, EmployerUnknown: nothing was added.
    """
    if who.role != "manager":
        raise NotAllowed
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise TextNeeded
    if len(lines) > MOST_LINES:
        raise ListTooLong(MOST_LINES)
    found: list[Added] = []

    async def step(change: Change) -> None:
        if await change.uow.employers.get(employer_id, lock=True) is None:
            raise EmployerUnknown
        found.append(await _add_all(change, employer_id, lines))

    await once(office, who, token, "add_people", step)
    return found[0] if found else Added(0, 0, len(lines), ())


async def remove_person(office: Office, who: SignedIn, employer_id: str, applicant_id: str, *, token: str) -> None:
    """The applicant does not apply through this employer any more; their other employers and their data stay.

    Raises:
        NotAllowed: only managers do this. PersonBusy: a case through this employer is running.
    """
    if who.role != "manager":
        raise NotAllowed

    async def step(change: Change) -> None:
        mine = await change.uow.cases.where(applicant_id=applicant_id, employer_id=employer_id)
        if any(Stage(one.stage) not in TERMINAL for one in mine):
            raise PersonBusy
        if await change.uow.applicant_employers.remove(applicant_id=applicant_id, employer_id=employer_id):
            await change.audit("applicant_unlinked", applicant=applicant_id, employer=employer_id)

    await once(office, who, token, "remove_person", step)


async def qr_sheet(
    office: Office, who: SignedIn, employer_id: str, *, sheet: int = 1
) -> tuple[Employer, Sequence[SheetQr]]:
    """A QR for each person of this sheet of those who are not bound; their earlier ones end.

    Raises:
        EmployerUnknown, QrUnavailable: see there.
    """
    async with office.parts.begin() as uow:
        employer = await uow.employers.get(employer_id)
        if employer is None:
            raise EmployerUnknown
        people, bound = await _people(uow, employer_id)
    waiting = [one for one in people if one.id not in bound][(sheet - 1) * QRS_A_SHEET : sheet * QRS_A_SHEET]
    return employer, [qr for person in waiting if (qr := await _qr(office, who, person)) is not None]


async def _qr(office: Office, who: SignedIn, person: Applicant) -> SheetQr | None:
    # WeChat is asked before anything is locked; a picture without an offer binds nobody.
    scene = new_scene(office.parts)
    media_type, picture = await office.qr.make(scene, life_s=int(LIFE.total_seconds()))
    async with office.parts.begin() as uow:
        locked = await uow.applicants.get(person.id, lock=True)
        if locked is None or locked.erased_at is not None or await uow.identities.get(person.id) is not None:
            return None
        offer = await issue_offer(uow, office.parts, locked, who.staff_id, scene=scene)
        await uow.commit()
    name = mask_name(applicant_name(office.parts, person))
    return SheetQr(name, person.username, media_type, picture, offer.expires_at)


async def _people(uow: UnitOfWork, employer_id: str) -> tuple[list[Applicant], set[str]]:
    """Those who may apply through it, the newest first, and which of them are bound."""
    linked = await uow.applicant_employers.where(employer_id=employer_id)
    ids = [one.applicant_id for one in linked]
    found = await uow.applicants.where(id=ids, order_by="-created_at", erased_at=None) if ids else []
    bound = {one.applicant_id for one in await uow.identities.where(applicant_id=ids)} if ids else set()
    return sorted(found, key=lambda one: one.id in bound), bound & {one.id for one in found}


def _line(parts: Parts, one: Applicant, is_bound: bool, case: CaseRecord | None) -> PersonLine:
    name, masked = mask_name(applicant_name(parts, one)), mask_id_number(applicant_id_no(parts, one))
    return PersonLine(one.id, one.username, name, masked, is_bound, case)


async def _add_all(change: Change, employer_id: str, lines: Sequence[str]) -> Added:
    counts: dict[str, int] = {"new": 0, "linked": 0, "known": 0}
    wrong: list[Wrong] = []
    today = beijing_day(change.now)
    for line in lines:
        try:
            name, number = _read(line)
            id_no = read_id_number(number, today=today).number
        except (DomainError, ValueError):
            wrong.append(Wrong(line, _why(line)))
            continue
        counts[await _add_one(change, employer_id, name, id_no)] += 1
    return Added(wrong=wrong, **counts)


def _read(line: str) -> tuple[str, str]:
    """Name and number in either order, between them blanks, a comma or a tab, as lists are pasted from tables."""
    parts = [one for one in re.split(r"[\s,，、;；]+", unicodedata.normalize("NFKC", line)) if one]
    numbers = [one for one in parts if re.search(r"\d{6}", one)]
    name = " ".join(one for one in parts if one not in numbers and not one.isdecimal())
    if len(numbers) != 1 or not _NAME.fullmatch(name):
        raise ValueError
    return name, numbers[0]


def _why(line: str) -> str:
    try:
        _read(line)
    except ValueError:
        return "要有一个姓名和一个身份证号"
    return "身份证号不对，请核对"


async def _add_one(change: Change, employer_id: str, name: str, id_no: str) -> str:
    uow, parts = change.uow, change.office.parts
    known = await uow.applicants.first(id_no_hash=parts.keys.fingerprint(id_no))
    applicant_id = known.id if known else parts.ids.new("a")
    if known is None:
        await uow.applicants.add(_applicant(parts, applicant_id, name, id_no, change.now))
        await change.audit("applicant_added", applicant=applicant_id, employer=employer_id)
    linked = await uow.applicant_employers.first(applicant_id=applicant_id, employer_id=employer_id)
    if linked is not None:
        return "known"
    await uow.applicant_employers.add(ApplicantEmployer(applicant_id, employer_id))
    if known is None:
        return "new"
    await change.audit("applicant_linked", applicant=applicant_id, employer=employer_id)
    return "linked"


def _applicant(parts: Parts, applicant_id: str, name: str, id_no: str, now: datetime) -> Applicant:
    return Applicant(
        id=applicant_id,
        username=f"gj{parts.ids.code(_USERNAME_LENGTH).lower()}",
        password_hash=NO_PASSWORD,
        name_sealed=parts.keys.seal(name.encode(), context=f"applicants.name:{applicant_id}"),
        id_no_sealed=parts.keys.seal(id_no.encode(), context=f"applicants.id_no:{applicant_id}"),
        id_no_hash=parts.keys.fingerprint(id_no),
        created_at=now,
    )
