"""How the overview page shows what the backend tells: sections with labels, the way so far, counted files (F49)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, Final

BEIJING: Final = timezone(timedelta(hours=8))
ITEM_STATES: Final = {"not_uploaded": "待上传", "uploaded": "待审", "passed": "通过", "rejected": "未通过"}
NOT_ASKED: Final = "选传"
TURNS: Final = {
    "applicant": ("轮到您了", "回到聊天说“继续”，我告诉您下一步。"),
    "staff": ("中智在办", "您不用做什么，有结果马上告诉您。"),
    "bureau": ("人社局在审", "您不用做什么，有结果马上告诉您。"),
}
OPEN_STATES: Final = frozenset({"not_uploaded", "uploaded", "rejected"})
SECTIONS: Final = {"contact": "联系方式", "personal": "个人信息"}
LISTS: Final = {"education": ("学习经历", "school"), "work": ("工作经历", "employer")}
LABELS: Final = {
    "phone": "手机号码", "emails": "电子邮箱", "ethnicity": "民族", "political": "政治面貌", "marital": "婚姻状况",
    "title": "职称", "hukou_place": "户口所在地", "hukou_kind": "户口类别", "hukou_nature": "户口性质",
    "address": "现居住地址", "housing": "住所性质", "postcode": "邮编",
}  # fmt: skip
# Only the housing is kept as a code; all other answers are words.
HOUSING: Final = {
    "own_with_deed": "自有（已取证）", "own_no_deed": "自有（未取证）", "spouse_owned": "配偶名下",
    "rented_flat": "租居民楼", "rented_village": "租宅基地房", "public_housing": "单位公房", "dormitory": "单位宿舍",
    "relatives": "亲友家", "residence_permit": "有北京市居住证",
}  # fmt: skip
DETAILS: Final = ("major", "level", "study_identity", "job", "place")


def beijing_time(moment: str) -> str:
    """An ISO 8601 moment as a Beijing reader writes it: 2026年3月16日 10:05."""
    at = datetime.fromisoformat(moment).astimezone(BEIJING)
    return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"


def shown_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """A material item as the pages show it."""
    state = str(item.get("state", "not_uploaded"))
    files = item.get("files") or ()
    label = ITEM_STATES.get(state, item.get("state_label") or state)
    if state == "not_uploaded" and item.get("required") is False:
        label = NOT_ASKED
    return {**item, "state_label": label, "open": state in OPEN_STATES, "files": len(files)}


def shown_sections(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What was told so far: one section per form that has anything to show."""
    answers, entries = data.get("answers") or {}, data.get("entries") or {}
    sections = [{"title": title, "rows": _rows(answers.get(name) or {})} for name, title in SECTIONS.items()]
    sections += [
        {"title": title, "entries": [_entry(entry, name_of) for entry in entries.get(name) or ()]}
        for name, (title, name_of) in LISTS.items()
    ]
    return [section for section in sections if section.get("rows") or section.get("entries")]


def shown_way(timeline: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """The stages passed, the last one being where the case stands."""
    last = len(timeline) - 1
    return [
        {"label": str(step["label"]), "at": beijing_time(step["at"]), "state": "current" if at == last else "done"}
        for at, step in enumerate(timeline)
    ]


def shown_counts(materials: Sequence[Mapping[str, Any]]) -> str:
    """How many materials are in which state, the ones that still need something first."""
    labels = [str(item["state_label"]) for item in materials]
    order = ("未通过", "待上传", "待审", "通过")
    return "　".join(f"{label} {labels.count(label)}" for label in order if label in labels)


def shown_downloads(downloads: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What was made for the applicant, and apart from it the papers to print, each with its formats."""
    papers: dict[str, list[Mapping[str, Any]]] = {}
    for one in downloads:
        if one.get("paper"):
            papers.setdefault(str(one["paper"]), []).append(one)
    return {"files": [one for one in downloads if not one.get("paper")], "papers": papers}


def shown_file_name(downloads: Sequence[Mapping[str, Any]], file_id: str) -> str:
    """What a downloaded file is called, without its ending; seven papers in one folder must be told apart."""
    found = next((one for one in downloads if one.get("file_id") == file_id), {})
    name = str(found.get("paper") or found.get("title") or "工居文件")
    return "".join("_" if letter in '\\/:*?"<>|' or ord(letter) < 32 else letter for letter in name)[:80]


def _rows(answers: Mapping[str, Any]) -> list[dict[str, str]]:
    return [
        {"label": label, "value": HOUSING.get(str(answers[name]), str(answers[name]))}
        for name, label in LABELS.items()
        if answers.get(name)
    ]


def _entry(entry: Mapping[str, Any], name_of: str) -> dict[str, str]:
    details = [str(entry[name]) for name in DETAILS if entry.get(name) and entry[name] != "无"]
    return {
        "name": str(entry.get(name_of) or "还没填名称"),
        "months": f"{_month(entry.get('start'))} – {_month(entry.get('end'))}",
        "details": " · ".join(details),
    }


def _month(value: Any) -> str:
    if not value:
        return "…"
    return "至今" if value == "OPEN" else str(value).replace("-", ".")
