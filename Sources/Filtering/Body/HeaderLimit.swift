import Rewriting

/// How large a header may be: each connection may have one in memory. MTAs have such limits too (`header_size_limit` of
/// Postfix, `MaxHeadersLength` of Sendmail), but not for how many fields there are.
enum HeaderLimit {
    /// Bytes of all fields, with ``overhead`` for each.
    static let size = 1 << 20
    /// What a field costs besides its bytes.
    private static let overhead = 64

    /// What a field counts for.
    static func weight(of field: HeaderField) -> Int { field.name.count + field.value.count + overhead }

    /// Why a message with more is not touched.
    static let reason = "the header is over \(size) bytes, counting \(overhead) more for each field"
}
