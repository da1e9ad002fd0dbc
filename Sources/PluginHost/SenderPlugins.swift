import CSignpostPlugin
import Configuration
import DomainNames

/// The plugins as one sender has them: with its domain, its settings, and without those that it turned off.
///
/// Made once for a snapshot, used for each of the sender's links on many threads at once.
public final class SenderPlugins: @unchecked Sendable {  // nothing changes after init
    let plugins: LoadedPlugins
    /// One for each plugin, in its order.
    let seats: [Seat]
    /// The texts that the seats' structs borrow.
    private let arena: TextArena

    /// A plugin as the sender has it.
    struct Seat {
        let instance: PluginInstance
        let isOff: Bool
        let target: LinkTarget
        /// Whether links must not move there now.
        var isBarred = false
        let sender: signpost_sender
        // From the instance, so that threads do not wait for each other's reference counts at each link.
        let claim: ClaimFunction
        let context: UnsafeMutableRawPointer?
        let wantsAllLinks: Bool

        fileprivate init(
            _ instance: PluginInstance, isOff: Bool, target: LinkTarget, sender: signpost_sender
        ) {
            self.instance = instance
            self.isOff = isOff
            self.target = target
            self.sender = sender
            claim = instance.library.claim
            context = instance.context
            wantsAllLinks = instance.library.description.wantsAllLinks
        }
    }

    fileprivate init(plugins: LoadedPlugins, seats: [Seat], arena: TextArena) {
        self.plugins = plugins
        self.seats = seats
        self.arena = arena
    }

    /// Where a plugin's links go for this sender, nil where it is off or not loaded.
    public func target(of plugin: String) -> LinkTarget? {
        seats.first { $0.instance.library.description.name == plugin && !$0.isOff }?.target
    }

    /// The same plugins, but links that would go to one of `targets` stay where they are.
    public func barring(_ targets: Set<LinkTarget>) -> SenderPlugins {
        let seats = seats.map { seat in
            var seat = seat
            seat.isBarred = seat.isBarred || targets.contains(seat.target)
            return seat
        }
        return SenderPlugins(plugins: plugins, seats: seats, arena: arena)
    }

    /// Every place that links may go to for this sender, in the plugins' order: what has to be verified.
    public var targets: [LinkTarget] {
        var seen: Set<LinkTarget> = []
        return seats.filter { !$0.isOff && seen.insert($0.target).inserted }.map(\.target)
    }
}

extension LoadedPlugins {
    /// The plugins for a sender; opens those anew whose settings the sender overrides.
    ///
    /// - Parameter errors: receives each mistake in the sender's rules, with its place.
    /// - Returns: nil where there is a mistake.
    public func plugins(for facts: SenderFacts, errors: inout [ConfigurationError]) -> SenderPlugins? {
        let before = errors.count
        var rules: [Int: SenderRule] = [:]
        for rule in facts.rules {
            guard let index = instances.firstIndex(where: { $0.library.description.name == rule.plugin })
            else {
                errors.append(notLoaded(rule))
                continue
            }
            if let first = rules[index] {
                errors.append(
                    ConfigurationError(
                        rule.position,
                        "plugin \"\(rule.plugin)\" is named twice, first at \(first.position)"))
            } else {
                rules[index] = rule
            }
        }
        let arena = TextArena()
        let id = arena.string(facts.id)
        var domains: [LinkTarget: signpost_sender] = [:]
        var seats: [SenderPlugins.Seat] = []
        for (index, instance) in instances.enumerated() {
            var target = facts.target
            var own: PluginInstance? = instance
            var isOff = false
            switch rules[index]?.choice {
            case nil: break
            case .off: isOff = true
            case .on(let itsTarget, let settings):
                target = itsTarget
                let position = rules[index]?.position ?? SourcePosition(file: facts.id)
                own = self.instance(index, overriding: settings, at: position, errors: &errors)
            }
            guard let own else { continue }
            let sender = domains[target] ?? signpost_sender(id: id, target: target, in: arena)
            domains[target] = sender
            seats.append(SenderPlugins.Seat(own, isOff: isOff, target: target, sender: sender))
        }
        return errors.count == before ? SenderPlugins(plugins: self, seats: seats, arena: arena) : nil
    }

    /// The plugin with a sender's settings over the global ones; the same one where nothing differs.
    private func instance(
        _ index: Int, overriding settings: [PluginSettingEntry], at position: SourcePosition,
        errors: inout [ConfigurationError]
    ) -> PluginInstance? {
        let global = instances[index]
        guard
            let values = SettingReader.values(
                of: settings, for: global.library, base: global.values, at: position, errors: &errors)
        else { return nil }
        if values == global.values { return global }
        do throws(PluginProblem) {
            return try PluginInstance(global.library, values: values)
        } catch {
            errors.append(ConfigurationError(position, error.message))
            return nil
        }
    }

    private func notLoaded(_ rule: SenderRule) -> ConfigurationError {
        let names = descriptions.map(\.name)
        let known = names.isEmpty ? "none is" : "loaded are " + names.joined(separator: ", ")
        return ConfigurationError(
            rule.position,
            "plugin \"\(rule.plugin)\" is not loaded (\(known))"
                + Suggestion.sentence(for: rule.plugin, among: names))
    }
}

extension signpost_sender {
    fileprivate init(id: signpost_string, target: LinkTarget, in arena: TextArena) {
        self.init()
        size = MemoryLayout<signpost_sender>.size
        self.id = id
        tracking_domain = arena.string(target.domain.description)
        port = target.port ?? 0
        scheme =
            switch target.scheme {
            case .keep: UInt32(SIGNPOST_SCHEME_KEEP)
            case .https: UInt32(SIGNPOST_SCHEME_HTTPS)
            case .http: UInt32(SIGNPOST_SCHEME_HTTP)
            }
    }
}
