extension AuditRecord {
    /// RFC 4180 §2: the header line.
    package static let csvHeader =
        "sequence,time,event,outcome,program,unix_user,account,client,patient,grant,consent,request,address,details,fhir_base,hash\r\n"

    /// RFC 4180 §2: one line. Every cell is in quotes, and none is a formula to a spreadsheet.
    package var csv: String {
        let cells: [String?] = [
            String(sequence), Instant(columns.time).timestamp, columns.act, columns.outcome, columns.program,
            columns.unixUser, columns.account, columns.client, columns.patient, columns.grant, columns.consent,
            columns.request, columns.address, columns.details, columns.fhirBase, hash.hexadecimal,
        ]
        return cells.map { Self.cell($0 ?? "") }.joined(separator: ",") + "\r\n"
    }

    private static func cell(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            scalars.append(isControl ? "\u{FFFD}" : scalar)
            if scalar == "\"" { scalars.append(scalar) }
        }
        // What begins like this is reckoned out by spreadsheets, also in quotes.
        let isFormula = text.unicodeScalars.first.map {
            "=+-@\t\r\u{FF1D}\u{FF0B}\u{FF0D}\u{FF20}".unicodeScalars.contains($0)
        }
        return "\"\(isFormula == true ? "'" : "")\(String(scalars))\""
    }
}
