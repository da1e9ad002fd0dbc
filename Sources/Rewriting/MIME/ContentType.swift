/// A Content-Type field body after RFC 2045 section 5.1, read as leniently as mail readers do.
struct ContentType {
    /// `type/subtype` in lower case.
    var essence: [UInt8]
    private var parameters: [(name: [UInt8], value: [UInt8])] = []

    static let textPlain = ContentType(essence: Array("text/plain".utf8))
    static let messageRFC822 = ContentType(essence: Array("message/rfc822".utf8))

    private init(essence: [UInt8]) {
        self.essence = essence
    }

    /// Reads an unfolded field body. What is not `type/subtype` counts as text/plain (RFC 2045 section 5.2).
    init(_ fieldBody: [UInt8]) {
        var scanner = StructuredFieldScanner(fieldBody)
        essence = scanner.readUnquoted(until: UInt8(ascii: ";"))
        for index in essence.indices { essence[index] = ASCII.lowercased(essence[index]) }
        if essence.count(where: { $0 == UInt8(ascii: "/") }) != 1 {
            essence = ContentType.textPlain.essence
        }
        while let parameter = scanner.readParameter() {
            parameters.append(parameter)
        }
    }

    /// The value of a parameter; where one is given twice, the first, and rather whole than in sections.
    subscript(parameter: StaticString) -> [UInt8]? {
        if let whole = parameters.first(where: { $0.name.elementsEqual(parameter.utf8) }) {
            return whole.value
        }
        guard parameters.contains(where: { $0.name.contains(UInt8(ascii: "*")) }) else { return nil }
        var extended = ExtendedParameter(parameter.utf8)
        for parameter in parameters { extended.take(parameter.name, parameter.value) }
        return extended.value
    }

    /// What divides a multipart; nil where it does not say. A boundary does not end in white space, which is put
    /// behind it on the way (RFC 2046 section 5.1.1).
    var boundary: [UInt8]? {
        guard let boundary = self["boundary"],
            let last = boundary.lastIndex(where: { !ASCII.isWhitespace($0) })
        else { return nil }
        return last == boundary.count - 1 ? boundary : Array(boundary[...last])
    }

    func isType(_ lowercase: StaticString) -> Bool {
        essence.elementsEqual(lowercase.utf8)
    }

    /// Whether a body of this type has entities in it.
    var isComposite: Bool { isMultipart || isType("message/rfc822") || isType("message/global") }

    var isMultipart: Bool { essence.starts(with: "multipart/".utf8) }
}

extension StaticString {
    fileprivate var utf8: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
    }
}
