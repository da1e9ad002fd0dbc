/// The bytes of one run. Choices are taken from the end, so that what is left is a contiguous text that a
/// corpus file can hold as it is.
struct Input {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        rest = Array(bytes)[...]
    }

    var isEmpty: Bool { rest.isEmpty }

    /// A number below `bound`, 0 when nothing is left.
    mutating func choice(_ bound: Int) -> Int {
        guard bound > 1 else { return 0 }
        return Int(rest.popLast() ?? 0) % bound
    }

    mutating func choice<Element>(of elements: [Element]) -> Element {
        elements[choice(elements.count)]
    }

    /// All that is left, in storage of just that size: the address sanitizer sees a step past its end.
    mutating func remainder() -> [UInt8] {
        defer { rest = [] }
        return Array(rest)
    }
}

/// Stops the run with a finding if `condition` does not hold.
func require(
    _ condition: @autoclosure () -> Bool, _ what: @autoclosure () -> String, line: Int = #line,
    file: String = #fileID
) {
    if !condition() { fatalError("\(file):\(line): \(what())") }
}

/// Bytes as a failure shows them.
func shown(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { (0x20...0x7E).contains($0) ? String(UnicodeScalar($0)) : "\\x" + String($0, radix: 16) }
        .joined()
}
