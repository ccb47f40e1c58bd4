"""Settings, locks, compose and images name the same things as the code."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from pydantic import SecretStr

from backend.adapters.pay.merchant import merchant_of
from backend.main import limits_of
from runtime.settings import Settings, SettingsError
from wechat.budget import WECHATS_LIMITS

ROOT = Path(__file__).resolve().parents[2]
RASA_ONLY = {"RASA_PORT", "ACTIONS_PORT"}
OBJECT_STORE_ONLY = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
STORE_PORTS = {"postgres": 5432, "redis": 6379, "objects": 9000}


def example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    pairs = (line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return dict(pair for pair in pairs if len(pair) == 2)


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


def test_every_setting_stands_in_the_example() -> None:
    assert {name.upper() for name in Settings.model_fields} - example().keys() == set()


def test_the_example_names_no_setting_that_nobody_reads() -> None:
    others = example().keys() - {name.upper() for name in Settings.model_fields}
    assert others == RASA_ONLY | OBJECT_STORE_ONLY


def test_the_example_itself_is_accepted() -> None:
    assert Settings.from_env(example()).public_url == "https://gongju.example.com"


def test_all_faults_are_reported_together_and_without_values() -> None:
    broken = {**example(), "BOT_PORT": "not-a-port", "SERVICE_TOKEN": "tooshort"}
    broken.pop("DATABASE_URL")
    with pytest.raises(SettingsError) as raised:
        Settings.from_env(broken)
    message = str(raised.value)
    assert "BOT_PORT" in message and "SERVICE_TOKEN" in message and "DATABASE_URL" in message
    assert "tooshort" not in message and "not-a-port" not in message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WECHAT_AES_KEY", "!" * 43),
        ("WECHAT_AES_KEY_PREVIOUS", "short"),
        ("DATA_KEYS", "k1:AAAA"),
        ("DATA_KEYS", "without-a-name"),
        ("DATABASE_URL", "sqlite:///x"),
        ("WECHAT_TEMPLATE_IDS", "{"),
        ("PUBLIC_URL", "gongju.example.com"),
        ("OBJECT_STORE_URL", "ftp://gongju"),
        ("SMTP_URL", "https://smtp.example.com"),
        ("REDIS_URL", "http://redis:6379"),
    ],
)
def test_a_malformed_value_is_named_before_any_process_trips_over_it(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name) as raised:
        Settings.from_env({**example(), name: value})
    assert value not in str(raised.value)


def test_the_numbers_of_the_reply_budget_are_settings_and_wechats_by_default() -> None:
    plain = {name: value for name, value in example().items() if not name.endswith(("_LIMIT", "_RESERVE"))}
    assert limits_of(Settings.from_env(plain)) == WECHATS_LIMITS == limits_of(Settings.from_env(example()))
    changed = limits_of(Settings.from_env({**plain, "WECHAT_MESSAGE_LIMIT": "20"}))
    assert (changed.message_count, changed.click_count) == (20, 3)


def test_keys_in_files_are_tried_and_all_faults_are_told(tmp_path: Path) -> None:
    (tmp_path / "public.pem").write_text("-----BEGIN PUBLIC KEY-----\nnot one\n-----END PUBLIC KEY-----\n")
    files = {
        "WECHATPAY_PRIVATE_KEY_FILE": str(tmp_path / "nowhere.pem"),
        "WECHATPAY_PUBLIC_KEY_FILE": str(tmp_path / "public.pem"),
    }
    with pytest.raises(SettingsError) as raised:
        merchant_of(Settings.from_env({**example(), **files}))
    assert all(name in str(raised.value) for name in files)


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    settings = Settings.from_env(example())
    secrets = [field.get_secret_value() for field in dict(settings).values() if isinstance(field, SecretStr)]
    assert len(secrets) >= 6
    assert not [secret for secret in secrets if secret in repr(settings)]


@pytest.mark.parametrize("lock", ["uv.lock", "nlu/uv.lock"])
def test_lock_files_name_only_the_public_index(lock: str) -> None:
    hosts = set(re.findall(r"https?://([^/\"\s]+)", (ROOT / lock).read_text()))
    assert hosts <= {"pypi.org", "files.pythonhosted.org"}


def test_the_npm_lock_names_no_registry() -> None:
    hosts = set(re.findall(r"https?://([^/\"\s]+)", (ROOT / "deploy/web/package-lock.json").read_text()))
    assert hosts <= {"registry.npmjs.org", "github.com", "opencollective.com", "paypal.me", "www.patreon.com"}


def test_compose_starts_modules_that_exist() -> None:
    for name, service in compose()["services"].items():
        command = service.get("command", [])
        if command[:2] == ["python", "-m"]:
            module = ROOT / command[2].replace(".", "/")
            assert module.with_suffix(".py").exists() or (module / "__main__.py").exists(), name


def test_compose_runs_two_of_each_process_of_ours() -> None:
    services = compose()["services"]
    ours = ["bot", "backend", "worker", "rasa", "actions"]
    assert {name: services[name]["deploy"]["replicas"] for name in ours} == dict.fromkeys(ours, 2)


def test_compose_health_checks_ask_the_ports_of_the_example() -> None:
    ports = {
        "bot": "BOT_PORT",
        "backend": "BACKEND_PORT",
        "worker": "WORKER_PORT",
        "rasa": "RASA_PORT",
        "actions": "ACTIONS_PORT",
    }
    for name, setting in ports.items():
        asked = " ".join(compose()["services"][name]["healthcheck"]["test"])
        assert f":{example()[setting]}/" in asked, name


def test_every_service_that_stays_has_a_health_check() -> None:
    without = [n for n, s in compose()["services"].items() if "healthcheck" not in s]
    assert without == ["nginx", "migrate", "bucket"]


@pytest.mark.parametrize(
    "setting", ["DATABASE_URL", "REDIS_URL", "BACKEND_URL", "RASA_URL", "ACTIONS_URL", "OBJECT_STORE_URL"]
)
def test_every_address_of_the_example_is_a_service_of_compose_at_its_port(setting: str) -> None:
    url = urlsplit(example()[setting])
    if endpoint := parse_qs(url.query).get("endpoint"):
        url = urlsplit(endpoint[0])
    assert url.hostname and url.hostname in compose()["services"]
    ports = {**STORE_PORTS, **{name: int(example()[f"{name.upper()}_PORT"]) for name in ("backend", "rasa", "actions")}}
    assert url.port == ports[url.hostname]


def test_the_database_and_its_user_are_those_that_compose_makes() -> None:
    url, made = urlsplit(example()["DATABASE_URL"]), compose()["services"]["postgres"]["environment"]
    assert (url.username, url.path) == (made["POSTGRES_USER"], "/" + made["POSTGRES_DB"])


def test_compose_makes_the_bucket_that_the_example_names_with_the_keys_that_it_names() -> None:
    services = compose()["services"]
    assert services["bucket"]["command"][0].endswith("/" + urlsplit(example()["OBJECT_STORE_URL"]).netloc)
    assert set(services["objects"]["environment"].values()) == {f"${{{name}}}" for name in OBJECT_STORE_ONLY}


def test_what_keeps_files_waits_for_the_bucket_and_everything_for_what_it_reads_first() -> None:
    waits = {name: set(service.get("depends_on", {})) for name, service in compose()["services"].items()}
    assert {name for name, needs in waits.items() if "bucket" in needs} == {"backend", "worker"}
    assert {name for name, needs in waits.items() if "migrate" in needs} == {"bot", "backend", "worker"}
    assert {name for name, needs in waits.items() if "redis" in needs} == {"bot", "backend", "worker", "rasa"}


def test_every_secret_file_of_compose_stands_in_the_runbook() -> None:
    runbook = (ROOT / "docs/runbook.md").read_text()
    assert [name for name in compose()["secrets"] if f"`{name}`" not in runbook] == []


@pytest.mark.parametrize("image", ["app", "rasa"])
def test_an_image_carries_every_folder_that_its_code_imports(image: str) -> None:
    copied = re.findall(r"^COPY (?!--from)(\w+) \1$", (ROOT / f"deploy/{image}.Dockerfile").read_text(), re.M)
    ours = {path.name for path in ROOT.iterdir() if (path / "__init__.py").exists()}
    imported = {
        found for folder in copied for file in (ROOT / folder).rglob("*.py") if ".venv" not in file.parts
        for found in re.findall(r"^\s*(?:from|import) (\w+)", file.read_text(), re.M)
    }  # fmt: skip
    assert imported & ours <= set(copied)


@pytest.mark.parametrize("image", ["app", "rasa"])
def test_images_run_without_root_and_carry_no_secret(image: str) -> None:
    text = (ROOT / f"deploy/{image}.Dockerfile").read_text()
    assert re.search(r"^USER 10001$", text, re.M)
    assert ".env" not in text and "secrets" not in text


def test_nginx_hands_every_outside_path_to_the_part_that_owns_it() -> None:
    text = (ROOT / "deploy/nginx.conf").read_text()
    owners = dict(re.findall(r"location (?:= )?(\S+)\s+\{[^}]*proxy_pass \$(\w+);", text))
    assert owners == {"/wechat": "bot", "/h5/": "bot", "/pay/notify": "backend", "/console": "backend"}


@pytest.mark.parametrize("name", ["rasa", "actions"])
def test_the_dialogue_is_told_no_secret_but_the_service_token(name: str) -> None:
    """It reads what strangers write; the keys of the data, of WeChat and of the merchant stay elsewhere."""
    service = compose()["services"][name]
    assert "env_file" not in service
    assert service["environment"] == {key: f"${{{key}}}" for key in service["environment"]}
    secrets = {key.upper() for key, value in dict(Settings.from_env(example())).items() if isinstance(value, SecretStr)}
    assert service["environment"].keys() & secrets == {"SERVICE_TOKEN"}
    assert "secrets" not in service


@pytest.mark.parametrize(("name", "package"), [("rasa", "nlu"), ("actions", "actions")])
def test_the_dialogue_is_told_every_setting_that_it_needs(name: str, package: str) -> None:
    source = (ROOT / package / "serve.py").read_text() + (ROOT / "endpoints.yml").read_text()
    needed = {setting for setting in example() if re.search(rf"\b{setting}\b", source)}
    assert needed <= compose()["services"][name]["environment"].keys()
