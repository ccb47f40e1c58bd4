"""Looking at what is personal: files of a case, the full ID number, 北京通 credentials; every look is written down."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from backend.services.binding import applicant_id_no, applicant_name
from backend.services.files import read_file
from backend.services.ports import UnitOfWork
from backend.services.records import CaseRecord, DocumentView
from backend.services.staff.office import Office
from backend.services.staff.refusals import CaseUnknown, FileUnknown
from backend.services.staff.sign_in import SignedIn


class Secret(StrEnum):
    """What the case page shows masked until somebody asks for it."""

    IDENTITY = "identity"
    CREDENTIALS = "credentials"


@dataclass(frozen=True)
class SeenFile:
    media_type: str
    content: bytes


async def look_at_file(office: Office, who: SignedIn, *, case_no: str, file_id: str) -> SeenFile:
    """A file that belongs to this case, and a row that says who saw it.

    Raises:
        CaseUnknown, FileUnknown: also when the file is another case's.
    """
    async with office.parts.begin() as uow:
        case = await _case(uow, case_no)
        stored = await uow.files.get(file_id)
        if stored is None or not await _is_of(uow, case, file_id):
            raise FileUnknown
        await _note(office, uow, who, case, what="file", file_id=file_id)
        await uow.commit()
    return SeenFile(stored.media_type, await read_file(office.parts, stored))


async def reveal(office: Office, who: SignedIn, *, case_no: str, what: Secret) -> dict[str, str]:
    """The unmasked values by label, and a row that says who saw them."""
    async with office.parts.begin() as uow:
        case = await _case(uow, case_no)
        shown = await (_identity if what is Secret.IDENTITY else _credentials)(office, uow, case)
        await _note(office, uow, who, case, what=what.value)
        await uow.commit()
        return shown


async def _identity(office: Office, uow: UnitOfWork, case: CaseRecord) -> dict[str, str]:
    applicant = await uow.applicants.get(case.applicant_id)
    if applicant is None:
        raise CaseUnknown
    return {"姓名": applicant_name(office.parts, applicant), "身份证号": applicant_id_no(office.parts, applicant)}


async def _credentials(office: Office, uow: UnitOfWork, case: CaseRecord) -> dict[str, str]:
    """Gone once the case is closed (F22)."""
    kept = await uow.credentials.get(case.id)
    if kept is None:
        return {}
    keys = office.parts.keys
    return {
        "北京通用户名": keys.open(kept.username_sealed, context=f"credentials.username:{case.id}").decode(),
        "北京通密码": keys.open(kept.password_sealed, context=f"credentials.password:{case.id}").decode(),
    }


async def _case(uow: UnitOfWork, case_no: str) -> CaseRecord:
    case = await uow.cases.first(case_no=case_no)
    if case is None:
        raise CaseUnknown
    return case


async def _is_of(uow: UnitOfWork, case: CaseRecord, file_id: str) -> bool:
    items = await uow.items.where(case_id=case.id)
    if await uow.item_files.first(file_id=file_id, item_id=[item.id for item in items]):
        return True
    requests = await uow.supplements.where(case_id=case.id)
    if await uow.supplement_files.first(file_id=file_id, request_id=[request.id for request in requests]):
        return True
    photo = await uow.photos.get(case.id)
    if photo is not None and file_id in (photo.source_file_id, photo.preview_file_id):
        return True
    if await uow.invoices.first(case_id=case.id, file_id=file_id) is not None:
        return True
    return await uow.confirmations.first(case_id=case.id, file_id=file_id) is not None


async def _note(
    office: Office, uow: UnitOfWork, who: SignedIn, case: CaseRecord, *, what: str, file_id: str | None = None
) -> None:
    await uow.document_views.add(
        DocumentView(at=office.parts.clock.now(), staff_id=who.staff_id, case_id=case.id, what=what, file_id=file_id)
    )
