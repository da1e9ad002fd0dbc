import CSignpostPlugin

/// A setting that a plugin understands, as its table declares it.
public struct PluginSetting: Sendable, Equatable {
    /// The type of a setting.
    public enum Kind: String, Sendable {
        /// Text.
        case string
        /// A list of texts.
        case stringList = "string list"
        /// `on` or `off`.
        case boolean
        /// A whole number.
        case integer
    }

    /// The value of a setting, configured or by default.
    public enum Value: Sendable, Equatable {
        /// Text.
        case string(String)
        /// A list of texts.
        case stringList([String])
        /// `on` or `off`.
        case boolean(Bool)
        /// A whole number.
        case integer(Int64)
    }

    /// The key in the configuration.
    public var name: String
    /// The type.
    public var kind: Kind
    /// The default, nil where the setting has to be given.
    public var defaultValue: Value?
    /// What it does, for a person.
    public var help: String
}

extension PluginSetting.Value: CustomStringConvertible {
    /// The value as the configuration would write it.
    public var description: String {
        switch self {
        case .string(let text): quoted(text)
        case .stringList(let texts): "[" + texts.map(quoted).joined(separator: ", ") + "]"
        case .boolean(let isOn): isOn ? "on" : "off"
        case .integer(let number): "\(number)"
        }
    }

    private func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}

extension PluginSetting.Kind {
    init?(abi type: UInt32) {
        switch Int(type) {
        case SIGNPOST_STRING: self = .string
        case SIGNPOST_STRING_LIST: self = .stringList
        case SIGNPOST_BOOLEAN: self = .boolean
        case SIGNPOST_INTEGER: self = .integer
        default: return nil
        }
    }

    /// The value that a scalar stands for, nil where it is none of this type.
    func value(of scalar: String) -> PluginSetting.Value? {
        switch self {
        case .string: return .string(scalar)
        case .stringList: return nil
        case .boolean:
            switch scalar.lowercased() {
            case "on", "yes", "true": return .boolean(true)
            case "off", "no", "false": return .boolean(false)
            default: return nil
            }
        case .integer: return Int64(scalar).map(PluginSetting.Value.integer)
        }
    }

    /// What the configuration should hold, to end a sentence with.
    var expectation: String {
        switch self {
        case .string: "text"
        case .stringList: "a list of texts, such as [\"/a/*\", \"/b/*\"]"
        case .boolean: "on or off"
        case .integer: "a whole number"
        }
    }
}
