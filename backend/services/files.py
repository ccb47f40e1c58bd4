"""Files of applicants: stored encrypted under an object key that says nothing, shown to their owner only."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from backend.services.errors import FileRefused, FileUnknown
from backend.services.made_files import MADE, made_file
from backend.services.own_papers import is_current
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.records import StoredFile
from backend.services.visit_file import MEDIA_TYPE, PREFIX, visit_file
from backend.services.who_is import current_identity, may_see

MAX_FILE_BYTES: Final = 20 * 1024 * 1024
_MAGIC: Final = {b"\xff\xd8\xff": "image/jpeg", b"%PDF-": "application/pdf"}


@dataclass(frozen=True)
class NewFile:
    """A file as it arrives: `source` says from where (chat, h5, console, made by us)."""

    kind: str
    source: str
    content: bytes
    width: int | None = None
    height: int | None = None


async def store_file(
    uow: UnitOfWork, parts: Parts, new: NewFile, *, applicant_id: str | None, openid: str | None
) -> StoredFile:
    """Seal the content, put it into the object store and note it.

    Raises:
        FileRefused: empty, too large, or neither JPEG nor PDF.
        StorageUnavailable: try again later.
    """
    now = parts.clock.now()
    file_id = parts.ids.new("f")
    object_key = f"files/{now:%Y/%m}/{parts.ids.new('o')}"
    stored = StoredFile(
        id=file_id,
        applicant_id=applicant_id,
        openid=openid,
        kind=new.kind,
        object_key=object_key,
        sha256=hashlib.sha256(new.content).hexdigest(),
        media_type=media_type_of(new.content),
        size_bytes=len(new.content),
        width=new.width,
        height=new.height,
        source=new.source,
        created_at=now,
    )
    await parts.objects.put(object_key, parts.keys.seal(new.content, context=object_key))
    await uow.files.add(stored)
    return stored


async def read_file(parts: Parts, stored: StoredFile) -> bytes:
    """The content, opened."""
    return parts.keys.open(await parts.objects.get(stored.object_key), context=stored.object_key)


def media_type_of(content: bytes) -> str:
    """By its first bytes; what a sender claims is not asked."""
    if 0 < len(content) <= MAX_FILE_BYTES:
        for magic, media_type in _MAGIC.items():
            if content.startswith(magic):
                return media_type
    raise FileRefused


async def receive_file(uow: UnitOfWork, parts: Parts, openid: str, new: NewFile) -> tuple[str, str | None]:
    """Store what an applicant sent; its id, and the id of an earlier file with the same bytes."""
    identity = await current_identity(uow, openid)
    applicant_id = identity.applicant_id if identity else None
    digest = hashlib.sha256(new.content).hexdigest()
    earlier = (
        await uow.files.first(applicant_id=applicant_id, sha256=digest, order_by="created_at")
        if applicant_id
        else await uow.files.first(openid=openid, sha256=digest, order_by="created_at")
    )
    stored = await store_file(uow, parts, new, applicant_id=applicant_id, openid=openid)
    return stored.id, earlier.id if earlier else None


async def own_file(uow: UnitOfWork, openid: str, applicant_id: str | None, file_id: str) -> StoredFile:
    """A file of this applicant.

    Raises:
        FileUnknown: no such file, or somebody else's: the two look alike.
    """
    stored = await uow.files.get(file_id)
    is_own = stored is not None and (
        stored.applicant_id == applicant_id if stored.applicant_id else stored.openid == openid
    )
    if stored is None or not is_own:
        raise FileUnknown
    return stored


async def show_file(parts: Parts, openid: str, file_id: str) -> tuple[str, bytes]:
    """Media type and content of a file that this applicant may see."""
    if file_id.startswith(PREFIX):
        return MEDIA_TYPE, await visit_file(parts, openid, file_id)
    if file_id.startswith(MADE):
        return await made_file(parts, openid, file_id)
    async with parts.begin() as uow:
        stored = await uow.files.get(file_id)
        owner = stored.applicant_id if stored else None
        # What was sent to one of several people of this account can be shown there, whoever is talked about now.
        seen_as = owner if owner and await may_see(uow, openid, owner) else None
        stored = await own_file(uow, openid, seen_as, file_id)
        if not await is_current(uow, stored):
            raise FileUnknown
    return stored.media_type, await read_file(parts, stored)
