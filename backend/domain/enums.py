"""The closed lists of personal data (fields.md 5.3) and the everyday words that mean their entries."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from backend.domain.errors import UnknownOption


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _meaning(words_of: Mapping[str, str]) -> Mapping[str, str]:
    """Turn `entry: the words for it` round."""
    return {word: entry for entry, words in words_of.items() for word in words.split()}


ETHNICITIES: Final = _words(
    "汉族 蒙古族 回族 藏族 维吾尔族 苗族 彝族 壮族 布依族 朝鲜族 满族 侗族 瑶族 白族 土家族 "
    "哈尼族 哈萨克族 傣族 黎族 傈僳族 佤族 畲族 高山族 拉祜族 水族 东乡族 纳西族 景颇族 "
    "柯尔克孜族 土族 达斡尔族 仫佬族 羌族 布朗族 撒拉族 毛南族 仡佬族 锡伯族 阿昌族 普米族 "
    "塔吉克族 怒族 乌孜别克族 俄罗斯族 鄂温克族 德昂族 保安族 裕固族 京族 塔塔尔族 独龙族 "
    "鄂伦春族 赫哲族 门巴族 珞巴族 基诺族 其他 外国血统中国籍人士"
)
POLITICAL: Final = _words(
    "中共党员 中共预备党员 共青团员 民革党员 民盟盟员 民建会员 民进会员 农工党党员 致公党党员 "
    "九三学社社员 台盟盟员 无党派民主人士 群众"
)
MARITAL: Final = ("未婚", "已婚", "离婚", "丧偶")
HUKOU_KINDS: Final = ("家庭户", "集体户")
HUKOU_NATURES: Final = ("城镇", "农业", "居民")
STUDY_IDENTITIES: Final = ("全日制学生", "在职学习", "成人教育", "自学考试", "网络教育", "开放大学", "留学")
LEVELS: Final = ("高中及以下", "大专", "本科", "硕士研究生", "博士研究生")
DEGREE_OF_LEVEL: Final[Mapping[str, str]] = MappingProxyType(
    {"高中及以下": "无", "大专": "无", "本科": "学士", "硕士研究生": "硕士", "博士研究生": "博士"}
)
TITLE_LEVELS: Final = ("无", "初级", "中级", "副高", "正高")

_ALIASES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "ethnicity": _meaning(
            {
                "外国血统中国籍人士": "外籍入籍 入籍",
                "维吾尔族": "维族",
                "哈萨克族": "哈族",
            }
        ),
        "political": _meaning(
            {
                "中共党员": "党员 共产党员 共产党 party_member",
                "中共预备党员": "预备党员 probationary",
                "共青团员": "团员 league_member",
                "民革党员": "民革",
                "民盟盟员": "民盟",
                "民建会员": "民建",
                "民进会员": "民进",
                "农工党党员": "农工党",
                "致公党党员": "致公党",
                "九三学社社员": "九三 九三学社",
                "台盟盟员": "台盟",
                "无党派民主人士": "无党派 无党派人士",
                "群众": "普通群众 老百姓 masses",
            }
        ),
        "marital": _meaning(
            {
                "未婚": "单身 没结婚 没有结婚 没对象 未婚10 单 single",
                "已婚": "结婚 结婚了 结了 初婚 再婚 复婚 married",
                "离婚": "离异 离婚了 离了 离 divorced",
                "丧偶": "丧 widowed",
            }
        ),
        "hukou_kind": _meaning(
            {
                "家庭户": "家庭 家庭户口 个人户 family",
                "集体户": "集体 集体户口 collective",
            }
        ),
        "hukou_nature": _meaning(
            {
                "城镇": "城镇户口 非农 非农业 城市 城里 urban",
                "农业": "农村 农村户口 农业户口 农民 rural",
                "居民": "居民户 居民户口 resident",
            }
        ),
        "study_identity": _meaning(
            {
                "全日制学生": "全日制 统招 统招全日制 普通全日制 脱产 full_time",
                "在职学习": "在职 非全日制 在职研究生 part_time",
                "成人教育": "成教 成人 成考 函授 夜大 adult",
                "自学考试": "自考 自学 self_study",
                "网络教育": "网教 网络 远程 远程教育 网络/远程教育 online",
                "开放大学": "电大 国开 open_university",
                "留学": "出国 海外 abroad",
            }
        ),
        "level": _meaning(
            {
                "高中及以下": "高中 初中 中专 职高 技校 high_school",
                "大专": "专科 高职 college",
                "本科": "大学 大学本科 学士 bachelor",
                "硕士研究生": "硕士 研究生 硕 master",
                "博士研究生": "博士 博 doctor",
            }
        ),
    }
)
_LISTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "ethnicity": ETHNICITIES,
        "political": POLITICAL,
        "marital": MARITAL,
        "hukou_kind": HUKOU_KINDS,
        "hukou_nature": HUKOU_NATURES,
        "study_identity": STUDY_IDENTITIES,
        "level": LEVELS,
    }
)


def choices(name: str) -> tuple[str, ...]:
    """The entries of one list, in the order they are offered."""
    return _LISTS[name]


def read_enum(name: str, text: str) -> str:
    """The entry that a word means: itself, with a suffix left out or added, or an everyday word for it.

    Raises:
        UnknownOption: no entry is meant.
    """
    plain = text.strip().strip("。.,，!！").removeprefix("我是").removeprefix("是")
    aliases = _ALIASES.get(name, {})
    for candidate in (plain, plain.lower(), f"{plain}族" if name == "ethnicity" else plain):
        if candidate in _LISTS[name]:
            return candidate
        if candidate in aliases:
            return aliases[candidate]
    offered = _LISTS[name] if len(_LISTS[name]) <= 13 else _LISTS[name][:5]
    raise UnknownOption(choices="、".join(offered))


_COUNTRIES: Final = _meaning(
    {
        "中国香港": "香港 中国香港",
        "中国澳门": "澳门 中国澳门",
        "中国台湾": "台湾 中国台湾",
        "中国": "国内 大陆 中国大陆 中国",
        "英国": "英 uk",
        "美国": "美 us usa",
        "日本": "日",
        "韩国": "韩",
        "澳大利亚": "澳洲",
        "新西兰": "新西兰",
        "俄罗斯": "俄",
    }
)
COUNTRIES: Final = _words(
    "中国 中国香港 中国澳门 中国台湾 美国 英国 日本 韩国 朝鲜 德国 法国 意大利 西班牙 葡萄牙 "
    "荷兰 比利时 卢森堡 瑞士 瑞典 挪威 丹麦 芬兰 冰岛 爱尔兰 奥地利 波兰 捷克 斯洛伐克 匈牙利 "
    "罗马尼亚 保加利亚 希腊 塞尔维亚 克罗地亚 斯洛文尼亚 乌克兰 白俄罗斯 俄罗斯 爱沙尼亚 拉脱维亚 "
    "立陶宛 摩尔多瓦 马耳他 塞浦路斯 土耳其 以色列 埃及 南非 摩洛哥 突尼斯 阿尔及利亚 尼日利亚 "
    "肯尼亚 埃塞俄比亚 加纳 坦桑尼亚 加拿大 墨西哥 古巴 巴西 阿根廷 智利 秘鲁 哥伦比亚 委内瑞拉 "
    "乌拉圭 厄瓜多尔 澳大利亚 新西兰 斐济 新加坡 马来西亚 泰国 越南 菲律宾 印度尼西亚 缅甸 "
    "柬埔寨 老挝 文莱 印度 巴基斯坦 孟加拉国 尼泊尔 斯里兰卡 蒙古 哈萨克斯坦 乌兹别克斯坦 "
    "吉尔吉斯斯坦 塔吉克斯坦 土库曼斯坦 阿塞拜疆 格鲁吉亚 亚美尼亚 伊朗 伊拉克 沙特阿拉伯 阿联酋 "
    "卡塔尔 科威特 约旦 黎巴嫩"
)
REGIONS_OUTSIDE: Final = frozenset({"中国香港", "中国澳门", "中国台湾"})


def read_country(text: str) -> str:
    """A country or region by its name or a common short form; raises `UnknownOption`."""
    plain = text.strip().strip("。.")
    if plain in COUNTRIES:
        return plain
    if known := _COUNTRIES.get(plain) or _COUNTRIES.get(plain.lower()):
        return known
    raise UnknownOption(choices="中国、中国香港、美国、英国、日本、加拿大、澳大利亚、新加坡……")
