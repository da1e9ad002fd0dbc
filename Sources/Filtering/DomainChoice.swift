import Configuration
import Rewriting
import Senders

/// What a message itself says about its tracking domain, in a field that is removed before delivery: whoever
/// makes the mail may choose among its sender's own domains, message by message.
public struct DomainChoice: Sendable, Equatable {
    /// The field's name.
    public static let fieldName = "X-Tracking-Domain"

    /// What the message asks for.
    enum Wish: Equatable {
        /// Nothing: links go where the sender's file says.
        case none
        /// Its links stay on the default domain.
        case defaultDomain
        /// This domain of its sender's takes the place of `tracking_domain`.
        case own(TrackingDomain)
        /// Something that is not its to choose; the reason is made for the log.
        case refused(reason: String)
    }

    let wish: Wish
    /// Which of the message's fields go, from 0.
    let fieldIndices: [Int]

    /// What the fields of one of `sender`'s messages say.
    init(_ fields: [HeaderField], of sender: Sender) {
        fieldIndices = fields.indices.filter { fields[$0].isNamed("x-tracking-domain") }
        guard let first = fieldIndices.first else {
            wish = .none
            return
        }
        guard fieldIndices.count == 1 else {
            wish = .refused(reason: "\(fieldIndices.count) fields, expected one")
            return
        }
        let text = String(decoding: fields[first].value, as: UTF8.self)
            .split(whereSeparator: \.isWhitespace).joined(separator: " ")
        if text.lowercased() == "default" {
            wish = .defaultDomain
        } else if let domain = sender.domain(called: text) {
            wish = .own(domain)
        } else {
            wish = .refused(reason: "\(quoted(text)) is not a domain of sender \(sender.id)")
        }
    }

    /// The fields' removal, the last first: each removal renumbers those behind it (milter protocol).
    func removals(from fields: [HeaderField]) -> [HeaderChange] {
        fieldIndices.enumerated().reversed().map { number, index in
            HeaderChange(name: fields[index].name, occurrence: number + 1, value: nil)
        }
    }
}

extension Sender {
    /// The sender's own domain of that name; a port in the name has to be the configured one.
    fileprivate func domain(called name: String) -> TrackingDomain? {
        guard let wanted = try? TrackingDomain(parsing: name) else { return nil }
        return trackingDomains.first {
            $0.host == wanted.host && (wanted.port == nil || wanted.port == $0.port)
        }
    }
}
