"""The closed lists of personal data (fields.md 5.3) and the everyday words that mean their entries."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from backend.domain.errors import UnknownOption

ETHNICITIES: Final = tuple(
    "汉族 蒙古族 回族 藏族 维吾尔族 苗族 彝族 壮族 布依族 朝鲜族 满族 侗族 瑶族 白族 土家族 哈尼族 哈萨克族 傣族 黎族 傈僳族 "
    "佤族 畲族 高山族 拉祜族 水族 东乡族 纳西族 景颇族 柯尔克孜族 土族 达斡尔族 仫佬族 羌族 布朗族 撒拉族 毛南族 仡佬族 锡伯族 "
    "阿昌族 普米族 塔吉克族 怒族 乌孜别克族 俄罗斯族 鄂温克族 德昂族 保安族 裕固族 京族 塔塔尔族 独龙族 鄂伦春族 赫哲族 门巴族 "
    "珞巴族 基诺族 其他 外国血统中国籍人士".split()
)
POLITICAL: Final = (
    "中共党员", "中共预备党员", "共青团员", "民革党员", "民盟盟员", "民建会员", "民进会员",
    "农工党党员", "致公党党员", "九三学社社员", "台盟盟员", "无党派民主人士", "群众",
)  # fmt: skip
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
        "ethnicity": {"外籍入籍": "外国血统中国籍人士", "入籍": "外国血统中国籍人士", "维族": "维吾尔族", "哈族": "哈萨克族"},
        "political": {
            "党员": "中共党员", "共产党员": "中共党员", "共产党": "中共党员", "预备党员": "中共预备党员", "团员": "共青团员",
            "民革": "民革党员", "民盟": "民盟盟员", "民建": "民建会员", "民进": "民进会员", "农工党": "农工党党员",
            "致公党": "致公党党员", "九三": "九三学社社员", "九三学社": "九三学社社员", "台盟": "台盟盟员",
            "无党派": "无党派民主人士", "无党派人士": "无党派民主人士", "普通群众": "群众", "老百姓": "群众",
            "party_member": "中共党员", "probationary": "中共预备党员", "league_member": "共青团员", "masses": "群众",
        },
        "marital": {
            "单身": "未婚", "没结婚": "未婚", "没有结婚": "未婚", "没对象": "未婚", "未婚10": "未婚", "单": "未婚",
            "结婚": "已婚", "结婚了": "已婚", "结了": "已婚", "初婚": "已婚", "再婚": "已婚", "复婚": "已婚",
            "离异": "离婚", "离婚了": "离婚", "离了": "离婚", "离": "离婚", "丧": "丧偶",
            "single": "未婚", "married": "已婚", "divorced": "离婚", "widowed": "丧偶",
        },
        "hukou_kind": {
            "家庭": "家庭户", "家庭户口": "家庭户", "个人户": "家庭户", "集体": "集体户", "集体户口": "集体户",
            "family": "家庭户", "collective": "集体户",
        },
        "hukou_nature": {
            "城镇户口": "城镇", "非农": "城镇", "非农业": "城镇", "城市": "城镇", "城里": "城镇", "农村": "农业", "农村户口": "农业",
            "农业户口": "农业", "农民": "农业", "居民户": "居民", "居民户口": "居民", "urban": "城镇", "rural": "农业", "resident": "居民",
        },
        "study_identity": {
            "全日制": "全日制学生", "统招": "全日制学生", "统招全日制": "全日制学生", "普通全日制": "全日制学生", "脱产": "全日制学生",
            "在职": "在职学习", "非全日制": "在职学习", "在职研究生": "在职学习", "成教": "成人教育", "成人": "成人教育", "成考": "成人教育",
            "函授": "成人教育", "夜大": "成人教育", "自考": "自学考试", "自学": "自学考试", "网教": "网络教育", "网络": "网络教育",
            "远程": "网络教育", "远程教育": "网络教育", "网络/远程教育": "网络教育", "电大": "开放大学", "国开": "开放大学",
            "出国": "留学", "海外": "留学", "full_time": "全日制学生", "part_time": "在职学习", "adult": "成人教育",
            "self_study": "自学考试", "online": "网络教育", "open_university": "开放大学", "abroad": "留学",
        },
        "level": {
            "高中": "高中及以下", "初中": "高中及以下", "中专": "高中及以下", "职高": "高中及以下", "技校": "高中及以下",
            "专科": "大专", "高职": "大专", "大学": "本科", "大学本科": "本科", "学士": "本科", "硕士": "硕士研究生", "研究生": "硕士研究生",
            "硕": "硕士研究生", "博士": "博士研究生", "博": "博士研究生", "high_school": "高中及以下", "college": "大专",
            "bachelor": "本科", "master": "硕士研究生", "doctor": "博士研究生",
        },
    }
)  # fmt: skip
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


_COUNTRIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "香港": "中国香港", "澳门": "中国澳门", "台湾": "中国台湾", "中国香港": "中国香港", "中国澳门": "中国澳门", "中国台湾": "中国台湾",
        "国内": "中国", "大陆": "中国", "中国大陆": "中国", "中国": "中国", "英": "英国", "美": "美国", "日": "日本", "韩": "韩国",
        "澳洲": "澳大利亚", "uk": "英国", "us": "美国", "usa": "美国", "新西兰": "新西兰", "俄": "俄罗斯",
    }
)  # fmt: skip
COUNTRIES: Final = tuple(
    "中国 中国香港 中国澳门 中国台湾 美国 英国 日本 韩国 朝鲜 德国 法国 意大利 西班牙 葡萄牙 荷兰 比利时 卢森堡 瑞士 瑞典 挪威 丹麦 芬兰 "
    "冰岛 爱尔兰 奥地利 波兰 捷克 斯洛伐克 匈牙利 罗马尼亚 保加利亚 希腊 塞尔维亚 克罗地亚 斯洛文尼亚 乌克兰 白俄罗斯 俄罗斯 爱沙尼亚 "
    "拉脱维亚 立陶宛 摩尔多瓦 马耳他 塞浦路斯 土耳其 以色列 埃及 南非 摩洛哥 突尼斯 阿尔及利亚 尼日利亚 肯尼亚 埃塞俄比亚 加纳 坦桑尼亚 "
    "加拿大 墨西哥 古巴 巴西 阿根廷 智利 秘鲁 哥伦比亚 委内瑞拉 乌拉圭 厄瓜多尔 澳大利亚 新西兰 斐济 新加坡 马来西亚 泰国 越南 菲律宾 "
    "印度尼西亚 缅甸 柬埔寨 老挝 文莱 印度 巴基斯坦 孟加拉国 尼泊尔 斯里兰卡 蒙古 哈萨克斯坦 乌兹别克斯坦 吉尔吉斯斯坦 塔吉克斯坦 "
    "土库曼斯坦 阿塞拜疆 格鲁吉亚 亚美尼亚 伊朗 伊拉克 沙特阿拉伯 阿联酋 卡塔尔 科威特 约旦 黎巴嫩".split()
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
