import HTTP
import OAuth

/// Which of our pages a listed EHR may show in a frame (RFC 9700 §4.16): those of an authorization that an EHR vouches for, and
/// errors that are about nobody. A password is never typed in a frame, where nobody sees whose page it is.
extension [FrameOrigin] {
    func around(_ interaction: Interaction) -> [FrameOrigin] { interaction.isVouchedFor ? self : [] }
}

extension Request {
    /// Whether the browser says that it fills a frame (Fetch Metadata §2.1); `nil` where it says nothing. A hint for what is
    /// useful to show, and no proof: the answer's own policy decides what a frame shows.
    var saysItIsFramed: Bool? { fields["sec-fetch-dest"].map { $0 != "document" } }
}
