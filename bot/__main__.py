"""`python -m bot`: the bot's process."""

from __future__ import annotations

import asyncio
import os
import sys

from bot.app import create_app
from runtime.clock import running_clock
from runtime.logs import configure
from runtime.settings import Settings, SettingsError
from runtime.web import serve


async def main() -> None:
    """Serve on BOT_PORT until told to stop."""
    settings = Settings.from_env(os.environ)
    async with running_clock(settings.clock_url) as clock:
        await serve(await create_app(settings, clock), host=settings.bind_host, port=settings.bot_port)


if __name__ == "__main__":
    configure("bot")
    try:
        asyncio.run(main())
    except SettingsError as error:
        sys.exit(str(error))
