import JSON

/// What a command found: shown as a table of lines to people, as JSON to programs.
struct Output {
    enum Cell {
        case text(String?)
        case flag(Bool)
        case number(Int?)
        case list([String])

        var words: String {
            switch self {
            case .text(let text): text ?? "-"
            case .flag(let flag): flag ? "yes" : "no"
            case .number(let number): number.map(String.init) ?? "-"
            case .list(let list): list.isEmpty ? "-" : list.joined(separator: " ")
            }
        }
    }

    typealias Record = [(name: String, cell: Cell)]

    let isJSON: Bool

    /// One thing: a line for each of its members.
    func show(_ record: Record) {
        guard !isJSON else {
            var writer = JSONWriter()
            writer.object { Self.write(record, to: &$0) }
            return print(String(decoding: writer.bytes, as: UTF8.self))
        }
        let width = record.map(\.name.count).max() ?? 0
        for (name, cell) in record {
            print(name.padded(to: width), cell.words)
        }
    }

    /// Several things: a line for each, under their names.
    func show(_ records: [Record], called name: String) {
        guard !isJSON else {
            var writer = JSONWriter()
            writer.object { object in
                object.array(name) { array in
                    for record in records { array.object { Self.write(record, to: &$0) } }
                }
            }
            return print(String(decoding: writer.bytes, as: UTF8.self))
        }
        guard let first = records.first else { return print("no \(name)") }
        let rows = [first.map(\.name)] + records.map { $0.map(\.cell.words) }
        let widths = first.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        for row in rows {
            print(zip(row, widths).map { $0.padded(to: $1) }.joined(separator: "  "))
        }
    }

    private static func write(_ record: Record, to object: inout JSONWriter) {
        for (name, cell) in record {
            switch cell {
            case .text(let text): object.member(name, text)
            case .flag(let flag): object.member(name, flag)
            case .number(let number): object.member(name, number)
            case .list(let list): object.member(name, list)
            }
        }
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        count < width ? self + String(repeating: " ", count: width - count) : self
    }
}

extension House {
    var output: Output { Output(isJSON: json) }
}
