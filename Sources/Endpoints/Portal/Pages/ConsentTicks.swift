import HTTP
import SMART

/// The choices of a consent as tick boxes that work without a script.
struct ConsentTicks {
    let choices: ConsentChoices
    let language: Language
    private let ticked: Set<ChoiceID>?
    /// Names for labels: the ids of choices are no ids of HTML.
    private let names: [ChoiceID: String]

    /// - Parameter ticked: `nil` for everything.
    init(_ choices: ConsentChoices, ticked: Set<ChoiceID>?, in language: Language) {
        self.choices = choices
        self.language = language
        self.ticked = ticked
        let ids = choices.all.map(\.id).enumerated().map { ($1, "t\($0)") }
        names = Dictionary(ids) { first, _ in first }
    }

    var fieldsets: HTML {
        "\(choices.groups.map(fieldset))\(further)"
    }

    func row(_ choice: ConsentChoice) -> HTML { row(choice, around: nil, isOpen: false) }
}

extension ConsentTicks {
    private func fieldset(_ group: ConsentChoices.Group) -> HTML {
        let permissions = Set(group.choices.map(\.permissions))
        // What is the same for all is said once.
        let common = permissions.count == 1 ? group.choices.first?.permissions : nil
        // In the long list of everything, the parts of a kind are a click away.
        let isOpen = !group.hasWildcard
        let isNarrow = group.choices.count > 6 && (!isOpen || group.choices.allSatisfy(\.parts.isEmpty))
        return """
            <div class="card">
            <fieldset>
            <legend><h3>\(Self.sentence(group.heading(common, in: language)))</h3></legend>
            <ul class="plain ticks\(" columns", if: isNarrow)">
            \(group.choices.map { row($0, around: common, isOpen: isOpen) })
            </ul>
            </fieldset>
            </div>

            """
    }

    /// What is about no kind of information.
    private var further: HTML? {
        let others = [choices.identity, choices.online].compactMap { $0 } + choices.own
        guard !others.isEmpty || !choices.besides.isEmpty else { return nil }
        return """
            <div class="card">
            \(others.isEmpty ? nil : also(others))
            \(choices.besides.isEmpty ? nil : besides)
            </div>
            """
    }

    private func also(_ others: [ConsentChoice]) -> HTML {
        """
        <fieldset>
        <legend><h3>\(alsoTitle)</h3></legend>
        <ul class="plain ticks">\(others.map(row))</ul>
        </fieldset>
        """
    }

    private var besides: HTML {
        """
        <p>\(besidesWords)</p>
        <ul>\(choices.besides.map { line -> HTML in "<li>\(line)</li>" })</ul>
        """
    }

    /// - Parameter around: the permissions that were told for all rows around this one.
    private func row(_ choice: ConsentChoice, around: Permissions?, isOpen: Bool) -> HTML {
        let name = names[choice.id] ?? ""
        let isTold = choice.permissions.isEmpty || choice.permissions == around
        return """
            <li>
            <input type="checkbox" id="\(name)" name="\(ConsentChoices.field)" value="\(choice.id.description)"\
            \(" checked", if: ticked?.contains(choice.id) ?? true)>
            <label for="\(name)">\(Self.sentence(choice.words))\
            \(isTold ? nil : " <span class=\"aside\">(\(choice.permissions.words(in: language)))</span>")</label>
            \(choice.parts.isEmpty ? nil : parts(of: choice, isOpen: isOpen))
            </li>

            """
    }

    private func parts(of choice: ConsentChoice, isOpen: Bool) -> HTML {
        """
        <details class="parts"\(" open", if: isOpen)>
        <summary>\(kinds(of: choice.words))</summary>
        <ul class="plain ticks columns">
        \(choice.parts.map { row($0, around: choice.permissions, isOpen: false) })
        </ul>
        <p class="hint">\(severalKinds)</p>
        </details>
        """
    }

    private static func sentence(_ phrase: String) -> String {
        phrase.prefix(1).uppercased() + phrase.dropFirst()
    }
}
