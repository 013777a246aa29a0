/// One row of an answer; columns are read in the order of the SELECT.
///
/// It is the connection's, and good only inside the closure that is given it.
package protocol Row: AnyObject {
    func isNull(_ column: Int) -> Bool
    func int(_ column: Int) -> Int
    func text(_ column: Int) -> String
    func blob(_ column: Int) -> [UInt8]
}

extension Row {
    package func bool(_ column: Int) -> Bool { int(column) != 0 }
    package func optionalInt(_ column: Int) -> Int? { isNull(column) ? nil : int(column) }
    package func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }
    package func optionalBlob(_ column: Int) -> [UInt8]? { isNull(column) ? nil : blob(column) }
}
