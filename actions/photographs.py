"""Sentences about photos that were sent: take one back, exchange one, move one, ask where it went or how it should look."""

from __future__ import annotations

import re
from typing import Final

from actions.moves import Command
from actions.reading import Question, Reading

SENT: Final = r"(上面|上一|上个|刚才|刚刚|刚发|刚传|前面|那|这|最后)"
# “上面那张是户口本”, “刚才发的放到结婚证里”: about what is here, not about what comes.
MOVES: Final = re.compile(SENT + r".{0,6}(张|个|页|发的|传的|照片|图).{0,6}(是|放|归|挪|移|算|属于|改到|换到)")
DELETES: Final = re.compile(r"(删|撤|去掉|不要|拿掉|取消|移除)")
NUMBERED_PHOTO: Final = re.compile(r"第.{1,3}[张页]")
EXCHANGES: Final = re.compile(r"(换|替换|重传|重拍|重发|更换)")
ASKS_PLACE: Final = re.compile(r"(放|传|归|算|发).{0,4}(哪|什么地方|什么项)|(哪一?项|哪里|哪儿)的?$|属于哪")
ASKS_LOOK: Final = re.compile(r"样子|样张|样例|样本|样图|示例|范例|范本|长什么样|什么样|啥样|例图|看看样|参考图")
NUMBERED: Final = re.compile(r"第?([0-9一二三四五六七八九十两]{1,3})(张|页)")
DIGITS: Final = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}


def number_of(reading: Reading) -> int | None:
    """第2张; a bare “两张” or “一张” is no number of a photo."""
    ordinal = reading.number("ordinal")
    if ordinal is not None:
        return ordinal
    found = NUMBERED.search(reading.text)
    if found is None or not found[0].startswith("第"):
        return None
    return int(found[1]) if found[1].isdecimal() else DIGITS.get(found[1])


def undo(reading: Reading, question: Question) -> Command:
    """撤掉刚才那张, 删掉第二张, 换掉第二张; numbers count in the item that is asked or named."""
    number = number_of(reading)
    item = reading.entity("material_item") or (question.field if number and _holds_photos(question) else None)
    told = {"number": number, "item": item, "replace": bool(EXCHANGES.search(reading.text)) and not reading.exact}
    return Command("undo_upload", {name: value for name, value in told.items() if value})


def choose(reading: Reading, question: Question) -> Command:
    """户口本: the next photos go there; 上面那张是户口本: the last one does."""
    item = reading.entity("material_item") or reading.entity("item")
    if item is None:
        return Command("last_upload") if ASKS_PLACE.search(reading.text) else Command("materials")
    if not reading.exact and MOVES.search(reading.text):
        number = number_of(reading)
        return Command("move_upload", {"item": item, **({"number": number} if number else {})})
    return Command("choose_item", {"item": item})


def about(reading: Reading, question: Question) -> Command | None:
    """A sentence about a photo that another intent may have been read into; None when it is none.

    Only sentences: a tapped choice says what it means.
    """
    if reading.exact or not reading.text:
        return None
    item = reading.entity("material_item")
    if item and MOVES.search(reading.text) and reading.intent not in ("ask_materials", "ask_upload"):
        return choose(reading, question)
    if not _asks_photos(question):
        return None
    if item is None and ASKS_PLACE.search(reading.text):
        return Command("last_upload")
    if ASKS_LOOK.search(reading.text):
        return Command("materials", {"item": item or question.field})
    is_change = EXCHANGES.search(reading.text) or DELETES.search(reading.text)
    if number_of(reading) and is_change and NUMBERED_PHOTO.search(reading.text):
        return undo(reading, question)
    return None


def _holds_photos(question: Question) -> bool:
    """Without any photo the numbers count in the item of the newest one."""
    return _asks_photos(question) and bool((question.raw.get("facts") or {}).get("files"))


def _asks_photos(question: Question) -> bool:
    return question.section in ("materials", "supplement") and question.kind in ("photo", "photos")
