/// Which domain is to be looked up when: a binary heap with the earliest appointment on top.
///
/// An appointment is never taken out because it is void; who takes it finds out. (swift-collections has a heap; it
/// would be the build's third package, for these forty lines.)
struct Schedule {
    /// A domain is due.
    struct Appointment: Equatable {
        var time: Moment
        var question: DomainQuestion
    }

    private var heap: [Appointment] = []

    /// The earliest appointment.
    var first: Appointment? { heap.first }

    /// Makes an appointment, in O(log n).
    mutating func add(_ appointment: Appointment) {
        heap.append(appointment)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].time < heap[parent].time else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes out the earliest appointment, in O(log n).
    mutating func removeFirst() -> Appointment? {
        guard let last = heap.popLast() else { return nil }
        guard let first = heap.first else { return last }
        heap[0] = last
        var parent = 0
        while true {
            var earliest = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].time < heap[earliest].time {
                earliest = child
            }
            if earliest == parent { return first }
            heap.swapAt(parent, earliest)
            parent = earliest
        }
    }
}
