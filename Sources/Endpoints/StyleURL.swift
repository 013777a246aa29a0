import SMART

extension ServerURLs {
    /// Where our style document is: what `smart_style_url` says where an EHR has none of its own.
    package var style: String { authBase + SMARTStyle.path }
}
