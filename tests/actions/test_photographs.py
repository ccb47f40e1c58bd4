"""What is meant when somebody speaks about photos that were sent, or asks how one should look."""

from __future__ import annotations

import pytest

from actions.commands import decide
from actions.moves import Command
from actions.reading import Question, Reading

ASKED = {"form": "materials_form", "field": "WK01", "kind": "photos", "group": ["WK01"]}
CONTRACT = Question.of_ask({**ASKED, "facts": {"files": 3}})
EMPTY = Question.of_ask({**ASKED, "facts": {"files": 0}})
SCHOOL = Question.of_ask({"form": "education_form", "field": "school", "kind": "text", "index": 1})


def said(text, intent="unknown", **entities) -> Reading:
    return Reading(text, intent, 0.9, [{"entity": e, "value": v} for e, v in entities.items()])


@pytest.mark.parametrize(("reading", "question", "command"), [
    (said("上面那张是户口本", "upload_item", material_item="BA02"), CONTRACT, Command("move_upload", {"item": "BA02"})),
    (said("刚才发的放到结婚证里", "inform", material_item="FA01"), CONTRACT, Command("move_upload", {"item": "FA01"})),
    (said("户口本", "upload_item", material_item="BA02"), CONTRACT, Command("choose_item", {"item": "BA02"})),
    (said("撤掉刚才那张", "undo_upload"), CONTRACT, Command("undo_upload", {})),
    (said("删掉第二张", "undo_upload", ordinal="2"), CONTRACT, Command("undo_upload", {"number": 2, "item": "WK01"})),
    (said("第三页重拍了", "inform"), CONTRACT, Command("undo_upload", {"number": 3, "item": "WK01", "replace": True})),
    (said("删掉第二张", "remove_entry", ordinal="2"), EMPTY, Command("undo_upload", {"number": 2})),
    (said("把第2张换掉", "undo_upload"), CONTRACT, Command("undo_upload", {"number": 2, "item": "WK01", "replace": True})),
    (said("这个放哪一项里", "ask_materials"), CONTRACT, Command("last_upload")),
    (said("样子是什么样的", "ask_materials"), CONTRACT, Command("materials", {"item": "WK01"})),
    (said("给我看看户口本的样张", "ask_materials", material_item="BA02"), CONTRACT, Command("materials", {"item": "BA02"})),
    (said("这张是合同", "ask_materials"), SCHOOL, None),
    (said("这张是身份证", "ask_materials", material_item="BA01"), SCHOOL, Command("move_upload", {"item": "BA01"})),
    (said("这张是合同吗", "ask_materials"), SCHOOL, Command("materials", {})),
    (said("发了两张", "inform"), CONTRACT, None),
    (said("我在一中读的", "inform"), SCHOOL, None),
])  # fmt: skip
def test_a_sentence_about_photos_becomes_its_command(reading, question, command) -> None:
    move = decide(reading, question)
    assert move == command or (command is None and getattr(move, "name", "answer") == "answer")
