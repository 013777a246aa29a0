import HTTP

/// The end of a session.
package struct SignedOutPage: SpokenPage {
    package let site: Site

    package init(site: Site) {
        self.site = site
    }

    package func render() -> HTML {
        PageFrame(site: site, title: title).render(
            """
            <div class="narrow card">
            <h1>\(title)</h1>
            <p class="lead">\(closeApps)</p>
            <p>\(closeBrowser)</p>
            <p><a class="button" href="/portal">\(signInAgain)</a></p>
            </div>
            """)
    }
}
