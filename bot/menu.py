"""The account's one menu: the six kinds of application, progress and help; its keys are payloads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import structlog

from wechat.client import WeChatClient
from wechat.errors import WeChatRefused, WeChatUnavailable

TOP_NAME_BYTES: Final = 16
SUB_NAME_BYTES: Final = 60
KEY_BYTES: Final = 128
log = structlog.get_logger()


def _tap(name: str, payload: str) -> dict[str, Any]:
    return {"type": "click", "name": name, "key": payload}


def _start(name: str, business_type: str) -> dict[str, Any]:
    return _tap(name, f"start_application:business_type={business_type}")


MENU: Final[Mapping[str, Any]] = {
    "button": [
        {
            "name": "办理业务",
            "sub_button": [
                _start("新申请", "NEW"),
                _start("续签", "RENEW"),
                _start("聘用单位变更", "EMPLOYER"),
                _start("随往人员变更", "DEPENDANT"),
                _start("居住地址变更", "ADDRESS"),
            ],
        },
        {
            "name": "更多服务",
            "sub_button": [
                _start("一般信息变更", "GENERAL"),
                _tap("还差哪些材料", "ask_missing"),
                _tap("我的资料", "overview"),
                _tap("帮助", "help"),
                _tap("转人工", "human"),
            ],
        },
        _tap("办理进度", "ask_progress"),
    ]
}


def essence(menu: Mapping[str, Any] | None) -> list[Any]:
    """What of a menu the user sees and sends, for comparing ours with the one that `menu/get` tells."""
    buttons = menu.get("button", []) if menu else []
    return [
        (button.get("name"), essence({"button": button["sub_button"]}))
        if button.get("sub_button")
        else (button.get("name"), button.get("type"), button.get("key"))
        for button in buttons
    ]


async def ensure_menu(client: WeChatClient) -> None:
    """Create the menu when the account shows another one; WeChat being away is no reason not to start."""
    try:
        if essence(await client.current_menu()) != essence(MENU):
            await client.create_menu(MENU)
            log.info("menu_created")
    except (WeChatRefused, WeChatUnavailable) as error:
        log.warning("menu_not_checked", error=type(error).__name__, errcode=getattr(error, "errcode", None))
