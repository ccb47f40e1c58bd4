"""What a user does in WeChat, and the push that each deed causes (reference A.3, A.4)."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from simulator.chat import Bubble, plain_text
from simulator.push import Outcome, PushEngine
from simulator.users import SimUser
from simulator.wire import Value
from simulator.world import World

UNSUPPORTED: Final = "【收到不支持的消息类型，暂无法显示】"


class NothingToTap(LookupError):
    """What was to be tapped is not on the screen; the message lists what is."""


@dataclass(frozen=True)
class Delivery:
    """How a push leaves: several copies, later, with a message id or CreateTime of one's own."""

    copies: int = 1
    delay_s: float = 0.0
    msg_id: str = ""
    create_time: int = 0


@dataclass(frozen=True)
class Deed:
    """What a deed led to: pushes under way, and the page to open."""

    pushes: tuple[asyncio.Task[Outcome], ...] = ()
    msg_id: str = ""
    url: str = ""


class Inbound:
    """Users' deeds. Unknown openids raise KeyError."""

    def __init__(self, world: World, pushes: PushEngine) -> None:
        self._world = world
        self._pushes = pushes
        self.menu: dict[str, object] | None = None

    def say(self, openid: str, text: str, delivery: Delivery = Delivery(), *, menu_id: str = "") -> Deed:
        """A typed text, or the tap on a menu link (with its id), which counts as a click (reference B.3)."""
        fields: dict[str, Value] = {"Content": text}
        if menu_id:
            fields["bizmsgmenuid"] = menu_id
        self._show(openid, Bubble("user", "text", text=text))
        return self._message(openid, "text", fields, delivery, is_click=bool(menu_id))

    def send_image(self, openid: str, data: bytes, content_type: str, delivery: Delivery = Delivery()) -> Deed:
        media_id = self._world.media.put(data, content_type, kind="image")
        url = f"{self._world.settings.base_url}/mmbiz_jpg/{media_id}/0"
        self._show(openid, Bubble("user", "image", media_id=media_id, image_url=url))
        return self._message(openid, "image", {"PicUrl": url, "MediaId": media_id}, delivery)

    def send_voice(self, openid: str, delivery: Delivery = Delivery()) -> Deed:
        """Without `Recognition`, as today."""
        media_id = self._world.media.put(b"#!AMR\n" + bytes(320), "audio/amr", kind="voice")
        wide = self._world.media.put(b"#!AMR-WB\n" + bytes(640), "audio/amr", kind="voice")
        self._show(openid, Bubble("user", "voice", media_id=media_id))
        fields: dict[str, Value] = {"MediaId": media_id, "Format": "amr", "MediaId16K": wide}
        return self._message(openid, "voice", fields, delivery)

    def send_video(self, openid: str, delivery: Delivery = Delivery()) -> Deed:
        media_id = self._world.media.put(b"\0\0\0\x18ftypmp42" + bytes(64), "video/mp4", kind="video")
        thumb = self._world.media.put(b"\xff\xd8\xff\xe0" + bytes(64), "image/jpeg", kind="thumb")
        self._show(openid, Bubble("user", "video", media_id=media_id))
        return self._message(openid, "video", {"MediaId": media_id, "ThumbMediaId": thumb}, delivery)

    def send_location(self, openid: str, place: Mapping[str, str], delivery: Delivery = Delivery()) -> Deed:
        label = place.get("label", "北京市海淀区")
        fields: dict[str, Value] = {"Location_X": place.get("latitude", "39.959912")}
        fields |= {"Location_Y": place.get("longitude", "116.298056"), "Scale": "16", "Label": label}
        self._show(openid, Bubble("user", "location", text=label, card=dict(fields)))
        return self._message(openid, "location", fields, delivery)

    def send_link(self, openid: str, link: Mapping[str, str], delivery: Delivery = Delivery()) -> Deed:
        title, url = link.get("title", "分享的文章"), link.get("url", "https://mp.weixin.qq.com/s/simulated")
        fields: dict[str, Value] = {"Title": title, "Description": link.get("description", ""), "Url": url}
        self._show(openid, Bubble("user", "link", text=title, card=dict(fields)))
        return self._message(openid, "link", fields, delivery)

    def send_file(self, openid: str, name: str, size_bytes: int, delivery: Delivery = Delivery()) -> Deed:
        fields: dict[str, Value] = {"Title": name, "Description": "", "FileKey": self._world.new_id("file_key")}
        fields |= {"FileMd5": self._world.ids.text("md5", size_bytes, 32, "0123456789abcdef")}
        fields |= {"FileTotalLen": size_bytes}
        self._show(openid, Bubble("user", "file", text=name, card=dict(fields)))
        return self._message(openid, "file", fields, delivery)

    def send_unknown(self, openid: str, kind: str = "hologram", delivery: Delivery = Delivery()) -> Deed:
        """A message type of the future."""
        self._show(openid, Bubble("user", "notice", text=UNSUPPORTED))
        return self._message(openid, kind, {"Payload": "?"}, delivery)

    def follow(self, openid: str, scene: str = "", ticket: str = "", delivery: Delivery = Delivery()) -> Deed:
        user = self._world.users[openid]
        user.following, user.followed_at, user.scene = True, self._world.clock.now(), scene
        self._publish(user)
        fields: dict[str, Value] = {"EventKey": f"qrscene_{scene}" if scene else ""}
        if scene:
            fields["Ticket"] = ticket or self._world.new_id("qr_ticket")
        return self._event(openid, "subscribe", fields, delivery, is_click=True)

    def unfollow(self, openid: str, delivery: Delivery = Delivery()) -> Deed:
        user = self._world.users[openid]
        user.following, user.followed_at = False, None
        self._world.quota.forget(openid)
        self._publish(user)
        return self._event(openid, "unsubscribe", {"EventKey": ""}, delivery)

    def scan(self, openid: str, scene: str, ticket: str = "", delivery: Delivery = Delivery()) -> Deed:
        """A parametric QR code: follows when the user does not follow yet."""
        if not self._world.users[openid].following:
            return self.follow(openid, scene, ticket, delivery)
        fields: dict[str, Value] = {"EventKey": scene, "Ticket": ticket or self._world.new_id("qr_ticket")}
        return self._event(openid, "SCAN", fields, delivery, is_click=True)

    def click_menu(self, openid: str, key: str, delivery: Delivery = Delivery()) -> Deed:
        """A menu button by its key, its URL or its name."""
        button = next((b for b in self.menu_buttons() if key in (b.get("key"), b.get("url"), b.get("name"))), None)
        if button is None:
            raise NothingToTap(f"no menu button {key}; there are: {self._menu_names() or 'none'}")
        if button.get("type") in ("view", "miniprogram"):
            url = str(button.get("url", ""))
            fields: dict[str, Value] = {"EventKey": url, "MenuId": self._menu_id()}
            deed = self._event(openid, "VIEW", fields, delivery)
            return Deed(deed.pushes, deed.msg_id, url)
        return self._event(openid, "CLICK", {"EventKey": str(button.get("key", ""))}, delivery, is_click=True)

    def menu_buttons(self) -> list[Mapping[str, object]]:
        """The buttons that do something, sub-buttons included."""
        top = self.menu.get("button") if self.menu else None
        found: list[Mapping[str, object]] = []
        for button in top if isinstance(top, list) else []:
            subs = button.get("sub_button")
            found.extend(subs if isinstance(subs, list) and subs else [button])
        return found

    def tap(self, openid: str, *, payload: str = "", label: str = "", delivery: Delivery = Delivery()) -> Deed:
        """The newest thing on the screen with this menu id or this label: a link, a menu item, a card."""
        for bubble in reversed(self._world.chat(openid).bubbles):
            for content, menu_id, shown, url in _tappables(bubble):
                if (payload and menu_id == payload) or (label and label in (shown, content)):
                    if url:
                        return Deed(url=url)
                    return self.say(openid, content, delivery, menu_id=menu_id)
        if label and any(b.get("name") == label for b in self.menu_buttons()):
            return self.click_menu(openid, label, delivery)
        raise NothingToTap(f"nothing to tap called {payload or label}; there is: {self._on_screen(openid)}")

    def raw(self, openid: str, xml: str, delivery: Delivery = Delivery()) -> Deed:
        """Anything at all, signed and encrypted like a push."""
        push = self._pushes.prepare_raw(openid, xml)
        return Deed(tuple(self._pushes.start(push, delay_s=delivery.delay_s) for _ in range(delivery.copies)))

    def event(self, openid: str, event: str, fields: Mapping[str, Value], delivery: Delivery = Delivery()) -> Deed:
        """Any other event, such as TEMPLATESENDJOBFINISH."""
        return self._event(openid, event, fields, delivery)

    def _message(
        self, openid: str, kind: str, fields: Mapping[str, Value], delivery: Delivery, *, is_click: bool = False
    ) -> Deed:
        user = self._world.users[openid]
        user.last_active_at = self._world.clock.now()
        (self._world.quota.click if is_click else self._world.quota.message)(openid)
        msg_id = delivery.msg_id or self._world.new_id("msgid")
        whole = self._head(openid, kind, delivery) | dict(fields) | {"MsgId": int(msg_id)}
        return self._send(openid, whole, delivery, msg_id)

    def _event(
        self, openid: str, event: str, fields: Mapping[str, Value], delivery: Delivery, *, is_click: bool = False
    ) -> Deed:
        if is_click:
            self._world.quota.click(openid)
            self._world.users[openid].last_active_at = self._world.clock.now()
        return self._send(openid, self._head(openid, "event", delivery) | {"Event": event} | dict(fields), delivery)

    def _head(self, openid: str, kind: str, delivery: Delivery) -> dict[str, Value]:
        return {
            "ToUserName": self._world.settings.original_id,
            "FromUserName": self._world.users[openid].openid,
            "CreateTime": delivery.create_time or self._world.clock.epoch(),
            "MsgType": kind,
        }

    def _send(self, openid: str, fields: Mapping[str, Value], delivery: Delivery, msg_id: str = "") -> Deed:
        push = self._pushes.prepare(openid, fields)
        tasks = tuple(self._pushes.start(push, delay_s=delivery.delay_s) for _ in range(delivery.copies))
        return Deed(tasks, msg_id)

    def _show(self, openid: str, bubble: Bubble) -> None:
        self._world.chat(openid).add(bubble)

    def _publish(self, user: SimUser) -> None:
        self._world.changes.publish("user", user=user.as_json())

    def _menu_id(self) -> str:
        return str(self.menu.get("menuid", "")) if self.menu else ""

    def _menu_names(self) -> str:
        return "、".join(f"{b.get('name')} ({b.get('key') or b.get('url')})" for b in self.menu_buttons())

    def _on_screen(self, openid: str) -> str:
        latest = self._world.chat(openid).bubbles[-10:]
        names = [f"{shown} ({menu_id or url})" for b in latest for _, menu_id, shown, url in _tappables(b)]
        return "、".join(names) or "nothing"


def _tappables(bubble: Bubble) -> list[tuple[str, str, str, str]]:
    """(content to say, menu id, label, URL to open) of everything tappable in a bubble of the account."""
    if bubble.side != "account":
        return []
    found = []
    for link in bubble.links:
        if link.kind == "url":
            found.append(("", "", plain_text(link.label), link.href))
        elif link.content and link.id:
            found.append((link.content, link.id, plain_text(link.label), ""))
    url = bubble.card.get("url")
    if isinstance(url, str) and url:
        found.append(("", "", str(bubble.card.get("title", "")), url))
    return found


INBOUND: web.AppKey[Inbound] = web.AppKey("inbound", Inbound)
