"""Keeps a played world in a file, so that a demo that is started again goes on where it was (`SIM_STATE_FILE`)."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from aiohttp import web
from pydantic import TypeAdapter

from simulator.chat import Bubble
from simulator.media import Media
from simulator.quota import Window
from simulator.users import SimUser
from simulator.world import World

SAVED_EVERY_S: Final = 1.0
# Ids that were given out after the last save must not come again, or the product takes a new message for a repeat.
IDS_LEFT_OUT: Final = 1000
log = logging.getLogger("simulator")


@cache
def _adapter(type_: Any) -> TypeAdapter[Any]:
    return TypeAdapter(type_)


class StateFile:
    """The file and, beside it, a folder with the pictures. A file that cannot be read is put aside, not lost.

    What an older version did not keep begins anew, the rest goes on.
    """

    def __init__(self, path: Path, world: World) -> None:
        self._path = path
        self._pictures = path.with_suffix(".media")
        self._world = world
        self._saved = -1
        world.keep("generation", int, lambda: world.generation, world.take_generation)
        world.keep("ids", dict[str, int], lambda: world.ids.made, self._put_back_ids)
        world.keep("offset_s", float, lambda: world.clock.offset_s, self._put_back_offset)
        world.keep("users", dict[str, SimUser], lambda: world.users, lambda users: world.users.update(users))
        world.keep("chats", dict[str, list[Bubble]], self._chats, self._put_back_chats)
        world.keep("windows", dict[str, dict[str, Window]], lambda: world.quota.windows, self._put_back_windows)
        world.keep("media", list[Media], self._media, self._put_back_media)

    def load(self) -> None:
        """Put back what was saved; nothing when there is no file or it cannot be read."""
        try:
            saved = json.loads(self._path.read_text())
            values = {
                name: _adapter(kept.type).validate_python(saved[name])
                for name, kept in self._world.kept.items()
                if name in saved
            }
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError):
            log.warning("%s cannot be used: the world begins anew", self._path.name)
            self._path.replace(self._path.with_suffix(".unreadable"))
            return
        for name, value in values.items():
            self._world.kept[name].put_back(value)

    def save(self) -> None:
        """Write the file if anything has changed; all of it or nothing. Raises OSError."""
        count = self._world.changes.count
        if self._saved == count:
            return
        self._pictures.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._save_pictures()
        parts = {
            name: _adapter(kept.type).dump_python(kept.read(), mode="json") for name, kept in self._world.kept.items()
        }
        new = self._path.with_suffix(".new")
        new.touch(mode=0o600)
        new.write_text(json.dumps(parts, ensure_ascii=False))
        new.replace(self._path)
        self._saved = count

    async def while_running(self, _app: web.Application) -> AsyncIterator[None]:
        """Load at the start, save every second and at the end."""
        self.load()
        saving = asyncio.create_task(self._save_now_and_then())
        yield
        saving.cancel()
        await asyncio.gather(saving, return_exceptions=True)
        self.save()

    async def _save_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(SAVED_EVERY_S)
            try:
                self.save()
            except OSError as error:
                log.warning("%s cannot be written: %s", self._path.name, error.strerror)

    def _put_back_ids(self, made: dict[str, int]) -> None:
        self._world.ids.made.update({kind: number + IDS_LEFT_OUT for kind, number in made.items()})

    def _put_back_offset(self, offset_s: float) -> None:
        self._world.clock.offset_s = offset_s

    def _chats(self) -> dict[str, list[Bubble]]:
        return {openid: self._world.chat(openid).bubbles for openid in self._world.users}

    def _put_back_chats(self, chats: dict[str, list[Bubble]]) -> None:
        for openid, bubbles in chats.items():
            self._world.chat(openid).put_back(bubbles)

    def _put_back_windows(self, windows: dict[str, dict[str, Window]]) -> None:
        self._world.quota.windows.update(windows)

    def _media(self) -> list[Media]:
        return [replace(media, data=b"") for media in self._world.media.all()]

    def _put_back_media(self, kept: list[Media]) -> None:
        for media in kept:
            picture = self._pictures / media.id
            if picture.is_file():
                self._world.media.put_back(replace(media, data=picture.read_bytes()))

    def _save_pictures(self) -> None:
        media = {one.id: one for one in self._world.media.all()}
        there = {picture.name for picture in self._pictures.iterdir()}
        for gone in there - media.keys():
            (self._pictures / gone).unlink()
        for new in media.keys() - there:
            (self._pictures / new).write_bytes(media[new].data)
