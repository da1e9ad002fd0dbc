import Configuration
import Senders
import Synchronization

/// Makes senders of rows, by the configuration of one moment.
struct RowReader: Sendable {
    /// Makes what a snapshot keeps with a sender, or says what is wrong.
    typealias Attach = @Sendable (Sender, inout [ConfigurationError]) -> (any Sendable)?

    /// Tells one moment's reader from another's.
    let id: Int
    private let reader: SenderFileReader
    private let attach: Attach

    private static let readers = Atomic(0)

    init(_ settings: Settings, attach: @escaping Attach) {
        id = RowReader.readers.add(1, ordering: .relaxed).newValue
        reader = SenderFileReader(settings)
        self.attach = attach
    }

    /// Whom the rows of an answer lead to, and what is wrong with them.
    func owner(in rows: [Row], asked question: Question) -> (SenderOwner?, [ConfigurationError]) {
        guard let row = rows.first else { return (nil, []) }
        guard rows.count == 1 else { return (.contested, []) }
        guard let id = row.text("id") else {
            let place = SourcePosition(file: "pgsql: answer for \(printable(question.key))")
            return (.broken(id: "?"), [ConfigurationError(place, "expected an id, found null")])
        }
        let errors = ErrorList()
        let file = "pgsql: sender \(printable(id))"
        let root = ConfigurationNode(
            position: SourcePosition(file: file),
            value: .mapping(row.fields.filter { $0.column != "id" }.compactMap { pair($0, file, errors) }))
        let sender = reader.read(root, id: id, file: file, errors: errors)
        guard let sender else { return (.broken(id: printable(id)), errors.sorted) }
        var mistakes: [ConfigurationError] = []
        let attachment = attach(sender, &mistakes)
        return mistakes.isEmpty ? (.sender(sender.carrying(attachment)), []) : (.broken(id: id), mistakes)
    }

    /// A column as the entry of a sender's file that it stands for; nil where that is wrong or empty.
    private func pair(
        _ field: Row.Field, _ file: String, _ errors: ErrorList
    ) -> (key: ConfigurationNode, value: ConfigurationNode)? {
        let place = SourcePosition(file: "\(file), column \(field.column)")
        func node(_ value: ConfigurationNode.Value) -> ConfigurationNode {
            ConfigurationNode(position: place, value: value)
        }
        let value: ConfigurationNode?
        switch field.column {
        case "plugins":
            // JSON is YAML.
            value = ConfigurationNode.parse(Array(field.text.utf8), file: place.file, errors: errors)
        case "logins", "networks", "other_tracking_domains":
            if field.kind == .json {
                value = ConfigurationNode.parse(Array(field.text.utf8), file: place.file, errors: errors)
            } else if field.kind == .scalar || !field.text.hasPrefix("{") {
                value = node(.sequence([node(.scalar(field.text))]))
            } else if let items = ArrayLiteral.items(field.text) {
                value = node(.sequence(items.map { node(.scalar($0)) }))
            } else {
                errors.report(
                    place, "expected an array of values that are not null, found \(quoted(field.text))")
                value = nil
            }
        default: value = node(.scalar(field.text))
        }
        return value.map { (node(.scalar(field.column)), $0) }
    }
}
