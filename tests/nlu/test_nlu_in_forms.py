"""Messages in the middle of a form, hurried and in any shape: intent and values right together, in the light of the question."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import pytest
from ruamel.yaml import YAML

from nlu.classify.model import Model
from nlu.classify.understand import understand
from nlu.evaluate import CASES, THRESHOLD, trained_model
from nlu.extract.reading import Reading, read

TODAY: Final = date(2026, 11, 21)
SURE: Final = 0.4  # as in actions: under it a sentence inside a form is an answer
ANSWERS: Final = frozenset({"inform", "correct", "choose", "affirm", "deny", "unsure", "unknown"})
ROWS: Final = YAML(typ="safe").load((CASES / "in_forms" / "first_sight.yml").read_text(encoding="utf-8"))
FLOOR: Final = 0.94


@pytest.fixture(scope="module")
def model() -> Model:
    return trained_model()


def reading_of(row: dict[str, Any]) -> Reading:
    return read(row["text"], today=TODAY, asked=None if row["asked"] == "any" else row["asked"])


def is_understood(row: dict[str, Any], reading: Reading, model: Model) -> bool:
    """One of the intents that serve; for an answer any of those that `actions` takes for one."""
    guess = understand(reading, model, threshold=THRESHOLD)[0]
    if guess.intent in row["intents"]:
        return True
    is_answer = guess.intent in ANSWERS or guess.confidence < SURE
    return row["asked"] != "any" and is_answer and bool(ANSWERS & set(row["intents"]))


def is_read(row: dict[str, Any], reading: Reading) -> bool:
    wanted = row.get("values", [])
    told = {(v.field, v.value, v.group if len(wanted) > 1 else None) for v in reading.values}
    return all((name, value, at if len(wanted) > 1 else None) in told for at, entry in enumerate(wanted) for name, value in entry.items())


def test_messages_in_forms_are_understood_and_read(model: Model) -> None:
    wrong = []
    for row in ROWS:
        reading = reading_of(row)
        if not (is_understood(row, reading, model) and is_read(row, reading)):
            wrong.append(f"{row['asked']}: {row['text']}")
    assert 1 - len(wrong) / len(ROWS) >= FLOOR, wrong


@pytest.mark.parametrize(
    ("asked", "text", "field"),
    [
        ("phone", "用我老婆的行吗18600001111", "housing"),
        ("marital", "有对象没领证", "housing"),
        ("address", "就住公司宿舍，昌平区沙河镇七里渠南村88号", "employer"),
        ("place", "远程办公", "study_identity"),
        ("school", "高中毕业证丢了要紧不", "school"),
        ("study_identity", "网上读的奥鹏", "address"),
    ],
)
def test_what_only_sounds_like_a_fact_is_written_nowhere(asked: str, text: str, field: str) -> None:
    assert read(text, today=TODAY, asked=asked).get(field) is None


@pytest.mark.parametrize("text", ["北京通账号13800138000密码qwer1234", "密码Abc12345", "我的密码是：Qq7788"])
def test_a_password_is_a_secret_with_or_without_a_verb(text: str) -> None:
    assert read(text, today=TODAY).get("secret_typed") == "password"


@pytest.mark.parametrize("text", ["密码忘了怎么办", "密码多少位", "密码123"])
def test_talk_about_a_password_is_none(text: str) -> None:
    assert read(text, today=TODAY).get("secret_typed") is None


@pytest.mark.parametrize(
    ("text", "value"),
    [("把zhoa@qq.com改成zhao@qq.com", "zhao@qq.com"), ("是zhao@qq.com不是zhoa@qq.com", "zhao@qq.com"), ("a@qq.com 不要用 b@qq.com", "a@qq.com")],
)
def test_an_address_that_is_replaced_is_not_kept(text: str, value: str) -> None:
    assert read(text, today=TODAY).get("emails") == value


EVERYTHING = (
    "我高中在临沂一中2003年9月到2006年6月，大学在山东大学学的计算机科学与技术，2006年9月到2010年7月，全日制本科，"
    "毕业以后先去了北京用友软件有限公司做java开发，2010年7月到2018年3月，在海淀上地，"
    "后来2018年4月到现在一直在示例科技（北京）有限公司当技术经理，在朝阳，合同签到2030年5月"
)


@pytest.mark.parametrize(
    ("asked", "entries"),
    [
        ("school", [{"school": "临沂一中", "start": "2003-09", "end": "2006-06"}, {"school": "山东大学", "start": "2006-09", "end": "2010-07"}]),
        ("employer", [{"employer": "北京用友软件有限公司", "start": "2010-07", "end": "2018-03"},
                      {"employer": "示例科技（北京）有限公司", "start": "2018-04", "end": "2030-05"}]),
    ],
)  # fmt: skip
def test_schools_and_jobs_in_one_message_never_lend_each_other_their_months(asked: str, entries: list[dict[str, str]]) -> None:
    told = read(EVERYTHING, today=TODAY, asked=asked).entries
    assert [{name: entry[name] for name in wanted} for entry, wanted in zip(told, entries, strict=True)] == entries
    assert len(told) == len(entries)


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [("个税也没有零的", "C_TAX_ZERO", "没有"), ("个税有两个月是0", "C_TAX_ZERO", "有"), ("没断过，公司一直交", "C_SI", "现单位直缴"), ("汉族，群众，没职称", "C_PATH", None)],
)
def test_a_condition_that_is_denied_is_not_taken_for_met(text: str, field: str, value: str | None) -> None:
    assert read(text, today=TODAY, asked="C_PATH").get(field) == value
