"""The environment variables of a local installation: its secrets, its ports, its addresses."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from launcher.process import free_port
from launcher.secrets import local_secrets

PREFERRED_PORTS: Final = {
    "FRONT_PORT": 8000, "BOT_PORT": 8001, "BACKEND_PORT": 8002, "WORKER_PORT": 8003, "BOT_2_PORT": 8004,
    "RASA_PORT": 5005, "ACTIONS_PORT": 5055, "SIMULATOR_PORT": 8010, "POSTGRES_PORT": 8032, "VALKEY_PORT": 8079,
    "SMTP_PORT": 8025, "MAIL_PORT": 8026,
}  # fmt: skip
TEMPLATE_PURPOSES: Final = ("progress", "payment", "payment_reminder", "refund", "appointment", "expiry")
TEMPLATE_IDS: Final = {purpose: f"SIM-{purpose}-".ljust(43, "0") for purpose in TEMPLATE_PURPOSES}
KEPT_FROM_OUTSIDE: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "TZ")


@dataclass(frozen=True)
class Environment:
    """Where a local installation lives and what its processes are told."""

    folder: Path
    variables: Mapping[str, str]

    def port(self, name: str) -> int:
        return int(self.variables[name])

    def url(self, port_name: str) -> str:
        return f"http://127.0.0.1:{self.variables[port_name]}"


def local_environment(folder: Path, *, fixed_ports: bool, keeps_simulator: bool = False) -> Environment:
    """Variables for an installation in `folder`; ports are the usual ones where free (`fixed_ports`), else any.

    The database always stays; with `keeps_simulator` the people and chats of the local WeChat do, too.
    """
    ports = {name: free_port(usual if fixed_ports else None) for name, usual in PREFERRED_PORTS.items()}

    def at(name: str) -> str:
        return f"http://127.0.0.1:{ports[name]}"

    outside = {name: os.environ[name] for name in KEPT_FROM_OUTSIDE if name in os.environ}
    (folder / "objects").mkdir(parents=True, exist_ok=True)
    kept = {"SIM_STATE_FILE": str(folder / "simulator" / "state.json")} if keeps_simulator else {}
    return Environment(
        folder,
        {
            **outside,
            **local_secrets(folder / "keys"),
            **{name: str(port) for name, port in ports.items()},
            "PYTHONUNBUFFERED": "1",
            "RASA_TELEMETRY_ENABLED": "false",
            "DATABASE_URL": f"postgresql+psycopg://gongju@127.0.0.1:{ports['POSTGRES_PORT']}/gongju",
            "REDIS_URL": f"redis://127.0.0.1:{ports['VALKEY_PORT']}/0",
            "OBJECT_STORE_URL": (folder / "objects").resolve().as_uri(),
            "SMTP_URL": f"smtp://127.0.0.1:{ports['SMTP_PORT']}",
            "MAIL_FROM": "gongju@example.com",
            "PUBLIC_URL": at("FRONT_PORT"),
            "BACKEND_URL": at("BACKEND_PORT"),
            "RASA_URL": at("RASA_PORT"),
            "ACTIONS_URL": at("ACTIONS_PORT"),
            "BOT_URLS": f"{at('BOT_PORT')},{at('BOT_2_PORT')}",
            **{f"WECHAT_{host}_URL": at("SIMULATOR_PORT") for host in ("API", "OPEN", "MP", "RES")},
            "WECHATPAY_API_URL": at("SIMULATOR_PORT"),
            "CLOCK_URL": f"{at('SIMULATOR_PORT')}/_sim/clock",
            "FRAME_ANCESTORS": at("SIMULATOR_PORT"),
            "SIM_CALLBACK_URL": f"{at('FRONT_PORT')}/wechat",
            "SIM_PRODUCT_ORIGIN": at("FRONT_PORT"),
            "SIM_SEED": "gongju",
            **kept,
            "WECHAT_TEMPLATE_IDS": json.dumps(TEMPLATE_IDS),
        },
    )
