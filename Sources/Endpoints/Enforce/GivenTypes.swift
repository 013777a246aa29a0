/// The types of the resources that one answer gives out, taken down while it is made.
final class GivenTypes {
    /// `nil` stands for several, or unknown ones.
    private(set) var types: Set<String?> = []

    func insert(_ type: String?) { types.insert(type) }

    func formUnion(_ more: Set<String>) { for type in more { types.insert(type) } }
}
