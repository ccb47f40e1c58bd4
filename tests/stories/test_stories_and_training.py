"""The domain, rules and stories are valid, train without contradiction, and lead every form as the stories say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
CONFIG = """
recipe: default.v1
assistant_id: gongju
language: zh
pipeline:
  - name: KeywordIntentClassifier
policies:
  - name: RulePolicy
    core_fallback_threshold: 0.3
    core_fallback_action_name: action_talk
    enable_fallback_prediction: true
"""


def rasa(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "ignore", "-m", "nlu.rasa_cli", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


@pytest.fixture(scope="module")
def core_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("core")
    (folder / "config.yml").write_text(CONFIG)
    (folder / "nlu.yml").write_text('version: "3.1"\nnlu:\n- intent: thanks\n  examples: |\n    - 谢谢\n')
    done = rasa("train", "--domain", "data/domain", "--data", str(folder / "nlu.yml"), "data/rules", "data/stories",
                "--config", str(folder / "config.yml"), "--out", str(folder), "--fixed-model-name", "core")  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return folder / "core.tar.gz"


def test_every_form_is_led_as_its_stories_say(core_model: Path, tmp_path: Path) -> None:
    done = rasa("test", "core", "--model", str(core_model), "--stories", "tests/stories", "--out", str(tmp_path),
                "--fail-on-prediction-errors")  # fmt: skip
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]


def test_the_data_is_valid_for_rasa() -> None:
    done = rasa("data", "validate", "--domain", "data/domain", "--data", "data/nlu", "data/rules", "data/stories",
                "--config", "config.yml")  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    # What the action server says by name stands in no story; any other warning is ours to mend.
    warned = [line for line in (done.stdout + done.stderr).splitlines() if "UserWarning:" in line]
    assert [line for line in warned if "is not used in any story or rule" not in line] == []


def test_every_form_has_its_action_its_ending_rule_and_its_stories() -> None:
    domain = yaml.safe_load((ROOT / "data/domain/forms.yml").read_text())
    rules = (ROOT / "data/rules/forms.yml").read_text()
    for form in domain["forms"]:
        assert form in domain["actions"]
        assert f"active_loop: {form}" in rules
        assert (ROOT / f"tests/stories/test_{form.removesuffix('_form')}.yml").exists()


def test_every_intent_of_the_table_is_in_the_domain_and_leads_somewhere() -> None:
    from nlu.intents import ENTITIES, INTENTS

    domain = yaml.safe_load((ROOT / "data/domain/intents.yml").read_text())
    assert {name for one in domain["intents"] for name in one} == set(INTENTS)
    assert set(domain["entities"]) == set(ENTITIES)
    ruled = set()
    for name in ("questions", "talk"):
        for rule in yaml.safe_load((ROOT / f"data/rules/{name}.yml").read_text())["rules"]:
            ruled.add(rule["steps"][0]["intent"])
    assert ruled == set(INTENTS)
