"""The backend's processes: `python -m backend.main http | worker | migrate | seed`, and the upkeep's commands
`retention [--dry-run]`, `sweep-objects [--dry-run]`, `rotate-keys`, `invite-manager USERNAME NAME`; the one place where
parts meet.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final

import aiohttp
import procrastinate
from redis.asyncio import Redis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from backend import console, upkeep
from backend.adapters.catalogue_files import load_calendars
from backend.adapters.db import migrate
from backend.adapters.db.unit_of_work import PostgresUnitOfWork, make_engine
from backend.adapters.documents.maker import LetterMaker
from backend.adapters.documents.preview import picture_for_chat
from backend.adapters.kept_catalogues import KeptCatalogues
from backend.adapters.keys import DataKeyring
from backend.adapters.objects import BlobStore
from backend.adapters.office import make_office
from backend.adapters.pay import WechatPayGateway
from backend.adapters.pay.merchant import merchant_of
from backend.adapters.photos.cutter import PillowPhotoCutter
from backend.adapters.photos.portrait import MtcnnPortraitFinder
from backend.adapters.published import PublishedContent
from backend.adapters.qr import WechatQrCodes
from backend.adapters.redis import RedisRateLimiter
from backend.adapters.signin import Argon2Passwords, PillowCaptchas, SystemIds
from backend.adapters.smtp import SmtpMailer
from backend.adapters.texts import YamlMessageTexts
from backend.http.app import build_app
from backend.jobs.worker import worker_app
from backend.seed import seed
from backend.seed_earlier_cases import seed_earlier_cases
from backend.services.errors import FileMissing as ObjectMissing
from backend.services.errors import FileUnknown
from backend.services.files import show_file
from backend.services.parts import Parts
from backend.services.slot_opening import install_calendars
from backend.services.staff.refusals import NameWrong
from backend.services.staff.team import invite_manager
from runtime.clock import Clock, running_clock
from runtime.logs import configure
from runtime.settings import Settings, SettingsError
from runtime.web import Check, serve
from wechat.budget import Limits
from wechat.client import WeChatClient
from wechat.delivery import FileMissing, deliver_for_ever
from wechat.pay import WeChatPay
from wechat.token import TokenOwner

# Everybody can read it here, so it opens no account that everybody can reach.
DEMO_PASSWORD: Final = "Gongju-2026"  # noqa: S105
SHORTEST_PASSWORD: Final = 10


@dataclass(frozen=True)
class Composed:
    """Everything of one process that is open."""

    settings: Settings
    clock: Clock
    engine: AsyncEngine
    redis: Redis
    parts: Parts
    published: PublishedContent

    @property
    def checks(self) -> dict[str, Check]:
        return {"database": self._database_answers}

    async def _database_answers(self) -> bool:
        async with self.engine.connect() as connection:
            return bool((await connection.execute(text("SELECT 1"))).scalar_one())


@asynccontextmanager
async def composed(settings: Settings) -> AsyncIterator[Composed]:
    """Open what a process needs, and close it in reverse."""
    async with AsyncExitStack() as stack:
        clock = await stack.enter_async_context(running_clock(settings.clock_url))
        engine = make_engine(settings.database_url)
        stack.push_async_callback(engine.dispose)
        redis = Redis.from_url(settings.redis_url, decode_responses=True, socket_timeout=3)
        stack.push_async_callback(redis.aclose)
        merchant = merchant_of(settings)
        pay = await stack.enter_async_context(WeChatPay(merchant, clock).running())
        catalogues, texts = KeptCatalogues(), YamlMessageTexts.read()

        def begin() -> PostgresUnitOfWork:
            return PostgresUnitOfWork(engine, clock)

        published = PublishedContent(begin, catalogues, texts)
        parts = Parts(
            begin=begin,
            clock=clock,
            ids=SystemIds(),
            keys=DataKeyring.from_text(settings.data_keys.get_secret_value()),
            objects=BlobStore.at(settings.object_store_url),
            passwords=Argon2Passwords(),
            captchas=PillowCaptchas(),
            portraits=MtcnnPortraitFinder(),
            cutter=PillowPhotoCutter(),
            templates=LetterMaker(),
            limiter=RedisRateLimiter(redis),
            pay=WechatPayGateway(pay, merchant),
            mailer=SmtpMailer(settings.smtp_url, settings.mail_from),
            texts=texts,
            catalogues=catalogues,
            public_url=settings.public_url,
            published=published,
        )
        yield Composed(settings, clock, engine, redis, parts, published)


async def run_http(settings: Settings) -> None:
    """The internal API, the payment callback and the console on BACKEND_PORT."""
    async with composed(settings) as all_parts, aiohttp.ClientSession() as http:
        token = settings.service_token.get_secret_value()
        app = build_app(all_parts.parts, service_token=token, checks=all_parts.checks)
        app[console.OFFICE] = make_office(
            all_parts.parts,
            all_parts.engine,
            WechatQrCodes(http, wechat_client(all_parts, http), mp_url=settings.wechat_mp_url),
            limits=limits_of(settings),
        )
        app[console.COOKIES_ARE_SECURE] = settings.public_url.startswith("https://")
        console.add_routes(app)
        await all_parts.published.refresh()
        following = asyncio.create_task(all_parts.published.keep_up(), name="publications")
        warming = asyncio.create_task(MtcnnPortraitFinder().warm_up(), name="warm-up")
        await serve(app, host=settings.bind_host, port=settings.backend_port)
        following.cancel()
        await warming


async def run_worker(settings: Settings) -> None:
    """Timers, outboxes and jobs; health on WORKER_PORT."""
    async with composed(settings) as all_parts, aiohttp.ClientSession() as http:
        await install_calendars(all_parts.parts, load_calendars())
        await all_parts.published.refresh()
        connector = procrastinate.PsycopgConnector(
            conninfo=settings.database_url.replace("+psycopg", ""), min_size=1, max_size=4
        )

        async def deliver() -> None:
            await deliver_for_ever(
                engine=all_parts.engine,
                database_url=settings.database_url,
                client=wechat_client(all_parts, http),
                clock=all_parts.clock,
                file_bytes=partial(picture_of, all_parts.parts),
                limits=limits_of(settings),
                template_ids=settings.wechat_template_ids,
            )

        always = {"deliver": deliver, "publications": all_parts.published.keep_up}
        app = worker_app(all_parts.parts, connector, checks=all_parts.checks, always=always)
        await serve(app, host=settings.bind_host, port=settings.worker_port)


def wechat_client(all_parts: Composed, http: aiohttp.ClientSession) -> WeChatClient:
    settings = all_parts.settings
    tokens = TokenOwner(
        redis=all_parts.redis,
        http=http,
        clock=all_parts.clock,
        api_url=settings.wechat_api_url,
        app_id=settings.wechat_app_id,
        secret=settings.wechat_app_secret.get_secret_value(),
    )
    return WeChatClient(http=http, tokens=tokens, api_url=settings.wechat_api_url, app_id=settings.wechat_app_id)


def limits_of(settings: Settings) -> Limits:
    """How many customer-service messages WeChat takes, which it has changed before."""
    return Limits(
        message_count=settings.wechat_message_limit,
        click_count=settings.wechat_click_limit,
        reserve=settings.wechat_staff_reserve,
    )


async def picture_of(parts: Parts, openid: str, file_id: str) -> bytes:
    """A picture that this applicant may see in the chat; raises the kit's `FileMissing`."""
    try:
        media_type, content = await show_file(parts, openid, file_id)
    except (FileUnknown, ObjectMissing):
        raise FileMissing from None
    return await picture_for_chat(media_type, content)


async def run_seed(settings: Settings) -> None:
    """Demo data; repeating it changes nothing. On a public address the known password is refused.

    Raises:
        SettingsError: PUBLIC_URL is https and SEED_PASSWORD is not set, too short or the known one.
    """
    password = os.environ.get("SEED_PASSWORD", DEMO_PASSWORD)
    if settings.public_url.startswith("https:") and (password == DEMO_PASSWORD or len(password) < SHORTEST_PASSWORD):
        raise SettingsError(
            "SEED_PASSWORD: demo accounts on a public address need one of your own, 10 characters or more"
        )
    async with composed(settings) as all_parts:
        told = await seed(all_parts.parts, password=password)
        for line in told + await seed_earlier_cases(all_parts.parts, password=password):
            print(line)  # noqa: T201 - the demo accounts are what this command is for


async def run_upkeep(settings: Settings, name: str, *, is_dry: bool) -> None:
    """A command for whoever runs Gongju; it prints counts."""
    async with composed(settings) as all_parts:
        match name, is_dry:
            case "retention", True:
                await upkeep.show_retention(all_parts.parts)
            case "retention", False:
                await upkeep.run_retention(all_parts.parts)
            case "sweep-objects", _:
                await upkeep.sweep(all_parts.parts, is_dry=is_dry)
            case _:
                keys = DataKeyring.from_text(settings.data_keys.get_secret_value())
                await upkeep.rotate(all_parts.engine, keys, all_parts.parts)


async def run_invitation(settings: Settings, username: str, display_name: str) -> None:
    """Print the link by which a manager sets a password, good for a day and once."""
    async with composed(settings) as all_parts:
        try:
            token = await invite_manager(all_parts.parts, username=username, display_name=display_name)
        except NameWrong:
            raise SettingsError("invite-manager: user name a-z, 0-9, 3 to 32 characters; a name of 1 to 20") from None
        sys.stdout.write(f"{settings.public_url.rstrip('/')}/console/invitation/{token}\n")


def main(arguments: list[str]) -> int:
    """Run one process; a fault of the settings ends it with a sentence and no traceback."""
    try:
        settings = Settings.from_env(os.environ)
        match arguments:
            case ["http"]:
                asyncio.run(run_http(settings))
            case ["worker"]:
                asyncio.run(run_worker(settings))
            case ["migrate"]:
                migrate.upgrade(settings.database_url)
            case ["migrate", "down", revision]:
                migrate.downgrade(settings.database_url, revision)
            case ["migrate", message]:
                migrate.write_revision(settings.database_url, message)
            case ["retention" | "sweep-objects" as name]:
                asyncio.run(run_upkeep(settings, name, is_dry=False))
            case ["retention" | "sweep-objects" as name, "--dry-run"]:
                asyncio.run(run_upkeep(settings, name, is_dry=True))
            case ["invite-manager", username, display_name]:
                asyncio.run(run_invitation(settings, username, display_name))
            case ["rotate-keys"]:
                asyncio.run(run_upkeep(settings, "rotate-keys", is_dry=False))
            case ["seed"]:
                asyncio.run(run_seed(settings))
            case _:
                sys.stderr.write(f"{__doc__}\n")
                return 2
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    configure("backend-" + (sys.argv[1] if len(sys.argv) > 1 else "help"))
    sys.exit(main(sys.argv[1:]))
