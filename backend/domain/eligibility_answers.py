"""Answers to 够不够, 能不能办: what is published for the district that is meant, compared with what was told (F15)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from backend.domain.catalogue import Catalogue, District
from backend.domain.catalogue_parts import Origin
from backend.domain.eligibility import Topic, TopicKind, shown_day

MOST_TOPICS: Final = 2
BEIJING: Final = "北京"
GENDERS: Final = ("男", "女")
_DIGITS: Final = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_NUMBER: Final = r"(?<!\d)(\d{1,3}|[零一二两三四五六七八九十]{1,3})"
_MONTHS: Final = re.compile(_NUMBER + r"\s*个多?月")
_SINCE: Final = re.compile(r"(\d{4})\s*[年.-]\s*(\d{1,2})")
_YEARS: Final = re.compile(_NUMBER + r"\s*年(半)?")
_AGE: Final = re.compile(_NUMBER + r"\s*周?岁")


@dataclass(frozen=True)
class Asker:
    """What is known of who asks; nothing of it for a stranger."""

    facts: Mapping[str, str]
    district: str = ""
    age: int | None = None


@dataclass(frozen=True)
class Told:
    """An answer's sentences and whose rules they follow; `lines` is empty when no topic was meant."""

    lines: tuple[str, ...]
    basis: str


def answer(catalogue: Catalogue, text: str, asker: Asker, today: date) -> Told:
    """What is published about the topics of the question; nobody is promised anything."""
    districts = named_districts(catalogue, text) or _own(catalogue, asker)
    facts = {**asker.facts, **({"gender": gender} if (gender := _gender(text)) else {})}
    if len(districts) == 1:
        facts["district"] = districts[0].code
    topics = _topics(catalogue, text)
    lines = [line for topic in topics for line in _lines(catalogue, topic, text, facts, districts, asker, today)]
    return Told(tuple(lines), basis(catalogue, districts))


def basis(catalogue: Catalogue, districts: Sequence[District] = ()) -> str:
    """依据…口径: whose rules, from which kind of source, checked when."""
    origin = districts[0].origin if len(districts) == 1 else catalogue.eligibility.origin
    place = "、".join(one.name for one in districts) or BEIJING
    return basis_words(catalogue, origin, place)


def basis_words(catalogue: Catalogue, origin: Origin, place: str) -> str:
    day = origin.last_verified
    source = catalogue.eligibility.sources.get(origin.source, origin.source)
    return f"{place}（{source}{f'，{shown_day(day)}核对' if day else ''}）"


def named_districts(catalogue: Catalogue, text: str) -> list[District]:
    """The districts of a sentence, in its order; only names that are districts, no places inside one."""
    places: dict[int, District] = {}
    for district in catalogue.districts.values():
        names = (district.name, district.name.removesuffix("区"), *district.legacy_names, *district.aliases)
        found = [at for name in names if len(name) > 1 and (at := text.find(name)) >= 0]
        if found:
            places[min(found)] = district
    return [places[at] for at in sorted(places)]


def months_told(text: str, today: date) -> int | None:
    """8个月, 半年, 一年半, 2025年3月入职: how long somebody says it has been."""
    if found := _SINCE.search(text):
        return max((today.year - int(found[1])) * 12 + today.month - int(found[2]), 0)
    if found := _MONTHS.search(text):
        return _number(found[1])
    if found := _YEARS.search(text):
        years = _number(found[1])
        return years * 12 + (6 if found[2] else 0) if years < 100 else None
    return 6 if "半年" in text else None


def age_told(text: str) -> int | None:
    found = _AGE.search(text)
    return _number(found[1]) if found else None


def _number(words: str) -> int:
    if words.isdecimal():
        return int(words)
    if "十" in words:
        tens, _, ones = words.partition("十")
        return _DIGITS.get(tens, 1) * 10 + _DIGITS.get(ones, 0)
    return _DIGITS.get(words[-1], 0)


def _gender(text: str) -> str:
    return next((one for one in GENDERS if one in text), "")


def _own(catalogue: Catalogue, asker: Asker) -> list[District]:
    mine = catalogue.districts.get(asker.district)
    return [mine] if mine else []


def _topics(catalogue: Catalogue, text: str) -> list[Topic]:
    plain = text.replace(" ", "")
    found = [one for one in catalogue.eligibility.topics if any(word.replace(" ", "") in plain for word in one.words)]
    if not found and (compared := named_districts(catalogue, text)) and compared:
        found = [one for one in catalogue.eligibility.topics if one.kind is TopicKind.EMPLOYER]
    return found[:MOST_TOPICS]


def _lines(
    catalogue: Catalogue,
    topic: Topic,
    text: str,
    facts: Mapping[str, str],
    districts: Sequence[District],
    asker: Asker,
    today: date,
) -> list[str]:
    if topic.kind is TopicKind.EMPLOYER:
        return _of_employers(catalogue, topic, districts, today)
    if topic.kind is TopicKind.MONTHS:
        return _of_months(catalogue, topic, text, facts, districts, today)
    if topic.kind is TopicKind.AGE:
        told = age_told(text)
        return _of_age(catalogue, topic, asker.age if told is None else told, facts, today)
    return [_filled(catalogue, topic, facts, today)]


def _filled(catalogue: Catalogue, topic: Topic, facts: Mapping[str, str], today: date) -> str:
    limit = catalogue.eligibility.limit(topic.limit, facts, today) if topic.limit else None
    wage = catalogue.eligibility.limit("average_wage", facts, today)
    value = limit.value if limit else 0
    amount = -(-wage.value * value // 100) if wage else 0
    return topic.text.format(limit=value, percent=f"{value / 100:g}", amount=f"{amount:,}")


def _of_months(
    catalogue: Catalogue,
    topic: Topic,
    text: str,
    facts: Mapping[str, str],
    districts: Sequence[District],
    today: date,
) -> list[str]:
    told = months_told(text, today)
    limit = catalogue.eligibility.limit(topic.limit, facts, today)
    if len(districts) != 1 or limit is None:
        return [topic.varies.format(by_district=by_district(catalogue, topic.limit, today))]
    lines = [topic.text.format(limit=limit.value)]
    if told is not None:
        lack = limit.value - told
        lines.append((topic.not_met if lack > 0 else topic.met).format(told=told, lack=lack))
    return lines


def by_district(catalogue: Catalogue, name: str, today: date) -> str:
    """海淀区、朝阳区12个月，其他区一般6个月."""
    named: dict[int, list[str]] = {}
    for code, value in catalogue.eligibility.by_fact(name, "district", today):
        named.setdefault(value, []).append(catalogue.districts[code].name)
    special = [f"{'、'.join(places)}{value}个月" for value, places in named.items()]
    general = catalogue.eligibility.limit(name, {}, today)
    return "，".join([*special, *([f"其他区一般{general.value}个月"] if general else [])])


def _of_age(catalogue: Catalogue, topic: Topic, age: int | None, facts: Mapping[str, str], today: date) -> list[str]:
    pairs = [(one, catalogue.eligibility.limit(topic.limit, {"gender": one}, today)) for one in GENDERS]
    shown = "，".join(f"{gender}不超过{limit.value}岁" for gender, limit in pairs if limit)
    lines = [topic.text.format(by_gender=shown)]
    limit = catalogue.eligibility.limit(topic.limit, facts, today)
    if limit is not None and age is not None:
        lines.append((topic.met if age <= limit.value else topic.not_met).format(told=age))
    return lines


def _of_employers(catalogue: Catalogue, topic: Topic, districts: Sequence[District], today: date) -> list[str]:
    """What each of these districts publishes about units, and how long somebody has to be in the post there."""
    shown = districts or [one for one in catalogue.districts.values() if one.employer_conditions]
    if not districts:
        names = "、".join(one.name for one in shown)
        return [topic.text, f"有公开条件的是{names}。告诉我单位在哪个区，我说给您听。"]
    return [topic.text, *(_of_district(catalogue, one, today) for one in shown)]


def _of_district(catalogue: Catalogue, district: District, today: date) -> str:
    limit = catalogue.eligibility.limit("months_in_post", {"district": district.code}, today)
    unit = district.employer_conditions.rstrip("。") or "单位条件没有查到公开的要求"
    return f"· {district.name}：{unit}；在现单位满{limit.value if limit else ''}个月。"
