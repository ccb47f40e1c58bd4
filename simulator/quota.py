"""Keeps the platform's counts: the customer-service messages a user may still get, and daily API limits (B.3, B.12)."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Final

from simulator.clock import VirtualClock

BEIJING: Final = timezone(timedelta(hours=8))
OUT_OF_TIME: Final = 45015
OUT_OF_COUNT: Final = 45047
DAILY_LIMITS: Final[dict[str, int]] = {
    "/cgi-bin/token": 2000,
    "/cgi-bin/stable_token": 500_000,
    "/cgi-bin/menu/create": 1000,
    "/cgi-bin/menu/get": 10_000,
    "/cgi-bin/menu/delete": 1000,
    "/cgi-bin/media/upload": 100_000,
    "/cgi-bin/media/get": 200_000,
    "/cgi-bin/message/custom/send": 500_000,
    "/cgi-bin/message/template/send": 100_000,
    "/cgi-bin/qrcode/create": 100_000,
    "/cgi-bin/user/get": 500,
    "/cgi-bin/user/info": 5_000_000,
}


@dataclass
class Window:
    """A stretch of time in which the account may write to a user; `allowance` None: without limit."""

    trigger: str
    opened_at: datetime
    closes_at: datetime
    allowance: int | None
    used: int = 0

    @property
    def left(self) -> int | None:
        return None if self.allowance is None else self.allowance - self.used


class Quota:
    """5 per 48 h after a message, 3 per minute after a click, a tap, a follow or a scan; paid: free for 48 h."""

    def __init__(self, clock: VirtualClock) -> None:
        self.message_count = 5
        self.message_window = timedelta(hours=48)
        self.click_count = 3
        self.click_window = timedelta(minutes=1)
        self.daily_limits = dict(DAILY_LIMITS)
        self._clock = clock
        self.windows: dict[str, dict[str, Window]] = {}
        self._calls: Counter[str] = Counter()
        self._day = ""

    def message(self, openid: str) -> None:
        """The user wrote something."""
        self._open(openid, "message", self.message_window, self.message_count)

    def click(self, openid: str) -> None:
        """The user used the menu, tapped a menu link, followed or scanned."""
        self._open(openid, "click", self.click_window, self.click_count)

    def paid(self, openid: str) -> None:
        """The user paid."""
        self._open(openid, "pay", self.message_window, None)

    def forget(self, openid: str) -> None:
        """The user left."""
        self.windows.pop(openid, None)

    def spend(self, openid: str) -> int:
        """Count one customer-service message: 0, 45015 or 45047. The window that closes first pays."""
        opened = self.open_windows(openid)
        if not opened:
            return OUT_OF_TIME
        usable = [w for w in opened if w.left is None or w.left > 0]
        if not usable:
            return OUT_OF_COUNT
        usable[0].used += 1
        return 0

    def open_windows(self, openid: str) -> list[Window]:
        now = self._clock.now()
        windows = self.windows.get(openid, {}).values()
        return sorted((w for w in windows if now <= w.closes_at), key=lambda w: w.closes_at)

    def count_call(self, endpoint: str) -> bool:
        """Whether this call is still within the day's limit."""
        self._turn_day()
        self._calls[endpoint] += 1
        limit = self.daily_limits.get(endpoint)
        return limit is None or self._calls[endpoint] <= limit

    def used_today(self, endpoint: str) -> int:
        self._turn_day()
        return self._calls[endpoint]

    def clear_calls(self) -> None:
        self._calls.clear()

    def as_json(self, openid: str) -> list[dict[str, object]]:
        return [
            {"trigger": w.trigger, "closes_at": w.closes_at.isoformat(), "used": w.used, "left": w.left}
            for w in self.open_windows(openid)
        ]

    def _open(self, openid: str, trigger: str, lasts: timedelta, allowance: int | None) -> None:
        now = self._clock.now()
        self.windows.setdefault(openid, {})[trigger] = Window(trigger, now, now + lasts, allowance)

    def _turn_day(self) -> None:
        today = self._clock.now().astimezone(BEIJING).date().isoformat()
        if today != self._day:
            self._day = today
            self._calls.clear()
