"""What the fields of an order, a refund and a bill request may hold (C.2, C.8)."""

from __future__ import annotations

import json
import re
from collections.abc import Container
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from simulator.pay.errors import PayError, bad_field
from simulator.pay.signing import BEIJING

TRADE_NO: Final = re.compile(r"[0-9A-Za-z_\-|*]{6,32}")
REFUND_NO: Final = re.compile(r"[0-9A-Za-z_\-|*@]{1,64}")


def json_object(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body)
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        raise PayError("PARAM_ERROR", "请求体不是有效的JSON对象", breaks_rule="pay_parameter")
    return parsed


def check_order(
    order: dict[str, Any], *, app_id: str, mch_id: str, openids: Container[str], now: datetime
) -> datetime | None:
    """The moment of `time_expire`, if given.

    Raises:
        PayError: the first field that breaks a rule.
    """
    if order.get("appid") != app_id or order.get("mchid") != mch_id:
        raise PayError("APPID_MCHID_NOT_MATCH", "appid和mch_id不匹配", breaks_rule="pay_parameter")
    _text(order, "description", 127)
    if not TRADE_NO.fullmatch(_text(order, "out_trade_no", 32)):
        raise bad_field("/body/out_trade_no", "6到32个字符，只能是数字、大小写字母_-|*", order["out_trade_no"])
    check_notify_url(order.get("notify_url"))
    if "attach" in order:
        _text(order, "attach", 128)
    amount = _object(order, "amount")
    check_fen(amount.get("total"), "/body/amount/total")
    if amount.get("currency", "CNY") != "CNY":
        raise bad_field("/body/amount/currency", "只支持CNY", amount["currency"])
    payer = _object(order, "payer").get("openid")
    if not isinstance(payer, str) or not payer:
        raise bad_field("/body/payer/openid", "必填字段缺失")
    if payer not in openids:
        raise PayError("PARAM_ERROR", "appid和openid不匹配", breaks_rule="pay_parameter")
    return _time_expire(order.get("time_expire"), now)


def check_notify_url(url: object) -> None:
    if not isinstance(url, str) or not url or len(url) > 255:
        raise bad_field("/body/notify_url", "必填，最长255个字符", url)
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise bad_field("/body/notify_url", "必须是可访问的http(s)地址，不能携带参数", url)


def check_fen(value: object, field: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise bad_field(field, "必须是大于0的整数，单位为分", value)
    return value


def check_refund(refund: dict[str, Any]) -> None:
    if not (refund.get("transaction_id") or refund.get("out_trade_no")):
        raise bad_field("/body/out_trade_no", "transaction_id和out_trade_no必须二选一")
    if not REFUND_NO.fullmatch(_text(refund, "out_refund_no", 64)):
        raise bad_field("/body/out_refund_no", "1到64个字符，只能是数字、大小写字母_-|*@", refund["out_refund_no"])
    if "reason" in refund:
        _text(refund, "reason", 80)
    if "notify_url" in refund:
        check_notify_url(refund["notify_url"])
    amount = _object(refund, "amount")
    check_fen(amount.get("refund"), "/body/amount/refund")
    check_fen(amount.get("total"), "/body/amount/total")
    if amount.get("currency") != "CNY":
        raise bad_field("/body/amount/currency", "必填，只支持CNY", amount.get("currency"))


def check_bill_date(text: str, now: datetime) -> date:
    """A day up to yesterday and at most three months back; bills are ready at 10:00 of the next day."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise bad_field("bill_date", "格式必须是YYYY-MM-DD", text, location="query") from None
    local = now.astimezone(BEIJING)
    if day >= local.date():
        raise PayError("NO_STATEMENT_EXIST", "账单文件不存在")
    if day == local.date() - timedelta(days=1) and local.hour < 10:
        raise PayError("STATEMENT_CREATING", "账单生成中，请10点后再试")
    if local.date() - day > timedelta(days=92):
        raise bad_field("bill_date", "只能下载三个月以内的账单", text, location="query")
    return day


def _text(body: dict[str, Any], name: str, most: int) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise bad_field(f"/body/{name}", "必填字段缺失或不是字符串", value)
    if len(value) > most:
        raise bad_field(f"/body/{name}", f"最长{most}个字符", value[:40])
    return value


def _object(body: dict[str, Any], name: str) -> dict[str, Any]:
    value = body.get(name)
    if not isinstance(value, dict):
        raise bad_field(f"/body/{name}", "必填字段缺失或不是对象", value)
    return value


def _time_expire(value: object, now: datetime) -> datetime | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or "T" not in str(value):
        raise bad_field("/body/time_expire", "必须是带时区的RFC3339时间", value)
    if moment - now < timedelta(minutes=1):
        raise bad_field("/body/time_expire", "必须晚于当前时间1分钟以上", value)
    return min(moment, now + timedelta(days=90))
