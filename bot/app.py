"""Puts the bot together: one application with the platform's door, the applicant's pages and the turns behind them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from typing import Any, Final, cast

import aiohttp
from aiohttp import web
from redis.asyncio import Redis
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot import h5, keys
from bot.backend import Backend
from bot.circuit import Circuit
from bot.conversation import Conversation
from bot.h5.backend import Backend as PagesBackend
from bot.h5.routes import InboxAway, ShortMemory, UploadRefused
from bot.inbox import Inbox
from bot.menu import ensure_menu
from bot.photos.guard import CleanPhoto, PhotoRefused
from bot.photos.limit import PhotoLimit
from bot.photos.pool import PhotoPool
from bot.runner import Runner
from bot.turns import Dialogue
from bot.webhook import PASSIVE_WINDOW_S, Webhook
from runtime.clock import Clock
from runtime.lasting import kept_alive
from runtime.settings import Settings
from runtime.web import add_health, request_ids
from wechat.client import WeChatClient
from wechat.crypto import Envelopes
from wechat.token import TokenOwner
from wechat.web import openid_of_code

BODY_LIMIT_BYTES: Final = 25 * 1024 * 1024  # the upload page; the platform's door has its own, smaller one
POOL_SIZE: Final = 8
DOOR_POOL_SIZE: Final = 12  # kept open: a burst of pushes must not pay for connecting
UPLOAD_CODES: Final = {
    "too_big": "photo_too_large",
    "too_many_pixels": "photo_too_large",
    "too_small": "photo_too_small",
    "not_a_picture": "photo_type",
    "animated": "photo_type",
    "too_many_pages": "pdf_pages",
    "locked": "pdf_locked",
}


async def create_app(
    settings: Settings, clock: Clock, *, window_s: float = PASSIVE_WINDOW_S, with_menu: bool = True
) -> web.Application:
    """The application, its connections open and its turns running once it is started."""
    app = web.Application(middlewares=[request_ids], client_max_size=BODY_LIMIT_BYTES)
    app[keys.SETTINGS], app[keys.CLOCK] = settings, clock
    stack = AsyncExitStack()
    engine = create_async_engine(
        settings.database_url,
        pool_size=POOL_SIZE,
        max_overflow=POOL_SIZE,
        pool_pre_ping=True,
        pool_timeout=5,
        hide_parameters=True,
    )
    stack.push_async_callback(engine.dispose)
    # WeChat waits at the door: nothing is tried beforehand there, a lost connection is noticed and replaced in use.
    door = create_async_engine(
        settings.database_url,
        pool_size=DOOR_POOL_SIZE,
        max_overflow=0,
        pool_timeout=2,
        hide_parameters=True,
        isolation_level="AUTOCOMMIT",
        pool_reset_on_return=None,
    )
    stack.push_async_callback(door.dispose)
    app[keys.REDIS] = redis = Redis.from_url(settings.redis_url, decode_responses=True, socket_timeout=3)
    stack.push_async_callback(redis.aclose)
    connector = aiohttp.TCPConnector(limit=200, limit_per_host=100)
    app[keys.HTTP] = http = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))
    app[keys.PHOTOS] = photos = PhotoPool()
    stack.push_async_callback(photos.close)
    _add_clients(app, http, redis)
    inbox = Inbox(engine, door)
    runner = _add_door(app, engine, inbox, window_s)
    h5.add_routes(app, _page_ports(app, inbox))
    checks = {"database": lambda: _database_answers(engine), "redis": lambda: _redis_answers(redis)}
    add_health(app, {**checks, "turns": runner.is_at_work})
    app.cleanup_ctx.append(lambda _app: _resources(stack))
    app.cleanup_ctx.append(lambda _app: _turns(runner))
    if with_menu:
        app.cleanup_ctx.append(lambda _app: _menu(_app[keys.CLIENT]))
    return app


def _add_clients(app: web.Application, http: aiohttp.ClientSession, redis: Redis) -> None:
    settings, clock = app[keys.SETTINGS], app[keys.CLOCK]
    tokens = TokenOwner(
        redis=redis,
        http=http,
        clock=clock,
        api_url=settings.wechat_api_url,
        app_id=settings.wechat_app_id,
        secret=settings.wechat_app_secret.get_secret_value(),
    )
    app[keys.CLIENT] = WeChatClient(
        http=http, tokens=tokens, api_url=settings.wechat_api_url, app_id=settings.wechat_app_id
    )
    app[keys.BACKEND] = Backend(
        http=http, backend_url=settings.backend_url, service_token=settings.service_token.get_secret_value()
    )


def _add_door(app: web.Application, engine: AsyncEngine, inbox: Inbox, window_s: float) -> Runner:
    settings = app[keys.SETTINGS]
    circuit = Circuit()
    dialogue = Dialogue(
        http=app[keys.HTTP], rasa_url=settings.rasa_url, service_token=settings.service_token.get_secret_value()
    )
    conversation = Conversation(
        engine=engine,
        inbox=inbox,
        dialogue=dialogue,
        backend=app[keys.BACKEND],
        client=app[keys.CLIENT],
        photos=app[keys.PHOTOS],
        photo_limit=PhotoLimit(app[keys.REDIS]),
    )
    runner = Runner(inbox=inbox, conversation=conversation, circuit=circuit, database_url=settings.database_url)
    webhook = Webhook(
        app_id=settings.wechat_app_id,
        envelopes=_envelopes(settings),
        inbox=inbox,
        runner=runner,
        circuit=circuit,
        clock=app[keys.CLOCK],
        window_s=window_s,
    )
    webhook.add_routes(app)
    return runner


def _page_ports(app: web.Application, inbox: Inbox) -> h5.Ports:
    settings, client, photos = app[keys.SETTINGS], app[keys.CLIENT], app[keys.PHOTOS]
    token = settings.service_token.get_secret_value()

    async def openid_of(code: str) -> str:
        secret = settings.wechat_app_secret.get_secret_value()
        return await openid_of_code(client, app_id=settings.wechat_app_id, secret=secret, code=code)

    async def clean_upload(content: bytes) -> Sequence[CleanPhoto]:
        try:
            return await photos.clean_document(content)
        except PhotoRefused as refusal:
            raise UploadRefused(UPLOAD_CODES.get(refusal.code, "photo_unreadable")) from None

    async def go_on(openid: str, key: str, facts: Mapping[str, Any]) -> None:
        try:
            await inbox.put(openid, {**facts, "event": "resume"}, key, now=app[keys.CLOCK].now())
        except SQLAlchemyError:
            raise InboxAway from None

    return h5.Ports(
        backend=PagesBackend(app[keys.HTTP], url=settings.backend_url, service_token=token),
        clock=app[keys.CLOCK],
        memory=cast(ShortMemory, app[keys.REDIS]),
        openid_of_code=openid_of,
        clean_upload=clean_upload,
        may_upload=PhotoLimit(app[keys.REDIS]).allows,
        go_on=go_on,
        app_id=settings.wechat_app_id,
        public_url=settings.public_url.rstrip("/"),
        open_url=settings.wechat_open_url,
        res_url=settings.wechat_res_url,
        service_token=token,
        frame_ancestors=settings.frame_ancestors,
    )


def _envelopes(settings: Settings) -> Envelopes:
    aes_keys = [settings.wechat_aes_key.get_secret_value()]
    if settings.wechat_aes_key_previous is not None:
        aes_keys.append(settings.wechat_aes_key_previous.get_secret_value())
    return Envelopes(
        app_id=settings.wechat_app_id,
        token=settings.wechat_token.get_secret_value(),
        aes_keys=aes_keys,
        plain_allowed=settings.wechat_plain_pushes,
    )


async def _resources(stack: AsyncExitStack) -> AsyncIterator[None]:
    yield
    await stack.aclose()


async def _turns(runner: Runner) -> AsyncIterator[None]:
    task = asyncio.create_task(kept_alive("turns", runner.run), name="turns")
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _menu(client: WeChatClient) -> AsyncIterator[None]:
    task = asyncio.create_task(ensure_menu(client), name="menu")
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _database_answers(engine: AsyncEngine) -> bool:
    async with engine.connect() as connection:
        return bool(await connection.scalar(text("SELECT to_regclass('wechat_inbox') IS NOT NULL")))


async def _redis_answers(redis: Redis) -> bool:
    return bool(await redis.ping())
