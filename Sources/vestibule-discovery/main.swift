// vestibule-discovery: tells apps where everything is.
//
// STANDARDS  SMART conformance#using-well-known, OpenID Discovery §4, RFC 8414 §3
// POWERS     none: it reads the configuration and opens nothing else
import Endpoints
import Service

serve("vestibule-discovery", about: "the discovery documents", workers: 4, bodyLimit: 0) { configuration in
    { _ in DiscoveryEndpoint(configuration.urls, features: configuration.features) }
}
