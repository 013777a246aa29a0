import HTTP
import OAuth

/// How the portal answers with pages, and with those of an authorization.
extension PortalEndpoint {
    /// A page of an authorization: in a frame of the EHR where that vouches for its user, and in no other.
    func page(_ html: HTML, status: Int = 200, in visit: Visit) -> Response {
        .page(html, status: status, framedBy: frames.around(visit.interaction))
    }

    /// - Parameters:
    ///   - visit: the authorization that it happened in, whose language it speaks and whose frame it may fill.
    ///   - leadsBack: whether the page that it happened on can be tried once more.
    func problem(
        _ words: ErrorPage.Words, _ error: OAuthError?, status: Int, _ request: Request, in visit: Visit? = nil,
        leadsBack: Bool = false
    ) -> Response {
        problem(
            words, error, status: status, request, site: site(visit),
            again: leadsBack ? visit.map { "/oauth2/authorize?interaction=\($0.id.text)" } : nil,
            framedBy: visit.map { frames.around($0.interaction) } ?? [])
    }

    func formExpired(_ request: Request, in visit: Visit? = nil) -> Response {
        problem(
            .formExpired, .invalidRequest("the form carries no valid token of this browser"), status: 403, request,
            in: visit, leadsBack: true)
    }

    /// What is over is nobody's: where an EHR may show our pages, it may show this one too.
    func lost(_ request: Request) -> Response {
        problem(
            .expired, .invalidRequest("the interaction is unknown, expired or already answered"), status: 400, request,
            site: site, again: nil, framedBy: frames)
    }

    private func problem(
        _ words: ErrorPage.Words, _ error: OAuthError?, status: Int, _ request: Request, site: Site, again: String?,
        framedBy ancestors: [FrameOrigin]
    ) -> Response {
        let page = ErrorPage(
            site: site, words: words, code: error?.code.rawValue, developerDescription: error?.description,
            requestID: request.shortID, again: again, isFramed: request.saysItIsFramed ?? false)
        let response = Response.page(page.render(), status: status, framedBy: ancestors)
        return error.map { response.refusing($0) } ?? response
    }
}
