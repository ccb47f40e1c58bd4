"""Notices and materials as forms: what applicants confirm at the start, and what they have to hand in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from backend.domain.catalogue import Mark
from backend.domain.profile import BusinessType
from backend.domain.publications import notice_key
from backend.services.publishing import Published
from backend.services.staff.content.fields import Entry, Field, Form, excerpt, words
from backend.services.staff.refusals import ContentUnknown, ContentWrong

MOST_PARAGRAPHS: Final = 20
MOST_FILES: Final = 100
NOT_LISTED: Final = "none"
Rows = Mapping[str, Mapping[str, Any]]
_BUTTONS: Final = {"yes": "“符合”按钮", "unsure": "“不确定”按钮", "no": "“不符合”按钮"}
_MARKS: Final = {Mark.REQUIRED: "必交", Mark.WHEN: "符合条件的人交", Mark.OPTIONAL: "可交可不交"}


class Notices:
    """Implements `Content`; who has confirmed an earlier version keeps it."""

    label = "办理须知"

    def __init__(self, published: Published) -> None:
        self._rows: Rows = {notice_key(row): row for row in published.documents["notices"]["notices"]}

    def entries(self, query: str) -> Sequence[Entry]:
        listed = [Entry(key, str(row["title"]), excerpt(row["summary"])) for key, row in self._rows.items()]
        return [one for one in listed if query in one.title + one.excerpt]

    def form(self, key: str, body: Mapping[str, Any] | None) -> Form:
        row = {**self._row(key), **(body or {})}
        buttons = [Field(f"button_{code}", label, row["buttons"][code], longest=10) for code, label in _BUTTONS.items()]
        paragraphs = "\n".join(row["paragraphs"])
        fields = [
            Field("title", "标题", row["title"], longest=30),
            Field("summary", "对话里先问的要点", row["summary"], "area", longest=500),
            Field("paragraphs", "正文（一行一段）", paragraphs, "area", longest=4000),
            *buttons,
        ]
        for_whom = "、".join(BusinessType(one).label for one in row["businesses"])
        note = f"用于：{for_whom}。发布后新确认的人看到新的；已经确认过的申请不变。"
        return Form(row["title"], fields, f"{row['title']}\n\n{row['summary']}\n\n{paragraphs}", note)

    def read(self, key: str, told: Mapping[str, str]) -> dict[str, Any]:
        self._row(key)
        paragraphs = [line for line in words(told, "paragraphs", "正文", longest=4000).split("\n") if line.strip()]
        if len(paragraphs) > MOST_PARAGRAPHS:
            raise ContentWrong("正文", f"最多 {MOST_PARAGRAPHS} 段")
        buttons = {code: words(told, f"button_{code}", label, longest=10) for code, label in _BUTTONS.items()}
        if len(set(buttons.values())) < len(buttons):
            raise ContentWrong("按钮", "三个按钮的字要不一样")
        return {
            "title": words(told, "title", "标题", longest=30),
            "summary": words(told, "summary", "要点", longest=500),
            "paragraphs": paragraphs,
            "buttons": buttons,
        }

    def _row(self, key: str) -> Mapping[str, Any]:
        if key not in self._rows:
            raise ContentUnknown
        return self._rows[key]


class Materials:
    """Implements `Content`; conditions stay as they are delivered, a business without one cannot get one here."""

    label = "材料清单"

    def __init__(self, published: Published) -> None:
        self._rows: Rows = {str(row["code"]): row for row in published.documents["materials"]["materials"]}

    def entries(self, query: str) -> Sequence[Entry]:
        listed = [Entry(code, f"{code} {row['name']}", excerpt(row["hint"])) for code, row in self._rows.items()]
        return [one for one in listed if query.upper() in (one.title + one.excerpt).upper()]

    def form(self, key: str, body: Mapping[str, Any] | None) -> Form:
        row = {**self._row(key), **(body or {})}
        low, high = row["files"]
        fields = [
            Field("name", "名称", row["name"], longest=60),
            Field("hint", "怎么拍、注意什么", row["hint"], "area", longest=200),
            Field("least", "最少几张", str(low), "number"),
            Field("most", "最多几张", str(high), "number"),
            *(self._mark_field(key, row, one) for one in BusinessType),
        ]
        count = f"{low}" if low == high else f"{low}～{high}"
        shown = f"{row['name']}\n{row['hint']}\n{count} 张"
        return Form(f"{key} {row['name']}", fields, shown, "新发起的申请按新清单；在办的按发起时的清单。")

    def read(self, key: str, told: Mapping[str, str]) -> dict[str, Any]:
        low, high = (_count(told.get(name, ""), label) for name, label in (("least", "最少几张"), ("most", "最多几张")))
        sides = len(self._row(key).get("pages") or ())
        if high < max(low, 1):
            raise ContentWrong("最多几张", "不能比最少的少")
        if sides and low != sides:
            raise ContentWrong("最少几张", f"这一项分 {sides} 面，最少张数要是 {sides}")
        marks = {one.value: mark for one in BusinessType if (mark := self._mark(key, told, one)) != NOT_LISTED}
        if not marks:
            raise ContentWrong("各业务", "至少要有一种业务用到这项材料")
        return {
            "name": words(told, "name", "名称", longest=60),
            "hint": words(told, "hint", "怎么拍", longest=200),
            "files": [low, high],
            "marks": marks,
        }

    def _mark_field(self, key: str, row: Mapping[str, Any], business: BusinessType) -> Field:
        options = [(mark.value, label) for mark, label in _MARKS.items() if mark.value in self._allowed(key, business)]
        value = str(row["marks"].get(business.value, NOT_LISTED))
        return Field(
            f"mark_{business.value}", business.label, value, "choice", options=[*options, (NOT_LISTED, "不用")]
        )

    def _mark(self, key: str, told: Mapping[str, str], business: BusinessType) -> str:
        mark = told.get(f"mark_{business.value}", NOT_LISTED)
        if mark not in {*self._allowed(key, business), NOT_LISTED}:
            raise ContentWrong(business.label, "请从选项里选")
        return mark

    def _allowed(self, key: str, business: BusinessType) -> set[str]:
        row = self._row(key)
        has_condition = "when" in row or business.value in row.get("when_for", {})
        return {mark.value for mark in Mark if mark is not Mark.WHEN or has_condition}

    def _row(self, key: str) -> Mapping[str, Any]:
        if key not in self._rows:
            raise ContentUnknown
        return self._rows[key]


def _count(text: str, label: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", text.strip()) or int(text) > MOST_FILES:
        raise ContentWrong(label, f"请填 0 到 {MOST_FILES} 的整数")
    return int(text)
