"""Word lists of the made-up city. Any likeness to a real shop, street or person is chance."""

from __future__ import annotations

import random
from collections.abc import Sequence

STREETS = [
    *("和顺", "春晖", "临江", "望山", "石桥", "南塘", "东湖", "西岭", "北苑", "中和", "青云", "白鹭"),
    *("长乐", "永宁", "新安", "文昌", "丰泽", "明德", "翠竹", "龙泉", "金沙", "玉兰", "桃源", "清河"),
]
COMMUNITIES = [
    *("向阳", "百合", "紫荆", "银杏", "梧桐", "芙蓉", "海棠", "丹桂", "红枫", "绿荫", "晨光", "晚霞"),
    *("同心", "友谊", "幸福", "团结", "建设", "胜利", "光明", "和平", "锦绣", "康宁", "福田", "书香"),
]
ROADS = [
    *("人民路", "解放路", "建设路", "文化路", "学府路", "工业大道", "迎宾路", "滨河路", "园丁街", "青年街"),
    *("前进街", "古井巷", "槐树巷", "菜市街", "车站路", "公园路", "环城路", "银行街", "粮仓巷", "花溪路"),
]
BRANDS = [
    *("福满", "鑫源", "顺达", "好又", "永兴", "美佳", "天一", "万家", "大成", "华美", "瑞丰", "百顺"),
    *("金穗", "喜来", "诚信", "新世", "宏图", "四季", "小满", "老街", "阿婆", "三和", "东升", "正阳"),
]
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余"
    "杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙"
    "史陶黎贺顾毛郝龚邵万钱严"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华建国文辉玲志红玉梅燕鹏飞春燕晓东"
    "海波林雪云峰阳思远佳怡浩然子涵雨桐"
)


def person(rng: random.Random) -> str:
    """Return a name of two or three characters."""
    given = "".join(rng.choice(GIVEN) for _ in range(rng.choice((1, 2, 2))))
    return rng.choice(SURNAMES) + given


def numbered(words: Sequence[str], index: int, ending: str) -> str:
    """Return the `index`-th name of a list that goes on for ever: 和顺街道, …, 和顺二街道."""
    turn, place = divmod(index, len(words))
    return f"{words[place]}{'' if turn == 0 else chinese(turn + 1)}{ending}"


def chinese(number: int) -> str:
    """Return 1 to 99 in Chinese figures."""
    figures = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else f"{'' if tens == 1 else figures[tens]}十"
    return head + (figures[ones] if ones or not head else "")
