"""The ledger's pages: a month by days, a day by rows, and both as CSV."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from datetime import date, timedelta
from typing import Final

from aiohttp import web

from backend.console import words
from backend.console.web import office, render
from backend.services.staff.ledger import day_ledger, ledger_rows, month_ledger, this_month
from backend.services.survey import LedgerRow

HEAD: Final = (
    "时间",
    "类型",
    "申请编号",
    "商户订单号",
    "交易号或退款号",
    "收款（元）",
    "退款（元）",
    "状态",
    "原因",
    "账单日",
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


async def month(request: web.Request) -> web.StreamResponse:
    """An unknown month shows the present one."""
    shown = this_month(office(request))
    with suppress(ValueError):
        shown = _countable(f"{request.query.get('month', '')}-01")
    return render(request, "ledger.html", ledger=await month_ledger(office(request), shown))


async def day(request: web.Request) -> web.StreamResponse:
    return render(request, "ledger_day.html", ledger=await day_ledger(office(request), _day(request)))


async def day_csv(request: web.Request) -> web.StreamResponse:
    shown = _day(request)
    return await _send_csv(request, shown, shown, f"ledger-{shown.isoformat()}.csv")


async def month_csv(request: web.Request) -> web.StreamResponse:
    try:
        first = _countable(f"{request.match_info['month']}-01")
    except ValueError:
        raise web.HTTPNotFound from None
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return await _send_csv(request, first, last, f"ledger-{request.match_info['month']}.csv")


def cell(value: str) -> str:
    """A value that no spreadsheet runs as a formula."""
    return f"'{value}" if value.lstrip(" ").startswith(_FORMULA) else value


def csv_lines(rows: list[tuple[str, ...]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([[cell(value) for value in row] for row in rows])
    return out.getvalue().encode()


def _values(row: LedgerRow) -> tuple[str, ...]:
    amount = words.plain_yuan(row.amount_fen)
    is_payment = row.kind == "payment"
    return (
        words.moment(row.at),
        "收款" if is_payment else "退款",
        row.case_no,
        row.out_trade_no,
        row.number,
        amount if is_payment else "",
        "" if is_payment else amount,
        words.ledger_state(row.state),
        row.reason,
        row.billed_on.isoformat() if row.billed_on else "",
    )


async def _send_csv(request: web.Request, first: date, last: date, name: str) -> web.StreamResponse:
    """Page by page, so that a big month fits into little memory; with a byte order mark for spreadsheets."""
    response = web.StreamResponse(
        headers={
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
    )
    await response.prepare(request)
    await response.write(b"\xef\xbb\xbf" + csv_lines([HEAD]))
    async for page in ledger_rows(office(request), first, last):
        await response.write(csv_lines([_values(row) for row in page]))
    await response.write_eof()
    return response


def _day(request: web.Request) -> date:
    try:
        return _countable(request.match_info["day"])
    except ValueError:
        raise web.HTTPNotFound from None


def _countable(told: str) -> date:
    """A day that months can be added to and taken from.

    Raises:
        ValueError: it is none.
    """
    day = date.fromisoformat(told)
    if not date.min.year < day.year < date.max.year:
        raise ValueError("a year at the end of time")
    return day
