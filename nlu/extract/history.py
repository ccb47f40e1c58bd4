"""Education and work sentences put together to entries: 03-06年高中，06-10年吉大软件工程本科 → two."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Final

from nlu.extract import jobs, places, schools
from nlu.extract.answers import HOME, HUKOU, REACH, WHO
from nlu.extract.moments import OPEN, Span, read_spans
from nlu.extract.schools import HIGH_SCHOOL
from nlu.extract.timeline import says_role, tokens_of
from nlu.extract.tokens import Token
from nlu.extract.values import Sheet, Value

EDUCATION: Final = frozenset({"school", "major", "study_identity", "country", "level"})
WORK: Final = frozenset({"employer", "job", "place"})
_ONCE: Final = frozenset({"school", "level", "employer", "start", "end", "month"})
_WORK_WORDS: Final = re.compile(r"入职|离职|上班|任职|就职|(?<!参加)工作(?!居住证|证|日|地点|单位怎|许可)|岗位|职位|跳槽到|辞职|合同到|供职|在职(?!证|读|研)|下一家")
_SAME_FOR_ALL: Final = re.compile(r"都是|均为|全是|都算|全部是|都读的")
_REPLACED: Final = re.compile(r"改成|改为|换成|更正为|应该是|应为|而是|名字?叫|全名|全称")
_ROSE: Final = re.compile(r"升|转(?:岗|做|成|为|到|了)|调(?:岗|到|任)|提(?:拔|了|成)|现在(?:是|做|当|任|$)|改(?:做|成|当)|变成|后来(?:是|做|当|任|成了?|$)")
_ELSEWHERE: Final = re.compile(r"[去跳]|公司|单位|入职|另")
_CONTRACT: Final = re.compile(r"合同|协议|签到|签约")
_QUESTION: Final = re.compile(
    r"[?]|吗|(?<!着)呢$|么$|怎么|什么|多少|哪(?!怕)|能不|可不可以|行不行|要不要|是不是|算不算|用不用|需不需要|有没有|多久|几[天个份张段点号]|如何|(?:行|好|要紧|可以|需要|算|用|要|合适|影响|成|够|作数)不$|好不好"
)


def is_question(text: str) -> bool:
    return bool(_QUESTION.search(text))


def read_history(sheet: Sheet, *, today: date, asked: str | None = None) -> list[Span]:
    """Put the entries of one kind on the sheet, numbered by `group`; give back the spans of time that no entry used.

    A question keeps only what is certain: entries that name a school or employer together with a time.
    """
    spans = [span for span in read_spans(sheet.text, today=today) if sheet.is_free(span.start, span.end)]
    for span in spans:
        sheet.close(span.start, span.end)
    tokens = _pieces(sheet, asked)
    kind = _kind(tokens, sheet.text, asked)
    if kind is None:
        return spans
    used = [span for span in spans if span.first.day is None or span.last or _is_history(tokens) or says_role(span, sheet.text)]
    times = list(tokens_of(used, sheet.text, asked=asked))
    entries = _assemble(_of_kind(_of_one_kind([*tokens, *times], kind, sheet.text), kind), sheet.text)
    if is_question(sheet.text) or (_is_asked_elsewhere(asked) and not _REPLACED.search(sheet.text)):
        entries = [entry for entry in entries if _is_certain(entry)]
    for number, entry in enumerate(entries):
        for token in entry:
            sheet.note(Value(token.slot, token.value, token.start, token.end, number, token.confirm, token.guess))
    return [span for span in spans if span not in used] if entries else spans


def _is_asked_elsewhere(asked: str | None) -> bool:
    """Among contacts, personal facts and conditions 就住公司宿舍 or 远程办公 tells of no job and no school."""
    return asked is not None and (asked in WHO | HUKOU | HOME | REACH or asked.startswith("C_"))


def _pieces(sheet: Sheet, asked: str | None) -> list[Token]:
    """All pieces but times. What may be a major or a job is read only where the rest says that it can be one."""
    work_asked, study_asked = asked in WORK, asked in EDUCATION
    found = list(schools.find_schools(sheet))
    found += schools.find_levels(sheet)
    found += schools.find_identities(sheet)
    found += jobs.find_employers(sheet)
    studies = study_asked or any(token.slot in ("school", "level") for token in found)
    works = work_asked or any(token.slot == "employer" for token in found) or bool(_WORK_WORDS.search(sheet.text))
    if studies and not works:
        found += schools.find_majors(sheet, in_history=True)
        found += schools.find_leftover_majors(sheet)
    else:
        found += schools.find_majors(sheet, in_history=False)
        found += jobs.find_jobs(sheet, in_history=works)
        found += jobs.find_cued_employers(sheet)
    found += jobs.find_idle(sheet)
    for value in places.find_country(sheet) if studies else []:
        found.append(Token("country", value.value, value.start, value.end))
    for value in places.find_work_places(sheet) if works or any(t.slot == "job" for t in found) else []:
        found.append(Token("place", value.value, value.start, value.end, value.confirm))
    return [token for token in found if not _denied(token, sheet.text) and not _was_replaced(token, found, sheet.text)]


def _kind(tokens: list[Token], text: str, asked: str | None) -> frozenset[str] | None:
    slots = {token.slot for token in tokens if not token.implied}
    works = bool(slots & {"employer", "job"}) or (bool(_WORK_WORDS.search(text)) and not slots & {"level", "study_identity"})
    if asked in EDUCATION and slots & EDUCATION:
        return EDUCATION
    if asked in WORK and slots & (WORK | {"school"}):
        return WORK
    if slots & {"level", "study_identity"} and not ("employer" in slots and "school" not in slots):
        return EDUCATION
    if works:
        return WORK
    if slots & EDUCATION or re.search(r"毕业|入学|上的?大学|[级届]", text):
        return EDUCATION
    return EDUCATION if asked in ("start", "end") or re.search(r"[年月\d]", text) else None


def _of_one_kind(tokens: list[Token], kind: frozenset[str], text: str) -> list[Token]:
    """Schools told before jobs in one message: the months of the other kind must not become entries of this one."""
    schools_at = [t.start for t in tokens if t.slot in ("school", "level") and not t.implied]
    jobs_at = [t.start for t in tokens if t.slot == "employer"]
    if not schools_at or not jobs_at or max(schools_at) > min(jobs_at):
        return tokens
    clause = max(text.rfind(mark, 0, min(jobs_at)) for mark in ",;。、 ") + 1
    return [t for t in tokens if (t.start < clause) == (kind is EDUCATION)]


def _of_kind(tokens: list[Token], kind: frozenset[str]) -> list[Token]:
    if kind is WORK and not any(token.slot == "employer" for token in tokens):
        tokens = [replace(token, slot="employer") if token.slot == "school" else token for token in tokens]
    return sorted((t for t in tokens if t.slot in kind or t.slot in ("start", "end", "month")), key=lambda t: (t.start, t.implied))


def _is_history(tokens: Iterable[Token]) -> bool:
    return any(token.slot in ("school", "level", "employer", "job") for token in tokens)


def _assemble(tokens: list[Token], text: str) -> list[list[Token]]:
    entries: list[list[Token]] = []
    for token in tokens:
        if entries and (left := _left_open(token, entries[-1], text)):
            entries[-1][entries[-1].index(left)] = token
            continue
        if entries and (former := _promoted(token, entries[-1], text)):
            entries[-1][entries[-1].index(former)] = token
            continue
        if not entries or _opens_new_entry(token, entries[-1]):
            if token.implied and token.slot == "job":
                continue
            entries.append([])
        if not any(known.slot == token.slot for known in entries[-1]):
            entries[-1].append(token)
    entries = [_complete(entry) for entry in entries]
    return _share(entries) if _SAME_FOR_ALL.search(text) else entries


def _left_open(token: Token, entry: list[Token], text: str) -> Token | None:
    """The 至今 of this entry which the end of the contract now closes: 到现在……合同到2027年5月."""
    until = next((old for old in entry if old.slot == "end" and old.value == OPEN), None)
    if until is None or token.slot not in ("end", "month") or token.value == OPEN:
        return None
    return until if _CONTRACT.search(text[until.end : token.start]) else None


def _promoted(token: Token, entry: list[Token], text: str) -> Token | None:
    """The former job of this entry in whose place the later one came: 助理，后来升了主管."""
    former = next((old for old in entry if old.slot == token.slot == "job" and old.end <= token.start), None)
    if former is None or token.implied or former.implied:
        return None
    between = text[former.end : token.start]
    return former if _ROSE.search(between) and not _ELSEWHERE.search(between) else None


def _opens_new_entry(token: Token, entry: list[Token]) -> bool:
    if token.implied or token.slot not in _ONCE:
        return False
    known = {old.slot: old for old in entry}
    if token.slot in known:
        same = known[token.slot].value == token.value or known[token.slot].implied
        return not same and not (token.slot == "month" and "end" not in known)
    if token.slot == "start" and "end" in known:
        return known["end"].value != OPEN and token.value[:7] >= known["end"].value[:7]
    return False


def _complete(entry: list[Token]) -> list[Token]:
    """What follows from the rest: two bare months are start and end, high school has no major (F29), a school abroad its country."""
    slots = {token.slot: token for token in entry}
    first = entry[0]
    months = [token for token in entry if token.slot == "month"]
    if months and "end" in slots and "start" not in slots and months[0].value < slots["end"].value:
        entry = [replace(t, slot="start") if t is months[0] else t for t in entry]
    elif months and "start" in slots and "end" not in slots and months[0].value > slots["start"].value:
        entry = [replace(t, slot="end") if t is months[0] else t for t in entry]
    level = slots.get("level")
    if level and level.value == HIGH_SCHOOL and "major" not in slots:
        entry = [*entry, Token("major", "无", level.start, level.end, implied=True)]
    school = slots.get("school")
    abroad = schools.country_of(school.value) if school else None
    if abroad and school and "country" not in slots:
        entry = [*entry, Token("country", abroad, school.start, school.end, implied=True)]
    place = next((token for token in entry if token.slot == "country" and token.value != "中国"), None)
    if place and "study_identity" not in slots and first:
        entry = [*entry, Token("study_identity", "留学", place.start, place.end, implied=True)]
    return entry


def _share(entries: list[list[Token]]) -> list[list[Token]]:
    """全日制 after 都是 holds for every entry."""
    said = next((token for entry in reversed(entries) for token in entry if token.slot == "study_identity"), None)
    if said is None:
        return entries
    return [entry if any(t.slot == said.slot for t in entry) else [*entry, said] for entry in entries]


def _is_certain(entry: list[Token]) -> bool:
    slots = {token.slot for token in entry}
    return bool(slots & {"school", "employer"}) and bool(slots & {"start", "end", "month"})


def _denied(token: Token, text: str) -> bool:
    return bool(re.search(r"(?:不是|并非|不叫|别写|没(?:有)?[上读念]过?)(?:在)?$", text[max(0, token.start - 4) : token.start]))


def _was_replaced(token: Token, tokens: list[Token], text: str) -> bool:
    """Whether the sentence puts something of the same slot in its place: 把吉大改成北大."""
    turn = _REPLACED.search(text)
    if not turn or token.start >= turn.start():
        return False
    return any(other.slot == token.slot and other.start >= turn.end() for other in tokens)
