import CPQ

/// A row of an answer.
struct Row: Equatable, Sendable {
    /// A value that is not null.
    struct Field: Equatable, Sendable {
        let column: String
        let kind: Kind
        let text: String
    }

    /// How a column's type writes its values.
    enum Kind: Equatable, Sendable {
        /// One value.
        case scalar
        /// `json` and `jsonb`.
        case json
        /// Something else: perhaps an array.
        case other
    }

    let fields: [Field]

    init(_ fields: [Field]) { self.fields = fields }

    init(_ result: OpaquePointer, number: Int32) {
        fields = (0..<PQnfields(result)).compactMap { column in
            guard PQgetisnull(result, number, column) == 0, let name = PQfname(result, column),
                let value = PQgetvalue(result, number, column)
            else { return nil }
            return Field(
                column: String(cString: name), kind: Kind(oid: PQftype(result, column)),
                text: String(cString: value))
        }
    }

    /// The value in `column`, nil where it is null or not there.
    func text(_ column: String) -> String? { fields.first { $0.column == column }?.text }
}

extension Row.Kind {
    /// The kind of a type; the numbers are those of pg_type.dat, the same in every database.
    fileprivate init(oid: Oid) {
        switch oid {
        case 114, 3802: self = .json
        // name, int8, int2, int4, text, cidr, inet, bpchar, varchar, uuid
        case 19, 20, 21, 23, 25, 650, 869, 1042, 1043, 2950: self = .scalar
        default: self = .other
        }
    }
}

/// An array as PostgreSQL writes it: `{acme,"two words"}`.
/// https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
enum ArrayLiteral {
    /// The items.
    ///
    /// - Returns: nil where the text is none, an array of arrays, or one with a null in it.
    static func items(_ text: String) -> [String]? {
        var rest = Array(text.utf8)[...]
        guard rest.popFirst() == UInt8(ascii: "{"), rest.popLast() == UInt8(ascii: "}") else { return nil }
        var items: [String] = []
        if rest.isEmpty { return items }
        while let item = item(&rest) {
            items.append(item)
            guard let separator = rest.popFirst() else { return items }
            guard separator == UInt8(ascii: ",") else { return nil }
        }
        return nil
    }

    /// One item, up to the comma behind it.
    private static func item(_ rest: inout ArraySlice<UInt8>) -> String? {
        var bytes: [UInt8] = []
        if rest.first == UInt8(ascii: "\"") {
            rest.removeFirst()
            while let byte = rest.popFirst() {
                if byte == UInt8(ascii: "\"") { return String(decoding: bytes, as: UTF8.self) }
                guard let plain = byte == UInt8(ascii: "\\") ? rest.popFirst() : byte else { return nil }
                bytes.append(plain)
            }
            return nil
        }
        // The server puts quotes around whatever has a sign in it.
        while let byte = rest.first, byte != UInt8(ascii: ",") {
            if "{}\"\\".utf8.contains(byte) { return nil }
            bytes.append(rest.removeFirst())
        }
        let text = String(decoding: bytes, as: UTF8.self)
        return text.isEmpty || text == "NULL" ? nil : text
    }
}
