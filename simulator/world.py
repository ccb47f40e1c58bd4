"""Holds the whole state of the played platform; every part of the simulator works on one World."""

import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import web

from simulator.changes import Change, Changes
from simulator.chat import Chat
from simulator.clock import Timers, VirtualClock
from simulator.faults import Fault, Faults
from simulator.ids import Ids
from simulator.media import MediaStore
from simulator.quota import Quota
from simulator.records import Transcript, Violation, Violations
from simulator.settings import SimSettings
from simulator.users import SimUser

log = logging.getLogger("simulator")


@dataclass(frozen=True)
class Kept:
    """One thing in the file of `simulator.state`: its type, how to read it and how to put it back."""

    type: Any
    read: Callable[[], Any]
    put_back: Callable[[Any], None]


class World:
    """State and time of the platform. Parts keep what is theirs and clear it in `on_reset`."""

    def __init__(self, settings: SimSettings) -> None:
        self.settings = settings
        self.clock = VirtualClock()
        self.changes = Changes()
        self.timers = Timers(self.clock)
        self._reset_hooks: list[Callable[[], None]] = []
        self._http: aiohttp.ClientSession | None = None
        self.generation = 0
        self.kept: dict[str, Kept] = {}
        self._begin()

    def _begin(self) -> None:
        self.ids = Ids(self._seed())
        self.users: dict[str, SimUser] = {}
        self.faults = Faults()
        self.quota = Quota(self.clock)
        self.media = MediaStore(self.clock, self.ids)
        self.transcript = Transcript(self.clock)
        self.violations = Violations(self.clock, self.changes)
        self._chats: dict[str, Chat] = {}

    def new_id(self, kind: str) -> str:
        return self.ids.new(kind)

    def add_user(self, nickname: str = "", *, following: bool = True) -> SimUser:
        openid = self.new_id("openid")
        user = SimUser(openid, nickname or f"用户{len(self.users) + 1}", following=following)
        user.followed_at = self.clock.now() if following else None
        self.users[openid] = user
        self.changes.publish("user", user=user.as_json())
        return user

    def chat(self, openid: str) -> Chat:
        """Raises KeyError for an unknown openid."""
        if openid not in self._chats:
            self._chats[self.users[openid].openid] = Chat(openid, self.clock, self.changes)
        return self._chats[openid]

    async def advance(self, seconds: float) -> None:
        """Move the clock forward and run what has become due."""
        self.clock.offset_s += seconds
        self.changes.publish("clock", now=self.clock.now().isoformat(), offset_s=self.clock.offset_s)
        await self.timers.run_due()

    def violation(self, rule: str, detail: str) -> Violation:
        """Record, loudly, that the product broke a rule; tagged when an injected fault may be the cause."""
        fault = self.faults.recent()
        blamed = f"{fault.endpoint} {fault.kind}" if fault else None
        found = self.violations.add(rule, detail, fault=blamed)
        log.warning("violation %s: %s%s", rule, found.detail, f" (fault {blamed})" if blamed else "")
        return found

    def subscribe(self) -> AsyncIterator[Change]:
        """Everything that changes from now on."""
        return self.changes.subscribe()

    def on_reset(self, hook: Callable[[], None]) -> None:
        self._reset_hooks.append(hook)

    def take_generation(self, generation: int) -> None:
        """Go on with the ids of the world that was reset so many times."""
        self.generation = generation
        self.ids.seed = self._seed()

    def _seed(self) -> str:
        return f"{self.settings.seed}:{self.generation}" if self.generation else self.settings.seed

    def keep(self, name: str, type_: Any, read: Callable[[], Any], put_back: Callable[[Any], None]) -> None:
        """Something that a world kept in a file saves as `type_` and gets back when it is started again."""
        self.kept[name] = Kept(type_, read, put_back)

    def reset(self) -> None:
        """Back to the beginning: no users, clock at real time, the same ids again.

        A world that is kept in a file gets other ids instead: the product still knows who had the old ones.
        """
        if self.settings.state_file:
            self.generation += 1
        self.timers.clear()
        self.clock.offset_s = 0.0
        self._begin()
        for hook in self._reset_hooks:
            hook()
        self.changes.publish("reset")

    def http(self) -> aiohttp.ClientSession:
        """The one client session for pushes and callbacks; made on first use, closed with the app."""
        if self._http is None or self._http.closed:
            connector = aiohttp.TCPConnector(limit=0, force_close=False)
            self._http = aiohttp.ClientSession(connector=connector, auto_decompress=False)
        return self._http

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()


WORLD: web.AppKey[World] = web.AppKey("world", World)
# What the middleware of `simulator.api` leaves in a request: findings for the transcript, and a fault to act on.
CHECKS: web.RequestKey[list[str]] = web.RequestKey("checks", list[str])
FAULT: web.RequestKey[Fault] = web.RequestKey("fault", Fault)
