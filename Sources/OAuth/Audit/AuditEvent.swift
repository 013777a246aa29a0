/// An act, as the audit trail keeps it: what was done, by whom, for which app, about whose record.
///
/// It holds ids and words of ours: no secret, nothing that a person typed, nothing clinical.
package struct AuditEvent: Sendable, Equatable {
    package enum Outcome: String, Sendable, CaseIterable {
        case success
        /// Somebody asked for it and did not get it.
        case refused
    }

    package let act: AuditAct
    package let outcome: Outcome
    /// The account of the person who did it, or for whom it was done.
    package let account: String?
    package let client: String?
    /// The id of the Patient whose record it is about.
    package let patient: String?
    package let grant: String?
    package let consent: String?
    package let details: [AuditDetail]

    package init(
        _ act: AuditAct, _ outcome: Outcome = .success, account: String? = nil, client: String? = nil,
        patient: String? = nil, grant: String? = nil, consent: String? = nil, details: [AuditDetail] = []
    ) {
        self.act = act
        self.outcome = outcome
        self.account = account
        self.client = client
        self.patient = patient
        self.grant = grant
        self.consent = consent
        self.details = details
    }
}

/// What was done. A name is never changed once it is in a trail.
package enum AuditAct: String, Sendable, CaseIterable {
    case signIn = "sign_in"
    case secondFactor = "second_factor"
    case secondFactorAdd = "second_factor_add"
    case secondFactorRemove = "second_factor_remove"
    case recoveryCodeUse = "recovery_code_use"
    case signOut = "sign_out"
    case sessionExpire = "session_expire"
    case patientChoice = "patient_choice"

    case consentAllow = "consent_allow"
    case consentDeny = "consent_deny"
    case consentChange = "consent_change"
    case consentWithdraw = "consent_withdraw"
    case consentExpire = "consent_expire"
    case directiveRecord = "directive_record"
    case directiveChange = "directive_change"
    case directiveWithdraw = "directive_withdraw"
    case breakGlassBegin = "break_glass_begin"
    case breakGlassEnd = "break_glass_end"
    case proxyAdd = "proxy_add"
    case proxyRemove = "proxy_remove"
    case helpDeskView = "help_desk_view"
    case helpDeskEnd = "help_desk_end"

    case codeIssue = "code_issue"
    case tokenIssue = "token_issue"
    case tokenRefresh = "token_refresh"
    case tokenRevoke = "token_revoke"
    case codeReplay = "code_replay"
    case refreshReplay = "refresh_replay"
    case grantEnd = "grant_end"

    case launchCreate = "launch_create"
    case launchSpend = "launch_spend"
    case launchReplay = "launch_replay"

    case clientAdd = "client_add"
    case clientRegister = "client_register"
    case clientUpdate = "client_update"
    case clientDelete = "client_delete"
    case clientApprove = "client_approve"
    case clientReject = "client_reject"
    case clientDisable = "client_disable"
    case clientEnable = "client_enable"
    case clientKeys = "client_keys"
    case clientSecret = "client_secret"
    case clientWebhook = "client_webhook"
    case clientAuthentication = "client_authentication"

    case userAdd = "user_add"
    case userDisable = "user_disable"
    case userEnable = "user_enable"
    case userPassword = "user_password"
    case userAccess = "user_access"
    case userSecondFactor = "user_second_factor"

    case keyAdd = "key_add"
    case keyRotate = "key_rotate"
    case registrationTokenAdd = "registration_token_add"
    case registrationTokenDelete = "registration_token_delete"
    case auditCut = "audit_cut"
}

/// One more thing to know of an act.
package struct AuditDetail: Sendable, Equatable {
    package enum Name: String, Sendable {
        /// Why, in a word of ours.
        case reason
        /// Text that a person gave as the reason, where the act demands one.
        case statement
        case purpose
        case scopes
        case access
        case count
        case kid
        case algorithm
        case since
        case until
        case version
        /// How it came to us: `page`, `staff`, `webhook`.
        case source
        case through
        /// The account of the person for whom it was done, where somebody else did it.
        case person
        case hash
    }

    package enum Value: Sendable, Equatable {
        case text(String)
        case number(Int)
    }

    package let name: Name
    package let value: Value

    package init(_ name: Name, _ text: String) {
        self.name = name
        value = .text(text)
    }

    package init(_ name: Name, _ number: Int) {
        self.name = name
        value = .number(number)
    }
}
