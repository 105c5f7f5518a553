"""Why an hour is whose: one sentence in each language for every rule a segment can rest on."""

from dataclasses import dataclass
from typing import Final

from intermediaries.rulebook.clock.states import BUNDLE, ONCE
from market.kernel.law import Article, platform_rule


@dataclass(frozen=True, slots=True)
class Rule:
    """The row an hour rests on; `{number}` is the round or request, `{about}` names things."""

    zh: str
    en: str
    article: Article = BUNDLE

    def words(self, language: str, number: int, about: str) -> str:
        """The sentence in "zh" or "en", with its source."""
        text = (self.zh if language == "zh" else self.en).format(number=number, about=about)
        cited = self.article.cite(language)
        return f"{text}（{cited}）" if language == "zh" else f"{text} ({cited})"


_EXPERTS: Final = Article("《行政许可法》第四十五条", "Administrative Licensing Law, art. 45")
_PAUSES: Final = platform_rule(
    "暂停须有代码、证据和批准", "a pause has code, evidence and approval"
)

RULES: Final[dict[str, Rule]] = {
    "BS1.listed": Rule(
        "合同列明的资料尚未收齐或尚在核对，由业主负责",
        "The inputs the contract lists are not complete yet: the owner's time",
    ),
    "BS2.without_inputs": Rule(
        "合同未列业主资料，自委托生效起由中介机构编制",
        "The contract lists no inputs, so the agency works from the commission on",
    ),
    "BS2.confirmed": Rule(
        "中介机构已确认资料齐全，进入编制",
        "The agency confirmed that the inputs are complete and works",
    ),
    "BS2.deemed": Rule(
        "资料送达后一个工作日内未提出异议，视为齐全，由中介机构编制",
        "Nobody objected to the inputs within a working day, so they count as complete and the"
        " agency works",
    ),
    "BS2.answered": Rule(
        "业主已补齐第{number}次要求的资料，中介机构继续编制",
        "The owner gave everything asked for in request {number}, and the agency works on",
    ),
    "BS2.returned": Rule(
        "业主退回成果，由中介机构修改：{about}",
        "The owner returned the draft and the agency mends it: {about}",
    ),
    "BS3.first": Rule(
        "第{number}次向业主要资料（{about}），首次要求计业主",
        "Request {number} to the owner ({about}): the first one is the owner's time",
    ),
    "BS3.knowable": Rule(
        "第{number}次向业主要资料（{about}），此前应已知道，违反一次性告知，计中介机构",
        "Request {number} to the owner ({about}) for things knowable before: the agency is"
        " charged, for it asks once",
    ),
    "BS3.unknowable": Rule(
        "第{number}次向业主要资料（{about}），此前无从知道，计业主",
        "Request {number} to the owner ({about}) for things not knowable before: the owner's time",
    ),
    "BS4.review": Rule(
        "成果已送达业主审核，计业主",
        "The draft lies with the owner for review: the owner's time",
    ),
    "BS4.accepted": Rule(
        "业主已验收，尚未报送审批部门，计业主",
        "The owner accepted and nothing went to the department yet: the owner's time",
    ),
    "BS4.deemed": Rule(
        "业主逾期未答复，视为已验收，尚未报送审批部门，计业主",
        "The owner's silence counts as acceptance and nothing went to the department yet: the"
        " owner's time",
    ),
    "BS5.ordered": Rule(
        "业主变更（{about}），变更所需资料齐全前计业主",
        "The owner changes the scope ({about}): the owner's time until the change is specified",
    ),
    "BS5.rework": Rule(
        "因业主变更（{about}）返工，由中介机构办理、计业主，中介机构时限同时顺延",
        "Rework caused by the owner's change ({about}): the agency works, the owner is charged,"
        " and the agency's limit grows as much",
    ),
    "BS6.intake": Rule("已报送审批部门，待受理", "Submitted: the department takes it in", ONCE),
    "BS6.corrected": Rule(
        "补正材料已交齐，待受理；补正只通知一次",
        "Everything was supplied and the department takes it in; it lists what is missing once",
        ONCE,
    ),
    "BS7.agency": Rule(
        "待补正材料中有技术材料（{about}），计中介机构",
        "Technical material is still missing ({about}): the agency's time",
        ONCE,
    ),
    "BS7.owner": Rule(
        "待补正材料由业主提供（{about}），计业主",
        "What is still missing is the owner's to give ({about}): the owner's time",
        ONCE,
    ),
    "BS7.supplied": Rule(
        "要求补正的材料此前已提交（{about}），计审批部门",
        "What the notice still asks for had been supplied before ({about}): the department is"
        " charged",
        ONCE,
    ),
    "BS8.accepted": Rule("已受理，由审批部门审查", "Accepted: the department reviews"),
    "BS8.experts": Rule(
        "专家意见已齐，由审批部门审查", "The experts have signed: the department reviews"
    ),
    "BS8.revised": Rule(
        "第{number}轮修改稿已提交，由审批部门审查",
        "The file of round {number} is in: the department reviews",
    ),
    "BS9.allowance": Rule(
        "专家评审，在专家时限内计专家；待签：{about}",
        "Expert review within the experts' allowance; still to sign: {about}",
        _EXPERTS,
    ),
    "BS9.organiser": Rule(
        "专家评审已超专家时限，由组织评审的审批部门负责；待签：{about}",
        "Expert review beyond the experts' allowance: the department that organises it is"
        " charged; still to sign: {about}",
    ),
    "BS9.late": Rule(
        "专家评审已超专家时限，且专家个人逾期（{about}），计专家",
        "Expert review beyond the allowance, and an expert is late in person ({about}): the"
        " experts are charged",
    ),
    "BS10.first": Rule(
        "第{number}轮意见为首轮，修改计中介机构：{about}",
        "Round {number} is the first: revision is the agency's time: {about}",
    ),
    "BS10.unsolved": Rule(
        "第{number}轮意见含前轮未解决的问题（{about}），计中介机构",
        "Round {number} has issues left unsolved from an earlier list ({about}): the agency's time",
    ),
    "BS10.hidden": Rule(
        "第{number}轮新增意见此前无从发现（{about}），计中介机构",
        "Round {number} has new issues that could not be seen before ({about}): the agency's time",
    ),
    "BS10.visible": Rule(
        "第{number}轮属新增意见，此前即可发现（{about}），计审批部门",
        "Round {number} raises new issues that were visible before ({about}): the department is"
        " charged",
    ),
    "BS10.scope": Rule(
        "第{number}轮修改因业主变更范围引起（{about}），计业主",
        "Round {number} is due to the owner's change of scope ({about}): the owner is charged",
    ),
    "BS11.final": Rule(
        "文件已定稿，由审批部门作出决定", "The file is final: the department decides"
    ),
    "BS12.hearing": Rule("听证期间暂停", "Pause for a hearing", _PAUSES),
    "BS12.public": Rule("公示期间暂停", "Pause for a public notice", _PAUSES),
    "BS12.test": Rule("检验检测期间暂停", "Pause for inspection and tests", _PAUSES),
    "BS12.upper": Rule("上级转报期间暂停", "Pause while a higher level has the case", _PAUSES),
    "BS12.force": Rule("不可抗力期间暂停", "Pause for force majeure", _PAUSES),
    "BS12.litigation": Rule("诉讼期间暂停", "Pause for litigation", _PAUSES),
    "BS12.owner_request": Rule("应业主要求暂停，计业主", "Pause at the owner's wish", _PAUSES),
    "BS12.platform": Rule("平台原因暂停，计平台", "Pause caused by the platform", _PAUSES),
}
"""By id; the part before the point is the state."""
