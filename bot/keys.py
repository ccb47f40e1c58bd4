"""What the bot's handlers find in the application; typed, so that nobody has to guess."""

from __future__ import annotations

from typing import Final

import aiohttp
from aiohttp import web
from redis.asyncio import Redis

from bot.backend import Backend
from bot.photos.pool import PhotoPool
from runtime.clock import Clock
from runtime.settings import Settings
from wechat.client import WeChatClient

SETTINGS: Final = web.AppKey("settings", Settings)
CLOCK: Final[web.AppKey[Clock]] = web.AppKey("clock")
REDIS: Final[web.AppKey[Redis]] = web.AppKey("redis")
HTTP: Final = web.AppKey("http", aiohttp.ClientSession)
CLIENT: Final = web.AppKey("client", WeChatClient)
BACKEND: Final = web.AppKey("backend", Backend)
PHOTOS: Final = web.AppKey("photos", PhotoPool)
