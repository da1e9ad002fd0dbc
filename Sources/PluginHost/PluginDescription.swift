/// What a plugin's table says of it, for a person and for `signpost plugins`.
public struct PluginDescription: Sendable, Equatable {
    /// The name in `plugins.load`.
    public var name: String
    /// The plugin's own version.
    public var version: String
    /// The version of the ABI that it was built for.
    public var abiVersion: Int
    /// What it does.
    public var summary: String
    /// Where its library is.
    public var path: String
    /// The settings that it understands.
    public var settings: [PluginSetting]
    /// Whether it is shown links on any host.
    public var wantsAllLinks: Bool
}

/// What kept a plugin from being loaded, in a sentence.
public struct PluginProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was found, and what was expected.
    public var message: String

    /// The sentence.
    public var description: String { message }
}

extension PluginDirectory {
    /// Every library in the folder, with what it says of itself or why it cannot be loaded.
    ///
    /// This runs the initialisers of each library there is.
    public func plugins() -> [(name: String, description: Result<PluginDescription, PluginProblem>)] {
        names().map { name in
            do throws(PluginProblem) {
                return (name, .success(try PluginLibrary.open(name, in: self).description))
            } catch {
                return (name, .failure(error))
            }
        }
    }
}
