"""What letters say: each template by its code, in both languages, filled from named values.

No template names a project, a bidder or an amount before the opening; `values` carry numbers of
cases, days and codes. Rooms compose here and hand the words to `Work.letter`.
"""

import string
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Words:
    """One letter in both languages."""

    template: str
    zh: str
    en: str


TEMPLATES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "SM01": (
            "您的{item}（编号{no}）已于{date}受理，承诺{days}个工作日办结，预计{due}前完成。",
            (
                "Your {item} (no. {no}) was accepted on {date}; promised within {days}"
                " working days, expected by {due}."
            ),
        ),
        "SM02": (
            "{no}需补正：{items}。请于{due}前补齐。",
            "{no} is incomplete: {items}. Add what is missing by {due}.",
        ),
        "SM03": (
            "{no}不予受理，原因：{reason}。如有异议可拨打{telephone}。",
            "{no} was not accepted: {reason}. If you disagree, call {telephone}.",
        ),
        "SM04": (
            "{no}进度：{step}，预计{due}完成。",
            "{no}: {step}, expected to be done by {due}.",
        ),
        "SM05": (
            "【提醒】{no}距时限{hours}小时，请尽快办理。廉政提示：依法依规、及时告知。",
            (
                "{no} is due in {hours} hours. By the law, by the rules, and tell those"
                " concerned in time."
            ),
        ),
        "SM06": (
            "{no}正等待您提供：{items}。等待期间不计入审批时限。",
            "{no} waits for you: {items}. The waiting does not count in the time of approval.",
        ),
        "SM07": (
            "{no}已办结。请凭{code}于{place}领取，或网上下载。",
            "{no} is done. Collect it with {code} at {place}, or download it.",
        ),
        "SM08": (
            "{no}结果已办好，尚未领取，请于{date}前领取。",
            "The result of {no} is ready and not yet collected; collect it by {date}.",
        ),
        "SM09": (
            "请评价{no}：满意回1，基本满意回2，不满意回3，期限{days}日。",
            "Rate {no}: reply 1 if satisfied, 2 if rather satisfied, 3 if not; within {days} days.",
        ),
        "SM10": (
            "您的评价已记录，我们将于{days}个工作日内联系您。",
            "Your rating is recorded; we will be in touch within {days} working days.",
        ),
        "SM11": (
            "您有一笔款项已确认，凭证号{reference}。",
            "A payment of yours is confirmed, reference {reference}.",
        ),
        "SM12": (
            "您的款项已退回原账户，凭证号{reference}。",
            "Your payment went back to the account it came from, reference {reference}.",
        ),
        "SM13": (
            "{no}将于{time}开标，请提前做好准备。",
            "{no} is opened at {time}; be ready before.",
        ),
        "SM14": (
            "{city}评审任务：{date}{time}，专业{specialty}。参加回1，不能参加回2（{minutes}分钟内有效）。",
            (
                "Evaluation in {city}: {date} {time}, field {specialty}. Reply 1 to take part,"
                " 2 if you cannot (within {minutes} minutes)."
            ),
        ),
        "SM15": (
            "您已确认参加，请于{time}到达{place}签到，携带身份证，全程保密。",
            (
                "You take part: sign in at {place} at {time}, with your identity card, and keep"
                " it to yourself."
            ),
        ),
        "SM16": (
            "{no}结果已公布，请登录查看，异议期至{date}。",
            "The result of {no} is published: sign in to read it; objections until {date}.",
        ),
        "SM17": (
            "您提出的{no}已答复，如不服可于{date}前投诉。",
            "Your {no} was answered; if you disagree you can complain until {date}.",
        ),
        "SM18": (
            "{no}产生{level}：{reason}，请于{due}前说明。",
            "{no}: {level}, {reason}. Explain it by {due}.",
        ),
        "SM19": (
            "{no}有待办事项：{step}，截止{date}。",
            "{no}: {step} is waiting, until {date}.",
        ),
        "SM20": (
            "验证码{code}，{minutes}分钟内有效，勿告知他人。",
            "Code {code}, valid for {minutes} minutes. Tell nobody.",
        ),
        "EX01": (
            "{city}{time}的评审取消，您不必到场，此次不计缺席。",
            "The evaluation in {city} at {time} is off: do not come; nothing counts as absence.",
        ),
        "AC01": (
            "{organisation}邀请您担任{role}，请登录后接受或谢绝。",
            "{organisation} offers you the role of {role}: sign in to accept or decline.",
        ),
        "AC02": (
            "{account}请求重设密码。请当面核实本人后，登录并在“人员与角色”页面核发重设码；非本人请求则不必处理。",
            (
                "{account} asks for a new password. Meet the person, then sign in and release a"
                " code on the page of people and roles; if the person did not ask, do nothing."
            ),
        ),
        "AC03": (
            "您的密码已重设，原有登录均已退出。如非本人操作，请立即联系单位管理员。",
            (
                "Your password was set anew and every session has ended. If this was not you, call"
                " the representative of your organisation at once."
            ),
        ),
        "AC04": (
            "您的账号已启用动态口令。如非本人操作，请立即联系单位管理员停用账号。",
            (
                "An authenticator was set up for your account. If this was not you, have the"
                " representative of your organisation get the account blocked at once."
            ),
        ),
    }
)


def compose(template: str, values: Mapping[str, str | tuple[str, str]] | None = None) -> Words:
    """The words of a letter; `KeyError` for an unknown template or a value it needs and lacks.

    A value that differs between the languages is a pair (zh, en).
    """
    zh, en = TEMPLATES[template]
    given = dict(values or {})
    return Words(template, zh.format_map(_of(given, 0)), en.format_map(_of(given, 1)))


def _of(values: Mapping[str, str | tuple[str, str]], place: int) -> dict[str, str]:
    return {
        name: value if isinstance(value, str) else value[place] for name, value in values.items()
    }


def fields(template: str) -> frozenset[str]:
    """The names of the values a template needs."""
    return frozenset(
        name
        for pattern in TEMPLATES[template]
        for _, name, _, _ in string.Formatter().parse(pattern)
        if name
    )
