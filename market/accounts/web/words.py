"""What states, kinds and roles are called in both languages."""

from typing import Final

from market.accounts.roles import Role
from market.accounts.rules import (
    AppointmentState,
    KeyState,
    OrganisationKind,
    OrganisationState,
    SmeClass,
)
from market.accounts.vault import AddressKind
from market.web.words import words_of

ORGANISATION_STATES: Final = {
    OrganisationState.REGISTERED: ("已登记，待确认", "registered, to be confirmed"),
    OrganisationState.CONFIRMED: ("基本账户已确认", "basic account confirmed"),
    OrganisationState.SUSPENDED: ("已暂停", "suspended"),
    OrganisationState.WITHDRAWN: ("已撤回", "withdrawn"),
}
ORGANISATION_KINDS: Final = {
    OrganisationKind.ENTERPRISE: ("企业", "enterprise"),
    OrganisationKind.INSTITUTION: ("事业单位", "public institution"),
    OrganisationKind.GOVERNMENT: ("机关", "government body"),
    OrganisationKind.SOCIAL: ("社会组织", "social organisation"),
    OrganisationKind.SOLE_TRADER: ("个体工商户", "sole trader"),
}
SME_CLASSES: Final = {
    SmeClass.LARGE: ("大型", "large"),
    SmeClass.MEDIUM: ("中型", "medium"),
    SmeClass.SMALL: ("小型", "small"),
    SmeClass.MICRO: ("微型", "micro"),
    SmeClass.NONE: ("不适用", "not applicable"),
}
APPOINTMENT_STATES: Final = {
    AppointmentState.PROPOSED: ("待另一人批准", "waits for a second person"),
    AppointmentState.APPROVED: ("待本人接受", "waits to be accepted"),
    AppointmentState.ACTIVE: ("有效", "active"),
    AppointmentState.DECLINED: ("已谢绝", "declined"),
    AppointmentState.REVOKED: ("已终止", "ended"),
}
KEY_STATES: Final = {
    KeyState.ACTIVE: ("有效", "active"),
    KeyState.REVOKED: ("已作废", "revoked"),
}
ADDRESS_KINDS: Final = {
    AddressKind.MOBILE: ("手机", "mobile"),
    AddressKind.EMAIL: ("电子邮箱", "e-mail"),
}
ROLES: Final = words_of(Role, {role: (role.zh, role.en) for role in Role})
