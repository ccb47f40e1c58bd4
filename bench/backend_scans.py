"""The worker's two big scans on a throw-away PostgreSQL: the daily bill and the reminders; CPU, time, peak memory.

`python -m bench.backend_scans [--orders 100000] [--cases 1000000]`
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any, Final

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from backend.adapters.db.migrate import upgrade
from backend.adapters.db.unit_of_work import PostgresUnitOfWork, make_engine
from backend.adapters.kept_catalogues import KeptCatalogues
from backend.adapters.pay import WechatPayGateway
from backend.adapters.signin import SystemIds
from backend.adapters.texts import YamlMessageTexts
from backend.services.parts import Parts
from backend.services.reconciling import reconcile_bills
from backend.services.reminding import remind
from launcher.process import free_port
from launcher.stores import create_database, postgres
from wechat.pay import Merchant

DAY: Final = date(2026, 3, 15)
NOW: Final = datetime(2026, 3, 16, 3, 0, tzinfo=UTC)
DUE_SHARE: Final = 100
HEAD: Final = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,"
    "代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,"
    "申请退款金额,费率备注"
)
TOTALS: Final = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
SEED: Final = (
    "INSERT INTO applicants (id, username, password_hash, name_sealed, id_no_sealed, id_no_hash, created_at) "
    "SELECT 'a' || n, 'u' || n, 'x', 'x', 'x', 'h' || n, :now FROM generate_series(1, :count) n",
    "INSERT INTO identities (openid, applicant_id, terms_version, terms_accepted_at, bound_at) "
    "SELECT 'o' || n, 'a' || n, '1', :now, :now FROM generate_series(1, :count) n",
    "INSERT INTO cases (id, case_no, applicant_id, business_type, profile, stage, catalogue_version, created_at, "
    "updated_at, stage_since) SELECT 'c' || n, 'GJ' || n, 'a' || n, 'NEW', '2023_new', 'draft', '1', "
    ":now - interval '2 days', :now - interval '2 days', :now - interval '2 days' FROM generate_series(1, :count) n",
)
SEED_REMINDERS: Final = (
    "INSERT INTO reminders (case_id, next_at) SELECT 'c' || n, "
    "CASE WHEN n % :share = 0 THEN :now - interval '1 hour' ELSE :now + interval '1 day' END "
    "FROM generate_series(1, :count) n"
)
SEED_MONEY: Final = (
    "INSERT INTO orders (id, case_id, openid, out_trade_no, amount_fen, description, state, deadline, created_at, "
    "paid_at) SELECT 'o' || n, 'c' || n, 'o' || n, 'GJ' || lpad(n::text, 8, '0'), 88000, 'x', 'paid', :paid, :paid, "
    ":paid FROM generate_series(1, :count) n",
    "INSERT INTO payments (id, order_id, transaction_id, amount_fen, paid_at, source, kept, recorded_at) "
    "SELECT 'p' || n, 'o' || n, '42' || n, 88000, :paid, 'notify', true, :paid FROM generate_series(1, :count) n",
)


@dataclass(frozen=True)
class StoppedClock:
    def now(self) -> datetime:
        return NOW


@dataclass(frozen=True)
class WrittenBill:
    """Stands for the kit's client: writes a bill of `orders` payments, one of which nobody knows."""

    orders: int

    async def save_trade_bill(self, day: date, into: IO[bytes]) -> None:
        for line in _bill(self.orders):
            into.write(f"{line}\r\n".encode())


@dataclass(frozen=True)
class Cost:
    what: str
    rows: int
    wall_s: float
    cpu_s: float
    peak_mb: float

    def __str__(self) -> str:
        each = f"{self.cpu_s / max(1, self.rows) * 1e6:.0f} µs CPU each"
        spent = f"{self.wall_s:.1f} s, {self.cpu_s:.1f} s CPU ({each})"
        return f"{self.what}: {self.rows} rows, {spent}, peak {self.peak_mb:.0f} MB"


def _bill(orders: int) -> Iterator[str]:
    yield HEAD
    for number in range(1, orders + 1):
        trade_no = f"GJ{number:08d}" if number < orders else "GJSTRANGER"
        values = (
            f"2026-03-15 12:00:00,wxapp,1900000001,0,,42{number},{trade_no},o_x,JSAPI,SUCCESS,OTHERS,CNY,880.00,0.00,"
            "0,0,0.00,0.00,,,服务费,,5.28000,0.60%,880.00,0.00,"
        )
        yield ",".join(f"`{value}" for value in values.split(","))
    sales = f"{orders * 880}.00"
    yield TOTALS
    yield ",".join(f"`{value}" for value in (orders, sales, "0.00", "0.00", "0.00", sales, "0.00"))


def _parts(engine: AsyncEngine, orders: int) -> Parts:
    clock = StoppedClock()
    merchant = Merchant("1900000001", "wxapp", "", "", "", "", "", "http://127.0.0.1/")
    used: dict[str, Any] = {
        "begin": lambda: PostgresUnitOfWork(engine, clock),
        "clock": clock,
        "ids": SystemIds(),
        "pay": WechatPayGateway(WrittenBill(orders), merchant),  # type: ignore[arg-type]
        "texts": YamlMessageTexts.read(),
        "catalogues": KeptCatalogues(),
    }
    given: Any = {field.name: used.get(field.name) for field in fields(Parts)}
    return Parts(**given)


async def _cost(what: str, rows: int, work: Callable[[], Awaitable[int]]) -> Cost:
    wall, cpu = time.monotonic(), time.process_time()
    while await work():
        pass
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Cost(what, rows, time.monotonic() - wall, time.process_time() - cpu, peak_mb)


async def measure(database_url: str, *, orders: int, cases: int) -> list[Cost]:
    """Seed, scan, tell; the memory before the scans is the first line."""
    upgrade(database_url)
    engine = make_engine(database_url)
    parts = _parts(engine, orders)
    async with engine.begin() as connection:
        for statement in SEED:
            await connection.execute(text(statement), {"now": NOW, "count": max(orders, cases)})
        await connection.execute(text(SEED_REMINDERS), {"now": NOW, "count": cases, "share": DUE_SHARE})
        for statement in SEED_MONEY:
            paid = datetime(2026, 3, 15, 4, 0, tzinfo=UTC)
            await connection.execute(text(statement), {"paid": paid, "count": orders})
    async with engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("ANALYZE"))

    async def nothing() -> int:
        return 0

    costs = [
        await _cost("before", 0, nothing),
        await _cost("reminders that are due", cases // DUE_SHARE, lambda: remind(parts)),
        await _cost("reminder scan with nothing due", cases, lambda: remind(parts)),
        await _cost("daily bill", orders, lambda: reconcile_bills(parts)),
    ]
    await engine.dispose()
    return costs


async def run(orders: int, cases: int) -> list[Cost]:
    folder = Path(tempfile.mkdtemp(prefix="gongju-scans-"))
    port = free_port()
    server = postgres(folder / "pg", port=port, log_dir=folder / "logs", durable=False)
    await server.start()
    try:
        return await measure(await create_database(port, "scans"), orders=orders, cases=cases)
    finally:
        await server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--orders", type=int, default=100_000)
    options.add_argument("--cases", type=int, default=1_000_000)
    told = options.parse_args()
    # The table is what goes to standard output.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    for cost in asyncio.run(run(told.orders, told.cases)):
        print(cost)


if __name__ == "__main__":
    main()
