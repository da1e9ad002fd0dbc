import Configuration
import Filtering
import Glibc
import MilterService

/// `MilterTestServer LISTEN [DRAIN-MILLISECONDS]`: the real service around ``ScriptedFilter``, logging to stderr.
func serveForTests() -> Never {
    MilterServer.blockSignals()
    let log = standardErrorSink(level: .debug)
    do {
        let arguments = CommandLine.arguments
        // "any": a free port of the loopback, which a configuration could not ask for.
        let listen = arguments.count > 1 ? arguments[1] : ""
        var options = MilterOptions(
            listen: listen == "any" ? .inet(port: 0, host: "127.0.0.1") : try ListenAddress(parsing: listen))
        if arguments.count > 2, let drain = Int(arguments[2]) { options.drainTime = .milliseconds(drain) }
        options.mayAddHeaders = true
        let server = MilterServer(options: options, log: log) { ScriptedFilter() }
        try server.run {
            log(.info, "reload begins")
            usleep(2000)
            log(.info, "reload ends")
            return ControlAnswer(exitCode: 0, lines: [])
        }
        exit(0)
    } catch {
        log(.error, "\(error)")
        exit((error as? ServiceError)?.exitCode.rawValue ?? EX_CONFIG)
    }
}
