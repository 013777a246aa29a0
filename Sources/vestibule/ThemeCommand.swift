import ArgumentParser
import Endpoints
import Service

struct ThemeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "theme", abstract: "The look of the pages.", subcommands: [Check.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say which colours of [theme] are too alike to be read, and whether the logo can be shown.",
            discussion: """
                Every pair of colours that meets on a page, in light and in dark: text needs 4.5:1, edges and the ring of \
                the focus 3:1 (WCAG 2.2 AA). Exit code 1 where a pair fails.
                """)
        @OptionGroup var house: House

        func run() throws {
            let configuration = try house.configuration()
            do {
                _ = try Site(configuration)
            } catch {
                throw Failure("\(error)")
            }
            let pairs = Theme(configuration.theme).weakPairs
            if house.json || !pairs.isEmpty {
                house.output.show(
                    pairs.map { pair in
                        [
                            ("scheme", .text(pair.scheme)), ("front", .text(pair.front)), ("back", .text(pair.back)),
                            ("pair", .text(pair.description)),
                        ]
                    }, called: "pairs")
            } else {
                print("every pair of colours keeps its contrast, in light and in dark")
            }
            guard pairs.isEmpty else { throw Failure("\(pairs.count) pairs of colours are too weak") }
        }
    }
}
