"""The terms of the intermediary supermarket."""

from typing import Final

from market.glossary.term import Group, Term

SUPERMARKET: Final = Group(
    "中介超市",
    "Intermediary supermarket",
    (
        Term(
            "中介机构",
            "intermediary agency",
            "agency",
            "为办理审批提供评价、测绘、检测等服务、已入驻的单位。",
            "An organisation that has entered and assesses, surveys or tests for an approval.",
        ),
        Term(
            "中介服务事项",
            "service item",
            "item",
            "目录中的一项服务，写明法律依据、通常时限、参考价和所需资质。",
            "A service of the catalogue, with its legal basis, usual time, guide price and"
            " qualification.",
        ),
        Term(
            "采购需求",
            "demand",
            "demand",
            "业主公开征求一项中介服务的公告，选取方式和条款在报名前固定。",
            "An owner's notice that asks for a service; mode and terms are fixed before anybody"
            " enrols.",
        ),
        Term(
            "选取方式",
            "mode of choice",
            "mode",
            "从报名的中介中选定一家所依据的规则，由资金和限价决定哪些可用。",
            "The rule by which one of the enrolled agencies is chosen; funds and ceiling decide"
            " which may be used.",
        ),
        Term(
            "报名",
            "enrolment",
            "enrolment",
            "中介对一项采购需求的签名参加，报价密封；截止前谁也看不到有谁、有几家。",
            "An agency's signed part in a demand, with a sealed quote; until enrolment closes"
            " nobody sees who or how many.",
        ),
        Term(
            "守时人",
            "timekeeper",
            "timekeeper",
            "独立单位，到时才交出开启报价的钥匙，三家中任意两家即可开启。",
            "An independent organisation that gives its key to the quotes only when the time has"
            " come; any two of three open them.",
        ),
        Term(
            "化整为零",
            "splitting",
            "doubt",
            "把一项采购拆成几份以低于限额；90日内同一业主同一事项合并计算。",
            "Cutting a procurement into parts to stay below a threshold; one owner's demands for"
            " one service within 90 days are added up.",
        ),
        Term(
            "中选公告",
            "selection result",
            "selection",
            "公布选定的中介、候补和每个数字，附可重新运行的选取文件。",
            "Names the agency chosen, the alternates and every figure, with a file that anybody"
            " can run again.",
        ),
    ),
)
