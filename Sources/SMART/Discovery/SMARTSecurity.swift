import HTTP
import JSON

/// What a FHIR server's CapabilityStatement says of access to it: `rest.security`, for apps that look for the endpoints
/// there (SMART conformance#using-well-known).
package struct SMARTSecurity: Sendable {
    private let urls: ServerURLs
    private let features: ServerFeatures

    package init(_ urls: ServerURLs, features: ServerFeatures) {
        self.urls = urls
        self.features = features
    }

    package var json: [UInt8] {
        var writer = JSONWriter()
        writer.object { security in
            security.member("cors", true)
            security.array("extension") { extensions in
                extensions.object {
                    $0.member("url", Self.urisExtension)
                    $0.array("extension") { uris in
                        for (name, url) in endpoints {
                            uris.object {
                                $0.member("url", name)
                                $0.member("valueUri", url)
                            }
                        }
                    }
                }
            }
            security.array("service") { services in
                services.object {
                    $0.array("coding") { codings in
                        codings.object {
                            $0.member("system", Self.serviceSystem)
                            $0.member("code", "SMART-on-FHIR")
                        }
                    }
                }
            }
        }
        return writer.bytes
    }

    private static let urisExtension = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
    private static let serviceSystem = "http://terminology.hl7.org/CodeSystem/restful-security-service"

    private var endpoints: [(name: String, url: String)] {
        [
            ("authorize", urls.authorization), ("token", urls.token), ("introspect", urls.introspection),
            ("revoke", urls.revocation), ("manage", urls.management),
        ] + (features.registration ? [("register", urls.registration)] : [])
    }
}

extension SMARTSecurity {
    /// A CapabilityStatement with this in it, every other byte as it came; `nil` for what is none.
    ///
    /// It takes the place of what the FHIR server says about security: apps reach that server through here alone, so what
    /// it says is true for nobody.
    package func described(in statement: [UInt8]) -> [UInt8]? {
        guard let document = try? JSONDocument(statement), document.root.kind == .object,
            document.root["resourceType"]?.equals("CapabilityStatement") ?? false
        else { return nil }
        var cut = JSONCut(document)
        guard let rest = document.root["rest"] else {
            cut.replace(
                document.root, with: document.root.adding("rest", [UInt8](ascii: "[") + entry + [UInt8](ascii: "]")))
            return cut.bytes
        }
        guard rest.kind == .array else { return nil }
        let servers = rest.elements.filter { $0["mode"]?.equals("server") ?? false }
        for server in servers {
            if let security = server["security"] {
                cut.replace(security, with: json)
            } else {
                cut.replace(server, with: server.adding("security", json))
            }
        }
        if servers.isEmpty { cut.replace(rest, with: rest.appending(entry)) }
        return cut.bytes
    }

    private var entry: [UInt8] {
        var writer = JSONWriter()
        writer.object {
            $0.member("mode", "server")
            $0.raw("security", json)
        }
        return writer.bytes
    }
}

extension JSONValue {
    /// This object with one more member, at its end.
    fileprivate func adding(_ name: String, _ value: [UInt8]) -> [UInt8] {
        inserting([UInt8](ascii: #""\#(name)":"#) + value)
    }

    /// This array with one more element, at its end.
    fileprivate func appending(_ element: [UInt8]) -> [UInt8] {
        inserting(element)
    }

    /// Before the bracket that ends the value.
    private func inserting(_ more: [UInt8]) -> [UInt8] {
        bytes.dropLast() + (count == 0 ? [] : [UInt8](ascii: ",")) + more + bytes.suffix(1)
    }
}

extension [UInt8] {
    fileprivate init(ascii text: String) {
        self.init(text.utf8)
    }
}
