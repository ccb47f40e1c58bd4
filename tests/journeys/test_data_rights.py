"""A person sees, copies and deletes their data by talking; through the whole product, down to rows and objects."""

from __future__ import annotations

import io
import json
import re
import time
import zipfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import psycopg
import pytest
from conftest import RunningStack
from people import Applicant, Page, Simulator
from psycopg import sql
from standard import binds, fills_in

pytestmark = pytest.mark.journey
Joins = Callable[[str], Coroutine[Any, Any, Applicant]]
PATIENT_S = 60.0
# Numbers of messages without their words, the receipt, and the platform's count of what may be sent: days, not years.
STILL_NAMED = {"wechat_outgoing", "wechat_inbox", "wechat_budget"}


async def test_a_person_sees_copies_and_deletes_what_is_held_of_them(
    running: RunningStack, simulator: Simulator, joins: Joins, choosing_account: str
) -> None:
    applicant, stranger = await joins("小周"), await joins("路人")
    await binds(applicant, choosing_account)
    case_no = await fills_in(applicant)
    await applicant.sends("id_front")
    await applicant.sees("收到")

    await applicant.says("我的数据")
    await applicant.sees("我们存着您的", "谁看过")
    page = await applicant.opens("我的数据")
    assert "我们存着什么" in page.text and "同意记录" in page.text

    await applicant.says("导出我的数据")
    await applicant.sees("数据副本做好了", within_s=PATIENT_S)
    await applicant.taps(label="打开我的数据")
    await applicant.sees("只有您本人能打开")
    await _cannot_be_opened_by(stranger, applicant)
    page = await applicant.opens()
    await _holds_their_answers(page, case_no)
    async with stranger.http.get(urljoin(page.url, "/h5/data/copy/1")) as answer:
        assert answer.status in (403, 410)

    before = _rows_of(running, choosing_account)
    await applicant.says("删除我的数据")
    await applicant.sees("确定删除", "依法要留")
    await applicant.taps(label="确定删除")
    await applicant.sees("都删掉了", "付款记录", within_s=PATIENT_S)
    _is_gone(running, applicant.openid, before)
    await applicant.says("我的数据")
    await applicant.sees("聊天原文 1 条")
    assert "材料和照片" not in applicant.screen and "申请" not in applicant.screen.partition("谁看过")[0]


async def _cannot_be_opened_by(stranger: Applicant, owner: Applicant) -> None:
    href = owner.links("url")[-1]["href"]
    async with stranger.http.get(href) as answer:
        assert answer.status == 403
        assert "不是给您的" in await answer.text()


async def _holds_their_answers(page: Page, case_no: str) -> None:
    found = re.search(r'href="(/h5/data/copy/\d+)"', page.text)
    assert found, page.text
    async with page.http.get(urljoin(page.url, found[1])) as answer:
        content = await answer.read()
    with zipfile.ZipFile(io.BytesIO(content)) as copy:
        told = json.dumps(json.loads(copy.read("data.json")), ensure_ascii=False)
        names = copy.namelist()
    assert case_no in told and "长春市十一高中" in told and "zhang@example.com" in told
    assert "geheim-1" not in told
    assert "说明.txt" in names and any(name.endswith((".jpg", ".png")) for name in names)


def _connect(running: RunningStack) -> psycopg.Connection[Any]:
    return psycopg.connect(running.environment.variables["DATABASE_URL"].replace("+psycopg", ""))


def _objects(running: RunningStack) -> set[str]:
    folder = Path(unquote(urlsplit(running.environment.variables["OBJECT_STORE_URL"]).path))
    return {str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file()}


def _rows_of(running: RunningStack, username: str) -> tuple[str, set[str]]:
    """The applicant's id, and the objects of the store that hold something of theirs."""
    with _connect(running) as connection:
        row = connection.execute("SELECT id FROM applicants WHERE username = %s", [username]).fetchone()
        assert row
        keys = connection.execute("SELECT f::text FROM files f WHERE applicant_id = %s", [row[0]]).fetchall()
    objects = {one for one in _objects(running) if any(Path(one).name in told for (told,) in keys)}
    assert objects, "nothing of theirs is in the store"
    return str(row[0]), objects


def _naming(connection: psycopg.Connection[Any], word: str) -> set[str]:
    """The tables in which a row holds this word."""
    names = connection.execute(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
    ).fetchall()
    query = sql.SQL("SELECT 1 FROM {} AS t WHERE t::text LIKE %s LIMIT 1")
    return {
        table
        for schema, table in names
        if connection.execute(query.format(sql.Identifier(schema, table)), [f"%{word}%"]).fetchone()
    }


def _is_gone(running: RunningStack, openid: str, before: tuple[str, set[str]]) -> None:
    applicant_id, objects = before
    with _connect(running) as connection:
        named = _naming(connection, openid)
        erased = connection.execute("SELECT * FROM applicants WHERE id = %s", [applicant_id]).fetchone()
        drafts = connection.execute("SELECT draft FROM cases WHERE applicant_id = %s", [applicant_id]).fetchall()
        files = connection.execute("SELECT count(*) FROM files WHERE applicant_id = %s", [applicant_id]).fetchone()
    assert named <= STILL_NAMED, named - STILL_NAMED
    assert erased is not None and f"erased:{applicant_id}" in erased
    assert "zhang@example.com" not in json.dumps(drafts, default=str) and "长春" not in json.dumps(drafts, default=str)
    assert files == (0,)
    give_up_at = time.monotonic() + PATIENT_S
    while _objects(running) & objects and time.monotonic() < give_up_at:
        time.sleep(1)
    assert _objects(running) & objects == set()
