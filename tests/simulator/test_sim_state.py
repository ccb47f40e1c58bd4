"""A world that is kept in a file goes on where it was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from simulator.account import ACCOUNT, Scene
from simulator.app import build_app
from simulator.chat import Bubble
from simulator.inbound import INBOUND
from simulator.settings import SimSettings
from simulator.state import StateFile
from simulator.world import WORLD, World


def a_world(folder: Path) -> tuple[World, StateFile]:
    world = World(replace(SimSettings(), state_file=str(folder / "state.json")))
    return world, StateFile(folder / "state.json", world)


async def test_users_chats_pictures_and_time_are_there_again(tmp_path: Path) -> None:
    world, file = a_world(tmp_path)
    user = world.add_user("小周")
    picture = world.media.put(b"JPEG")
    world.chat(user.openid).add(Bubble("user", "text", text="你好"))
    world.chat(user.openid).add(Bubble("user", "image", media_id=picture))
    world.quota.message(user.openid)
    world.clock.offset_s = 3600
    file.save()

    again, file = a_world(tmp_path)
    file.load()
    assert again.users == world.users
    assert again.chat(user.openid).bubbles == world.chat(user.openid).bubbles
    shown = again.media.shown(picture)
    assert shown is not None and shown.data == b"JPEG"
    assert again.clock.offset_s == 3600 and again.quota.spend(user.openid) == 0


async def test_no_id_is_given_out_twice_over_a_restart(tmp_path: Path) -> None:
    world, file = a_world(tmp_path)
    given = {world.add_user().openid for _ in range(3)}
    file.save()
    lost = {world.add_user().openid for _ in range(3)}

    again, file = a_world(tmp_path)
    file.load()
    assert not {again.add_user().openid for _ in range(10)} & (given | lost)


async def test_a_reset_world_has_other_people_when_it_is_kept(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path)
    before = world.add_user().openid
    world.reset()
    assert world.add_user().openid != before


def test_a_reset_world_has_the_same_people_when_it_is_not_kept() -> None:
    world = World(SimSettings())
    before = world.add_user().openid
    world.reset()
    assert world.add_user().openid == before


def test_an_unreadable_file_is_put_aside_and_the_world_begins_anew(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text('{"users": 3')
    world, file = a_world(tmp_path)
    file.load()
    assert world.users == {} and (tmp_path / "state.unreadable").exists()


def test_a_file_of_an_older_version_that_did_not_keep_something_is_used_for_the_rest(tmp_path: Path) -> None:
    world, file = a_world(tmp_path)
    openid = world.add_user("小周").openid
    file.save()
    again, file = a_world(tmp_path)
    again.keep("new_thing", int, lambda: 1, lambda _: None)
    file.load()
    assert openid in again.users


def test_what_could_not_be_written_is_written_later(tmp_path: Path) -> None:
    (tmp_path / "state.media").write_text("in the way")
    world, file = a_world(tmp_path)
    openid = world.add_user("小周").openid
    with pytest.raises(OSError):
        file.save()
    (tmp_path / "state.media").unlink()
    file.save()
    again, file = a_world(tmp_path)
    file.load()
    assert openid in again.users


async def test_menu_and_qr_codes_are_there_again(tmp_path: Path) -> None:
    settings = replace(SimSettings(), state_file=str(tmp_path / "state.json"))
    app = build_app(settings)
    app[ACCOUNT].scenes["ticket"] = Scene("bind_1", "http://weixin.qq.com/q/1", None)
    app[INBOUND].menu = {"button": [{"type": "click", "name": "进度", "key": "ask_progress"}]}
    app[WORLD].add_user()
    async with TestServer(app):
        pass
    again = build_app(settings)
    async with TestServer(again):
        assert again[ACCOUNT].scene_of("ticket") == "bind_1"
        assert again[INBOUND].menu == app[INBOUND].menu
