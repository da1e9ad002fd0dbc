import Configuration

@testable import Rewriting
@testable import Senders

/// Header fields and what else of a message names addresses.
enum HeaderTarget {
    @Sendable static func run(_ input: inout Input) {
        let value = input.remainder()
        requireStable(value) { bytes, collector in collector.listHeader(bytes, place: "header") }
        requireStable(value) { bytes, collector in collector.otherHeader(bytes, place: "header") }
        _ = ContentType(value)
        _ = TransferEncoding(value)
        for case let address? in FromField.addresses(value) ?? [] {
            require(
                address.domain == MailDomain.canonical(address.domain),
                "a domain that is not canonical: \(address)")
        }
        let text = String(decoding: value, as: UTF8.self)
        if case .address(let address) = EnvelopeSender(text) {
            require(
                address.domain == MailDomain.canonical(address.domain),
                "a domain that is not canonical: \(address)")
        }
        if let pattern = try? AddressPattern(parsing: text) { _ = pattern.description }
        require(caseFolded(caseFolded(text)) == caseFolded(text), "folding twice is not folding once")
    }
}
