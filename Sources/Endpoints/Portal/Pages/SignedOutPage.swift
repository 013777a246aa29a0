import HTTP

/// The end of a session.
package struct SignedOutPage: Sendable {
    package let site: Site

    package init(site: Site) {
        self.site = site
    }

    package func render() -> HTML {
        PageFrame(site: site, title: "You are signed out").render(
            """
            <div class="narrow card">
            <h1>You are signed out</h1>
            <p class="lead">Apps that you started may still be open: close them too.</p>
            <p>On a shared computer, close the browser.</p>
            <p><a class="button" href="/portal">Sign in again</a></p>
            </div>
            """)
    }
}
