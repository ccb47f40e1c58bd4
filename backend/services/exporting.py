"""A copy of a person's data as sealed ZIP files: asked for in the chat, made by the worker, open to its openid."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Final

from backend.services.copying import copy_of, zipped
from backend.services.errors import ExportGone, FileMissing
from backend.services.files import read_file
from backend.services.my_data import page_link
from backend.services.outcome import Outcome
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.pushes import open_task
from backend.services.rights_records import DataRequest, DoomedObject
from backend.services.transitions_log import an_applicant, record_audit
from backend.services.who_is import current_identity

LEASE: Final = timedelta(minutes=10)
ATTEMPTS: Final = 3
# So much of files goes into one ZIP: a phone can hold it, and so can the worker.
PART_BYTES: Final = 20 * 1024 * 1024
EXPORTS_A_DAY: Final = 5


async def ask_for_copy(uow: UnitOfWork, parts: Parts, openid: str) -> Outcome:
    """Plan a copy, or point to the one that is there."""
    now = parts.clock.now()
    identity = await current_identity(uow, openid)
    applicant_id = identity.applicant_id if identity else None
    latest = await _latest(uow, openid, applicant_id)
    if latest is not None and latest.state == "scheduled":
        return Outcome().saying("export_planned")
    if latest is not None and latest.state == "ready" and _is_open(parts, latest):
        return Outcome(link=await page_link(uow, parts, openid, applicant_id)).saying("export_there")
    if not await parts.limiter.allow(
        f"export:{parts.keys.fingerprint(openid)[:24]}", every_s=86400, times=EXPORTS_A_DAY
    ):
        return Outcome().saying("export_too_often")
    request = DataRequest(
        id=parts.ids.new("q"), kind="export", state="scheduled", openid=openid, because="asked", created_at=now,
        applicant_id=applicant_id, due_at=now,
    )  # fmt: skip
    await uow.data_requests.add_if_new(request)
    if applicant_id:
        await record_audit(uow, "export_requested", an_applicant(applicant_id), now=now)
    return Outcome().saying("export_planned")


async def make_copies(parts: Parts) -> int:
    """Make one copy that is due; one that failed thrice becomes a task."""
    now = parts.clock.now()
    async with parts.begin() as uow:
        due = await uow.data_requests.due("due_at", now, limit=1, kind="export", state="scheduled")
        for request in due:
            if request.attempts >= ATTEMPTS:
                await _give_up(uow, parts, request)
            else:
                await uow.data_requests.save(replace(request, attempts=request.attempts + 1, due_at=now + LEASE))
        await uow.commit()
    for request in due:
        if request.attempts < ATTEMPTS:
            await _make(parts, request)
    return len(due)


async def _give_up(uow: UnitOfWork, parts: Parts, request: DataRequest) -> None:
    now = parts.clock.now()
    await uow.data_requests.save(replace(request, state="failed", due_at=None, finished_at=now))
    note = "有一份数据副本没做出来，请联系申请人"
    await open_task(
        uow, parts.ids.new("t"), "data_export_failed", note, once=request.id, now=now, openid=request.openid
    )


async def _make(parts: Parts, request: DataRequest) -> None:
    async with parts.begin() as uow:
        copy = await copy_of(uow, parts, request.applicant_id, request.openid or "")
    objects: list[dict[str, str | int]] = []
    batch: list[tuple[str, bytes]] = list(copy.texts)
    missing = 0
    for file in copy.files:
        try:
            batch.append((file.name, await read_file(parts, file.stored)))
        except FileMissing:
            missing += 1
        if sum(len(content) for _, content in batch) >= PART_BYTES:
            objects.append(await _keep(parts, batch, len(objects) + 1))
            batch = []
    if batch:
        objects.append(await _keep(parts, batch, len(objects) + 1))
    await _finish(parts, request, objects, files=len(copy.files) - missing)


async def _keep(parts: Parts, batch: list[tuple[str, bytes]], number: int) -> dict[str, str | int]:
    content = await asyncio.to_thread(zipped, batch)
    object_key = f"exports/{parts.clock.now():%Y/%m}/{parts.ids.new('o')}"
    await parts.objects.put(object_key, parts.keys.seal(content, context=object_key))
    return {"object_key": object_key, "name": f"my-data-{number}.zip", "size_bytes": len(content)}


async def _finish(parts: Parts, request: DataRequest, objects: list[dict[str, str | int]], *, files: int) -> None:
    now = parts.clock.now()
    async with parts.begin() as uow:
        fresh = await uow.data_requests.get(request.id, lock=True)
        if fresh is None or fresh.state != "scheduled" or fresh.openid is None:
            # Erased or made meanwhile: this copy goes.
            for one in objects:
                await uow.doomed_objects.add_if_new(DoomedObject(str(one["object_key"]), now))
        else:
            ready = replace(
                fresh, state="ready", due_at=None, finished_at=now, objects=objects, counts={"files": files}
            )
            await uow.data_requests.save(ready)
            hours = parts.catalogues.retention().classes["exports"].days * 24
            message = parts.texts.push("export_ready", {"hours": hours})
            await uow.chat.push(fresh.openid, f"export_ready:{fresh.id}", message)
        await uow.commit()


async def read_copy(parts: Parts, openid: str, number: str) -> tuple[str, bytes]:
    """Name and content of one ZIP of this openid's newest copy.

    Raises:
        ExportGone: there is none, it is too old, or it is somebody else's: all look alike.
    """
    async with parts.begin() as uow:
        identity = await current_identity(uow, openid)
        export = await _latest(uow, openid, identity.applicant_id if identity else None)
    if export is None or export.state != "ready" or not _is_open(parts, export) or number not in _numbers(export):
        raise ExportGone
    part = export.objects[int(number) - 1]
    object_key = str(part["object_key"])
    try:
        sealed = await parts.objects.get(object_key)
    except FileMissing:
        raise ExportGone from None
    return str(part["name"]), parts.keys.open(sealed, context=object_key)


def _numbers(export: DataRequest) -> list[str]:
    return [str(number) for number in range(1, len(export.objects) + 1)]


async def _latest(uow: UnitOfWork, openid: str, applicant_id: str | None) -> DataRequest | None:
    """The newest request of the person whom this account talks for now; another person's is not told."""
    return await uow.data_requests.first(
        openid=openid, applicant_id=applicant_id, kind="export", order_by="-created_at"
    )


def _is_open(parts: Parts, export: DataRequest) -> bool:
    life = timedelta(days=parts.catalogues.retention().classes["exports"].days)
    return export.finished_at is not None and parts.clock.now() < export.finished_at + life
