import SMART
import Service

extension ServerURLs {
    /// Where a style document is: what `smart_style_url` says where an EHR has none of its own.
    package func url(of style: SMARTStyle) -> String { authBase + style.path }
}

extension Configuration {
    package var styleURL: String { urls.url(of: SMARTStyle(of: self)) }
}

extension SMARTStyle {
    fileprivate init(of configuration: Configuration) { self.init(Theme(configuration.theme)) }
}
