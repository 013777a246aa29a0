import HTTP
import OAuth
import Store

/// Showing the second factor, setting it up, and switching it off.
extension PortalEndpoint {
    // MARK: The second step of a sign-in

    func secondStepPage(_ request: Request) throws(OAuthError) -> Response {
        let parameters = try query(of: request)
        guard let person = try signingIn(parameters, request) else { return signInAgain(parameters) }
        if person.session != nil, !isAskedFor(person) { return .seeOther(wayOn(person)) }
        return secondStepPage(person, parameters, nil, status: 200)
    }

    func takeSecondStep(_ request: Request) throws(OAuthError) -> Response {
        let form = try form(of: request)
        guard let person = try signingIn(form, request) else { return signInAgain(form) }
        if person.session != nil, !isAskedFor(person) { return .seeOther(wayOn(person)) }
        guard isOurs(form, request, token: person.csrf) else {
            return secondStepPage(person, form, .formExpired, status: 403)
        }
        guard let factor = try stored(stores.secondFactor(of: person.user.id)), factor.confirmedAt != nil else {
            return signInAgain(form)
        }
        let now = clock()
        switch try judge(form["code"] ?? "", of: factor, person.user, at: now) {
        case .wait(let seconds):
            return secondStepPage(person, form, .delayed(seconds: seconds), status: 429)
                .adding("Retry-After", String(seconds)).remarking("event", "second_factor_delayed")
        case .wrong:
            return secondStepPage(person, form, .wrong, status: 403).remarking("event", "second_factor_refused")
        case .right:
            guard let cookies = try finish(person, request, at: now) else { return signInAgain(form) }
            return Response.seeOther(wayOn(person)).setting(cookies)
                .remarking("event", "second_factor_shown").remarking("account", person.user.id)
        }
    }

    /// Whether the authorization that somebody is on the way with wants it now.
    private func isAskedFor(_ person: SigningIn) -> Bool {
        person.visit.map { step(of: $0) == .secondFactor } ?? false
    }

    private func secondStepPage(
        _ person: SigningIn, _ parameters: Form, _ problem: SecondStepPage.Problem?, status: Int
    ) -> Response {
        let page = SecondStepPage(
            site: site(person.visit), csrf: person.csrf, interaction: person.visit?.id.text,
            destination: person.visit == nil ? person.destination : .portal,
            takesRecoveryCode: parameters["way"] == "recovery", problem: problem)
        return .page(page.render(), status: status)
    }

    // MARK: One's own second factor

    func secondFactorPage(_ request: Request) throws(OAuthError) -> Response {
        let parameters = try query(of: request)
        guard let person = try signingIn(parameters, request) else {
            return .seeOther("\(urls.portal)/sign-in?next=second-factor")
        }
        let factor = try stored(stores.secondFactor(of: person.user.id))
        if person.session == nil, factor?.confirmedAt != nil { return try secondStepPage(request) }
        return secondFactorPage(person, state(of: factor, person), nil, status: 200)
    }

    func changeSecondFactor(_ request: Request) throws(OAuthError) -> Response {
        let form = try form(of: request)
        guard let person = try signingIn(form, request) else { return signInAgain(form) }
        let factor = try stored(stores.secondFactor(of: person.user.id))
        guard isOurs(form, request, token: person.csrf) else {
            return secondFactorPage(person, state(of: factor, person), .formExpired, status: 403)
        }
        switch (form["do"], factor) {
        case ("begin", _):
            return try offer(to: person)
        case ("confirm", let factor?) where factor.confirmedAt == nil:
            return try confirm(factor, code: form["code"] ?? "", person, request)
        case ("codes", let factor?), ("remove", let factor?):
            guard factor.confirmedAt != nil, person.session != nil else { break }
            return try change(factor, isRemoval: form["do"] == "remove", code: form["code"] ?? "", person)
        default: break
        }
        return secondFactorPage(person, state(of: factor, person), nil, status: 400)
    }

    private func offer(to person: SigningIn) throws(OAuthError) -> Response {
        let now = clock()
        let totp = TOTP(secret: secrets.bytes(TOTP.secretSize))
        let sealed = try SecondFactor.seal(totp, of: person.user.id, under: sealingKey())
        guard person.isFresh(at: now) else {
            return secondFactorPage(person, .off(isFresh: false, isDemanded: false), nil, status: 403)
        }
        guard try stored(stores.offer(sealed, to: person.user.id, at: now)) else {
            let factor = try stored(stores.secondFactor(of: person.user.id))
            return secondFactorPage(person, state(of: factor, person), nil, status: 409)
        }
        return secondFactorPage(person, setUp(totp, person), nil, status: 200)
    }

    private func confirm(
        _ factor: SecondFactor, code: String, _ person: SigningIn, _ request: Request
    ) throws(OAuthError) -> Response {
        let now = clock()
        guard person.isFresh(at: now) else {
            return secondFactorPage(person, .off(isFresh: false, isDemanded: false), nil, status: 403)
        }
        let totp = try open(factor, of: person.user)
        let attempts = Attempt.secondFactor(of: person.user.id)
        let delay = try stored(stores.begin(attempts, at: now))
        guard delay <= 0 else {
            return secondFactorPage(person, setUp(totp, person), .delayed(seconds: delay), status: 429)
                .adding("Retry-After", String(delay))
        }
        guard let step = totp.step(of: code, at: now) else {
            _ = try refused(person.user, at: now)
            return secondFactorPage(person, setUp(totp, person), .wrong, status: 403)
        }
        let codes = RecoveryCode.fresh(from: secrets)
        let digests = codes.map { $0.digest(of: person.user.id) }
        guard
            try stored(stores.confirm(factor, step: step, recoveryCodes: digests, of: person.user.id, at: now)),
            let cookies = try finish(person, request, at: now)
        else { return .seeOther("\(urls.portal)/second-factor") }
        try stored(stores.forget(attempts))
        return secondFactorPage(person, .codes(codes.map(\.text), wayOn: wayOn(person)), nil, status: 200)
            .setting(cookies).remarking("event", "second_factor_added").remarking("account", person.user.id)
    }

    private func change(
        _ factor: SecondFactor, isRemoval: Bool, code: String, _ person: SigningIn
    ) throws(OAuthError) -> Response {
        let now = clock()
        switch try judge(code, of: factor, person.user, at: now) {
        case .wait(let seconds):
            return secondFactorPage(person, state(of: factor, person), .delayed(seconds: seconds), status: 429)
                .adding("Retry-After", String(seconds))
        case .wrong:
            return secondFactorPage(person, state(of: factor, person), .wrong, status: 403)
        case .right where isRemoval:
            _ = try stored(stores.removeSecondFactor(of: person.user.id, at: now))
            return secondFactorPage(person, state(of: nil, person), .removed, status: 200)
                .remarking("event", "second_factor_removed").remarking("account", person.user.id)
        case .right:
            let codes = RecoveryCode.fresh(from: secrets)
            let digests = codes.map { $0.digest(of: person.user.id) }
            guard try stored(stores.replaceRecoveryCodes(digests, of: person.user.id, at: now)) else {
                return .seeOther("\(urls.portal)/second-factor")
            }
            return secondFactorPage(
                person, .codes(codes.map(\.text), wayOn: "\(urls.portal)/second-factor"), nil, status: 200)
        }
    }

    private func state(of factor: SecondFactor?, _ person: SigningIn) -> SecondFactorPage.State {
        if let factor, factor.confirmedAt != nil { return .on(codesLeft: factor.recoveryCodesLeft) }
        return .off(isFresh: person.isFresh(at: clock()), isDemanded: person.session == nil)
    }

    private func setUp(_ totp: TOTP, _ person: SigningIn) -> SecondFactorPage.State {
        let uri = totp.uri(issuer: site.name, account: person.user.name)
        return .setUp(uri: uri, secret: totp.typed, picture: QRCode(uri))
    }

    private func secondFactorPage(
        _ person: SigningIn, _ state: SecondFactorPage.State, _ notice: SecondFactorPage.Notice?, status: Int
    ) -> Response {
        // While a new session's cookie is on its way, the forms of the old one are worth nothing: no form stands there.
        let isChanging: Bool = if case .codes = state { true } else { false }
        let page = SecondFactorPage(
            site: site(person.visit),
            visitor: isChanging ? nil : person.session.map { shown(person.visitor, $0) }, csrf: person.csrf,
            interaction: person.visit?.id.text, destination: person.visit == nil ? person.destination : .portal,
            state: state, notice: notice)
        return .page(page.render(), status: status)
    }
}

extension Response {
    fileprivate func setting(_ cookies: [Cookie]) -> Response {
        var response = self
        for cookie in cookies { response.add("Set-Cookie", cookie.field) }
        return response
    }
}
