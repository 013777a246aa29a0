import HTTP

/// A QR code of a text (ISO/IEC 18004:2015): byte mode, error correction level M, versions 1 to 10, up to 213 bytes.
package struct QRCode: Sendable {
    /// Modules on each side, without the quiet zone.
    package private(set) var size: Int
    /// Row by row; `true` is dark.
    package private(set) var modules: [Bool]
    private var isFixed: [Bool]

    /// - Parameter mask: one of the eight; otherwise the one that reads best (ISO/IEC 18004, 7.8.3).
    /// - Returns: `nil` for a text that is too long.
    package init?(_ text: String, mask: Int? = nil) {
        guard let (version, codewords) = QRBlocks.codewords(Array(text.utf8)) else { return nil }
        size = 17 + 4 * version
        modules = Array(repeating: false, count: size * size)
        isFixed = modules
        drawPatterns(version)
        drawFormat(mask: 0)
        place(codewords)
        let plain = self
        let candidates = (mask.map { [$0] } ?? Array(0..<8)).map { plain.masked($0) }
        guard let best = candidates.min(by: { $0.penalty < $1.penalty }) else { return nil }
        self = best
    }

    package subscript(row: Int, column: Int) -> Bool { modules[row * size + column] }

    /// A picture for a page: dark on white in every colour scheme, for cameras read nothing else, with a quiet zone of four.
    package func svg(label: String) -> HTML {
        var path = ""
        for row in 0..<size {
            var column = 0
            while column < size {
                guard self[row, column] else {
                    column += 1
                    continue
                }
                let start = column
                while column < size, self[row, column] { column += 1 }
                path += "M\(start + 4) \(row + 4)h\(column - start)v1h-\(column - start)z"
            }
        }
        return """
            <svg class="qr" viewBox="0 0 \(size + 8) \(size + 8)" role="img" aria-label="\(label)">\
            <rect width="\(size + 8)" height="\(size + 8)" fill="#fff"></rect><path d="\(path)" fill="#000"></path></svg>
            """
    }
}

// MARK: What is where (ISO/IEC 18004, 6.3 and 7.7.3)

extension QRCode {
    private mutating func fix(_ row: Int, _ column: Int, _ isDark: Bool) {
        guard (0..<size).contains(row), (0..<size).contains(column) else { return }
        modules[row * size + column] = isDark
        isFixed[row * size + column] = true
    }

    private mutating func drawPatterns(_ version: Int) {
        for index in 0..<size {
            fix(6, index, index.isMultiple(of: 2))
            fix(index, 6, index.isMultiple(of: 2))
        }
        for (row, column) in [(3, 3), (3, size - 4), (size - 4, 3)] { drawFinder(row, column) }
        let centres = QRBlocks.alignment[version - 1]
        for row in centres {
            for column in centres {
                // Three corners have finders already.
                let isCorner =
                    (row == 6 && (column == 6 || column == size - 7)) || (row == size - 7 && column == 6)
                if !isCorner { drawAlignment(row, column) }
            }
        }
        guard version >= 7 else { return }
        let bits = version << 12 | Self.remainder(version << 12, generator: 0x1F25, degree: 12)
        for index in 0..<18 {
            let isDark = bits >> index & 1 == 1
            fix(index / 3, size - 11 + index % 3, isDark)
            fix(size - 11 + index % 3, index / 3, isDark)
        }
    }

    private mutating func drawFinder(_ row: Int, _ column: Int) {
        for down in -4...4 {
            for right in -4...4 {
                let ring = max(abs(down), abs(right))
                fix(row + down, column + right, ring != 2 && ring != 4)
            }
        }
    }

    private mutating func drawAlignment(_ row: Int, _ column: Int) {
        for down in -2...2 {
            for right in -2...2 { fix(row + down, column + right, max(abs(down), abs(right)) != 1) }
        }
    }

    /// Level M and the mask, twice, protected by a BCH code (ISO/IEC 18004, 7.9).
    private mutating func drawFormat(mask: Int) {
        let bits = (mask << 10 | Self.remainder(mask << 10, generator: 0x537, degree: 10)) ^ 0x5412
        for index in 0..<15 {
            let isDark = bits >> index & 1 == 1
            // Around the finder in the corner, leaving out the timing lines …
            switch index {
            case 0..<6: fix(index, 8, isDark)
            case 6, 7: fix(index + 1, 8, isDark)
            case 8: fix(8, 7, isDark)
            default: fix(8, 14 - index, isDark)
            }
            // … and once more beside the other two.
            if index < 8 { fix(8, size - 1 - index, isDark) } else { fix(size - 15 + index, 8, isDark) }
        }
        fix(size - 8, 8, true)
    }

    private static func remainder(_ value: Int, generator: Int, degree: Int) -> Int {
        var rest = value
        var bit = degree + 6
        while bit >= degree {
            if rest >> bit & 1 == 1 { rest ^= generator << (bit - degree) }
            bit -= 1
        }
        return rest
    }

    /// Up and down in columns of two, from the right; the rest of the modules stay light.
    private mutating func place(_ codewords: [UInt8]) {
        var index = 0
        var right = size - 1
        var isUpward = true
        while right > 0 {
            if right == 6 { right -= 1 }
            for step in 0..<size {
                let row = isUpward ? size - 1 - step : step
                for column in [right, right - 1] where !isFixed[row * size + column] && index < codewords.count * 8 {
                    modules[row * size + column] = codewords[index / 8] >> (7 - index % 8) & 1 == 1
                    index += 1
                }
            }
            isUpward.toggle()
            right -= 2
        }
    }

    private func masked(_ mask: Int) -> QRCode {
        var code = self
        for row in 0..<size {
            for column in 0..<size where !isFixed[row * size + column] {
                let flips =
                    switch mask {
                    case 0: (row + column).isMultiple(of: 2)
                    case 1: row.isMultiple(of: 2)
                    case 2: column.isMultiple(of: 3)
                    case 3: (row + column).isMultiple(of: 3)
                    case 4: (row / 2 + column / 3).isMultiple(of: 2)
                    case 5: row * column % 2 + row * column % 3 == 0
                    case 6: (row * column % 2 + row * column % 3).isMultiple(of: 2)
                    default: ((row + column) % 2 + row * column % 3).isMultiple(of: 2)
                    }
                if flips { code.modules[row * size + column].toggle() }
            }
        }
        code.drawFormat(mask: mask)
        return code
    }

    /// How hard it is to read (ISO/IEC 18004, 7.8.3).
    private var penalty: Int {
        var total = 0
        for line in 0..<size {
            for isRow in [true, false] {
                total += Self.penalty((0..<size).map { isRow ? self[line, $0] : self[$0, line] })
            }
        }
        for row in 1..<size {
            for column in 1..<size {
                let one = self[row, column]
                if one == self[row - 1, column], one == self[row, column - 1], one == self[row - 1, column - 1] {
                    total += 3
                }
            }
        }
        let dark = modules.count { $0 }
        return total + abs(dark * 20 - modules.count * 10) / modules.count * 10
    }

    private static let finderLike: [[Bool]] = {
        let core = [true, false, true, true, true, false, true]
        let gap = [Bool](repeating: false, count: 4)
        return [core + gap, gap + core]
    }()

    private static func penalty(_ line: [Bool]) -> Int {
        var total = 0
        var run = 1
        for index in 1...line.count {
            if index < line.count, line[index] == line[index - 1] {
                run += 1
            } else {
                if run >= 5 { total += run - 2 }
                run = 1
            }
        }
        for start in 0...(line.count - 11) where finderLike.contains(Array(line[start..<start + 11])) { total += 40 }
        return total
    }
}
