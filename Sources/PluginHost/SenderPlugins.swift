import CSignpostPlugin
import Configuration
import DomainNames

/// The plugins as one sender has them: with its domain, its settings, and without those that it turned off.
///
/// Made for a message, used for each of its links.
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
    /// The plugins for a sender.
    ///
    /// - Parameters:
    ///   - id: the sender's id.
    ///   - target: where its links go unless a rule says otherwise.
    public func plugins(for id: String, target: LinkTarget, rules: SenderRules) -> SenderPlugins {
        let arena = TextArena()
        let id = arena.string(id)
        let usual = signpost_sender(id: id, target: target, in: arena)
        var seats = instances.map {
            SenderPlugins.Seat($0, isOff: false, target: target, sender: usual)
        }
        for rule in rules.rules {
            switch rule.choice {
            case .off:
                seats[rule.index] = SenderPlugins.Seat(
                    instances[rule.index], isOff: true, target: target, sender: usual)
            case .on(let instance, let own):
                let sender = own == target ? usual : signpost_sender(id: id, target: own, in: arena)
                seats[rule.index] = SenderPlugins.Seat(instance, isOff: false, target: own, sender: sender)
            }
        }
        return SenderPlugins(plugins: self, seats: seats, arena: arena)
    }

    /// The plugins for a sender whose rules are not checked yet.
    ///
    /// - Parameter errors: receives each mistake in the sender's rules, with its place.
    /// - Returns: nil where there is a mistake.
    public func plugins(for facts: SenderFacts, errors: inout [ConfigurationError]) -> SenderPlugins? {
        rules(of: facts, errors: &errors).map { plugins(for: facts.id, target: facts.target, rules: $0) }
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
