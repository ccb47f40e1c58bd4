"""Sends what stands in `wechat_outgoing`: in order per openid, within the budget, by any number of workers.

A row is claimed by a state (`sending`) and the worker's number; a partial unique index allows one such row per openid.
When a worker dies, its rows go back in line (`wechat.presence`) and continue after the last message that is known to
have left. WeChat gives customer-service messages no idempotency key, so the one that was on its way is sent again:
losing it would be worse. Templates carry `client_msg_id`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import structlog
from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from runtime.clock import Clock
from runtime.logs import who
from wechat import budget
from wechat.budget import WECHATS_LIMITS, Limits, Window
from wechat.client import WeChatClient
from wechat.errors import BUSY, TokenRefused, WeChatRefused, WeChatUnavailable
from wechat.kept_media import KeptMedia
from wechat.presence import Presence, release_dropped, release_orphans
from wechat.replies import Message, Reply, render
from wechat.tables import OUTGOING_CHANNEL
from wechat.tables import outgoing as table
from wechat.templates import fitted

FileBytes = Callable[[str, str], Awaitable[bytes]]

POLL_EVERY_S: Final = 2.0
AT_ONCE: Final = 16
GIVE_UP_AFTER: Final = 12
OUT_OF_BUDGET: Final = frozenset({45015, 45047})
UNREACHABLE: Final = frozenset({40003, 43004, 43019, 48002, 50002})
log = structlog.get_logger()


class FileMissing(Exception):
    """What a `FileBytes` port raises when the file is gone for good; the picture is left out."""


@dataclass
class Courier:
    """Delivers rows; everything it depends on is given."""

    engine: AsyncEngine
    database_url: str
    client: WeChatClient
    clock: Clock
    file_bytes: FileBytes
    limits: Limits = WECHATS_LIMITS
    template_ids: Mapping[str, str] = field(default_factory=dict)
    poll_every_s: float = POLL_EVERY_S

    def __post_init__(self) -> None:
        self._wake = asyncio.Event()
        self._under_way: dict[asyncio.Task[None], int] = {}
        self._kept = KeptMedia(self.client, self.clock)

    async def run(self) -> None:
        """Deliver for ever; a database that is away is waited for."""
        presence = Presence(self.database_url, {OUTGOING_CHANNEL: lambda _payload: self._wake.set()})
        async with presence.running():
            try:
                while True:
                    await self._round(presence.number)
            finally:
                for task in self._under_way:
                    task.cancel()
                await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _round(self, number: int) -> None:
        self._wake.clear()
        rows: list[Any] = []
        try:
            rows = await self.claim(
                number, at_most=AT_ONCE - len(self._under_way), under_way=list(self._under_way.values())
            )
        except IntegrityError:
            self._wake.set()  # another worker was faster with one of these openids
            await asyncio.sleep(0.01)
        except SQLAlchemyError as error:
            log.warning("delivery_waits_for_database", error=type(error).__name__)
        for row in rows:
            task = asyncio.create_task(self._deliver_safely(row, number))
            self._under_way[task] = row["id"]
            task.add_done_callback(self._done)
        if not rows:
            with suppress(TimeoutError):
                async with asyncio.timeout(self.poll_every_s):
                    await self._wake.wait()

    def _done(self, task: asyncio.Task[None]) -> None:
        del self._under_way[task]
        self._wake.set()

    async def claim(
        self, number: int, *, at_most: int = AT_ONCE, under_way: Collection[int] | None = None
    ) -> list[Any]:
        """Take the first row of some openids that nobody else works on.

        Rows of dead workers are healed first and, when the caller tells what is `under_way`, those that it dropped.
        """
        if at_most <= 0:
            return []
        other = table.alias()
        in_the_way = exists().where(
            other.c.openid == table.c.openid,
            or_(other.c.state == "sending", and_(other.c.state == "pending", other.c.id < table.c.id)),
        )
        heads = (
            select(table.c.id)
            .where(table.c.state == "pending", table.c.not_before <= func.clock_timestamp(), ~in_the_way)
            .order_by(table.c.id)
            .limit(at_most)
            .with_for_update(skip_locked=True)
        )
        async with self.engine.begin() as connection:
            await release_orphans(connection, table, busy="sending", idle="pending")
            if under_way is not None:
                await release_dropped(
                    connection, table, owner=number, under_way=under_way, busy="sending", idle="pending"
                )
            claimed = await connection.execute(
                table.update()
                .where(table.c.id.in_(heads))
                .values(state="sending", owner=number, attempts=table.c.attempts + 1)
                .returning(table)
            )
            return list(claimed.mappings().all())

    async def _deliver_safely(self, row: Any, number: int) -> None:
        try:
            await self.deliver(row, number)
        except Exception as error:
            fault = type(error).__name__
            log.error("delivery_broke", outgoing_id=row["id"], error=fault)
            # A database that is away takes no note either: the row is dropped, and taken back once it is there again.
            with suppress(SQLAlchemyError):
                await self._try_again(row, number, _back_off_s(row["attempts"]), error=fault)

    async def deliver(self, row: Any, number: int) -> None:
        """Send a claimed row as far as WeChat and the budget allow."""
        messages = render(Reply.from_json(part) for part in row["parts"])
        for index in range(row["sent_count"], len(messages)):
            window = await self._take(row)
            if window is None:
                await self._without_budget(row, number)
                return
            if not await self._send(row, number, messages[index], window):
                return
            await self._update(row, number, sent_count=index + 1, attempts=1)
        await self._update(
            row, number, state="sent", owner=None, via="custom", sent_at=func.clock_timestamp(), error=None
        )
        log.info("message_sent", outgoing_id=row["id"], who=who(row["openid"]), messages=len(messages))

    async def _send(self, row: Any, number: int, message: Message, window: Window) -> bool:
        """Whether the next message may follow; what may have left stays spent, what certainly did not is given back."""
        openid, may_have_left = row["openid"], False
        try:
            picture = await self._picture(openid, message)
            media_id = await self._kept.id_of(picture) if picture else ""
            may_have_left = True
            if picture:
                await self._kept.send(openid, picture, media_id)
            else:
                await self.client.send_text(openid, message.text or "")
        except FileMissing:
            await self._give_back(openid, window)
            return True
        except WeChatRefused as error:
            await self._refused(row, number, error.errcode, window)
            return False
        except TokenRefused:
            await self._give_back(openid, window)
            await self._later(row, number, 60, error="token")
            return False
        except Exception as error:
            if not may_have_left:
                await self._give_back(openid, window)
            if not isinstance(error, WeChatUnavailable):
                raise
            await self._later(row, number, _back_off_s(row["attempts"]), error="unavailable")
            return False
        return True

    async def _picture(self, openid: str, message: Message) -> bytes | None:
        return await self.file_bytes(openid, message.image_file_id) if message.image_file_id is not None else None

    async def _refused(self, row: Any, number: int, errcode: int, window: Window) -> None:
        openid = row["openid"]
        log.warning("message_refused", outgoing_id=row["id"], who=who(openid), errcode=errcode)
        if errcode in OUT_OF_BUDGET:
            async with self.engine.begin() as connection:
                await budget.close_windows(connection, openid)
            await self._without_budget(row, number)
            return
        await self._give_back(openid, window)
        told, pause_s = f"errcode {errcode}", _back_off_s(row["attempts"])
        if errcode in UNREACHABLE:
            await self._fail(row, number, told)
        elif errcode in BUSY:
            await self._later(row, number, pause_s + (60 if errcode == 45009 else 0), error=told)
        else:
            await self._try_again(row, number, pause_s, error=told)

    async def _without_budget(self, row: Any, number: int) -> None:
        """Send the template if there is one; else hold the row for the next turn."""
        template = row["template"]
        template_id = self.template_ids.get(template["purpose"]) if template else None
        if not template_id:
            await self._update(row, number, state="held", owner=None)
            log.info("message_held", outgoing_id=row["id"], who=who(row["openid"]))
            return
        try:
            msgid = await self.client.send_template(
                row["openid"],
                template_id,
                fitted(template["values"]),
                url=template.get("url"),
                client_msg_id=f"gongju-{row['id']}",
            )
        except WeChatRefused as error:
            if error.errcode in BUSY:
                await self._later(row, number, _back_off_s(row["attempts"]), error=f"errcode {error.errcode}")
                return
            log.warning("template_refused", outgoing_id=row["id"], errcode=error.errcode)
            await self._update(row, number, state="held", owner=None, error=f"template errcode {error.errcode}")
        except WeChatUnavailable:
            await self._later(row, number, _back_off_s(row["attempts"]), error="unavailable")
        else:
            await self._update(
                row,
                number,
                state="sent",
                owner=None,
                via="template",
                template_msgid=msgid,
                sent_at=func.clock_timestamp(),
                error=None,
            )

    async def _take(self, row: Any) -> Window | None:
        async with self.engine.begin() as connection:
            return await budget.take(
                connection, row["openid"], limits=self.limits, now=self.clock.now(), priority=row["priority"]
            )

    async def _give_back(self, openid: str, window: Window) -> None:
        async with self.engine.begin() as connection:
            await budget.give_back(connection, openid, window)

    async def _later(self, row: Any, number: int, seconds: float, *, error: str) -> None:
        not_before = func.clock_timestamp() + timedelta(seconds=seconds)
        await self._update(row, number, state="pending", owner=None, not_before=not_before, error=error)

    async def _try_again(self, row: Any, number: int, seconds: float, *, error: str) -> None:
        """Later, but not for ever: a message that cannot be sent must not hold up those behind it."""
        if row["attempts"] >= GIVE_UP_AFTER:
            await self._fail(row, number, error)
        else:
            await self._later(row, number, seconds, error=error)

    async def _fail(self, row: Any, number: int, error: str) -> None:
        await self._update(row, number, state="failed", owner=None, error=error)

    async def _update(self, row: Any, number: int, **values: Any) -> None:
        """Change the row only while it is still ours: a worker that lost its claim must not undo another's work."""
        async with self.engine.begin() as connection:
            await connection.execute(
                table.update()
                .where(table.c.id == row["id"], table.c.state == "sending", table.c.owner == number)
                .values(**values)
            )


async def deliver_for_ever(
    *,
    engine: AsyncEngine,
    database_url: str,
    client: WeChatClient,
    clock: Clock,
    file_bytes: FileBytes,
    limits: Limits = WECHATS_LIMITS,
    template_ids: Mapping[str, str] | None = None,
) -> None:
    """Run a courier until the task is cancelled; start it in any number of worker processes."""
    courier = Courier(
        engine=engine,
        database_url=database_url,
        client=client,
        clock=clock,
        file_bytes=file_bytes,
        limits=limits,
        template_ids=template_ids or {},
    )
    await courier.run()


def _back_off_s(attempts: int) -> float:
    return float(min(300, 2 ** min(attempts, 9)))
