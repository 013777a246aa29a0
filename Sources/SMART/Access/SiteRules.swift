/// What a site decides for all tokens.
package struct SiteRules: Sendable {
    /// Further operations that are handed on, such as `Patient/$match`, for tokens without any restriction.
    package var operations: Set<String>
    /// Whether who reads a document also reads the raw content that it points to, without a scope for Binary.
    package var documentsOpenBinaries: Bool

    package init(operations: Set<String> = [], documentsOpenBinaries: Bool = false) {
        self.operations = operations
        self.documentsOpenBinaries = documentsOpenBinaries
    }
}
