"""Whether a text can be the answer to a free-text question, or is a question, a greeting or a command instead."""

from __future__ import annotations

import re
from typing import Final

from backend.domain.errors import NotAnAnswer, TextLength

_QUESTION: Final = re.compile(
    r"[?？]|(吗|呢|么|嘛)[。.!！~～\s]*$|怎么|咋|为什么|为啥|什么|多少|哪里|哪儿|哪个|能不能|可不可以|是不是|要不要|有没有|"
    r"行不行|多久|几天|啥时候|啥意思|如何"
)
_TALK: Final = re.compile(
    r"^(谢谢.{0,3}|感谢.{0,4}|辛苦.{0,3}|好的?|好吧|好滴|嗯+|哦+|噢+|啊+|哈+|呵呵|嘿嘿|ok|okay|行|可以|收到|知道了|明白.{0,2}|你好.{0,3}|您好.{0,3}|"
    r"在吗|在不在|hi|hello|早上好|晚上好|再见|拜拜|不知道|不清楚|不确定|随便|等等|等一下|稍等.{0,2}|是的?|对的?|不是|不对|不用|没有了|没了|算了)"
    r"[啊呀哈呢吧了哦～~!！。.]*$",
    re.IGNORECASE,
)
_COMMAND: Final = re.compile(
    r"^(上一步|返回|后退|下一步|跳过|先跳过|保存|先存着|存一下|重填|重新填|取消.{0,4}|退出|帮助|菜单|转?人工.{0,2}|客服|进度|查进度|到哪一步了|"
    r"还差啥|还差什么|材料清单|开始|继续|提交|支付|去支付|删掉.{0,6}|再加一段|改一下.{0,8}|我要.{0,12}|帮我.{0,12}|下次再(填|说)|明天再.{0,4})[吧了啊。.!！]*$"
)
# Two clauses with a person in them are a story, not a name: 老婆暂时不跟着办，还没孩子.
_STORY: Final = re.compile(r"[，,。；;].*(?:我|他|她|还|没|不|了$)|(?:我|老婆|老公|孩子|爸|妈).*[，,。；;]")
_ANGRY: Final = re.compile(r"烦死|垃圾|傻|妈的|浪费.*时间|说人话|有病|滚|投诉")
_ONLY_A_TIME: Final = re.compile(r"[\d年月日号.\-/~～至到今\s]+")
_SUBSTANCE: Final = re.compile(r"[A-Za-z\u3400-\u9fff]")
_REFUSED_MARKS: Final = re.compile(r"[〔〕<>{}\[\]\\]|https?:|www\.")


def read_free_text(text: str, *, shortest: int, longest: int) -> str:
    """The text as it is kept: trimmed, inner spaces folded.

    Raises:
        NotAnAnswer: it asks, greets, swears or commands, or has no word in it.
        TextLength: shorter or longer than the field allows.
    """
    plain = re.sub(r"\s+", " ", text).strip().strip("。，,;；!！~～")
    if not plain or _REFUSED_MARKS.search(plain) or not _SUBSTANCE.search(plain):
        raise NotAnAnswer
    if _ONLY_A_TIME.fullmatch(plain):
        raise NotAnAnswer
    if _QUESTION.search(plain) or _TALK.search(plain) or _COMMAND.search(plain) or _ANGRY.search(plain):
        raise NotAnAnswer
    if _STORY.search(plain):
        raise NotAnAnswer
    if not shortest <= len(plain) <= longest:
        raise TextLength(shortest=shortest, longest=longest)
    return plain
