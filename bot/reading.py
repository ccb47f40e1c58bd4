"""What a push asks of us, and what of it may be kept: pure decisions between the webhook and the turn."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot import sentences
from bot.redaction import redact
from wechat.inbound import Push
from wechat.replies import PAYLOAD, PAYLOAD_LIMIT_BYTES

UNSUPPORTED_MARK: Final = "【收到不支持的消息类型"
TEXT_LIMIT: Final = 2000
# Intents that steer Rasa itself: a forged `session_start` would leave a turn without any answer, repeated for ever.
RASAS_OWN: Final = frozenset({"session_start", "restart", "back"})

# WeChat's own emoticons come as codes: /::) , /:8-) , [微笑]. Only names from its panel count, so that “[未婚]” stays.
_SLASH_EMOTICON: Final = re.compile(r"/:[:;@#$%&*<>()!?~,.'\"|\-\w+^]{1,12}?(?=/:|\[|\s|$|[\u4e00-\u9fff])")
_PANEL: Final = (
    "微笑 撇嘴 色 发呆 得意 流泪 害羞 闭嘴 睡 大哭 尴尬 发怒 调皮 呲牙 惊讶 难过 酷 冷汗 抓狂 吐 偷笑 "
    "愉快 白眼 傲慢 饥饿 困 惊恐 流汗 憨笑 悠闲 奋斗 咒骂 疑问 嘘 晕 疯了 衰 骷髅 敲打 再见 擦汗 抠鼻 "
    "鼓掌 糗大了 坏笑 左哼哼 右哼哼 哈欠 鄙视 委屈 快哭了 阴险 亲亲 吓 可怜 菜刀 西瓜 啤酒 咖啡 猪头 "
    "玫瑰 凋谢 嘴唇 爱心 心碎 蛋糕 炸弹 便便 月亮 太阳 拥抱 强 弱 握手 胜利 抱拳 勾引 拳头 OK 跳跳 发抖 "
    "怄火 转圈 嘿哈 捂脸 奸笑 机智 皱眉 耶 吃瓜 加油 汗 天啊 Emm 社会社会 旺柴 好的 打脸 哇 翻白眼 666 "
    "让我看看 叹气 苦涩 裂开 合十 红包 發 福 烟花 爆竹 礼物 庆祝 破涕为笑 笑脸 生病 脸红 恐惧 失望 无语"
)
_BRACKET_EMOTICON: Final = re.compile(r"\[(?:" + "|".join(map(re.escape, _PANEL.split())) + r")\]")


@dataclass(frozen=True)
class Ask:
    """A turn for the dialogue; exactly one of the four is set."""

    text: str | None = None
    payload: str | None = None
    event: str | None = None
    media_id: str | None = None


@dataclass(frozen=True)
class Say:
    """A fixed sentence; the dialogue is not asked."""

    sentence: str


@dataclass(frozen=True)
class Note:
    """Nothing to say: `forget` the user, or note a template's `template` result, or nothing at all."""

    what: str = "nothing"


Plan = Ask | Say | Note

_SENTENCES: Final[Mapping[str, str]] = {
    "voice": sentences.VOICE,
    "video": sentences.VIDEO,
    "shortvideo": sentences.VIDEO,
    "file": sentences.FILE,
    "location": sentences.LOCATION,
    "link": sentences.LINK,
    "miniprogrampage": sentences.MINI_PROGRAM,
}


def keep(push: Push) -> dict[str, Any]:
    """What the inbox stores of a push: no secret that was typed, nothing that the turn does not need."""
    redacted = redact((push.text or "")[:TEXT_LIMIT])
    kept = {
        "text": redacted.text,
        "secrets": list(redacted.secrets),
        "payload": push.menu_payload if push.menu_payload and is_payload(push.menu_payload) else None,
        "media_id": push.media_id,
        "event": push.event,
        "scene": push.scene,
        "status": push.status,
        "template_msgid": push.template_msgid,
        "created_at": push.created_at.isoformat(),
    }
    return {key: value for key, value in kept.items() if value not in (None, "", [])}


def plan(kind: str, kept: Mapping[str, Any]) -> Plan:
    """What to do about a stored push."""
    if kind == "event":
        return _plan_event(kept)
    if kind == "text":
        return _plan_text(kept)
    if kind == "image" and kept.get("media_id"):
        return Ask(media_id=kept["media_id"])
    return Say(_SENTENCES.get(kind, sentences.UNSUPPORTED))


def is_awaiting_an_answer(kind: str, kept: Mapping[str, Any]) -> bool:
    """Whether somebody said or tapped something and expects to hear from us."""
    return kept.get("event") != "resume" and not isinstance(plan(kind, kept), Note)


# What the backend hears of, by WeChat's name; the last two come from the platform about the user named in OpenID (A.4).
CONTACT_EVENTS: Final[Mapping[str, str]] = {
    **{name: name for name in ("subscribe", "unsubscribe", "scan", "click")},
    "user_authorization_revoke": "authorisation_revoked",
    "user_authorization_cancellation": "authorisation_cancelled",
}


def contact_event(kind: str, kept: Mapping[str, Any]) -> str | None:
    """Which contact the backend hears of (contract 4), None for none."""
    if kind != "event":
        return "click" if kept.get("payload") else "message"
    event = kept.get("event")
    return CONTACT_EVENTS.get(str(event))


def is_payload(text: str) -> bool:
    """Whether a menu id follows the contract's grammar; one that is none, or Rasa's own word, counts as a text."""
    if len(text) > PAYLOAD_LIMIT_BYTES or PAYLOAD.fullmatch(text) is None:
        return False
    return text.partition(":")[0] not in RASAS_OWN


def without_emoticons(text: str) -> str:
    """The words alone."""
    return _SLASH_EMOTICON.sub("", _BRACKET_EMOTICON.sub("", text)).strip()


def _plan_text(kept: Mapping[str, Any]) -> Plan:
    if payload := kept.get("payload"):
        return Ask(payload=payload)
    text = str(kept.get("text", "")).strip()
    if not text:
        return Say(sentences.EMPTY)
    if text.startswith(UNSUPPORTED_MARK):
        return Say(sentences.UNSUPPORTED)
    words = without_emoticons(text)
    return Ask(text=words) if words else Say(sentences.EMOTICON)


def _plan_event(kept: Mapping[str, Any]) -> Plan:
    event = kept.get("event")
    if event in ("click", "resume") and kept.get("payload"):
        return Ask(payload=kept["payload"])
    if event in ("subscribe", "scan", "resume"):
        return Ask(event=event)
    if event == "unsubscribe":
        return Note("forget")
    if event == "templatesendjobfinish":
        return Note("template")
    return Note()
