/// Where keys are written, found by their hashes. It does not keep the keys: who looks for one says whether it stands at
/// a place. With 100,000 senders that is a third of a dictionary's memory, and a reload has two of them.
struct KeyTable: Sendable {
    /// Where a key is written.
    struct Place {
        /// The number of a file; the complement of one where several have the key.
        var file: Int32
        /// The number of one of the file's addresses; the complement of one of its logins'.
        var item: Int32
    }

    private struct Slot {
        /// The part of the hash that did not choose the slot, so that few places have to be looked at.
        var mark: UInt32
        var place: Place

        static let empty = Slot(mark: 0, place: Place(file: .min, item: 0))
        var isEmpty: Bool { place.file == .min }
    }

    /// At least a third of them empty. A key is in the first slot that its hash chooses or in one behind it, with no
    /// empty one between.
    private var slots: [Slot]

    /// A table for so many keys at most.
    init(capacity: Int) {
        var size = 4
        while size * 2 < capacity * 3 { size *= 2 }
        slots = [Slot](repeating: .empty, count: size)
    }

    /// The slot of a key, nil where it has none.
    func find(_ hash: Int, _ isKey: (Place) -> Bool) -> Int? {
        let (start, mark) = split(hash)
        return slots.withUnsafeBufferPointer { slots in
            var number = start
            while !slots[number].isEmpty {
                if slots[number].mark == mark, isKey(slots[number].place) { return number }
                number = (number + 1) & (slots.count - 1)
            }
            return nil
        }
    }

    /// The place in the slot of a key.
    subscript(slot: Int) -> Place {
        get { slots[slot].place }
        set { slots[slot].place = newValue }
    }

    /// Takes up a key that is not there yet.
    mutating func insert(_ place: Place, _ hash: Int) {
        let (start, mark) = split(hash)
        var number = start
        while !slots[number].isEmpty { number = (number + 1) & (slots.count - 1) }
        slots[number] = Slot(mark: mark, place: place)
    }

    private func split(_ hash: Int) -> (start: Int, mark: UInt32) {
        (hash & (slots.count - 1), UInt32(truncatingIfNeeded: hash >> 32))
    }
}
