import HTTP
import HTTPClient
import JSON
import SMART

/// Begins bulk exports and tells how far they are; every address of the FHIR server in them becomes a link of ours.
struct ExportRelay {
    let relay: CheckedRelay
    /// The public link to a status or a file.
    let link: (_ kind: ExportLink.Kind, _ types: Set<String>?, _ target: FHIRTarget) -> String

    /// Row X1
    func begin(_ target: FHIRTarget, _ types: Set<String>?) throws(FHIRRefusal) -> Response {
        let request = OutboundRequest("GET", target.text, fields: [("Prefer", "respond-async")])
        let answer = try relay.fetch(request, by: relay.relay)
        switch answer.status {
        case 202: break
        case 400, 422: throw FHIRRefusal(400, .invalid, "The FHIR server does not accept this export.")
        case 404, 405, 501: throw FHIRRefusal(501, .notSupported, "The FHIR server has no such export.")
        default: throw answer.status >= 500 || answer.status == 429 ? .unavailable : .unusableAnswer
        }
        guard let status = answer.value(of: "Content-Location").flatMap({ relay.links.target(of: $0) }) else {
            throw .unusableAnswer
        }
        var response = Response(status: 202)
        response.set("Content-Location", to: link(.status, types, status))
        return response
    }

    /// Row X2
    func status(_ status: ExportLink) throws(FHIRRefusal) -> Response {
        let request = OutboundRequest("GET", status.target.text)
        let answer = try relay.fetch(request, by: relay.relay)
        switch answer.status {
        case 202:
            var response = Response(status: 202)
            for name in ["X-Progress", "Retry-After"] {
                if let value = answer.value(of: name), value.utf8.count <= 100 { response.set(name, to: value) }
            }
            return response
        case 200:
            guard answer.isJSON, let manifest = try? JSONDocument(answer.body) else { throw .unusableAnswer }
            var response = Response.json(try rewritten(manifest, status.types))
            if let expires = answer.value(of: "Expires") { response.set("Expires", to: expires) }
            return response
        case 404, 410: throw .notFound
        default: throw answer.status >= 500 || answer.status == 429 ? .unavailable : .unusableAnswer
        }
    }

    /// The manifest with the files of the export's own types, under links of ours.
    private func rewritten(_ document: JSONDocument, _ types: Set<String>?) throws(FHIRRefusal) -> [UInt8] {
        var cut = JSONCut(document)
        for member in document.root.members {
            switch member.name {
            case "output", "deleted", "error":
                for file in member.value.elements {
                    guard let url = file["url"], let target = url.string.flatMap({ relay.links.target(of: $0) }) else {
                        throw .unusableAnswer
                    }
                    let type = file["type"]?.string
                    // What was deleted and what went wrong come as Bundles and OperationOutcomes, about the types asked for.
                    let isOfExport = member.name != "output" || types.map { type.map($0.contains) ?? false } ?? true
                    guard isOfExport else {
                        cut.remove(file)
                        continue
                    }
                    let needed = member.name == "output" ? type.map { [$0] } ?? types : types
                    cut.replace(url, with: link(.file, needed, target))
                }
            case "request": relay.publish(member.value, &cut)
            case "requiresAccessToken": cut.replace(member.value, with: Array("true".utf8))
            case "transactionTime", "outputOrganizedBy": break
            default: cut.remove(member.value)
            }
        }
        return cut.bytes
    }
}
