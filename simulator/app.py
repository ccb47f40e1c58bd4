"""Puts the parts of the simulator together into one aiohttp application."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

from aiohttp import web

from simulator import (
    account,
    control,
    control_users,
    jssdk,
    menus,
    messages,
    oauth,
    pay,
    phone,
    samples,
    templates,
    uploads,
)
from simulator.api import add_unknown_paths, record_and_fail
from simulator.inbound import INBOUND, Inbound
from simulator.push import PUSHES, PushEngine
from simulator.settings import SimSettings
from simulator.state import StateFile
from simulator.tokens import TOKENS, Tokens
from simulator.world import WORLD, World

MAX_BODY_BYTES: Final = 32 * 1024 * 1024


def build_app(settings: SimSettings) -> web.Application:
    world = World(settings)
    app = web.Application(client_max_size=MAX_BODY_BYTES, middlewares=[record_and_fail])
    app[WORLD] = world
    app[PUSHES] = PushEngine(world)
    app[INBOUND] = Inbound(world, app[PUSHES])
    app[TOKENS] = Tokens(world)
    app[account.ACCOUNT] = account.Account(world)
    app[templates.TEMPLATES] = templates.Templates(world)
    app[oauth.OAUTH] = oauth.OAuth(world)
    scenes, inbound = app[account.ACCOUNT].scenes, app[INBOUND]
    world.keep("scenes", dict[str, account.Scene], lambda: scenes, scenes.update)
    world.keep("menu", dict[str, Any] | None, lambda: inbound.menu, lambda menu: setattr(inbound, "menu", menu))
    if settings.state_file:
        app.cleanup_ctx.append(StateFile(Path(settings.state_file), world).while_running)
        app.cleanup_ctx.append(samples.drawn_ahead)
    app.cleanup_ctx.append(_run_timers)
    for part in (control, control_users, account, messages, templates, uploads, menus, oauth, jssdk):
        part.add_routes(app)
    pay.add_routes(app, world)
    phone.add_routes(app, world)
    add_unknown_paths(app)
    return app


async def _run_timers(app: web.Application) -> AsyncIterator[None]:
    world = app[WORLD]
    runner = asyncio.create_task(world.timers.run_forever())
    yield
    runner.cancel()
    await world.close()
