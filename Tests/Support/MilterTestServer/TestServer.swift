import Filtering
import Glibc
import MilterService

/// `MilterTestServer LISTEN [DRAIN-MILLISECONDS]`: the real service around ``ScriptedFilter``, logging to stderr.
func serveForTests() -> Never {
    MilterServer.blockSignals()
    let log = standardErrorSink(level: .debug)
    do throws(ServiceError) {
        let arguments = CommandLine.arguments
        var options = MilterOptions(listen: try ListenAddress(arguments.count > 1 ? arguments[1] : ""))
        if arguments.count > 2, let drain = Int(arguments[2]) { options.drainTime = .milliseconds(drain) }
        options.mayAddHeaders = true
        let server = MilterServer(options: options, log: log) { ScriptedFilter() }
        try server.run {
            log(.info, "reload begins")
            usleep(2000)
            log(.info, "reload ends")
        }
        exit(0)
    } catch {
        log(.error, "\(error)")
        exit(error.exitCode.rawValue)
    }
}
