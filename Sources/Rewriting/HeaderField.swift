/// One header field as an MTA hands it over: nothing trimmed, nothing unfolded.
public struct HeaderField: Sendable, Equatable {
    /// The field's name as written.
    public var name: [UInt8]
    /// All that follows the colon, leading white space and folding included, without the final line end.
    /// Folds are LF from an MTA (libmilter's convention) and may be CRLF from a file.
    public var value: [UInt8]

    /// A field from its two halves.
    public init(name: [UInt8], value: [UInt8]) {
        self.name = name
        self.value = value
    }

    /// Whether this is the field called `lowercase` (RFC 5322 section 1.2.2: names compare without case).
    @inlinable public func isNamed(_ lowercase: StaticString) -> Bool {
        name.count == lowercase.utf8CodeUnitCount && hasLetters(of: lowercase)
    }

    @usableFromInline func hasLetters(of lowercase: StaticString) -> Bool {
        lowercase.withUTF8Buffer { expected in
            zip(name, expected).allSatisfy { ASCII.lowercased($0) == $1 }
        }
    }

    /// The same for a name that is not known before.
    func isNamed(_ lowercase: String) -> Bool {
        name.count == lowercase.utf8.count
            && zip(name, lowercase.utf8).allSatisfy { ASCII.lowercased($0) == $1 }
    }

    /// Whether both are fields of one name.
    public func hasSameName(as other: HeaderField) -> Bool {
        name.count == other.name.count
            && zip(name, other.name).allSatisfy { ASCII.lowercased($0) == ASCII.lowercased($1) }
    }
}
