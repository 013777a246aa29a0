import HTTP

/// The one page that an EHR's frame shows in place of the sign-in: a password is never typed in a frame, where nobody sees
/// whose page it is. The same authorization goes on in a window of its own.
package struct WindowPage: SpokenPage {
    package let site: Site
    package let appName: String
    package let interaction: String

    package init(site: Site, appName: String, interaction: String) {
        self.site = site
        self.appName = appName
        self.interaction = interaction
    }

    /// `window` says that it is one, to browsers that do not say so themselves.
    private var address: String {
        "/portal/sign-in?\(Form([("interaction", interaction), ("window", "own")]).encoded)"
    }

    package func render() -> HTML {
        PageFrame(site: site, title: title).render(
            """
            <div class="narrow card">
            <h1>\(title)</h1>
            <p class="lead">\(purpose)</p>
            <p>\(reason)</p>
            <p><a class="button wide" href="\(address)" target="_blank" rel="noopener">\(open)</a></p>
            <p class="aside">\(afterwards)</p>
            </div>
            """)
    }
}
