"""What people says happened: ids and codes only; who somebody is stays in the tables."""

from __future__ import annotations

from yilu.kernel.facts import fact


@fact("people.office_opened", "机构设立")
class OfficeOpened:
    """An office joined the tree."""

    office_id: int
    level: str


@fact("people.staff_hired", "员工入职")
class StaffHired:
    """Somebody may be given roles from now on."""

    staff_id: int
    office_id: int


@fact("people.staff_left", "员工离职")
class StaffLeft:
    """Signed out everywhere; every role has ended."""

    staff_id: int
    successor_id: int | None = None
    reason: str = ""  # RESIGNED, RETIRED, DISMISSED, ELSEWHERE


@fact("people.role_granted", "授予角色")
class RoleGranted:
    """A member of staff may act in a role over an office, up to an amount."""

    staff_id: int
    role: str
    office_id: int
    amount_limit: str
    reason: str = ""  # NEW, MOVED, COVER, PROJECT
    valid_from: str = ""
    valid_to: str = ""


@fact("people.role_proposed", "提出超过标准的授权")
class RoleProposed:
    """An administrator asks for a role above its standard authority; another one gives it or does not."""

    staff_id: int
    proposal_id: int
    role: str
    office_id: int
    amount_limit: str
    reason: str  # NEW, MOVED, COVER, PROJECT


@fact("people.role_proposal_declined", "未同意超过标准的授权")
class RoleProposalDeclined:
    """What was asked for is not given: another administrator said so, or whoever asked took it back."""

    staff_id: int
    proposal_id: int
    role: str


@fact("people.role_ended", "收回角色")
class RoleEnded:
    """A role was taken back, or its last day is over."""

    staff_id: int
    role: str
    office_id: int
    reason: str = ""  # MOVED, COVERED, AWAY, REVIEW; DATE: by its date


@fact("people.password_changed", "修改密码")
class PasswordChanged:
    """A new password; every earlier session has ended. With a reason: by an administrator, for one sign-in."""

    staff_id: int
    reason: str = ""  # NEW, FORGOTTEN, NEW_PHONE, LOST, SUSPECTED


@fact("people.totp_set_up", "动态口令已设置")
class TotpSetUp:
    """The one-time password generator was set up anew."""

    staff_id: int
    reason: str = ""  # as for a password


@fact("people.sign_in_unlocked", "解除登录锁定")
class SignInUnlocked:
    """An administrator let somebody try again at once."""

    staff_id: int


@fact("people.signed_in", "登录")
class SignedIn:
    """Somebody passed the sign-in of a door."""

    method: str  # PASSWORD_TOTP, PASSWORD_RECOVERY, PHONE_CODE


@fact("people.sign_in_locked", "登录已锁定")
class SignInLocked:
    """Too many failures: the name waits before it may try again."""

    staff_id: int
    failures: int
    locked_until: str


@fact("people.signed_out_everywhere", "退出所有设备")
class SignedOutEverywhere:
    """Every session of this person ended."""


@fact("people.agent_appointed", "聘任代理人")
class AgentAppointed:
    """An agent may look after customers."""

    agent_id: int
    office_id: int


@fact("people.agent_placed", "登记代理人所在中介机构")
class AgentPlaced:
    """From now on the agent sells for an intermediary of this kind; empty: for ourselves."""

    agent_id: int
    firm_kind: str  # PROFESSIONAL, ANCILLARY


@fact("people.agent_left", "代理人离职")
class AgentLeft:
    """The agent's customers go to the successor, or to the office (令2023-2 36)."""

    agent_id: int
    successor_id: int | None
    customers: int
    left_on: str = ""  # the day of the exit, which may be earlier than its entry


@fact("people.party_registered", "客户建档")
class PartyRegistered:
    """A person or organisation is known from now on."""

    party_id: int
    office_id: int
    agent_id: int | None


@fact("people.party_changed", "客户资料变更")
class PartyChanged:
    """Names which fields changed, never their contents."""

    party_id: int
    fields: tuple[str, ...]


@fact("people.parties_merged", "重复客户合并")
class PartiesMerged:
    """Two records were the same person; the second now stands for both."""

    party_id: int
    into_party_id: int


@fact("people.double_found", "发现疑似重复客户")
class DoubleFound:
    """Two records may be one person: somebody has to look."""

    first_id: int
    second_id: int
    grounds: tuple[str, ...]


@fact("people.merge_proposed", "提出合并客户资料")
class MergeProposed:
    """One person says that two records are one; another one looks before anything changes."""

    party_id: int
    into_party_id: int
    office_id: int


@fact("people.double_settled", "疑似重复已处理")
class DoubleSettled:
    """What became of two records that may be one: MERGED, DISTINCT, PARTED, or back to be looked at."""

    outcome: str


@fact("people.parting_asked", "提出拆开合并的资料")
class PartingAsked:
    """A merger is said to have been a mistake; another one looks before anything changes."""

    party_id: int
    from_party_id: int
    office_id: int


@fact("people.parties_parted", "合并的客户资料已拆开")
class PartiesParted:
    """Two records stand for themselves again; what came over went back."""

    party_id: int
    from_party_id: int


@fact("people.references_moved", "名下记录随合并转移")
class ReferencesMoved:
    """What other rooms keep of a merged or parted record went where it belongs."""

    party_id: int
    count: int


@fact("people.erasure_proposed", "提出删除客户资料")
class ErasureProposed:
    """One person proposes to erase somebody who asked for it; another one looks before anything goes. About the request."""

    office_id: int


@fact("people.erasure_settled", "删除提议已处理")
class ErasureSettled:
    """What became of a proposal to erase: DONE, SENT_BACK, or LAPSED with its request. About the request."""

    outcome: str


@fact("people.party_erased", "客户资料已删除")
class PartyErased:
    """Personal data was erased on request; the record's id remains."""

    party_id: int


@fact("people.provider_registered", "医疗机构登记")
class ProviderRegistered:
    """A hospital or pharmacy may send us bills."""

    provider_id: int
    kind: str


@fact("people.provider_keys_changed", "医疗机构密钥更换")
class ProviderKeysChanged:
    """The old token and hook secret no longer work."""

    provider_id: int


@fact("people.account_added", "登记银行账户")
class AccountAdded:
    """An account in the party's own name."""

    account_id: int
    bank_code: str


@fact("people.account_corrected", "更正银行账户")
class AccountCorrected:
    """The account was wrong; a new one stands for it."""

    account_id: int
    replaces_account_id: int


@fact("people.account_closed", "停用银行账户")
class AccountClosed:
    """Nothing more is paid to this account."""

    account_id: int


@fact("people.account_verified", "银行账户已核验")
class AccountVerified:
    """A witness confirmed that the account is this person's."""

    account_id: int
    proof: str


@fact("people.consent_given", "给予同意")
class ConsentGiven:
    """The person agreed to one purpose, under one version of the text."""

    purpose: str
    text_version: str
    channel: str


@fact("people.consent_withdrawn", "撤回同意")
class ConsentWithdrawn:
    """The person took an agreement back; what was done before stays lawful (个保法 15)."""

    purpose: str


@fact("people.personal_data_shown", "查看敏感信息")
class PersonalDataShown:
    """Somebody saw a masked field in full: which field and why, never its contents."""

    party_id: int
    field: str
    reason: str


@fact("people.personal_data_exported", "提供个人信息副本")
class PersonalDataExported:
    """A copy of everything held here was made for the person."""

    party_id: int


@fact("people.data_request_opened", "收到个人信息权利请求")
class DataRequestOpened:
    """The person asks to see, copy, correct or delete their data (个保法 45-47); about the request."""

    request_id: int
    kind: str
    office_id: int


@fact("people.data_request_closed", "个人信息权利请求办结")
class DataRequestClosed:
    """Answered: done, declined with reasons, or withdrawn; about the request."""

    request_id: int
    kind: str
    outcome: str


@fact("people.resealed", "敏感信息换密钥")
class Resealed:
    """Rows were sealed again with the newest key."""

    table: str
    rows: int


@fact("people.people_matched", "按名单查找客户")
class PeopleMatched:
    """Somebody looked for the people of a list among all customers of these offices."""

    reason: str  # DISASTER, RESCUE_LIST, …
    sought: int
    found: int
    offices: int


@fact("people.guardian_named", "登记监护人")
class GuardianNamed:
    """Somebody acts for a minor or for a grown-up who cannot act, from now on."""

    ward_id: int
    guardian_id: int
    ground: str  # PARENT, APPOINTED, AGREED


@fact("people.identity_seen", "核对证件原件")
class IdentitySeen:
    """A colleague saw the original; the register or another colleague has to bear it out."""

    check_id: int
    document: str  # a kind of identity document


@fact("people.identity_checked", "身份核实")
class IdentityChecked:
    """Whether somebody is who they say they are: the register's answer, or an original borne out."""

    check_id: int
    how: str  # REGISTER, ORIGINAL
    matched: bool


@fact("people.guardianship_ended", "监护终止")
class GuardianshipEnded:
    """Somebody acts no more for somebody."""

    ward_id: int
    guardian_id: int


@fact("people.privacy_record_drafted", "登记个人信息保护台账")
class PrivacyRecordDrafted:
    """An entry waits for another person's approval; an audit is planned for its day."""

    record_id: int
    office_id: int  # the head office: the register is the insurer's, and so is the work on it
    register: str  # ASSESSMENT, PROCESSOR, AUDIT, MODEL
    until: str = ""


@fact("people.privacy_record_edited", "修改个人信息保护台账")
class PrivacyRecordEdited:
    """What an entry says was changed; the versions before it are kept."""

    record_id: int
    register: str
    revision: int


@fact("people.privacy_record_sent_back", "退回个人信息保护台账")
class PrivacyRecordSentBack:
    """Another person read it and wants it changed first."""

    record_id: int
    register: str


@fact("people.privacy_record_approved", "批准个人信息保护台账")
class PrivacyRecordApproved:
    """Two people stand for it: an assessment made, a processor entrusted, an audit done."""

    record_id: int
    office_id: int
    register: str
    author: str
    until: str = ""


@fact("people.privacy_record_ended", "个人信息保护台账结束")
class PrivacyRecordEnded:
    """It is over: data came back or was deleted, an incident is dealt with, a draft was given up."""

    record_id: int
    register: str
    outcome: str  # DONE, REPLACED, GIVEN_UP


@fact("people.privacy_incident_reported", "登记个人信息安全事件")
class PrivacyIncidentReported:
    """Personal data leaked, was changed or lost, or may have been (个保法 57)."""

    record_id: int
    office_id: int
    persons: int
    known_at: str


@fact("people.privacy_notice_recorded", "个人信息安全事件通知")
class PrivacyNoticeRecorded:
    """The authority or the persons were told, or two people decided that persons need not be."""

    record_id: int
    addressee: str  # AUTHORITY, PERSONS
    outcome: str  # TOLD, NOT_TOLD_ASKED, NOT_TOLD_AGREED, NOT_TOLD_REFUSED


@fact("people.privacy_work_noted", "个人信息保护工作记录")
class PrivacyWorkNoted:
    """A measure was taken, or a processor was looked at."""

    record_id: int
    register: str
    work: str  # MEASURE, SUPERVISED
