import HTTP
import SMART
import SQL

/// What the administrator decided: one TOML file, read strictly. URLs come from here and from nowhere else.
package struct Configuration: Sendable {
    package struct Lifetimes: Sendable {
        package let code: Int
        package let accessToken: Int
        package let refreshToken: Int
        package let launch: Int
        package let idToken: Int
        package let sessionIdle: Int
        package let sessionAbsolute: Int
    }

    /// A demo account that the sign-in page shows; its password is no secret.
    package struct DemoAccount: Sendable {
        package let label: String
        package let username: String
        package let password: String
    }

    /// How foreign hosts are asked: those with clients' keys, and those of apps' owners.
    package struct Outbound: Sendable {
        /// A PEM file of the only certification authorities to trust; otherwise the system's.
        package let certificateAuthorities: String?
        package let proxy: String?
        /// Hosts with addresses of this network that may be asked all the same.
        package let allowed: [String]
    }

    /// Whether apps may register themselves (RFC 7591).
    package struct Registration: Sendable {
        package enum Mode: String, Sendable, CaseIterable {
            case off
            /// With an initial access token.
            case token
            /// Anybody; what an administrator has not approved can do nothing.
            case open
        }

        package let mode: Mode
        /// Apps that ask for patient/ scopes alone, public or confidential, need nobody's approval.
        package let approvesPatientApps: Bool
        /// The scopes that apps may register for; everything else is for the administrator to give.
        package let scopes: String
    }

    /// Who has to show a second factor when signing in.
    package enum SecondFactorNeed: String, Sendable, CaseIterable {
        case optional
        case staff
        case all
    }

    /// Who is told of what patients decide.
    package struct ConsentTelling: Sendable {
        /// The site's consent platform.
        package struct Platform: Sendable {
            package let origin: String
            /// Path and query.
            package let target: String
        }

        /// Whether each of their consents is kept on the FHIR server too.
        package let isWrittenToFHIRServer: Bool
        package let platform: Platform?
        /// Seconds between two looks at what has changed at the FHIR server; `nil` where nobody looks.
        package let followEvery: Int?
        package let inbound: Set<Inbound>

        /// Who may tell us that a patient has decided something.
        package enum Inbound: String, Sendable, CaseIterable {
            /// The consent platform, signed.
            case webhook
            /// The FHIR server, by a Subscription.
            case notification
        }
    }

    /// The name that people know the site by: "Demo Hospital".
    package let siteName: String
    /// Of the pages, for people whose browser asks for none that there is.
    package let language: Language
    package let theme: Theme
    /// Says on every page that no patient is real; plain http and demo accounts are for this alone.
    package let isDemo: Bool
    package let urls: ServerURLs
    /// How the FHIR server writes its own base in links, where that is not the public one.
    package let upstreamBase: String?
    /// nginx's unix socket in front of the FHIR server.
    package let relaySocket: String
    /// The same for changes that batches and transactions make; without it those are refused to who may not do everything.
    package let changesSocket: String?
    /// Whether the FHIR server keeps versions, so that a change can depend on the one that was looked at.
    package let isVersioned: Bool
    /// What the site adds to what tokens may do.
    package let site: SiteRules
    package let store: StoreLocation
    /// The folder of the secret files, one a purpose.
    package let secrets: String
    package let lifetimes: Lifetimes
    package let outbound: Outbound
    package let registration: Registration
    package let consent: ConsentTelling
    /// Whether patients say on the portal what no app may see.
    package let offersLimits: Bool
    /// Who may show the pages of an authorization in a frame: EHRs that launch apps for this FHIR base.
    package let frameOrigins: [FrameOrigin]
    /// The seconds for which a record may be opened in an emergency at most; `nil` where that is not offered.
    package let longestEmergency: Int?
    /// Whether the FHIR server's CapabilityStatement is told where to get tokens, for apps that read nothing else.
    package let describesSecurity: Bool
    package let secondFactor: SecondFactorNeed
    /// Only in demo mode.
    package let demoAccounts: [DemoAccount]

    package var fhirBase: FHIRBase { urls.fhirBase }

    private static let registrableScopes =
        "openid fhirUser profile launch launch/patient launch/encounter offline_access online_access patient/*.rs"

    /// More would make a header that some web server cuts.
    private static let mostFrameOrigins = 20

    /// Where the programs look when nobody says otherwise.
    package static let usualPath = "/etc/vestibule/vestibule.toml"

    package static func load(path: String) throws(ConfigurationError) -> Configuration {
        let bytes: [UInt8]
        do {
            bytes = try readFile(path, limit: 1 << 20)
        } catch {
            throw ConfigurationError(path: path, reason: error.description)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ConfigurationError(path: path, reason: "the file is not UTF-8")
        }
        return try Configuration(text: text, path: path)
    }

    /// Reads the text of a file; the path stands in errors alone.
    package init(text: String, path: String) throws(ConfigurationError) {
        let file = try ConfigurationFile(text: text, path: path)
        siteName = try file.string("server", "name") ?? "Vestibule"
        isDemo = try file.bool("server", "demo") ?? false
        let language = try file.string("server", "language") ?? Language.english.rawValue
        guard let language = Language.spoken.first(where: { $0.rawValue == language }) else {
            let known = Language.spoken.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            throw file.error("server", "language", "is one of \(known)")
        }
        self.language = language
        theme = try Theme(file)

        let authBase = try file.required("server", "base")
        guard let base = FHIRBase(authBase), base.path.isEmpty else {
            throw file.error(
                "server", "base", "must be an https URL without path, query and fragment (http on loopback alone)")
        }
        guard let fhirBase = FHIRBase(try file.required("fhir", "base")), !fhirBase.path.isEmpty else {
            throw file.error(
                "fhir", "base",
                "must be an https URL with a path and without final slash, query and fragment (http on loopback alone)")
        }
        guard isDemo || base.isHTTPS && fhirBase.isHTTPS else {
            throw file.error("server", "base", "uses plain http, which is for demo mode alone")
        }
        guard !isDemo || base.isLoopback && fhirBase.isLoopback else {
            throw file.error("server", "demo", "mode needs base URLs on loopback: it is for this machine alone")
        }
        urls = ServerURLs(fhirBase: fhirBase, authBase: authBase)
        upstreamBase = try file.string("fhir", "upstream")
        if let upstreamBase {
            let url = AbsoluteURL(upstreamBase)
            guard let url, ["http", "https"].contains(url.scheme), url.query == nil, url.fragment == nil,
                !upstreamBase.hasSuffix("/")
            else { throw file.error("fhir", "upstream", "must be an http or https URL without final slash and query") }
        }
        relaySocket = try file.required("fhir", "relay")
        changesSocket = try file.string("fhir", "changes")
        isVersioned = try file.bool("fhir", "versions") ?? true
        site = SiteRules(
            operations: Set(try file.strings("fhir", "operations") ?? []),
            documentsOpenBinaries: try file.bool("fhir", "documents_open_binaries") ?? false)
        guard site.operations.allSatisfy({ FHIROperation.isSpelling($0) }) else {
            throw file.error("fhir", "operations", "are texts like \"$name\" or \"Patient/$match\"")
        }
        let database = try file.string("store", "database")
        switch (database, try file.string("store", "url")) {
        case (let path?, nil): store = .sqlite(path: path)
        case (nil, let url?):
            do {
                store = try StoreLocation(url: url)
            } catch {
                throw file.error("store", "url", "\(error)")
            }
        case (nil, nil): throw ConfigurationError(path: path, reason: "database or url is missing in [store]")
        case (_?, _?): throw file.error("store", "url", "and database exclude each other")
        }
        describesSecurity = try file.bool("fhir", "describe_security") ?? false
        outbound = Outbound(
            certificateAuthorities: try file.string("outbound", "certificate_authorities"),
            proxy: try file.string("outbound", "proxy"), allowed: try file.strings("outbound", "allowed") ?? [])
        let mode = try file.string("registration", "mode") ?? Registration.Mode.off.rawValue
        guard let mode = Registration.Mode(rawValue: mode) else {
            throw file.error("registration", "mode", "is \"off\", \"token\" or \"open\"")
        }
        let scopes = try file.string("registration", "scopes") ?? Self.registrableScopes
        if let refused = ScopeSet.refusals(of: scopes).first {
            throw file.error(
                "registration", "scopes", "has \(refused.spelling), which is never granted: \(refused.reason)")
        }
        registration = Registration(
            mode: mode, approvesPatientApps: try file.bool("registration", "approve_patient_apps") ?? false,
            scopes: scopes)
        var platform: ConsentTelling.Platform?
        if let text = try file.string("consent", "platform") {
            guard let url = AbsoluteURL(text), url.scheme == "https" || isDemo && url.scheme == "http",
                url.fragment == nil
            else { throw file.error("consent", "platform", "must be an https URL") }
            platform = ConsentTelling.Platform(
                origin: url.origin,
                target: (url.path.isEmpty ? "/" : url.path) + (url.query.map { "?\($0)" } ?? ""))
        }
        consent = ConsentTelling(
            isWrittenToFHIRServer: try file.bool("consent", "fhir") ?? false, platform: platform,
            followEvery: try file.duration("consent", "follow", in: 2...86_400), inbound: try Self.inbound(file))
        guard consent.followEvery == nil || changesSocket != nil else {
            throw file.error("consent", "follow", "needs [fhir] changes, the courier's way to the FHIR server")
        }
        guard !consent.isWrittenToFHIRServer || changesSocket != nil else {
            throw file.error("consent", "fhir", "needs [fhir] changes, the way to write")
        }
        offersLimits = try file.bool("consent", "limits") ?? false
        let (allowsLoopback, frames) = (isDemo, try file.strings("frames", "origins") ?? [])
        guard frames.count <= Self.mostFrameOrigins else {
            throw file.error("frames", "origins", "are at most \(Self.mostFrameOrigins)")
        }
        frameOrigins = try frames.map { text throws(ConfigurationError) in
            guard let origin = FrameOrigin(text, allowsLoopback: allowsLoopback) else {
                throw file.error(
                    "frames", "origins", "are texts like \"https://ehr.example\": https, without path and wildcard")
            }
            return origin
        }
        longestEmergency = try file.duration("break_the_glass", "longest", in: 300...14_400)
        secrets = try file.required("secrets", "directory")
        lifetimes = Lifetimes(
            code: try file.duration("lifetimes", "code", in: 10...600) ?? 60,
            accessToken: try file.duration("lifetimes", "access_token", in: 60...3600) ?? 900,
            refreshToken: try file.duration("lifetimes", "refresh_token", in: 3600...31_536_000) ?? 92 * 86_400,
            launch: try file.duration("lifetimes", "launch", in: 30...3600) ?? 300,
            idToken: try file.duration("lifetimes", "id_token", in: 60...86_400) ?? 300,
            sessionIdle: try file.duration("lifetimes", "session_idle", in: 60...43_200) ?? 900,
            sessionAbsolute: try file.duration("lifetimes", "session_absolute", in: 300...86_400) ?? 43_200)
        let need = try file.string("sign_in", "second_factor") ?? SecondFactorNeed.optional.rawValue
        guard let need = SecondFactorNeed(rawValue: need) else {
            throw file.error("sign_in", "second_factor", "is \"optional\", \"staff\" or \"all\"")
        }
        secondFactor = need
        let accounts = try file.strings("demo", "accounts") ?? []
        guard isDemo || accounts.isEmpty else { throw file.error("demo", "accounts", "are for demo mode alone") }
        demoAccounts = try accounts.map { text throws(ConfigurationError) in
            let parts = text.split(separator: "|").map(String.init)
            guard parts.count == 3 else {
                throw file.error("demo", "accounts", "are texts like \"Clinician|amara|the password\"")
            }
            return DemoAccount(label: parts[0], username: parts[1], password: parts[2])
        }
    }
}

/// What is wrong with the configuration, in one line that names the file and the line.
package struct ConfigurationError: Error, CustomStringConvertible {
    package let description: String

    package init(path: String, line: Int? = nil, reason: String) {
        description = line.map { "\(path):\($0): \(reason)" } ?? "\(path): \(reason)"
    }
}

extension Configuration {
    private static func inbound(_ file: ConfigurationFile) throws(ConfigurationError) -> Set<ConsentTelling.Inbound> {
        var inbound: Set<ConsentTelling.Inbound> = []
        for word in try file.strings("consent", "inbound") ?? [] {
            guard let way = ConsentTelling.Inbound(rawValue: word) else {
                let known = ConsentTelling.Inbound.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
                throw file.error("consent", "inbound", "is a list of \(known)")
            }
            inbound.insert(way)
        }
        return inbound
    }
}
