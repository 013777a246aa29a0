import HTTP
import OAuth
import SMART
import Store

/// Giving an app less than it was allowed.
extension PortalEndpoint {
    func narrowingPage(_ request: Request) throws(OAuthError) -> Response {
        let id = try query(of: request)["app"]
        let visitor = try visitor(of: request)
        guard let session = visitor.session else { return signInFirst(.apps) }
        guard let access = try id.flatMap({ id throws(OAuthError) in try allowedAccess(of: id, by: session.user) })
        else {
            return try appsPage(visitor, session, .noSuchApp, status: 404)
        }
        var names = PatientNames(
            directory, within: session.user.effectiveAccess(at: clock()), in: site.language)
        let page = NarrowingPage(
            site: site, visitor: shown(visitor, session), appID: access.client.id, appName: access.client.name,
            choices: choices(access.scopes, access), patient: access.onlyPatient.flatMap { names.name(of: $0) })
        return .page(page.render())
    }

    func narrow(_ request: Request) throws(OAuthError) -> Response {
        let form = try form(of: request, limit: 2_000)
        let visitor = try visitor(of: request)
        guard let session = visitor.session else { return signInFirst(.apps) }
        guard isOurs(form, request, token: visitor.formToken) else {
            return try appsPage(visitor, session, .formExpired, status: 403)
        }
        guard let id = form["app"], let access = try allowedAccess(of: id, by: session.user) else {
            return try appsPage(visitor, session, .noSuchApp, status: 404)
        }
        var notice = ConnectedAppsPage.Notice.unchanged(access.client.name)
        var isLeft = false
        for consent in access.consents {
            let choices = choices(consent.allowed, access)
            let scopes = choices.granted(ticked: choices.ticked(in: form))
            guard scopes != consent.allowed else {
                isLeft = true
                continue
            }
            let isDone: Bool
            switch try consent.narrowed(to: scopes) {
            case .to(let less):
                isLeft = true
                isDone = try stored(stores.narrow(consent: consent.id, from: consent.version, to: less, at: clock()))
            case .nothingLeft:
                isDone = try stored(stores.withdraw(consent: consent.id, at: clock()))
            }
            guard isDone else { return try appsPage(visitor, session, .changedMeanwhile, status: 409) }
            notice = .narrowed(access.client.name)
        }
        if !isLeft { notice = .ended(access.client.name) }
        return try appsPage(visitor, session, notice, status: 200)
            .remarking("event", "access_narrowed").remarking("client", access.client.id)
    }

    /// What living grants of one app rest on.
    private struct AllowedAccess {
        let client: ClientRegistration
        let consents: [Consent]
        let isOwnRecord: Bool

        var scopes: ScopeSet { ScopeSet(consents.flatMap(\.allowed.scopes)) }

        /// Whose record it is about, where that is another's and one alone.
        var onlyPatient: String? {
            let patients = Set(consents.map(\.patient))
            return isOwnRecord || patients.count != 1 ? nil : patients.first ?? nil
        }
    }

    /// `nil` where the app has nothing that this person allowed.
    private func allowedAccess(of client: String, by user: User) throws(OAuthError) -> AllowedAccess? {
        guard let client = try stored(stores.client(client)) else { return nil }
        let living = Set(
            try stored(stores.grants(of: user.id, at: clock(), policy: sessionPolicy))
                .filter { $0.clientID == client.id }.compactMap(\.consent))
        let records = try stored(
            stores.consents(ConsentFilter(account: user.id, clientID: client.id, status: .active)))
        let consents = records.filter { living.contains($0.id) }
        guard !consents.isEmpty else { return nil }
        let own = user.fhirUser?.ownPatient
        return AllowedAccess(
            client: client, consents: consents, isOwnRecord: own != nil && consents.allSatisfy { $0.patient == own })
    }

    private func choices(_ scopes: ScopeSet, _ access: AllowedAccess) -> ConsentChoices {
        ConsentPage.choices(scopes, isOwnRecord: access.isOwnRecord, in: site.language)
    }
}
