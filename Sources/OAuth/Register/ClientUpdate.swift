import JSON

/// What a client sends to replace its registration (RFC 7592 §2.2).
package struct ClientUpdate: Sendable {
    private let metadata: ClientMetadata
    private let clientID: String?
    private let secret: Secret?

    /// What is ours to say, and what a client that read its registration sends back by mistake.
    private static let ours = [
        "registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at",
    ]

    package init(json body: [UInt8]) throws(OAuthError) {
        let sent = try ClientMetadata.object(body)
        for name in Self.ours {
            try require(sent[name] == nil, else: .invalidRequest("\(name) does not belong into an update"))
        }
        metadata = try ClientMetadata(sent)
        clientID = sent["client_id"]?.string
        if let member = sent["client_secret"], !member.isNull {
            secret = Secret(
                received: try require(member.string, else: .invalidRequest("client_secret must be a string")))
        } else {
            secret = nil
        }
    }

    /// The registration that takes the place of this one. What only an administrator gives stays as it is.
    package func applied(
        to current: ClientRegistration, policy: RegistrationPolicy, at now: Instant
    ) throws(OAuthError) -> ClientRegistration {
        try require(
            clientID.map { $0.isExactly(current.id) } ?? false,
            else: .invalidRequest("client_id must be the one of this registration"))
        if let secret { try requireCurrent(secret, of: current, at: now) }
        var client = try metadata.registration(replacing: current, policy: policy)
        client.approval = Self.approval(of: client, replacing: current, policy: policy)
        // Nobody vouches for what nobody has seen.
        client.isVerified = current.isVerified && !client.exceeds(current)
        return client
    }

    /// RFC 7592 §2.2: a client cannot choose its secret.
    private func requireCurrent(
        _ secret: Secret, of client: ClientRegistration, at now: Instant
    ) throws(OAuthError) {
        guard case .secret(let secrets, _) = client.authentication,
            secrets.contains(where: { $0.isGood(secret, at: now) })
        else { throw .invalidRequest("client_secret is not the one of this registration: leave it out") }
    }

    /// Nothing that an administrator agreed to is replaced behind the administrator's back: what goes beyond it waits.
    private static func approval(
        of client: ClientRegistration, replacing current: ClientRegistration, policy: RegistrationPolicy
    ) -> ClientRegistration.Approval {
        switch current.approval {
        case .rejected: .rejected
        case _ where policy.approves(client): .approved
        case .approved where !client.exceeds(current): .approved
        case .approved, .pending: .pending
        }
    }
}

extension ClientRegistration {
    /// Whether there is anything in this registration that whoever approved the other has not seen: another name, organization or page
    /// for people, another place for answers, more scopes or grants, keys at another place. New keys at the same place are what a
    /// client that rotates them has to bring, and whoever manages the registration may bring them.
    func exceeds(_ approved: ClientRegistration) -> Bool {
        !name.isExactly(approved.name) || presentation.claims != approved.presentation.claims
            || !Set(redirectURIs).isSubset(of: approved.redirectURIs)
            || !Set(launchURLs).isSubset(of: approved.launchURLs) || isNative && !approved.isNative
            || !grantTypes.isSubset(of: approved.grantTypes) || !scopes.isSubset(of: approved.scopes)
            || authentication.name != approved.authentication.name
            || authentication.keys?.registered.uri != approved.authentication.keys?.registered.uri
    }
}

extension ClientPresentation {
    /// What people are led by.
    fileprivate var claims: [String?] { [organization, clientURI, logoURI, policyURI, termsURI] }
}
