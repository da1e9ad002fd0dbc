import CFuzzer
import Glibc

/// Runs one target under libFuzzer: `FUZZ_TARGET=html signpost-fuzz corpus/html -max_total_time=60`. The target's
/// name comes from the environment, because libFuzzer starts itself anew with its own arguments.
@main
enum Main {
    static let targets: [String: Target] = [
        "mime": MIMETarget.run, "qp": TransferTarget.quotedPrintable, "base64": TransferTarget.base64,
        "identity": TransferTarget.identity, "charset": CharsetTarget.run, "html": HTMLTarget.run,
        "url": URLTarget.run, "css": CSSTarget.run, "json": JSONTarget.run, "srcset": SrcsetTarget.run,
        "text": TextTarget.run, "header": HeaderTarget.run, "config": ConfigTarget.run, "dns": DNSTarget.run,
        "pipeline": PipelineTarget.raw, "newsletter": PipelineTarget.composed,
    ]

    /// What one run does with the bytes it is given. Returns; or stops the process, which is a finding.
    typealias Target = @Sendable (inout Input) -> Void

    static func main() {
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        exit(LLVMFuzzerRunDriver(&count, &arguments, Main.once))
    }

    private static let chosen: Target = {
        let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
        guard let target = targets[name] else {
            fatalError("FUZZ_TARGET is one of " + targets.keys.sorted().joined(separator: " "))
        }
        return target
    }()

    private static let once: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt = { data, size in
        var input = Input(UnsafeBufferPointer(start: data, count: size))
        chosen(&input)
        return 0
    }
}
