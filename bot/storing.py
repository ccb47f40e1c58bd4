"""The one statement that keeps a push: its row, the reply window it opens, and during an outage its answer.

WeChat waits while this runs, so it is one round trip without a transaction around it, and it is built once: making it
anew would cost more than running it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    DateTime,
    Interval,
    Select,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, insert

from wechat import budget
from wechat.budget import Window
from wechat.tables import inbox as table

_COPIED = ("dedupe_key", "turn_key", "openid", "kind", "push", "received_at")


@cache
def storing(window: Window | None) -> Select[Any]:
    """Parameters: the columns of a push, `wait` (interval), and `excuse` (text or null).

    Gives `id`, `is_first`, `delivery` and `passive`. A repeat changes nothing but the count of tries and how long
    WeChat waits. With an excuse the answer is decided at once; one open row per openid carries it.
    """
    stored = _stored()
    statement = select(stored.c.id, stored.c.is_first, stored.c.delivery, stored.c.passive)
    if window is None:
        return statement
    openid, now = bindparam("openid", type_=Text), bindparam("received_at", type_=DateTime(timezone=True))
    opener = select(openid).select_from(stored).where(stored.c.is_first)
    return statement.add_cte(budget.opening(window, opener, now=now).cte("opened"))


def _stored() -> CTE:
    excuse = bindparam("excuse", type_=Text)
    told = (
        select(literal(True))
        .where(table.c.openid == bindparam("openid", type_=Text), table.c.state != "answered", table.c.excused)
        .limit(1)
    )
    excused = select((excuse.is_not(None) & ~told.exists()).label("now")).cte("excused")
    text = func.jsonb_build_object(literal_column("'text'"), cast(excuse, Text), type_=JSONB)
    values = {name: bindparam(name, type_=table.c[name].type) for name in _COPIED} | {
        "wait_until": func.clock_timestamp() + bindparam("wait", type_=Interval),
        "delivery": case((excuse.is_not(None), literal("custom"))),
        "passive": case((excused.c.now, text)),
        "excused": excused.c.now,
    }
    new = insert(table).from_select(list(values), select(*values.values()).select_from(excused), include_defaults=False)
    return (
        new.on_conflict_do_update(
            index_elements=[table.c.dedupe_key],
            set_={
                "tries": table.c.tries + 1,
                "wait_until": func.greatest(table.c.wait_until, new.excluded.wait_until),
            },
        )
        .returning(table.c.id, literal_column("(xmax = 0)").label("is_first"), table.c.delivery, table.c.passive)
        .cte("stored")
    )
