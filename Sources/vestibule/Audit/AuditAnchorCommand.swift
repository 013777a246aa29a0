import ArgumentParser
import OAuth
import SQLStore

struct AuditAnchorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anchor", abstract: "Print the end of the trail, to be kept elsewhere.",
        discussion: "With it, audit verify --anchor proves everything that is in the trail by now.")
    @OptionGroup var house: House

    func run() throws {
        let head = try attempt { try house.store().auditHead() }
        if house.json {
            return house.output.show([("anchor", .text(head.text)), ("time", .text(house.now.timestamp))])
        }
        print(head.text)
    }
}
