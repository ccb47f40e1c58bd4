"""The agency's fees as a form: the standard prices, and an agreed list for one employer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from backend.domain.errors import DomainError
from backend.domain.money import read_yuan
from backend.domain.numbers import read_credit_code
from backend.domain.profile import BusinessType
from backend.domain.publications import STANDARD
from backend.services.publishing import Published
from backend.services.staff.content.fields import Entry, Field, Form, words
from backend.services.staff.refusals import ContentUnknown, ContentWrong

DEAREST_FEN: Final = 100_000_00


class Prices:
    """Implements `Content`; `employers` names them by their credit code."""

    label = "收费标准"

    def __init__(self, published: Published, employers: Mapping[str, str]) -> None:
        self._fees = published.documents["fees"]
        self._employers = employers

    def entries(self, query: str) -> Sequence[Entry]:
        listed = [Entry(STANDARD, "收费标准", "所有单位")]
        listed += [Entry(uscc, name, "协议价") for uscc, name in self._employers.items()]
        return [one for one in listed if query in one.title]

    def form(self, key: str, body: Mapping[str, Any] | None) -> Form:
        if key == STANDARD:
            content = {**self._fees, **(body or {})}
            fields = [
                Field("name", "费用名称", str(content["name"]), longest=30),
                Field("covers", "包括什么", str(content["covers"]), longest=60),
            ]
            return Form("收费标准", [*fields, *_price_fields(content["by_business"], needed=True)], _said(content))
        name = self._name(key)
        agreed = body if body is not None else {"by_business": (self._fees.get("by_employer") or {}).get(key, {})}
        shown = _said({**self._fees, "by_business": agreed["by_business"]}) if agreed["by_business"] else "按收费标准"
        return Form(f"{name} 的协议价", _price_fields(agreed["by_business"], needed=False), shown, "空着的按收费标准。")

    def read(self, key: str, told: Mapping[str, str]) -> dict[str, Any]:
        if key != STANDARD:
            self._name(key)
            return {"by_business": _prices(told, needed=False)}
        return {
            "name": words(told, "name", "费用名称", longest=30),
            "covers": words(told, "covers", "包括什么", longest=60),
            "by_business": _prices(told, needed=True),
        }

    def _name(self, key: str) -> str:
        try:
            uscc = read_credit_code(key)
        except DomainError:
            raise ContentUnknown from None
        if uscc not in self._employers:
            raise ContentUnknown
        return self._employers[uscc]


def _price_fields(prices: Mapping[str, int], *, needed: bool) -> list[Field]:
    return [
        Field(
            f"price_{one.value}", f"{one.label}（元）", _yuan(prices.get(one.value)), "money", needed=needed, longest=12
        )
        for one in BusinessType
    ]


def _prices(told: Mapping[str, str], *, needed: bool) -> dict[str, int]:
    found = {one.value: _price(told.get(f"price_{one.value}", ""), one, needed=needed) for one in BusinessType}
    return {business: fen for business, fen in found.items() if fen is not None}


def _price(text: str, business: BusinessType, *, needed: bool) -> int | None:
    if not text.strip() and not needed:
        return None
    try:
        fen = read_yuan(text)
    except ValueError:
        raise ContentWrong(f"{business.label}的价格", "请写成 980 或 980.50，要大于 0") from None
    if fen > DEAREST_FEN:
        raise ContentWrong(f"{business.label}的价格", "超过 10 万元了，请再看一下")
    return fen


def _yuan(fen: int | None) -> str:
    if fen is None:
        return ""
    return f"{fen // 100}.{fen % 100:02d}" if fen % 100 else str(fen // 100)


def _said(content: Mapping[str, Any]) -> str:
    prices = content["by_business"]
    lines = [f"{one.label}：{_yuan(prices[one.value])}元" for one in BusinessType if one.value in prices]
    return "\n".join([f"{content['name']}（{content['covers']}）", *lines])
