"""The overview of a case with 60 files takes as many queries as one with a single file."""

from __future__ import annotations

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from backend.domain.case import Stage
from backend.services.files import NewFile, store_file
from backend.services.parts import Parts
from backend.services.reading import overview
from backend.services.records import ItemFile, ItemRecord
from tests.backend.backend_world import a_case, a_picture

MOST = 20


async def a_case_with_files(parts: Parts, openid: str, *, items: int, each: int, number: int) -> None:
    case = await a_case(parts, openid, stage=Stage.AGENCY_REVIEW, number=number)
    codes = list(parts.catalogues.current().materials)[:items]
    picture = a_picture()
    async with parts.begin() as uow:
        for code in codes:
            item = ItemRecord(parts.ids.new("i"), case.id, code, "uploaded")
            await uow.items.add(item)
            for _ in range(each):
                new = NewFile("image", "chat", picture)
                stored = await store_file(uow, parts, new, applicant_id=case.applicant_id, openid=openid)
                await uow.item_files.add(ItemFile(parts.ids.new("x"), item.id, stored.id, 1, parts.clock.now()))
        await uow.commit()


async def queries_of(parts: Parts, engine: AsyncEngine, openid: str) -> int:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    try:
        await overview(parts, openid)
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", note)
    return len(seen)


async def test_the_overview_s_queries_do_not_grow_with_the_files(parts: Parts, engine: AsyncEngine) -> None:
    await a_case_with_files(parts, "o_few", items=1, each=1, number=1)
    await a_case_with_files(parts, "o_many", items=20, each=3, number=5)
    few, many = await queries_of(parts, engine, "o_few"), await queries_of(parts, engine, "o_many")
    assert few == many
    assert many <= MOST
