/// A dictionary of bounded size. What goes for something new is something that was not used lately, found by a
/// hand that goes round and passes over what was used since it last came by ("clock" replacement).
struct ClockCache<Key: Hashable, Value> {
    private struct Slot {
        var key: Key
        var value: Value
        var wasUsed: Bool
    }

    let capacity: Int
    private var slots: [Slot] = []
    private var index: [Key: Int] = [:]
    private var hand = 0

    init(capacity: Int) { self.capacity = max(capacity, 1) }

    var count: Int { slots.count }

    /// The value for a key, which counts as used.
    mutating func find(_ key: Key) -> Value? {
        guard let number = index[key] else { return nil }
        slots[number].wasUsed = true
        return slots[number].value
    }

    /// Puts a value in, in the place of the key's old one or of some other key's.
    mutating func insert(_ value: Value, for key: Key) {
        if let number = index[key] {
            slots[number].value = value
        } else if slots.count < capacity {
            index[key] = slots.count
            slots.append(Slot(key: key, value: value, wasUsed: false))
        } else {
            let number = unused()
            index[slots[number].key] = nil
            index[key] = number
            slots[number] = Slot(key: key, value: value, wasUsed: false)
        }
    }

    private mutating func unused() -> Int {
        while true {
            let number = hand
            hand = (hand + 1) % slots.count
            if !slots[number].wasUsed { return number }
            slots[number].wasUsed = false
        }
    }
}
