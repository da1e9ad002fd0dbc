struct CharsetView {
    let decoded: Bytes
    init(decoded: Bytes, label: [UInt8]?) { self.decoded = decoded }
    func withBytes<R>(_ b: (Bytes) throws -> R) rethrows -> R { try b(decoded) }
    var isReadable: Bool { true }
    func decodedRange(of view: ByteRange) -> ByteRange { view }
    func encode(_ ascii: [UInt8]) -> [UInt8] { ascii }
    func utf8(of view: ByteRange) -> [UInt8]? { nil }
}
