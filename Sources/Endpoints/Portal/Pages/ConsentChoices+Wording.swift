import HTTP
import SMART

extension ConsentChoices {
    /// What the consent page said, and what was ticked on it, as lines of text for the record: it holds no patient's name.
    func wording(
        of app: String, from organization: String?, at host: String, isVerified: Bool, ticked: Set<ChoiceID>,
        offlineLifetime: Int, in language: Language
    ) -> String {
        let whose = organization.map { " (\($0))" } ?? ""
        var lines = ["\(app)\(whose), at \(host)\(isVerified ? "" : ", unverified")"]
        func line(_ choice: ConsentChoice, around: Permissions?, indent: String) {
            let isTold = choice.permissions.isEmpty || choice.permissions == around
            let permissions = isTold ? "" : " (\(choice.permissions.words(in: language)))"
            lines.append("\(indent)[\(ticked.contains(choice.id) ? "x" : " ")] \(choice.words)\(permissions)")
            for part in choice.parts { line(part, around: choice.permissions, indent: indent + "    ") }
        }
        for group in groups {
            lines.append("\(group.place):")
            for choice in group.choices { line(choice, around: nil, indent: "  ") }
        }
        for choice in [identity, online].compactMap({ $0 }) + own { line(choice, around: nil, indent: "") }
        if let offline {
            line(offline, around: nil, indent: "")
            lines.append("    (\(TimeInWords.span(offlineLifetime, in: language)))")
        }
        return (lines + besides.map { "- \($0)" }).joined(separator: "\n")
    }
}
