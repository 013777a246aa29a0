import HTTP
import JSON
import SMART

/// What an EHR asks for when it prepares a launch: who launches what, in which context (SMART app-launch#launch-app-ehr-launch).
package struct LaunchRequest: Sendable {
    /// Whom the EHR has signed in: a user name here, or the FHIR resource that stands for the person.
    package enum Who: Sendable, Equatable {
        case username(String)
        case resource(FHIRUser)
    }

    package let user: Who
    /// The app's client_id.
    package let app: String
    /// Which of the app's launch URLs; its first otherwise.
    package let launchURL: String?
    package let context: LaunchContext
    /// When the EHR signed its user in; `nil` means just now (OpenID Core §2: auth_time).
    package let authenticatedAt: Instant?

    package init(
        user: Who, app: String, launchURL: String? = nil, context: LaunchContext, authenticatedAt: Instant? = nil
    ) {
        self.user = user
        self.app = app
        self.launchURL = launchURL
        self.context = context
        self.authenticatedAt = authenticatedAt
    }

    /// Reads a form or a JSON object with the same members: `user`, `client`, `patient`, `encounter`, `fhirContext`,
    /// `intent`, `need_patient_banner`, `smart_style_url`, `tenant`, `launch_url`, `auth_time`; in JSON also members of the site's own.
    package init(_ sent: LaunchParameters) throws(OAuthError) {
        let user = try require(sent.text("user"), else: .invalidRequest("user is missing: who launches the app"))
        if user.contains("/") {
            self.user = .resource(
                try require(
                    FHIRUser(user),
                    else: .invalidRequest("user is a user name, or a reference such as Practitioner/123")))
        } else {
            self.user = .username(
                try require(Account.normalized(username: user), else: .invalidRequest("user is no user name")))
        }
        app = try require(sent.text("client"), else: .invalidRequest("client is missing: the app's client_id"))
        launchURL = try sent.text("launch_url")
        authenticatedAt = try sent.instant("auth_time")
        var context = LaunchContext()
        context.patient = try sent.id("patient")
        context.encounter = try sent.id("encounter")
        context.fhirContext = try sent.fhirContext()
        context.intent = try sent.text("intent")
        context.needPatientBanner = try sent.flag("need_patient_banner")
        context.tenant = try sent.text("tenant")
        context.extensions = sent.extensions
        if let url = try sent.text("smart_style_url") {
            try require(
                AbsoluteURL(url).map { $0.scheme == "https" || $0.isLoopback } ?? false,
                else: .invalidRequest("smart_style_url is an absolute https URL"))
            context.smartStyleURL = url
        }
        self.context = context
    }

    /// Proves the request against what is known of the app and the user, and gives the launch and where it goes.
    ///
    /// - Parameter denied: what patients do not let the app have now; those of the patient in context suffice.
    package func prepared(
        for client: ClientRegistration?, user: User?, denied: DenyRules, handle: Secret, iss: String, styleURL: String?,
        lifetime: Int, vouched: Bool, at now: Instant
    ) throws(OAuthError) -> (launch: Launch, link: LaunchLink) {
        let client = try require(client, else: .invalidRequest("client: there is no such app"))
        if let refusal = client.refusal { throw .invalidRequest("client: \(refusal)") }
        // SMART app-launch#register-app-with-ehr: only URLs that were registered beforehand.
        let url = try require(
            launchURL ?? client.launchURLs.first, else: .invalidRequest("the app has no launch URL registered"))
        try require(
            client.launchURLs.contains { $0.isExactly(url) },
            else: .invalidRequest("launch_url is not registered for this app"))
        let user = try require(user, else: .invalidRequest("user: there is no such user here"))
        try require(!user.isDisabled, else: .invalidRequest("user: this user is disabled"))
        if let patient = context.patient {
            try require(
                user.effectiveAccess(at: now).includes(patient: patient),
                else: .invalidRequest("the user has no access to this patient"))
            // Last of what is asked about the patient: whoever hears it may open the record.
            try require(!client.scopes.isDenied(by: denied, patient: patient), else: .deniedToApp)
        }
        try require(
            context.encounter == nil || context.patient != nil,
            else: .invalidRequest("an encounter needs its patient beside it"))
        try require(
            authenticatedAt.map { $0.seconds > 0 && $0 <= now + 60 } ?? true,
            else: .invalidRequest("auth_time must lie in the past"))
        var context = context
        context.needPatientBanner = context.needPatientBanner ?? true
        context.smartStyleURL = context.smartStyleURL ?? styleURL
        let launch = Launch(
            handle: handle.digest, clientID: client.id, account: user.id, context: context, expiresAt: now + lifetime,
            vouchedAt: vouched ? min(authenticatedAt ?? now, now) : nil)
        return (launch, LaunchLink(to: url, iss: iss, handle: handle))
    }
}

extension OAuthError {
    /// For the EHR that vouches for a user who may open the record: that it is so, and nothing of who said what, and when.
    package static var deniedToApp: OAuthError {
        OAuthError(
            .accessDenied, "the patient lets this app see nothing of the record; the launch would be refused",
            detail: "denied by a directive")
    }
}

/// The parameters of a launch request, from a form or from a JSON object.
package enum LaunchParameters: Sendable {
    case form(Form)
    case json(JSONDocument)

    func text(_ name: String) throws(OAuthError) -> String? {
        let value: String?
        switch self {
        case .form(let form): value = form[name]
        case .json(let document):
            guard let member = Self.member(name, of: document) else { return nil }
            value = try require(member.string, else: .invalidRequest("\(name) must be a string"))
        }
        guard let value else { return nil }
        try require(value.utf8.count <= 2048, else: .invalidRequest("\(name) is longer than 2048 bytes"))
        return value
    }

    func id(_ name: String) throws(OAuthError) -> String? {
        guard let id = try text(name) else { return nil }
        try require(ResourceID.isValid(id), else: .invalidRequest("\(name) must be a FHIR id"))
        return id
    }

    func flag(_ name: String) throws(OAuthError) -> Bool? {
        let refusal = OAuthError.invalidRequest("\(name) must be true or false")
        switch self {
        case .form(let form):
            guard let text = form[name] else { return nil }
            return try require(Bool(text), else: refusal)
        case .json(let document):
            guard let member = Self.member(name, of: document) else { return nil }
            return try require(member.bool, else: refusal)
        }
    }

    func fhirContext() throws(OAuthError) -> FHIRContext? {
        do throws(FHIRContext.Refusal) {
            switch self {
            case .form(let form):
                return try form["fhirContext"].map { text throws(FHIRContext.Refusal) in
                    try FHIRContext(checking: text)
                }
            case .json(let document):
                return try Self.member("fhirContext", of: document).map { member throws(FHIRContext.Refusal) in
                    try FHIRContext(checking: member)
                }
            }
        } catch {
            throw .invalidRequest("fhirContext: \(error)")
        }
    }

    /// What the site agreed on with its apps, under a full URI or a name with two underscores; a form has no room for JSON.
    var extensions: ContextExtensions {
        switch self {
        case .form: ContextExtensions()
        case .json(let document): ContextExtensions(of: document.root)
        }
    }

    /// NumericDate; in a form its digits.
    func instant(_ name: String) throws(OAuthError) -> Instant? {
        let refusal = OAuthError.invalidRequest("\(name) must be a number of seconds since 1970")
        switch self {
        case .form(let form):
            guard let text = form[name] else { return nil }
            return Instant(try require(Int(text), else: refusal))
        case .json(let document):
            guard let member = Self.member(name, of: document) else { return nil }
            return Instant(try require(member.integer, else: refusal))
        }
    }

    /// Some EHRs write null for what is not there.
    private static func member(_ name: String, of document: JSONDocument) -> JSONValue? {
        document.root[name].flatMap { $0.kind == .null ? nil : $0 }
    }
}
