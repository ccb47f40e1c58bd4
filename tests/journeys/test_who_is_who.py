"""A staff QR scanned and confirmed, a second person on the same phone, signing out: through the whole product."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Coroutine
from typing import Any

import cv2
import numpy as np
from conftest import RunningStack
from people import Applicant, Reviewer, Simulator

from backend.seed import demo_id_number

Joins = Callable[[str], Coroutine[Any, Any, Applicant]]
# People whom no other journey takes; each is used once.
_FREE = iter([45, 51, 57])


async def _qr_for(reviewer: Reviewer, username: str) -> str:
    """The address in the QR picture that the console shows for this person."""
    page = await reviewer.looks("/console/people")
    csrf = re.findall(r'name="csrf" value="([^"]+)"', page)[0]
    async with reviewer.http.post(f"{reviewer.front}/console/people", data={"csrf": csrf, "q": username}) as answer:
        path = answer.url.path
    async with reviewer.http.post(f"{reviewer.front}{path}/qr", data={"csrf": csrf}) as answer:
        shown = await answer.text()
    found = re.search(r"data:image/\w+;base64,([^\"]+)", shown)
    assert found, "no QR on the page"
    picture = cv2.imdecode(np.frombuffer(base64.b64decode(found[1]), np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return cv2.QRCodeDetector().detectAndDecode(picture)[0]


async def test_a_scanned_qr_binds_and_a_second_person_is_added_chosen_and_signed_out(
    running: RunningStack, simulator: Simulator, joins: Joins
) -> None:
    number = next(_FREE)
    reviewer = await Reviewer.enters(running.environment.url("FRONT_PORT"))
    seen = await simulator.call("GET", "/_sim/qr", params={"url": await _qr_for(reviewer, f"demo{number}")})
    await reviewer.leaves()
    phone = await joins("一部手机")
    await phone.does("scan", **seen)
    await phone.sees("确认是我")
    page = await phone.opens("确认是我")
    done = await page.submits("/h5/confirm", id_tail=demo_id_number(number)[-4:], **page.ticks)
    assert "绑定好了" in done.text and "身份证" not in done.text
    await phone.says("新申请")
    await phone.sees("立户")
    await phone.says("换个人办")
    await phone.sees("登录绑定")
    await phone.binds(f"demo{next(_FREE)}")
    await phone.sees("【")
    await phone.says("换个人办")
    await phone.sees("再加一位")
    await phone.taps(payload=f"choose:field=person,option=a_demo_{number}")
    await phone.sees("GJ")
    await phone.says("退出登录")
    await phone.sees("确定退出")
    await phone.taps(label="确定退出")
    await phone.sees("已经从这个微信退出")
