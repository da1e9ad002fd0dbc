/// A setting that a plugin understands: in `plugins.load` for all, in a sender's file for that sender.
public struct Setting: Sendable {
    enum Default: Sendable {
        case string(String?)
        case strings([String]?)
        case boolean(Bool?)
        case integer(Int?)
    }

    let name: String
    let value: Default
    let help: String

    /// Text. Without a default it has to be given.
    public static func string(_ name: String, default value: String?, help: String) -> Setting {
        Setting(name: name, value: .string(value), help: help)
    }

    /// A list of texts. Without a default it has to be given.
    public static func strings(_ name: String, default value: [String]?, help: String) -> Setting {
        Setting(name: name, value: .strings(value), help: help)
    }

    /// `on` or `off`. Without a default it has to be given.
    public static func boolean(_ name: String, default value: Bool?, help: String) -> Setting {
        Setting(name: name, value: .boolean(value), help: help)
    }

    /// A whole number. Without a default it has to be given.
    public static func integer(_ name: String, default value: Int?, help: String) -> Setting {
        Setting(name: name, value: .integer(value), help: help)
    }
}

/// The values of a plugin's settings, each as configured or at its default.
public struct Settings: Sendable {
    enum Value: Sendable {
        case string(String)
        case strings([String])
        case boolean(Bool)
        case integer(Int)
    }

    let values: [String: Value]

    /// The text of a setting that was declared with ``Setting/string(_:default:help:)``.
    public func string(_ name: String) throws -> String {
        if case .string(let value) = values[name] { value } else { throw undeclared(name, "string") }
    }

    /// The texts of a setting that was declared with ``Setting/strings(_:default:help:)``.
    public func strings(_ name: String) throws -> [String] {
        if case .strings(let value) = values[name] { value } else { throw undeclared(name, "string list") }
    }

    /// The value of a setting that was declared with ``Setting/boolean(_:default:help:)``.
    public func boolean(_ name: String) throws -> Bool {
        if case .boolean(let value) = values[name] { value } else { throw undeclared(name, "boolean") }
    }

    /// The number of a setting that was declared with ``Setting/integer(_:default:help:)``.
    public func integer(_ name: String) throws -> Int {
        if case .integer(let value) = values[name] { value } else { throw undeclared(name, "integer") }
    }

    private func undeclared(_ name: String, _ type: String) -> SettingsError {
        SettingsError("the plugin reads a \(type) \"\(name)\" that it does not declare in its settings")
    }
}

/// What is wrong with settings, in a sentence; Signpost puts file and line before it.
public struct SettingsError: Error, Sendable, CustomStringConvertible {
    /// The sentence.
    public let description: String

    /// An error that says `sentence`.
    public init(_ sentence: String) { description = sentence }
}
