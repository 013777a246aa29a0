import TOMLKit

/// The TOML of a configuration with every key checked against the table of those that exist.
struct ConfigurationFile {
    /// Every section and its keys: what is not here is an error with the nearest name.
    static let keys: [String: [String]] = [
        "server": ["name", "base", "demo", "language"],
        "fhir": [
            "base", "upstream", "relay", "changes", "versions", "operations", "documents_open_binaries",
            "describe_security",
        ],
        "store": ["database", "url"],
        "secrets": ["directory"],
        "outbound": ["certificate_authorities", "proxy", "allowed"],
        "registration": ["mode", "approve_patient_apps", "scopes"],
        "consent": ["fhir", "platform", "follow", "inbound", "limits"],
        "sign_in": ["second_factor"],
        "theme": [
            "accent", "accent_text", "background", "dark_accent", "dark_accent_text", "dark_background", "logo",
        ],
        "break_the_glass": ["longest"],
        "frames": ["origins"],
        "demo": ["accounts"],
        "lifetimes": [
            "code", "access_token", "refresh_token", "launch", "id_token", "session_idle", "session_absolute",
        ],
    ]

    private let table: TOMLTable
    private let text: String
    private let path: String

    init(text: String, path: String) throws(ConfigurationError) {
        self.text = text
        self.path = path
        do {
            table = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw ConfigurationError(path: path, line: error.source.begin.line, reason: error.description)
        } catch {
            throw ConfigurationError(path: path, reason: "not valid TOML")
        }
        try refuseUnknown()
    }

    func string(_ section: String, _ key: String) throws(ConfigurationError) -> String? {
        guard let value = value(section, key) else { return nil }
        guard let string = value.string, !string.isEmpty else { throw error(section, key, "must be a text in quotes") }
        return string
    }

    func required(_ section: String, _ key: String) throws(ConfigurationError) -> String {
        guard let value = try string(section, key) else {
            throw ConfigurationError(path: path, reason: "\(key) is missing in [\(section)]")
        }
        return value
    }

    func strings(_ section: String, _ key: String) throws(ConfigurationError) -> [String]? {
        guard let value = value(section, key) else { return nil }
        guard let array = value.array, array.allSatisfy({ $0.string != nil }) else {
            throw error(section, key, "must be a list of texts in quotes")
        }
        return array.compactMap(\.string)
    }

    func bool(_ section: String, _ key: String) throws(ConfigurationError) -> Bool? {
        guard let value = value(section, key) else { return nil }
        guard let bool = value.bool else { throw error(section, key, "must be true or false") }
        return bool
    }

    /// Reads `"90s"`, `"15m"`, `"12h"` or `"92d"` as seconds.
    func duration(_ section: String, _ key: String, in range: ClosedRange<Int>) throws(ConfigurationError) -> Int? {
        guard let text = try string(section, key) else { return nil }
        let units = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = units[String(text.suffix(1))], let number = Int(text.dropLast()), number <= 1_000_000,
            range.contains(number * unit)
        else {
            throw error(
                section, key,
                "must be a duration such as \"90s\", \"15m\", \"12h\" or \"92d\", from \(range.lowerBound)s to "
                    + "\(range.upperBound)s")
        }
        return number * unit
    }

    func error(_ section: String, _ key: String, _ reason: String) -> ConfigurationError {
        ConfigurationError(path: path, line: line(of: key, in: section), reason: "\(key) \(reason)")
    }

    private func value(_ section: String, _ key: String) -> (any TOMLValueConvertible)? {
        table[section]?.table?[key]
    }

    private func refuseUnknown() throws(ConfigurationError) {
        for section in table.keys {
            guard let known = Self.keys[section] else {
                throw unknown(
                    "section [\(section)]", section, among: Self.keys.keys.sorted(), line(of: section, in: nil))
            }
            guard let content = table[section]?.table else {
                throw ConfigurationError(
                    path: path, line: line(of: section, in: nil), reason: "\(section) must be a section [\(section)]")
            }
            for key in content.keys where !known.contains(key) {
                throw unknown("key \(key) in [\(section)]", key, among: known, line(of: key, in: section))
            }
        }
    }

    private func unknown(_ what: String, _ name: String, among known: [String], _ line: Int?) -> ConfigurationError {
        let nearest = known.min { Self.distance($0, name) < Self.distance($1, name) }
        let hint = nearest.map { "; did you mean \($0)?" } ?? ""
        return ConfigurationError(path: path, line: line, reason: "unknown \(what)\(hint)")
    }

    /// The parser names keys but not their lines: found by reading the text.
    private func line(of key: String, in section: String?) -> Int? {
        var current: String?
        for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = raw.drop { $0 == " " || $0 == "\t" }
            if line.hasPrefix("[") {
                current = String(line.dropFirst().prefix { $0 != "]" }).filter { $0 != " " }
                if section == nil, current == key { return index + 1 }
            } else if current == section {
                let name = line.prefix { $0 != "=" }.filter { $0 != " " && $0 != "\t" && $0 != "\"" }
                if name == key { return index + 1 }
            }
        }
        return nil
    }

    /// The number of single changes that lead from one word to the other (Levenshtein).
    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (i, character) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let above = row[j + 1]
                row[j + 1] = min(above + 1, row[j] + 1, diagonal + (character == other ? 0 : 1))
                diagonal = above
            }
        }
        return row[right.count]
    }
}
