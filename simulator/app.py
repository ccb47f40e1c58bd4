"""Puts the parts of the simulator together into one aiohttp application."""

import asyncio
import importlib
import importlib.util
from collections.abc import AsyncIterator
from typing import Final

from aiohttp import web

from simulator import control, control_users
from simulator.inbound import INBOUND, Inbound
from simulator.push import PUSHES, PushEngine
from simulator.settings import SimSettings
from simulator.world import WORLD, World

MAX_BODY_BYTES: Final = 32 * 1024 * 1024


def build_app(settings: SimSettings) -> web.Application:
    world = World(settings)
    app = web.Application(client_max_size=MAX_BODY_BYTES)
    app[WORLD] = world
    app[PUSHES] = PushEngine(world)
    app[INBOUND] = Inbound(world, app[PUSHES])
    app.cleanup_ctx.append(_run_timers)
    control.add_routes(app)
    control_users.add_routes(app)
    _add_neighbours(app, world)
    return app


async def _run_timers(app: web.Application) -> AsyncIterator[None]:
    world = app[WORLD]
    runner = asyncio.create_task(world.timers.run_forever())
    yield
    runner.cancel()
    await world.close()


def _add_neighbours(app: web.Application, world: World) -> None:
    for name in ("simulator.pay", "simulator.phone"):
        if importlib.util.find_spec(name) is not None:
            importlib.import_module(name).add_routes(app, world)
