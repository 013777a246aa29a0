import HTTP
import OAuth
import SMART
import Store

/// A person on one of the pages of an authorization: the interaction is this browser's, and the app is still there.
struct Visit {
    let id: Secret
    let interaction: Interaction
    let client: ClientRegistration
    let visitor: BrowserSession
}

extension PortalEndpoint {
    /// The visit that a page's `interaction` parameter names; `nil` where it is lost, expired or another browser's.
    func visit(_ parameters: Form, _ request: Request) throws(OAuthError) -> Visit? {
        let visitor = try visitor(of: request)
        guard let id = parameters["interaction"].map({ Secret(received: $0) }), let browser = visitor.browser,
            let interaction = try stored(stores.interaction(id.digest, at: clock())),
            interaction.browser == browser.digest,
            let client = try stored(stores.client(interaction.request.clientID)), !client.isDisabled
        else { return nil }
        return Visit(id: id, interaction: interaction, client: client, visitor: visitor)
    }

    func lost(_ request: Request) -> Response {
        problem(
            .expired, .invalidRequest("the interaction is unknown, expired or already answered"), status: 400, request)
    }

    /// Back to the one place that knows what is next.
    func backToAuthorize(_ visit: Visit) -> Response {
        .seeOther("\(urls.authorization)?interaction=\(visit.id.text)")
    }

    /// What the authorization needs now; a page that is not it sends the browser back.
    func step(of visit: Visit) -> AuthorizationStep {
        AuthorizationStep.next(
            for: visit.client, session: visit.visitor.session, interaction: visit.interaction, at: clock())
    }
}
