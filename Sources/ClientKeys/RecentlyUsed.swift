/// So many values and no more: when another comes, the one that was longest unused goes.
struct RecentlyUsed<Key: Hashable, Value> {
    private struct Slot {
        var value: Value
        var use: Int
    }

    private let limit: Int
    private var slots: [Key: Slot] = [:]
    private var uses = 0

    init(limit: Int) {
        self.limit = max(1, limit)
    }

    var count: Int { slots.count }

    mutating func value(_ key: Key) -> Value? {
        guard slots[key] != nil else { return nil }
        uses += 1
        slots[key]?.use = uses
        return slots[key]?.value
    }

    /// - Parameter isHeld: tells a value that must not go just now; there must be fewer of them than the limit.
    mutating func set(_ key: Key, to value: Value, isHeld: (Value) -> Bool = { _ in false }) {
        uses += 1
        if slots[key] == nil, slots.count >= limit {
            let oldest = slots.filter { !isHeld($0.value.value) }.min { $0.value.use < $1.value.use }
            if let oldest { slots[oldest.key] = nil }
        }
        slots[key] = Slot(value: value, use: uses)
    }
}
